"""The port of the log: what a room needs from wherever its commands are kept."""

from collections.abc import Iterable, Iterator, Mapping
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


class RoomHeld(Struct, frozen=True):
    """A room, for who keeps the site: when it was made (UTC), when somebody was last in it, and its log's length."""

    row: RoomRow
    created_at: str
    used_ms: int
    entries: int
    owner: str | None


class SeqTaken(Exception):
    """Somebody else has appended at this seq, or has the room now."""


class StoreFailed(Exception):
    """The entry could not be made durable: the disk is full, say, or read-only."""


class LogStore(Protocol):
    """All methods are durable when they return. Each raises StoreFailed where that cannot be had.

    A room that is in memory has an owner, the process with that name: only it appends. Whoever takes a room over names
    itself first, and then reads its log: from then on, what the owner before still wants to append is refused.
    ``owner`` is drawn anew at each start of a process.
    """

    owner: str

    def create(self, room: RoomRow, entries: Iterable[Entry] = (), *, take: bool = False) -> None:
        """Keep a new room, with what its log begins with: all of it, or nothing. ``take``: it is this process's."""

    def room(self, room_id: str) -> RoomRow | None: ...

    def entries(self, room_id: str) -> list[Entry]: ...

    def family(self, root: str) -> list[tuple[RoomRow, int]]:
        """The rooms of a family in the order in which they were made, and how many entries each one's log has."""

    def rename(self, room_id: str, name: str) -> None: ...

    def take(self, room_id: str) -> bool:
        """From here on the room is this process's. False: there is none."""

    def release(self, room_ids: Iterable[str]) -> None:
        """The rooms are nobody's, where they were this process's."""

    def lost(self, room_ids: Iterable[str]) -> set[str]:
        """Which of these rooms are no longer this process's."""

    def owner_of(self, room_id: str) -> str | None:
        """Who has the room in memory, as far as is known: a process that was killed may stand there still."""

    def append(self, room_id: str, entry: Entry) -> None:
        """Add the entry at its seq. Raises SeqTaken if the seq is not the next one, or the room is another's."""

    def mark_clocks(self, clocks: Mapping[str, Us]) -> None:
        """Remember how far rooms have got; of rooms that are another's, nothing is."""

    def held(self) -> Iterator[RoomHeld]:
        """All rooms and shared runs, in the order in which they were made."""

    def delete_rooms(self, room_ids: Iterable[str]) -> None:
        """The rooms and their logs: for good. Branches of theirs stay, and are then their own beginning."""

    def unused(self, before_ms: int, *, sealed: bool) -> list[str]:
        """The rooms, or else the shared runs, that belong to no class and that nobody has used since then. A room whose
        branch somebody has used is used; so is one that is in some process's memory."""

    def close(self) -> None: ...
