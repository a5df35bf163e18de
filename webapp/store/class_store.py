"""The port of the classes: what they need from wherever their logs are kept."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from engine.units import Us
from webapp.store.log_store import RoomRow


class ClassRow(Struct, frozen=True):
    """A class; ``code`` is None once it has ended: another class may have it then."""

    id: str
    code: str | None
    created_at: str = ""


class ClassEntry(Struct, frozen=True):
    """One event of a class; ``seq`` counts from 1 without gaps. ``event`` is its JSON.

    ``wall_ms`` is when it was, in ms since 1970; ``room`` was on the stage then, at ``at_us`` of its own time.
    """

    seq: int
    wall_ms: int
    actor: str
    room: str
    at_us: Us
    event: str


class Extent(Struct, frozen=True):
    """From when to when something happened in a class (ms since 1970), and how many rooms and shared runs it has."""

    first_ms: int
    last_ms: int
    rooms: int
    runs: int


class ClassStore(Protocol):
    """All methods are durable when they return. Each raises StoreFailed where that cannot be had."""

    def secret(self, name: str) -> bytes:
        """32 bytes that were drawn when they were first asked for."""

    def create_class(self, row: ClassRow) -> None:
        """Raises CodeTaken."""

    def class_row(self, class_id: str) -> ClassRow | None: ...

    def class_by_code(self, code: str) -> ClassRow | None: ...

    def class_entries(self, class_id: str) -> list[ClassEntry]: ...

    def take_class(self, class_id: str) -> bool:
        """From here on the class is this process's, as rooms are. False: there is none."""

    def release_classes(self, class_ids: Iterable[str]) -> None: ...

    def class_owner(self, class_id: str) -> str | None:
        """Which process has the class in memory, as far as is known."""

    def lost_classes(self, class_ids: Iterable[str]) -> set[str]:
        """Which of these classes are no longer this process's."""

    def append_to_class(self, class_id: str, entries: Sequence[ClassEntry], *, free_code: bool = False) -> None:
        """Add the entries at their seqs, all or none. Raises SeqTaken, as ``append`` does. ``free_code``: another class
        may have it."""

    def class_rooms(self, class_id: str) -> list[tuple[RoomRow, str, int]]:
        """The rooms of a class, when each was made, and the length of its log."""

    def class_extent(self, class_id: str) -> Extent: ...

    def class_deeds(self, class_id: str) -> list[tuple[str, str, int]]:
        """How often who gave which kind of command to the rooms of a class: actor, kind, count."""

    def keep_class_run(self, run_id: str, class_id: str, outline: str) -> None: ...

    def class_run(self, run_id: str) -> str | None:
        """The outline of a class that was shared."""

    def class_runs(self, class_id: str) -> list[tuple[str, str]]:
        """The shared runs of a class: ids and outlines."""

    def all_classes(self) -> list[ClassRow]:
        """In the order in which they were made."""

    def unused_classes(self, before_ms: int) -> list[str]:
        """Those in which nothing has happened since then, and that are in no process's memory."""

    def delete_class(self, class_id: str) -> None:
        """The class, its log, its rooms and their logs: for good."""


class CodeTaken(Exception):
    """Another class has this code."""
