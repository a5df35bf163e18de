"""A review: ten questions from ten lessons, all of them a function of one seed."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import msgspec
from msgspec import Struct

from engine import ENGINE_VERSION
from engine.units import MS, Us
from webapp.lessons.review.makers import MAKERS, Maker
from webapp.lessons.review.question import Luck, Question, Said
from webapp.lessons.review.story import Line, Picture, picture, told
from webapp.rooms.packing import pack
from webapp.rooms.scenarios import text_of
from webapp.rooms.twin import Compare
from webapp.store.log_store import Entry, RoomRow

QUESTIONS = 10
DRAWS_MAX = 50
# A seed stands in an address that people send each other.
SEED_MAX = 10**9

# So many times a drawn cluster is run before it is asked about.
_RUNS = 3

# What is shown begins a little before the first thing that the question is about.
_LEAD_US: Us = 1 * MS


Breathe: TypeAlias = Callable[[], None]


def _go_on() -> None:
    """Nobody else waits."""


class Offered(Struct, frozen=True):
    """A choice as the page has it, without whether it is right."""

    id: str
    says: Said


class Asked(Struct, frozen=True, kw_only=True):
    """A question as the page has it: ``number`` counts from 1; ``past`` and ``then`` are what happens around it.
    ``beside``: a second cluster, without a leader, does the same."""

    number: int
    lesson: str
    picture: Picture
    past: tuple[Line, ...]
    then: tuple[Line, ...]
    beside: bool
    asks: Said
    choices: tuple[Offered, ...]


class Answered(Struct, frozen=True, kw_only=True):
    """Whether a choice is right, which one is, why, and the run: packed, from where to where it is worth watching."""

    right: bool
    correct: str
    why: Said
    packed: str
    from_us: Us
    to_us: Us


def lessons_of(seed: int) -> tuple[str, ...]:
    """Which lessons a review asks about, in its order."""
    return Luck(f"{seed}").shuffled(MAKERS)[:QUESTIONS]


@lru_cache(maxsize=200)
def question_of(seed: int, number: int, breathe: Breathe = _go_on) -> Question:
    """``number`` from 1 to QUESTIONS. ``breathe`` is called between two runs, so that others get their turn."""
    makers = MAKERS[lessons_of(seed)[number - 1]]
    maker = Luck(f"{seed} {number}").pick(makers)
    for draw in range(DRAWS_MAX):
        drawn = f"{seed} {number} {draw}"
        question = maker(Luck(drawn))
        breathe()
        if question is not None and _is_sure(maker, drawn, question, breathe):
            return question
    raise RuntimeError(f"{maker.__name__} finds nothing to ask in {DRAWS_MAX} draws: seed {seed}, question {number}")


def _is_sure(maker: Maker, drawn: str, question: Question, breathe: Breathe) -> bool:
    """What another luck of the network would answer otherwise can be guessed at, not thought about."""
    for run in range(1, _RUNS):
        other = maker(Luck(drawn, run))
        breathe()
        if other is None or other.right != question.right:
            return False
    return True


def asked(seed: int, number: int, breathe: Breathe = _go_on) -> Asked:
    question = question_of(seed, number, breathe)
    past, then = told(question)
    return Asked(
        number=number,
        lesson=question.lesson,
        picture=picture(question),
        past=past,
        then=then,
        beside=question.beside is not None,
        asks=question.asks,
        choices=tuple(Offered(choice.id, choice.says) for choice in question.choices),
    )


def answered(seed: int, number: int, choice: str, breathe: Breathe = _go_on) -> Answered:
    question = question_of(seed, number, breathe)
    return Answered(
        right=choice == question.right,
        correct=question.right,
        why=question.why,
        packed=packed(question),
        from_us=max(0, _first_us(question) - _LEAD_US),
        to_us=question.scenario.ends_us,
    )


def _first_us(question: Question) -> Us:
    """When the first thing happens after the question."""
    return min(one.at_us for one in question.scenario.script if one.at_us > question.asked_us)


def packed(question: Question) -> str:
    """The run as an address can hold it."""
    room = RoomRow("review", ENGINE_VERSION, text_of(question.scenario), question.seed, question.scenario.ends_us)
    entries = []
    if question.beside is not None:
        command = msgspec.json.encode(Compare(question.beside)).decode()
        entries.append(Entry(1, 0, "review", command))
    found = pack(room, entries)
    assert found is not None
    return found
