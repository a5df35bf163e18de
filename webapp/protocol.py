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
from webapp.rooms.pace import PACE_COMMANDS, Pace, PaceCommand
from webapp.words import sentence

RoomCommand: TypeAlias = Command | PaceCommand
ROOM_COMMANDS: tuple[type[RoomCommand], ...] = (*COMMANDS, *PACE_COMMANDS)

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


REQUESTS: dict[str, type[_Request]] = {"open": Open, "join": Join, "command": Do, "resync": Resync}


class Joined(Struct, frozen=True):
    """The answer to ``open``, ``join`` and ``resync``."""

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
    """Why not: a code of docs/PROTOCOL.md, a sentence to show, and the field that is wrong (None: the whole)."""

    code: str
    sentence: str
    field: str | None = None


class Rejected(Struct, frozen=True):
    """The answer to a request that changed nothing."""

    error: Error
    accepted: bool = False


class Frame(Struct, frozen=True):
    """Event ``frame``: what is new, or, where ``whole``, all there is.

    Frames of one ``epoch`` (one stay of the room in memory) are numbered without gaps; after a gap, ask
    for ``resync``. Nothing happens by itself between ``now_us`` and ``quiet_until_us`` (None: ever).
    """

    room: str
    epoch: str
    number: int
    whole: bool
    now_us: Us
    quiet_until_us: Us | None
    pace: Pace
    changes: list[Change]


ANSWERS: tuple[type[Struct], ...] = (Joined, Accepted, Rejected, Error)

R = TypeVar("R", bound=_Request)


def parse(request: type[R], args: tuple[Any, ...]) -> R:
    """The request that an event's arguments make. Raises Refused("invalid") with the field that is wrong."""
    if len(args) != 1 or not isinstance(args[0], dict):
        raise Refused("invalid", reason="expected exactly one object")
    try:
        return msgspec.convert(args[0], request)
    except msgspec.ValidationError as error:
        raise invalid(error) from None


def rejected(refused: Refused) -> Rejected:
    return Rejected(Error(refused.code, sentence(f"refused.{refused.code}", refused.facts), refused.field))
