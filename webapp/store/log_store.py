"""The port of the log: what a room needs from wherever its commands are kept."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from engine.units import Us


class RoomRow(Struct, frozen=True):
    """What makes a room besides its log. ``clock_us`` is how far it had got, at least to its last entry: a cache.

    A branch has a ``parent``, from which it went off at ``forked_us``, and the ``root`` of its family.
    Nobody can enter a ``sealed`` room: it is a run that somebody has shared. A room of a class goes with it.
    """

    id: str
    engine_version: int
    scenario: str
    seed: int
    clock_us: Us = 0
    root: str | None = None
    parent: str | None = None
    forked_us: Us | None = None
    name: str | None = None
    sealed: bool = False
    class_id: str | None = None

    @property
    def family(self) -> str:
        """The root of the room's family, which may be itself."""
        return self.root or self.id


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

    def create(self, room: RoomRow, entries: Iterable[Entry] = ()) -> None:
        """Keep a new room, with what its log begins with: all of it, or nothing."""

    def room(self, room_id: str) -> RoomRow | None: ...

    def entries(self, room_id: str) -> list[Entry]: ...

    def family(self, root: str) -> list[tuple[RoomRow, int]]:
        """The rooms of a family in the order in which they were made, and how many entries each one's log has."""

    def rename(self, room_id: str, name: str) -> None: ...

    def append(self, room_id: str, entry: Entry) -> None:
        """Add the entry at its seq. Raises SeqTaken if the seq is not the next one."""

    def mark_clocks(self, clocks: Mapping[str, Us]) -> None:
        """Remember how far rooms have got."""

    def close(self) -> None: ...
