"""What a class came to: its questions and answers, how far each one got, and what each one did. Pure.

All ``…_ms`` are moments, in ms since 1970.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from webapp.classroom.events import (
    Answered,
    Asked,
    CalledBack,
    Closed,
    Ended,
    Event,
    Frozen,
    Joined,
    Locked,
    Opened,
    Phase,
    Removed,
    Renamed,
    Revealed,
    Staged,
    Studied,
    Switched,
    Titled,
    read_event,
)
from webapp.classroom.state import ClassState, Member, Poll
from webapp.store.class_store import ClassEntry, ClassRow

# Of the form of the report, for whoever reads it by machine (docs/CLASSROOM.md).
REPORT_VERSION = 1

# What the timeline leaves out is in the tables: answers, progress and places. Words to students are between two people.
_HAPPENINGS = (
    Opened, Titled, Joined, Renamed, Removed, Switched, CalledBack, Staged, Studied, Asked, Closed, Revealed, Locked,
    Frozen, Ended,
)  # fmt: skip


class Wording(Struct, frozen=True):
    """A lesson's question in words; ``choices`` by their ids."""

    title: str
    question: str
    choices: dict[str, str]


# Of a lesson's slug and, where a question is wanted, its step.
Prose: TypeAlias = Callable[[str, str | None], Wording]

# An actor of the rooms' logs, a kind of command, and how often.
Deed: TypeAlias = tuple[str, str, int]


class AnswerTold(Struct, frozen=True):
    """``right`` is None where nobody has said which choice is."""

    member: str
    choice: int
    right: bool | None
    at_ms: int


class QuestionTold(Struct, frozen=True):
    """``right_share`` is of those who answered."""

    id: str
    lesson: str | None
    step: str | None
    question: str
    choices: list[str]
    phase: Phase
    asked_ms: int
    counts: list[int]
    right: int | None
    right_share: float | None
    answers: list[AnswerTold]


class StudyTold(Struct, frozen=True):
    """How far a member got in a lesson: ``reached`` of so many ``steps``."""

    lesson: str
    title: str
    reached: int
    steps: int
    finished: bool


class MemberTold(Struct, frozen=True):
    """``right`` are so many of the ``judged`` ones of the questions that were answered. ``commands``: how often
    each kind was given to the class's clusters."""

    id: str
    name: str
    joined_ms: int
    removed: bool
    answered: int
    judged: int
    right: int
    studies: list[StudyTold]
    commands: dict[str, int]


class Happening(Struct, frozen=True):
    """``by`` is a member's id or a role; ``event`` is as in the class's log (webapp/classroom/events.py)."""

    at_ms: int
    by: str
    event: Event


class Report(Struct, frozen=True):
    """``staff``: what was given to the class's clusters by those who teach, by role and kind of command."""

    quorumscope_report: int
    id: str
    title: str
    opened_ms: int
    last_ms: int
    ended: bool
    questions: list[QuestionTold]
    members: list[MemberTold]
    staff: dict[str, dict[str, int]]
    timeline: list[Happening]


def events_of(entries: Iterable[ClassEntry]) -> list[tuple[ClassEntry, Event]]:
    return [(entry, read_event(entry.event)) for entry in entries]


def report(row: ClassRow, entries: Sequence[ClassEntry], deeds: Iterable[Deed], prose: Prose) -> Report:
    state = ClassState()
    asked_ms: dict[str, int] = {}
    joined_ms: dict[str, int] = {}
    answered_ms: dict[tuple[str, str], int] = {}
    timeline: list[Happening] = []
    for entry, event in events_of(entries):
        state.take(event)
        match event:
            case Asked(poll):
                asked_ms[poll] = entry.wall_ms
            case Joined(member):
                joined_ms[member] = entry.wall_ms
            case Answered(poll, member):
                answered_ms[poll, member] = entry.wall_ms
        if isinstance(event, _HAPPENINGS):
            timeline.append(Happening(entry.wall_ms, entry.actor, event))
    did: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for actor, kind, count in deeds:
        did[actor][kind] = count
    return Report(
        quorumscope_report=REPORT_VERSION,
        id=row.id,
        title=state.title,
        opened_ms=entries[0].wall_ms if entries else 0,
        last_ms=entries[-1].wall_ms if entries else 0,
        ended=state.ended,
        questions=[_question(poll, asked_ms[poll.id], answered_ms, prose) for poll in state.polls.values()],
        members=[_member(member, state, joined_ms[member.id], did, prose) for member in state.members.values()],
        staff={role: did[role] for role in ("owner", "assistant") if role in did},
        timeline=timeline,
    )


def _question(poll: Poll, asked_ms: int, answered_ms: dict[tuple[str, str], int], prose: Prose) -> QuestionTold:
    question, choices = words_of(poll, prose)
    right_ones = None if poll.right is None else poll.counts[poll.right]
    return QuestionTold(
        id=poll.id,
        lesson=poll.slug,
        step=poll.step,
        question=question,
        choices=choices,
        phase=poll.phase,
        asked_ms=asked_ms,
        counts=poll.counts,
        right=poll.right,
        right_share=right_ones / len(poll.answers) if right_ones is not None and poll.answers else None,
        answers=[
            AnswerTold(
                member, choice, None if poll.right is None else choice == poll.right, answered_ms[poll.id, member]
            )
            for member, choice in poll.answers.items()
        ],
    )


def words_of(poll: Poll | Asked, prose: Prose) -> tuple[str, list[str]]:
    """A question and its choices; those of a lesson stand in its prose."""
    if poll.slug is None:
        return poll.question, list(poll.choices)
    wording = prose(poll.slug, poll.step)
    return wording.question, [wording.choices.get(choice, choice) for choice in poll.choices]


def _member(
    member: Member, state: ClassState, joined_ms: int, did: dict[str, dict[str, int]], prose: Prose
) -> MemberTold:
    answered = [poll for poll in state.polls.values() if member.id in poll.answers]
    return MemberTold(
        id=member.id,
        name=member.name,
        joined_ms=joined_ms,
        removed=member.removed,
        answered=len(answered),
        judged=sum(poll.right is not None for poll in answered),
        right=sum(poll.answers[member.id] == poll.right for poll in answered),
        studies=[
            # Places count from 0, and people from 1.
            StudyTold(study.slug, prose(study.slug, None).title, study.reached + 1, study.steps, study.finished)
            for study in member.studies.values()
        ],
        commands=did.get(member.id, {}),
    )
