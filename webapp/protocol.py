"""What goes over the wire: requests that are parsed or refused, and frames.

A request is an event with one object; its acknowledgement says ``Accepted`` or ``Refused``. What
happened comes only as frames. The browser's types and docs/PROTOCOL.md are made from this file.
"""

from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from engine.changes import Change
from engine.commands import COMMANDS, Command
from engine.outcomes import Refused, invalid
from engine.units import Us
from webapp.classroom.commands import ClassCommand
from webapp.classroom.keys import KEY_MAX
from webapp.classroom.seen import Role
from webapp.rooms.pace import PACE_COMMANDS, Pace, PaceCommand
from webapp.rooms.twin import Compare
from webapp.words import ENGLISH, Language, sentence

RoomCommand: TypeAlias = Command | PaceCommand | Compare
ROOM_COMMANDS: tuple[type[RoomCommand], ...] = (*COMMANDS, *PACE_COMMANDS, Compare)

# A packed log at most so long goes into a link; browsers and chats cut off longer ones.
LINK_MAX = 6_000

# A viewer says so often which frame it has; see ``Seen``.
ACKNOWLEDGE_EVERY = 20

Moment: TypeAlias = Annotated[Us, Meta(ge=0, le=2**53 - 1)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S")]
RoomId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")]


class _Request(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Open(_Request, frozen=True):
    """Event ``open``: make a room of your own and join it. Without a seed, the server draws one."""

    scenario: Annotated[str, Meta(max_length=64)] = "five-masters"
    seed: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None


class Join(_Request, frozen=True):
    """Event ``join``: watch this room instead of the one before, from its present on."""

    room: RoomId


class Do(_Request, frozen=True):
    """Event ``command``: ask the room you are in to do something."""

    command: RoomCommand


class Resync(_Request, frozen=True):
    """Event ``resync``: send the whole present again, since a frame is missing."""


class Seen(_Request, frozen=True):
    """Event ``seen``: the connection has read all frames of this epoch up to this number.

    It is to be said after each whole frame and then after every 20 frames, and wants no answer. Who does not say it
    gets no more frames after a while; once it does, the whole present comes.
    """

    epoch: Annotated[str, Meta(max_length=32)]
    number: Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Fork(_Request, frozen=True):
    """Event ``fork``: make a branch of the room you are in, and join it.

    Its log is this room's up to ``at_us`` (at most now), and then the command, if there is one.
    ``running`` says whether its clock runs; without it, it does as this room's did at that time.
    """

    at_us: Moment
    command: RoomCommand | None = None
    running: bool | None = None
    name: Name | None = None


class ListBranches(_Request, frozen=True):
    """Event ``branches``: the rooms of the family that the room you are in belongs to."""


class Rename(_Request, frozen=True):
    """Event ``rename``: name a room of the family that the room you are in belongs to."""

    room: RoomId
    name: Name


class Peek(_Request, frozen=True):
    """Event ``peek``: the whole present of a room or a shared run, without joining it."""

    room: RoomId


class Share(_Request, frozen=True):
    """Event ``share``: the run of the room you are in, up to ``at_us`` (without it, up to now), for others to copy."""

    at_us: Moment | None = None


class Copy(_Request, frozen=True):
    """Event ``copy``: make a room of your own from the log of a room or a shared run, and join it, paused."""

    room: RoomId
    at_us: Moment | None = None


class Unpack(_Request, frozen=True):
    """Event ``unpack``: make a room of your own from a packed log, and join it, paused."""

    packed: Annotated[str, Meta(min_length=1, max_length=10 * LINK_MAX)]


class OpenLesson(_Request, frozen=True):
    """Event ``lesson``: make a room where a lesson's step begins, all before it having happened, and join it, running.

    With ``show``, what the step asks for then happens by itself.
    """

    slug: Annotated[str, Meta(max_length=64, pattern=r"^[a-z][a-z0-9-]*\Z")]
    step: Annotated[str, Meta(min_length=1, max_length=40)]
    show: bool = False


class Enter(_Request, frozen=True):
    """Event ``enter``: take the seat in a class that a key is for."""

    key: Annotated[str, Meta(min_length=1, max_length=KEY_MAX)]


class InClass(_Request, frozen=True):
    """Event ``class``: ask the class you are in to do something."""

    command: ClassCommand


class Fingerprint(_Request, frozen=True):
    """Event ``digest``: the digest of the room you are in, at its present."""


REQUESTS: dict[str, type[_Request]] = {
    "open": Open,
    "join": Join,
    "command": Do,
    "resync": Resync,
    "seen": Seen,
    "fork": Fork,
    "branches": ListBranches,
    "rename": Rename,
    "peek": Peek,
    "share": Share,
    "copy": Copy,
    "unpack": Unpack,
    "lesson": OpenLesson,
    "digest": Fingerprint,
    "enter": Enter,
    "class": InClass,
}


class Joined(Struct, frozen=True):
    """The answer to ``open``, ``join``, ``resync``, ``fork``, ``copy``, ``unpack`` and ``lesson``.

    A scenario that does not ship has a name and a title of its own.
    """

    room: str
    scenario: str
    title: str
    seed: int
    accepted: bool = True


class Accepted(Struct, frozen=True):
    """The answer to a command that is in the log: its place there, and when it happened."""

    seq: int
    at_us: Us
    accepted: bool = True


class Error(Struct, frozen=True):
    """Why not: a code of docs/PROTOCOL.md, a sentence to show, and the field that is wrong (None: the whole).

    ``retry_s``: the same may be asked again after so many seconds.
    """

    code: str
    sentence: str
    field: str | None = None
    retry_s: int | None = None


class Rejected(Struct, frozen=True):
    """The answer to a request that changed nothing."""

    error: Error
    accepted: bool = False


class Again(Struct, frozen=True):
    """Event ``again``: the connection is to be made anew after so many ms, for the same room: another process has it
    now, or this one is about to stop. ``at`` goes into the address of the new connection, as the room's id does.
    """

    in_ms: int
    at: str | None = None


class Frame(Struct, frozen=True):
    """Event ``frame``: what is new, or, where ``whole``, all there is.

    Frames of one ``epoch`` (one stay of the room in memory) are numbered without gaps; after a gap, ask
    for ``resync``. Nothing happens by itself between ``now_us`` and ``quiet_until_us`` (None: ever).
    ``seq`` is how many entries of the log have been carried out. ``twin`` is what is new in the second
    cluster, None while there is none; the first frame after a null has its whole history so far, which
    the next ones may go on with. A second cluster that takes another's place comes after a frame with null.
    """

    room: str
    epoch: str
    number: int
    whole: bool
    now_us: Us
    quiet_until_us: Us | None
    seq: int
    pace: Pace
    changes: list[Change]
    twin: list[Change] | None


class Branch(Struct, frozen=True):
    """A room among the others of its family. The first has no parent; ``entries`` is the length of its log."""

    room: str
    parent: str | None
    name: str | None
    forked_us: Us | None
    clock_us: Us
    entries: int


class Branches(Struct, frozen=True):
    """The answer to ``branches`` and ``rename``, in the order in which they were made.

    The same comes as an event ``branches`` to all who are in one of them, when there is another or one
    has another name.
    """

    branches: list[Branch]
    accepted: bool = True


class Peeked(Struct, frozen=True):
    """The answer to ``peek``: a whole frame."""

    frame: Frame
    accepted: bool = True


class Shared(Struct, frozen=True):
    """The answer to ``share``: the packed log, or, if it is too long for a link, the id of a stored run.

    ``digest`` is that of the run where it was cut, at ``at_us``, after so many ``entries`` of the log.
    """

    packed: str | None
    run: str | None
    digest: str
    at_us: Us
    entries: int
    accepted: bool = True


class Digest(Struct, frozen=True):
    """The answer to ``digest``: 32 hex digits over every change of the first cluster so far."""

    digest: str
    seq: int
    at_us: Us
    accepted: bool = True


class Entered(Struct, frozen=True):
    """The answer to ``enter``. What is to be seen of the class comes as events: ``class``, ``seat``, ``look``
    and, for staff, ``roster``.
    """

    class_id: str
    role: Role
    accepted: bool = True


class Done(Struct, frozen=True):
    """The answer to ``class``; ``key`` where one was asked for."""

    key: str | None = None
    accepted: bool = True


ANSWERS: tuple[type[Struct], ...] = (
    Joined,
    Accepted,
    Branches,
    Peeked,
    Shared,
    Digest,
    Entered,
    Done,
    Rejected,
    Error,
)

R = TypeVar("R", bound=_Request)


def parse(request: type[R], args: tuple[Any, ...]) -> R:
    """The request that an event's arguments make. Raises Refused("invalid") with the field that is wrong."""
    if len(args) != 1 or not isinstance(args[0], dict):
        raise Refused("invalid", reason="expected exactly one object")
    try:
        return msgspec.convert(args[0], request)
    except msgspec.ValidationError as error:
        raise invalid(error) from None


def rejected(refused: Refused, language: Language = ENGLISH) -> Rejected:
    said = sentence(f"refused.{refused.code}", refused.facts, language)
    retry_s = refused.facts.get("retry_s")
    return Rejected(Error(refused.code, said, refused.field, retry_s if isinstance(retry_s, int) else None))
