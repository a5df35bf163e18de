"""What a question is, and what it is drawn from."""

import random
from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct

from engine.changes import Fact
from engine.commands import Configure
from engine.scenario import Scenario
from engine.units import Us
from webapp.words import rounded

FRUIT = ("apple", "cherry", "fig", "grape", "lemon", "mango", "peach", "pear", "plum")

T = TypeVar("T")

Facts: TypeAlias = dict[str, Fact]


class Said(Struct, frozen=True):
    """A sentence: its code in the catalogue, and its facts. ``code`` without the ``review.`` that all begin with."""

    code: str
    facts: Facts = {}


class Choice(Struct, frozen=True):
    """One of the answers to choose from."""

    id: str
    says: Said


class Question(Struct, frozen=True, kw_only=True):
    """A question about one run of one cluster.

    ``right`` is the id of the choice that the run makes right, ``why`` says so with the run's own numbers. The cluster
    is shown as it stands at ``asked_us``; what happens afterwards is told, and the question is how it ends. ``summary``
    takes the place of what the script does after ``asked_us``, and ``past`` of what it did before, where that is one
    thing many times over. ``beside`` are the settings of a second cluster that does the same, and ``seed`` is the luck
    of the run.
    """

    lesson: str
    asks: Said
    choices: tuple[Choice, ...]
    right: str
    why: Said
    scenario: Scenario
    seed: int
    asked_us: Us
    summary: tuple[Said, ...] = ()
    past: tuple[Said, ...] = ()
    beside: Configure | None = None


class Luck:
    """Everything that a question draws. With another ``run`` it is the same cluster, whose network has another luck."""

    def __init__(self, seed: str, run: int = 0) -> None:
        self._random = random.Random(seed)
        self._run = run

    def seed(self) -> int:
        """Of a run."""
        return self._random.randrange(1, 10_000) + 10_000 * self._run

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def pick(self, among: Sequence[T]) -> T:
        return self._random.choice(among)

    def some(self, among: Sequence[T], count: int) -> list[T]:
        """So many of them, in their own order."""
        places = sorted(self._random.sample(range(len(among)), count))
        return [among[place] for place in places]

    def values(self, count: int) -> list[str]:
        """Different values for clients to write."""
        return self._random.sample(FRUIT, count)

    def shuffled(self, among: Iterable[T]) -> tuple[T, ...]:
        drawn = list(among)
        self._random.shuffle(drawn)
        return tuple(drawn)


def nodes_of(count: int) -> list[str]:
    return [f"n{number + 1}" for number in range(count)]


def names(nodes: Iterable[str]) -> str:
    """Several nodes as one fact of a sentence."""
    return ", ".join(nodes)


def ms(us: Us) -> int | str:
    """A stretch of virtual time as a fact, in milliseconds."""
    whole, rest = divmod(us, 1000)
    return whole if not rest else rounded(us / 1000)


def reads(old: str, new: str) -> list[Choice]:
    """What a read may come to, where one value took the place of another."""
    return [
        Choice("new", Said("choice.reads", {"value": new})),
        Choice("old", Said("choice.reads", {"value": old})),
        Choice("fail", Said("choice.read_fails")),
    ]
