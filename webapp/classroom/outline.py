"""The moments of a class, for whoever looks at it afterwards: what was on the stage, and when. Without names. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from engine.commands import Write
from engine.units import Us
from webapp.classroom.events import (
    Asked,
    Ended,
    Event,
    Hands,
    Joined,
    Mode,
    Opened,
    Renamed,
    Revealed,
    Staged,
    Studied,
    Switched,
)
from webapp.classroom.report import events_of
from webapp.classroom.state import ClassState, Poll
from webapp.protocol import RoomCommand
from webapp.store.class_store import ClassEntry
from webapp.store.log_store import Entry

_VALUE_MAX = 64

# Of one who acted, in a log that is for everybody.
NOBODY = "class"

_commands: msgspec.json.Decoder[RoomCommand] = msgspec.json.Decoder(RoomCommand)


class PollTold(Struct, frozen=True):
    """A question and how many chose what (None: it was never revealed); a lesson's has its words in the lesson."""

    question: str
    choices: tuple[str, ...]
    slug: str | None
    step: str | None
    counts: list[int] | None
    right: int | None


class _Moment(Struct, frozen=True, tag_field="kind", kw_only=True):
    """``room`` was on the stage, at ``at_us`` of its own time, ``after_ms`` after the class's beginning."""

    room: str
    at_us: Us
    after_ms: int


class Began(_Moment, frozen=True, tag="began"):
    pass


class ModeWas(_Moment, frozen=True, tag="mode"):
    """``groups``: in how many clusters hands were laid on."""

    mode: Mode
    hands: Hands
    groups: int


class StageWas(_Moment, frozen=True, tag="stage"):
    pass


class LessonWas(_Moment, frozen=True, tag="lesson"):
    """Without a slug, the class left the lesson."""

    slug: str | None
    step: str | None


class QuestionWas(_Moment, frozen=True, tag="question"):
    poll: PollTold


class AnswersWere(_Moment, frozen=True, tag="revealed"):
    """What the question before was answered was shown to everybody."""


class WasOver(_Moment, frozen=True, tag="ended"):
    pass


Chapter: TypeAlias = Began | ModeWas | StageWas | LessonWas | QuestionWas | AnswersWere | WasOver


class Outline(Struct, frozen=True):
    """``quorumscope_outline`` is the version of its form."""

    quorumscope_outline: int
    moments: list[Chapter]


def outline(entries: Sequence[ClassEntry]) -> Outline:
    """With the rooms as the class knows them; ``under`` puts others in their place."""
    state = ClassState()
    told = events_of(entries)
    for _, event in told:
        state.take(event)
    names = Nameless(entries)
    moments = [_chapter(entry, event, state, entries[0].wall_ms, names) for entry, event in told]
    return Outline(1, [moment for moment in moments if moment is not None])


def _chapter(entry: ClassEntry, event: Event, state: ClassState, began_ms: int, names: "Nameless") -> Chapter | None:
    at: dict[str, Any] = {"room": entry.room, "at_us": entry.at_us, "after_ms": max(0, entry.wall_ms - began_ms)}
    match event:
        case Opened():
            return Began(**at)
        case Switched(mode=mode, hands=hands, rooms=rooms):
            return ModeWas(**at, mode=mode, hands=hands, groups=max(1, len(rooms)))
        case Staged():
            return StageWas(**at)
        case Studied(slug, step):
            return LessonWas(**at, slug=slug, step=step)
        case Asked(poll):
            return QuestionWas(**at, poll=_poll(state.polls[poll], names))
        case Revealed():
            return AnswersWere(**at)
        case Ended():
            return WasOver(**at)
    return None


def _poll(poll: Poll, names: "Nameless") -> PollTold:
    choices = poll.choices if poll.slug else tuple(names.text(choice) for choice in poll.choices)
    counts = poll.counts if poll.phase == "revealed" else None
    return PollTold(names.text(poll.question), choices, poll.slug, poll.step, counts, poll.right)


def under(told: Outline, rooms: dict[str, str]) -> Outline:
    """The same moments in other rooms."""
    return Outline(
        told.quorumscope_outline, [msgspec.structs.replace(one, room=rooms[one.room]) for one in told.moments]
    )


class Nameless:
    """Takes the members' names out of what the class typed: "student-3" stands in the place of the third one's."""

    def __init__(self, entries: Iterable[ClassEntry]) -> None:
        self._members: dict[str, str] = {}
        # As they are, and folded: to an expression, Weiß and WEISS are not one name in two cases.
        names: set[str] = set()
        for _, event in events_of(entries):
            if isinstance(event, Joined | Renamed):
                folded = event.name.casefold()
                self._members[folded] = f"student-{event.member.removeprefix('m')}"
                names |= {event.name, folded}
        # The longest first: it may begin with another one.
        one_of = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        self._named = re.compile(rf"(?<!\w)(?:{one_of})(?!\w)", re.IGNORECASE)

    def text(self, typed: str) -> str:
        return self._named.sub(self._other, typed) if self._members else typed

    def _other(self, found: re.Match[str]) -> str:
        return self._members.get(found[0].casefold(), "student")

    def entry(self, entry: Entry) -> Entry:
        """Of a room's log. What is written may be a name; whatever it is, the run goes on in the same way."""
        text = entry.command
        command = _commands.decode(text)
        if isinstance(command, Write) and (value := self.text(command.value)) != command.value:
            text = msgspec.json.encode(msgspec.structs.replace(command, value=value[:_VALUE_MAX])).decode()
        return Entry(entry.seq, entry.at_us, NOBODY, text)
