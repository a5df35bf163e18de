"""The port of the log: what a room needs from wherever its commands are kept."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from engine.units import Us


class RoomRow(Struct, frozen=True):
    """What makes a room besides its log. ``clock_us`` is how far it had got, at least: a cache."""

    id: str
    engine_version: int
    scenario: str
    seed: int
    clock_us: Us = 0


class Entry(Struct, frozen=True):
    """One accepted command; ``seq`` counts from 1 without gaps. ``command`` is its JSON."""

    seq: int
    at_us: Us
    actor: str
    command: str


class SeqTaken(Exception):
    """Somebody else has appended at this seq: the room has another owner now."""


class StoreFailed(Exception):
    """The entry could not be made durable: the disk is full, say, or read-only."""


class LogStore(Protocol):
    """All methods are durable when they return. Each raises StoreFailed where that cannot be had."""

    def create(self, room: RoomRow) -> None: ...

    def room(self, room_id: str) -> RoomRow | None: ...

    def entries(self, room_id: str) -> list[Entry]: ...

    def append(self, room_id: str, entry: Entry) -> None:
        """Add the entry at its seq. Raises SeqTaken if the seq is not the next one."""

    def mark_clocks(self, clocks: Mapping[str, Us]) -> None:
        """Remember how far rooms have got."""

    def close(self) -> None: ...
