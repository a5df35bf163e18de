"""Carrying out an operation on the replicas: one quorum state machine, for clients and for coordinators.

A write may first *ask* a quorum for its versions, and then *puts*. A read *gets*, and may *write back* what
it found before it answers (the second phase of ABD: Attiya, Bar-Noy, Dolev 1995; with several writers,
Lynch and Shvartsman 1997). Every phase is a round with a tally of its own.
"""

from engine.changes import Fact
from engine.cluster.actor import Actor, Role, Timer
from engine.cluster.messages import (
    GetReply,
    GetRequest,
    PutAck,
    PutRequest,
    PutStale,
    RepairAck,
    RepairRequest,
)
from engine.cluster.operation import Kind, Operation, Says, with_quorum
from engine.cluster.versioning import Versioning
from engine.kernel.network import Body
from engine.values import Past, Record, Siblings

OPERATIONS_KEPT = 100


class AttemptTimeout(Timer, frozen=True, gc=False):
    operation: str
    attempt: int


class RetryDue(Timer, frozen=True, gc=False):
    """Time for another round of a write, after a pause that keeps two writers from outrunning each other for ever."""

    operation: str


class SuspectDue(Timer, frozen=True, gc=False):
    """Nodes that are silent until now get a stand-in."""

    operation: str
    round: int


