"""A client that fans out by itself: it sends to all n nodes and waits for w acknowledgements or r replies."""

from engine.changes import ClusterState, Fact
from engine.cluster.actor import Actor, Outbox, Timer
from engine.cluster.messages import GetReply, GetRequest, PutAck, PutRequest, PutStale, Refusal
from engine.cluster.operation import Kind, Operation
from engine.cluster.placement import preference_list
from engine.values import Record, Version

PENDING_MAX = 20


class OperationTimeout(Timer, frozen=True, gc=False):
    operation: str


class RetryDue(Timer, frozen=True, gc=False):
    """Time for another round of a write, after a pause that keeps two writers from outrunning each other for ever."""

    operation: str


class Client(Actor):
    """Chooses versions by its own counter: one more than the largest it has seen for the key.

    With several writers the guess can be too low. Then the replicas say what they hold, and the client
    sends the same write again with the next number: another round.
    """

    def __init__(self, client: str, nodes: tuple[str, ...], cluster: ClusterState) -> None:
        super().__init__(client, nodes, cluster)
        self._operations: dict[str, Operation] = {}
        self._seen: dict[str, int] = {}

    @property
    def pending(self) -> int:
        """How many operations still wait for their outcome."""
        return sum(operation.pending for operation in self._operations.values())

    # Invocations

    def write(self, operation_id: str, key: str, value: str, out: Outbox) -> None:
        operation = self._begin(operation_id, "write", key, self.cluster.w, out)
        operation.choose(value, self._next_version(key))
        out.note(
            "write_begins",
            client=self.id,
            operation=operation_id,
            key=key,
            value=value,
            counter=operation.counter,
            asked=len(operation.asked),
            needed=operation.needed,
        )
        self._send_puts(operation, out)

    def read(self, operation_id: str, key: str, out: Outbox) -> None:
        operation = self._begin(operation_id, "read", key, self.cluster.r, out)
        operation.show(out)
        out.note(
            "read_begins",
            client=self.id,
            operation=operation_id,
            key=key,
            asked=len(operation.asked),
            needed=operation.needed,
        )
        for node in operation.asked:
            out.send(node, GetRequest(operation=operation_id, key=key))

    def _begin(self, operation_id: str, kind: Kind, key: str, needed: int, out: Outbox) -> Operation:
        asked = preference_list(key, self.nodes, self.cluster.n)
        operation = Operation(operation_id, self.id, kind, key, asked, needed, out.now_us)
        self._operations[operation_id] = operation
        out.wake_after(self.cluster.timeout_us, OperationTimeout(operation_id))
        return operation

    def _next_version(self, key: str) -> Version:
        self._seen[key] = self._seen.get(key, 0) + 1
        return Version(self._seen[key], self.id)

    def _saw(self, key: str, record: Record | None) -> None:
        if record is not None:
            self._seen[key] = max(self._seen.get(key, 0), record.version.counter)

    def _send_puts(self, operation: Operation, out: Outbox) -> None:
        operation.show(out)
        for node in operation.asked:
            out.send(
                node,
                PutRequest(operation=operation.id, key=operation.key, record=operation.record(), round=operation.round),
            )

    # Answers

    def on_put_ack(self, node: str, ack: PutAck, out: Outbox) -> None:
        operation = self._of(ack)
        if operation is not None and operation.answer(node, "ack", ack.round, ack.record, out):
            late = operation.round != ack.round or not operation.pending
            out.note(
                "late_ack" if late else "ack",
                client=self.id,
                operation=operation.id,
                node=node,
                have=operation.acks,
                needed=operation.needed,
            )
            self._settle(operation, out)

    def on_put_stale(self, node: str, stale: PutStale, out: Outbox) -> None:
        assert stale.key is not None and stale.record is not None
        self._saw(stale.key, stale.record)
        operation = self._of(stale)
        if operation is not None and operation.answer(node, "stale", stale.round, stale.record, out):
            out.note(
                "stale",
                client=self.id,
                operation=operation.id,
                node=node,
                counter=stale.record.version.counter,
            )
            self._settle(operation, out)

    def on_get_reply(self, node: str, reply: GetReply, out: Outbox) -> None:
        assert reply.key is not None
        self._saw(reply.key, reply.record)
        operation = self._of(reply)
        if operation is None or not operation.answer(node, "value", 1, reply.record, out):
            return
        if not operation.pending:
            out.note("late_reply", client=self.id, operation=operation.id, node=node)
        elif reply.record is None:
            out.note(
                "reply_empty",
                client=self.id,
                operation=operation.id,
                node=node,
                have=operation.have,
                needed=operation.needed,
            )
        else:
            out.note(
                "reply",
                client=self.id,
                operation=operation.id,
                node=node,
                value=reply.record.value,
                counter=reply.record.version.counter,
                have=operation.have,
                needed=operation.needed,
            )
        self._settle(operation, out)

    def on_refusal(self, node: str, refusal: Refusal, out: Outbox) -> None:
        operation = self._of(refusal)
        attempt = refusal.request.round if isinstance(refusal.request, PutRequest) else 1
        if operation is not None and operation.answer(node, "refused", attempt, None, out):
            out.note("refused", client=self.id, operation=operation.id, node=node)
            self._settle(operation, out)

    def _of(self, answer: PutAck | PutStale | GetReply | Refusal) -> Operation | None:
        return self._operations.get(answer.operation or "")

    # Outcomes

    def _settle(self, operation: Operation, out: Outbox) -> None:
        """Decide what is now certain, and forget an operation when its last answer is in."""
        if operation.pending:
            if operation.verdict == "reached":
                operation.succeed(out)
                self._note_success(operation, out)
            elif operation.verdict == "impossible" and operation.outrun_by is None:
                self._fail(operation, "quorum_impossible", out)
            elif operation.verdict == "impossible" and operation.round == 1:
                self._try_again(operation, out)
            elif operation.verdict == "impossible" and not operation.retrying:
                operation.retrying = True
                pause_us = 1 + out.pick(operation.round * operation.round_lasted_us(out), "retry")
                out.wake_after(pause_us, RetryDue(operation.id))
        if operation.complete and not operation.pending:
            del self._operations[operation.id]

    def _try_again(self, operation: Operation, out: Outbox) -> None:
        """Another round of the same write, with the number after the largest seen."""
        held = operation.outrun_by
        assert held is not None
        operation.again(self._next_version(operation.key), out)
        out.note(
            "write_again",
            client=self.id,
            operation=operation.id,
            key=operation.key,
            held=held.counter,
            counter=operation.counter,
        )
        self._send_puts(operation, out)

    def expects(self, timer: Timer) -> bool:
        assert isinstance(timer, OperationTimeout | RetryDue)
        operation = self._operations.get(timer.operation)
        return operation is not None and operation.pending

    def on_timer(self, timer: Timer, out: Outbox) -> None:
        assert isinstance(timer, OperationTimeout | RetryDue)
        operation = self._operations[timer.operation]
        if isinstance(timer, RetryDue):
            self._try_again(operation, out)
        else:
            self._fail(operation, "timeout", out)

    def _note_success(self, operation: Operation, out: Outbox) -> None:
        common: dict[str, Fact] = {"client": self.id, "operation": operation.id, "key": operation.key}
        if operation.value is None:
            out.note("read_empty", **common, needed=operation.needed)
            return
        said = common | {"value": operation.value, "counter": operation.counter, "needed": operation.needed}
        if operation.kind == "write":
            out.note("write_ok", **said)
        else:
            out.note("read_ok", **said, winner=operation.winner or "")

    def _fail(self, operation: Operation, code: str, out: Outbox) -> None:
        operation.fail(code, out)
        common: dict[str, Fact] = {"client": self.id, "operation": operation.id, "key": operation.key}
        if operation.kind == "write":
            out.note(
                "write_fails",
                **common,
                value=operation.value or "",
                counter=operation.counter,
                acks=operation.acks,
                needed=operation.needed,
                code=code,
            )
        else:
            out.note("read_fails", **common, replies=operation.have, needed=operation.needed, code=code)

    def fork(self) -> "Client":
        copy = Client(self.id, self.nodes, self.cluster)
        copy._operations = {name: operation.fork() for name, operation in self._operations.items()}
        copy._seen = self._seen.copy()
        return copy

    handlers = {  # noqa: RUF012
        PutAck: on_put_ack,
        PutStale: on_put_stale,
        GetReply: on_get_reply,
        Refusal: on_refusal,
    }
