"""A client: it fans out by itself, or asks a node to (a coordinator, or the leader)."""

from engine.changes import Fact, OperationState
from engine.cluster.actor import Actor
from engine.cluster.fan_out import FanOut
from engine.cluster.operation import Operation
from engine.cluster.requester import Requester
from engine.cluster.versions import context, joined, siblings
from engine.outcomes import OUTCOMES
from engine.settings import Settings
from engine.values import Past, Siblings

PENDING_MAX = 20


class ClientFanOut(FanOut):
    """The client as its own coordinator: the outcome is its outcome."""

    host: "Client"

    def show(self, operation: Operation) -> None:
        # What a read has found is told when it has its answer; until then it may still find something newer.
        read = operation.kind == "read"
        done = read and operation.code == "quorum_reached"
        record = operation.record if not read else operation.found[-1] if done and operation.found else None
        self.out.show(
            operation.id,
            OperationState(
                operation.client,
                operation.kind,
                operation.key,
                record.value if record else operation.value,
                record.version if record else None,
                operation.id if not read else record.write if record else None,
                operation.tally.asked,
                operation.tally.needed,
                max(1, operation.round),
                operation.answers,
                OUTCOMES[operation.code].word,
                operation.code,
                operation.winner if done else None,
                operation.invoked_us,
                operation.responded_us,
                operation.attempt,
                None,
                siblings(operation.found) if done else (),
            ),
        )

    def concluded(self, operation: Operation) -> None:
        if operation.kind == "write":
            self.host.learned(operation.key, (operation.record,) if operation.record else ())
        elif operation.code == "quorum_reached":
            self.host.learned(operation.key, operation.found)
        if operation.code == "quorum_reached":
            self._note_success(operation)
        else:
            self._note_failure(operation)

    def _note_success(self, operation: Operation) -> None:
        said: dict[str, Fact] = {"key": operation.key}
        needed = operation.settings.w if operation.kind == "write" else operation.tally.needed
        if operation.kind == "write":
            said |= {"value": operation.value or "", "counter": operation.counter, "needed": needed}
            self.note("write_ok", operation, **said)
        elif not operation.found:
            self.note("read_empty", operation, **said, needed=needed)
        elif len(operation.found) > 1:
            values = ", ".join(record.value for record in operation.found)
            self.note("read_siblings", operation, **said, values=values, count=len(operation.found))
        else:
            newest = operation.found[-1]
            said |= {"value": newest.value, "counter": newest.version.counter, "needed": needed}
            self.note("read_ok", operation, **said, winner=operation.winner or "")

    def _note_failure(self, operation: Operation) -> None:
        common: dict[str, Fact] = {"key": operation.key}
        needed, code = operation.tally.needed, operation.code
        if operation.kind == "write":
            common |= {"value": operation.value or "", "counter": operation.counter}
            self.note("write_fails", operation, **common, acks=operation.acks, needed=needed, code=code)
        else:
            self.note("read_fails", operation, **common, replies=operation.have, needed=needed, code=code)


class Client(Actor):
    """It remembers, for each key, what it has seen of it: the context of its next write."""

    def __init__(self, client: str, members: tuple[str, ...], settings: Settings) -> None:
        super().__init__(client, members, settings)
        self._seen: dict[str, Past] = {}
        self.fan_out = ClientFanOut(self)
        self.requester = Requester(self)
        self.play(self.fan_out, self.requester)

    @property
    def pending(self) -> int:
        """How many operations still wait for their outcome."""
        asked = sum(operation.pending for operation in self.fan_out.operations.values())
        return asked + len(self.requester.requests)

    def write(self, operation_id: str, key: str, value: str, via: str | None = None, w: int | None = None) -> None:
        past = self._seen.get(key, ())
        if self.settings.strategy == "client":
            self.fan_out.write(operation_id, self.id, key, value, past, w)
        else:
            self.requester.begin(operation_id, "write", key, value, past, via, w)

    def read(self, operation_id: str, key: str, via: str | None = None, r: int | None = None) -> None:
        past = self._seen.get(key, ())
        if self.settings.strategy == "client":
            self.fan_out.read(operation_id, self.id, key, past, r)
        else:
            self.requester.begin(operation_id, "read", key, None, past, via, r)

    def learned(self, key: str, records: Siblings) -> None:
        """An operation of this client has read or written these."""
        if self.settings.versions == "vector":
            self._seen[key] = joined(self._seen.get(key, ()), context(records))

    def fork(self) -> "Client":
        copy = Client(self.id, self.members, self.settings)
        copy.incarnation, copy.skew_us, copy.storage = self.incarnation, self.skew_us, self.storage.fork()
        copy._seen = self._seen.copy()
        copy.fan_out, copy.requester = self.fan_out.fork(copy), self.requester.fork(copy)
        copy.play(copy.fan_out, copy.requester)
        return copy
