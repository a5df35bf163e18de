"""How whoever fans out chooses the version of a write: the four ways of ``Settings.versions``."""

from engine.cluster.operation import Operation
from engine.cluster.storage import Storage
from engine.cluster.versions import largest_counter
from engine.units import Us
from engine.values import Record, Siblings, Version


class Versioning:
    """A writer never uses a counter of a key twice, in whichever way it chooses.

    A coordinator also knows what the node itself holds. With a new disk it signs with a new name,
    since it may have forgotten what it has signed before.
    """

    def __init__(self, actor_id: str, storage: Storage) -> None:
        self._id = actor_id
        self._storage = storage
        self._seen: dict[str, int] = {}

    def saw(self, key: str, records: Siblings) -> None:
        """Somebody said that it holds these."""
        counter = largest_counter(records)
        if counter > self._seen.get(key, 0):
            self._seen[key] = counter

    def record(self, operation: Operation, clock_us: Us) -> Record:
        """The operation's record, with a version of its own."""
        key = operation.key
        versions = operation.settings.versions
        last = self._storage.issued.get(key, 0)
        if versions == "counter":
            last = max(last, self._seen.get(key, 0), largest_counter(self._storage.records.get(key, ())))
        elif versions == "ask":
            last = max(last, largest_counter(operation.found))
        elif versions == "clock":
            last = max(last, clock_us - 1)
        self._storage.issued[key] = last + 1
        assert operation.value is not None
        disk = self._storage.disk
        writer = self._id if disk == 1 else f"{self._id}.{disk}"
        past = operation.past if versions == "vector" else None
        return Record(operation.value, Version(last + 1, writer), operation.id, past)

    def fork(self, storage: Storage) -> "Versioning":
        copy = Versioning(self._id, storage)
        copy._seen = self._seen.copy()
        return copy
