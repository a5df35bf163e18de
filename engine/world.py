"""The journal of changes, and the world as it stands: the latest version of every living entity."""

import hashlib
from collections import deque
from typing import Protocol, TypeAlias

import msgspec

from engine.changes import NOTES, Change, CoordinationState, Fact, Fate, MessageState, NoteState, OperationState, State
from engine.units import Us

OPERATIONS_KEPT = 100
NOTES_KEPT = 200

_encoder = msgspec.json.Encoder()


class Message(Protocol):
    """What the network tells of a message: its state is made only when somebody looks."""

    @property
    def id(self) -> str: ...

    def state(self, fate: Fate) -> MessageState: ...


# A state; a message and its fate; the code of a note and its facts; an entity that is gone, and its kind.
_Line: TypeAlias = (
    tuple[Us, str, State] | tuple[Us, Message, Fate] | tuple[Us, str, dict[str, Fact]] | tuple[Us, str, str]
)


class World:
    """What a late joiner needs: a cache, rebuilt by replay. It keeps only the latest operations and
    notes, and no message that has ended; the whole story is in the changes."""

    def __init__(self) -> None:
        self._living: dict[tuple[str, str], Change] = {}
        self._operations: dict[str, Change] = {}
        # How many of them have an outcome. Where hundreds are under way, there may be none to forget.
        self._ended = 0
        self._notes: deque[Change] = deque(maxlen=NOTES_KEPT)

    def record(self, change: Change) -> None:
        fields = change.fields
        if change.kind == "note":
            self._notes.append(change)
        elif isinstance(fields, OperationState):
            self._ended += _has_ended(change) - _has_ended(self._operations.get(change.id))
            self._operations[change.id] = change
            if self._ended and len(self._operations) > OPERATIONS_KEPT:
                self._forget_oldest_operation()
        elif fields is None or (isinstance(fields, MessageState) and fields.fate not in ("in_flight", "held")):
            self._living.pop((change.kind, change.id), None)
        elif not isinstance(fields, CoordinationState) or fields.operation in self._operations:
            self._living[change.kind, change.id] = change

    def _forget_oldest_operation(self) -> None:
        for operation, change in self._operations.items():
            if isinstance(change.fields, OperationState) and change.fields.outcome != "pending":
                del self._operations[operation]
                self._ended -= 1
                via = change.fields.via
                self._living.pop(("coordination", f"{operation}@{via}"), None)
                return

    def entities(self) -> list[Change]:
        """Every living entity once, oldest version first within a kind."""
        return [*self._living.values(), *self._operations.values(), *self._notes]

    def get(self, kind: str, entity: str) -> State | None:
        """The present state of one entity, or None if there is none."""
        change = self._operations.get(entity) if kind == "operation" else self._living.get((kind, entity))
        return change.fields if change else None

    def fork(self) -> "World":
        copy = World()
        copy._living = self._living.copy()
        copy._operations = self._operations.copy()
        copy._ended = self._ended
        copy._notes = self._notes.copy()
        return copy


def _has_ended(operation: Change | None) -> bool:
    fields = operation and operation.fields
    return isinstance(fields, OperationState) and fields.outcome != "pending"


class Journal:
    """Takes every change once: into the world, to whoever drains it, and into the running digest.

    While the simulation runs, lines are only written down. They become changes when somebody asks. A line is
    (at_us, id, state), (at_us, message, fate), (at_us, code of a note, its facts) or (at_us, id, kind that is gone).
    """

    def __init__(self) -> None:
        self._world = World()
        # Whoever writes much keeps ``lines.append``: this list is emptied, never replaced.
        self.lines: list[_Line] = []
        self._settled: list[Change] = []
        self._hash = hashlib.blake2b(digest_size=16)
        self._notes = 0

    def show(self, at_us: Us, entity: str, state: State) -> None:
        """One more version of an entity."""
        self.lines.append((at_us, entity, state))

    def gone(self, at_us: Us, kind: str, entity: str) -> None:
        """An entity is no more."""
        self.lines.append((at_us, entity, kind))

    def _settle(self) -> None:
        """Make changes of all lines. One pass for the world, the digest and whoever drains."""
        first = len(self._settled)
        take = self._take
        for at_us, entity, told in self.lines:
            if not isinstance(entity, str):
                take(Change(at_us, "message", entity.id, entity.state(told)))  # type: ignore[arg-type]
            elif isinstance(told, dict):
                assert tuple(told) == NOTES[entity], f"note {entity} tells {NOTES[entity]}, not {tuple(told)}"
                self._notes += 1
                take(Change(at_us, "note", f"note{self._notes}", NoteState(entity, told)))
            elif isinstance(told, str):
                take(Change(at_us, told, entity, None))
            else:
                take(Change(at_us, told.kind, entity, told))
        self.lines.clear()
        self._hash.update(_encoder.encode_lines(self._settled[first:]))

    def _take(self, change: Change) -> None:
        self._settled.append(change)
        self._world.record(change)

    @property
    def world(self) -> World:
        self._settle()
        return self._world

    def drain(self) -> list[Change]:
        """The changes since the last drain, in the order in which they happened."""
        self._settle()
        drained, self._settled = self._settled, []
        return drained

    def digest(self) -> str:
        """32 hex digits over every change so far, however they were drained."""
        self._settle()
        return self._hash.hexdigest()

    def fork(self) -> "Journal":
        """A journal that goes on from here; changes not yet drained stay with the original."""
        self._settle()
        copy = Journal()
        copy._world = self._world.fork()
        copy._hash = self._hash.copy()
        copy._notes = self._notes
        return copy
