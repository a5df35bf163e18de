"""The journal of changes, and the world as it stands: the latest version of every living entity."""

import hashlib
from collections import deque
from itertools import islice

import msgspec

from engine.changes import Change, MessageState, OperationState, State
from engine.units import Us

OPERATIONS_KEPT = 100
NOTES_KEPT = 200

_encoder = msgspec.json.Encoder()


class World:
    """What a late joiner needs: a cache, rebuilt by replay. It keeps only the latest operations and
    notes, and no message that has ended; the whole story is in the changes."""

    def __init__(self) -> None:
        self._living: dict[tuple[str, str], Change] = {}
        self._operations: dict[str, Change] = {}
        self._notes: deque[Change] = deque(maxlen=NOTES_KEPT)

    def record(self, change: Change) -> None:
        fields = change.fields
        if change.kind == "note":
            self._notes.append(change)
        elif isinstance(fields, OperationState):
            self._operations[change.id] = change
            if len(self._operations) > OPERATIONS_KEPT:
                self._forget_oldest_operation()
        elif fields is None or (isinstance(fields, MessageState) and fields.fate != "in_flight"):
            self._living.pop((change.kind, change.id), None)
        else:
            self._living[change.kind, change.id] = change

    def _forget_oldest_operation(self) -> None:
        for operation, change in self._operations.items():
            if isinstance(change.fields, OperationState) and change.fields.outcome != "pending":
                del self._operations[operation]
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
        copy._notes = self._notes.copy()
        return copy


class Journal:
    """Takes every change once: into the world, to whoever drains it, and into the running digest."""

    def __init__(self) -> None:
        self.world = World()
        self._pending: list[Change] = []
        self._hashed = 0
        self._hash = hashlib.blake2b(digest_size=16)
        self._notes = 0

    def show(self, at_us: Us, entity: str, state: State) -> None:
        self._put(Change(at_us, state.kind, entity, state))

    def next_note(self) -> str:
        self._notes += 1
        return f"note{self._notes}"

    def _put(self, change: Change) -> None:
        self._pending.append(change)
        self.world.record(change)

    def drain(self) -> list[Change]:
        """The changes since the last drain, in the order in which they happened."""
        self._hash_pending()
        drained, self._pending, self._hashed = self._pending, [], 0
        return drained

    def digest(self) -> str:
        """32 hex digits over every change so far, however they were drained."""
        self._hash_pending()
        return self._hash.hexdigest()

    def _hash_pending(self) -> None:
        self._hash.update(_encoder.encode_lines(islice(self._pending, self._hashed, None)))
        self._hashed = len(self._pending)

    def fork(self) -> "Journal":
        """A journal that goes on from here; changes not yet drained stay with the original."""
        self._hash_pending()
        copy = Journal()
        copy.world = self.world.fork()
        copy._hash = self._hash.copy()
        copy._notes = self._notes
        return copy