class FanOut(Role):
    """What is left to whoever is the host: what it knows of versions, and who hears of the outcome."""

    def __init__(self, host: Actor) -> None:
        super().__init__(host)
        self.versioning = Versioning(host.id, host.storage)
        self.operations: dict[str, Operation] = {}

    # For subclasses

    def show(self, operation: Operation) -> None:
        """Tell how an operation stands."""
        raise NotImplementedError

    def concluded(self, operation: Operation) -> None:
        """An operation has its outcome."""
        raise NotImplementedError

    # Beginning

    def write(
        self,
        operation_id: str,
        client: str,
        key: str,
        value: str,
        past: Past,
        w: int | None = None,
        record: Record | None = None,
    ) -> None:
        """``w``: the write's own. ``record``: chosen before a crash, and now carried out again; otherwise a
        version is chosen."""
        operation = self._begin(operation_id, client, "write", key, past, w)
        operation.value, operation.record = value, record
        if record is None and operation.settings.versions == "ask":
            asked = self._replicas(operation, operation.settings.r, exact=False)
            operation.begin_round("ask", 0, asked, operation.settings.r, self.out.now_us)
            self.note("asks_first", operation, key=key, asked=len(asked), needed=operation.settings.r)
        else:
            self.choose(operation)
            self._begin_put(operation)
        self._send(operation)

    def read(self, operation_id: str, client: str, key: str, past: Past, r: int | None = None) -> None:
        """``r``: the read's own."""
        operation = self._begin(operation_id, client, "read", key, past, r)
        settings = operation.settings
        needed = 1 if settings.read_from == "one" and r is None else settings.r
        asked = self._replicas(operation, needed, exact=settings.read_from != "all")
        operation.begin_round("get", 1, asked, needed, self.out.now_us)
        self.note("read_begins", operation, key=key, asked=len(asked), needed=needed)
        self._send(operation)

    def _begin(self, operation_id: str, client: str, kind: Kind, key: str, past: Past, quorum: int | None) -> Operation:
        settings = with_quorum(self.host.settings, kind, quorum)
        operation = Operation(operation_id, client, kind, key, settings, past, self.out.now_us)
        self.operations[operation_id] = operation
        if len(self.operations) > OPERATIONS_KEPT:
            self._forget_oldest()
        self.out.wake_after(operation.settings.timeout_us, AttemptTimeout(operation_id, 1))
        return operation

    def _forget_oldest(self) -> None:
        """Of operations that have their outcome and lack answers that may never come, the oldest is let go."""
        ended = next((name for name, operation in self.operations.items() if not operation.pending), None)
        if ended is not None:
            del self.operations[ended]

    def _replicas(self, operation: Operation, needed: int, *, exact: bool) -> tuple[str, ...]:
        replicas = self.host.ring.preference_list(operation.key, operation.settings.n)
        return self.out.sample(replicas, needed, "replicas") if exact else replicas

    def choose(self, operation: Operation) -> None:
        """Give the write its version, unless it was chosen before."""
        if operation.record is None:
            assert operation.value is not None
            operation.record = self.versioning.record(operation, self.out.clock_us)

    def _begin_put(self, operation: Operation) -> None:
        settings = operation.settings
        asked = self._replicas(operation, settings.w, exact=settings.write_to == "exact")
        operation.begin_round("put", 1, asked, settings.w, self.out.now_us)
        self.note(
            "write_begins",
            operation,
            key=operation.key,
            value=operation.value or "",
            counter=operation.counter,
            asked=len(asked),
            needed=settings.w,
        )

    # Sending

    def _send(self, operation: Operation) -> None:
        """Send the present round's request to all who have not answered, and watch those who stay silent."""
        self.show(operation)
        self._send_to(operation, operation.tally.silent)
        if operation.settings.sloppy and operation.phase != "write_back":
            self.out.wake_after(operation.settings.suspect_after_us, SuspectDue(operation.id, operation.round))

    def _send_to(self, operation: Operation, nodes: tuple[str, ...]) -> None:
        plain = self._request(operation, None)
        for node in nodes:
            hinted = operation.stands_in_for.get(node)
            self.out.send(node, self._request(operation, hinted) if hinted else plain)

    def _request(self, operation: Operation, hint_for: str | None) -> Body:
        if operation.phase == "put":
            assert operation.record is not None
            return PutRequest(
                operation=operation.id,
                key=operation.key,
                records=(operation.record,),
                round=operation.round,
                hint_for=hint_for,
            )
        if operation.phase == "write_back":
            return RepairRequest(
                operation=operation.id, key=operation.key, records=operation.found, round=operation.round
            )
        return GetRequest(operation=operation.id, key=operation.key, round=operation.round)

    # Answers

    def on_put_ack(self, node: str, ack: PutAck) -> None:
        operation = self._answered(node, ack, "ack", ack.round, ())
        if operation is None:
            return
        late = operation.round != ack.round or not operation.pending
        self.note(
            "late_ack" if late else "ack", operation, node=node, have=operation.acks, needed=operation.tally.needed
        )
        self._settle(operation)

    def on_put_stale(self, node: str, stale: PutStale) -> None:
        assert stale.key is not None
        self.versioning.saw(stale.key, stale.records)
        operation = self._answered(node, stale, "stale", stale.round, stale.records)
        if operation is not None:
            self.note("stale", operation, node=node, counter=stale.records[-1].version.counter)
            self._settle(operation)

    def on_get_reply(self, node: str, reply: GetReply) -> None:
        assert reply.key is not None
        self.versioning.saw(reply.key, reply.records)
        operation = self._answered(node, reply, "value", reply.round, reply.records)
        if operation is None:
            return
        have: dict[str, Fact] = {"have": operation.have, "needed": operation.tally.needed}
        if not operation.pending or operation.round != reply.round:
            self.note("late_reply", operation, node=node)
            if operation.kind == "read" and operation.code == "quorum_reached":
                operation.replies[node] = reply.records
                self._repair(operation, (node,))
        elif not reply.records:
            self.note("reply_empty", operation, node=node, **have)
        elif len(reply.records) > 1:
            values = ", ".join(record.value for record in reply.records)
            self.note("reply_siblings", operation, node=node, values=values, **have)
        else:
            newest = reply.records[-1]
            self.note("reply", operation, node=node, value=newest.value, counter=newest.version.counter, **have)
        self._settle(operation)

    def on_repair_ack(self, node: str, ack: RepairAck) -> None:
        # An asynchronous repair has no round that waits for it.
        if ack.round:
            operation = self._answered(node, ack, "ack", ack.round, ())
            if operation is not None:
                self.note("repaired", operation, node=node)
                self._settle(operation)

    def on_refusal(self, node: str, request: PutRequest | GetRequest | RepairRequest) -> None:
        operation = self._answered(node, request, "refused", request.round, ())
        if operation is None:
            return
        self.note("refused", operation, node=node)
        if operation.pending and operation.settings.sloppy and operation.phase != "write_back":
            self._stand_in(operation, (node,))
        self._settle(operation)

    def _answered(self, node: str, body: Body, says: Says, attempt: int, records: Siblings) -> Operation | None:
        operation = self.operations.get(body.operation or "")
        if operation is None or not operation.answer(node, says, attempt, records, self.out.now_us):
            return None
        self.show(operation)
        return operation

    def _stand_in(self, operation: Operation, silent: tuple[str, ...]) -> None:
        """For each of these nodes ask the next one round the ring that has not been asked."""
        order = self.host.ring.order(operation.key)
        spare = [node for node in order if node not in operation.tally.asked]
        for node, other in zip(silent, spare, strict=False):
            operation.stands_in_for[other] = operation.stands_in_for.get(node, node)
            operation.tally.extend((other,))
            code = "stands_in" if operation.phase == "put" else "asked_instead"
            self.note(code, operation, node=other, silent=operation.stands_in_for[other])
            self._send_to(operation, (other,))

    # Outcomes

    def _settle(self, operation: Operation) -> None:
        """Decide what is now certain, and forget an operation when its last answer is in."""
        if operation.pending:
            verdict = operation.tally.verdict
            if verdict == "reached":
                self._reached(operation)
            elif verdict == "impossible":
                self._impossible(operation)
        if operation.tally.complete and not operation.pending:
            self.operations.pop(operation.id, None)

    def _reached(self, operation: Operation) -> None:
        if operation.phase == "ask":
            self.choose(operation)
            self._begin_put(operation)
            self._send(operation)
        elif operation.phase == "get" and operation.settings.read_repair == "blocking" and self._write_back(operation):
            self._send(operation)
        else:
            self._conclude(operation, "quorum_reached")

    def _write_back(self, operation: Operation) -> bool:
        """Begin the round that makes w nodes hold what was found; False if they do already."""
        replicas = self.host.ring.preference_list(operation.key, operation.settings.n)
        holders = [node for node in operation.tally.yes if not operation.lags(node)]
        if not operation.found or len(holders) >= operation.settings.w:
            return False
        operation.begin_round("write_back", 2, replicas, operation.settings.w, self.out.now_us)
        for node in holders:
            operation.tally.count(node, positive=True)
        newest = operation.found[-1]
        self.note(
            "writes_back",
            operation,
            value=newest.value,
            counter=newest.version.counter,
            have=len(operation.tally.yes),
            needed=operation.settings.w,
        )
        return True

    def _impossible(self, operation: Operation) -> None:
        if operation.outrun_by is not None:
            if operation.round == 1:
                self._try_again(operation)
            elif not operation.retrying:
                operation.retrying = True
                lasted_us = self.out.now_us - operation.round_began_us
                self.out.wake_after(1 + self.out.pick(operation.round * lasted_us, "retry"), RetryDue(operation.id))
        elif operation.attempt > operation.settings.retries:
            self._conclude(operation, "quorum_impossible")

    def _try_again(self, operation: Operation) -> None:
        """Another round of the same write, with the number after the largest seen."""
        held = operation.outrun_by
        assert held is not None
        operation.record = self.versioning.record(operation, self.out.clock_us)
        operation.begin_round(
            "put", operation.round + 1, operation.tally.asked, operation.tally.needed, self.out.now_us
        )
        self.note("write_again", operation, key=operation.key, held=held.counter, counter=operation.counter)
        self._send(operation)

    def _conclude(self, operation: Operation, code: str) -> None:
        operation.conclude(code, self.out.now_us)
        self.show(operation)
        self.concluded(operation)
        if operation.kind == "read" and code == "quorum_reached":
            self._repair(operation, tuple(operation.replies))

    def _repair(self, operation: Operation, nodes: tuple[str, ...]) -> None:
        """Asynchronous read repair: what was found goes to those who replied with less."""
        if operation.settings.read_repair != "async":
            return
        for node in nodes:
            if operation.lags(node):
                newest = operation.found[-1]
                self.note("repairs", operation, node=node, value=newest.value, counter=newest.version.counter)
                self.out.send(
                    node, RepairRequest(operation=operation.id, key=operation.key, records=operation.found, round=0)
                )

    # Time

    def expects(self, timer: AttemptTimeout | RetryDue | SuspectDue) -> bool:
        operation = self.operations.get(timer.operation)
        if operation is None or not operation.pending:
            return False
        if isinstance(timer, AttemptTimeout):
            return timer.attempt == operation.attempt
        if isinstance(timer, SuspectDue):
            return timer.round == operation.round and bool(operation.tally.silent)
        return True

    def on_attempt_timeout(self, timer: AttemptTimeout) -> None:
        operation = self.operations[timer.operation]
        if operation.attempt > operation.settings.retries:
            self._conclude(operation, "timeout")
            return
        operation.attempt += 1
        operation.tally.ask_again()
        operation.tally.extend(self.host.ring.preference_list(operation.key, operation.settings.n))
        self.note("retries", operation, attempt=operation.attempt)
        self.out.wake_after(operation.settings.timeout_us, AttemptTimeout(operation.id, operation.attempt))
        self._send(operation)

    def on_retry_due(self, timer: RetryDue) -> None:
        self._try_again(self.operations[timer.operation])

    def on_suspect_due(self, timer: SuspectDue) -> None:
        operation = self.operations[timer.operation]
        replaced = set(operation.stands_in_for.values())
        self._stand_in(operation, tuple(node for node in operation.tally.silent if node not in replaced))

    # The rest

    def note(self, code: str, operation: Operation, /, **facts: Fact) -> None:
        self.out.tell(code, {"client": self.host.id, "operation": operation.id, **facts})

    def stop(self) -> None:
        self.operations = {}

    def own(self) -> None:
        self.operations = {name: operation.fork() for name, operation in self.operations.items()}
        self.versioning = self.versioning.fork(self.host.storage)

    handlers = {  # noqa: RUF012
        PutAck: on_put_ack,
        PutStale: on_put_stale,
        GetReply: on_get_reply,
        RepairAck: on_repair_ack,
    }
    refusals = {  # noqa: RUF012
        PutRequest: on_refusal,
        GetRequest: on_refusal,
        RepairRequest: on_refusal,
    }
    timers = {  # noqa: RUF012
        AttemptTimeout: on_attempt_timeout,
        RetryDue: on_retry_due,
        SuspectDue: on_suspect_due,
    }
