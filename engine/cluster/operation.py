"""One operation of whoever fans out, from invocation to its last answer: what it knows, and what it shows."""

from typing import Literal

from engine.changes import Answer, OperationState
from engine.cluster.actor import Outbox
from engine.cluster.quorum import Tally, Verdict
from engine.outcomes import OUTCOMES
from engine.units import Us
from engine.values import Record, Version

Kind = Literal["write", "read"]
Says = Literal["ack", "stale", "value", "refused"]


class Operation:
    def __init__(
        self, operation_id: str, client: str, kind: Kind, key: str, asked: tuple[str, ...], needed: int, at_us: Us
    ) -> None:
        self.id = operation_id
        self.client = client
        self.kind = kind
        self.key = key
        self.asked = asked
        self.needed = needed
        self.round = 1
        self.value: str | None = None
        self.version: Version | None = None
        self.winner: str | None = None
        self._write: str | None = operation_id if kind == "write" else None
        self._tally = Tally(asked, needed)
        self._answers: tuple[Answer, ...] = ()
        self._newest: tuple[Record, str] | None = None
        self._code = "pending"
        self.retrying = False
        self._invoked_us = at_us
        self._round_began_us = at_us
        self._responded_us: Us | None = None

    @property
    def pending(self) -> bool:
        return self._code == "pending"

    @property
    def verdict(self) -> Verdict:
        return self._tally.verdict

    @property
    def complete(self) -> bool:
        """Every node asked in this round has answered."""
        return self._tally.complete

    @property
    def have(self) -> int:
        """Positive answers so far in this round."""
        return len(self._tally.yes)

    @property
    def counter(self) -> int:
        return self.version.counter if self.version else 0

    @property
    def outrun_by(self) -> Version | None:
        """The newest version that made a replica turn this round's write down, if one did."""
        held = [
            answer.version
            for answer in self._answers
            if answer.says == "stale" and answer.round == self.round and answer.version is not None
        ]
        return max(held, default=None)

    @property
    def acks(self) -> int:
        """Nodes that stored the write, in whichever round."""
        return len({answer.node for answer in self._answers if answer.says == "ack"})

    def choose(self, value: str, version: Version) -> None:
        self.value, self.version = value, version

    def record(self) -> Record:
        assert self.value is not None and self.version is not None
        return Record(self.value, self.version, self.id)

    def round_lasted_us(self, out: Outbox) -> Us:
        return out.now_us - self._round_began_us

    def again(self, version: Version, out: Outbox) -> None:
        """Begin another round of the same write, with a larger version."""
        self.round += 1
        self.retrying = False
        self._round_began_us = out.now_us
        self.version = version
        self._tally = Tally(self.asked, self.needed)

    def answer(self, node: str, says: Says, attempt: int, record: Record | None, out: Outbox) -> bool:
        """Take one answer and show it; False if it says nothing new (a duplicate)."""
        if attempt == self.round and not self._tally.count(node, positive=says in ("ack", "value")):
            return False
        value, version = (record.value, record.version) if record and says != "ack" else (None, None)
        self._answers += (Answer(node, out.now_us, attempt, says, value, version),)
        if self.pending and says == "value" and record and self._is_newest(record):
            self._newest = (record, node)
        self.show(out)
        return True

    def _is_newest(self, record: Record) -> bool:
        return self._newest is None or record.version > self._newest[0].version

    def succeed(self, out: Outbox) -> None:
        if self.kind == "read" and self._newest is not None:
            record, self.winner = self._newest
            self.value, self.version, self._write = record.value, record.version, record.write
        self._respond("quorum_reached", out)

    def fail(self, code: str, out: Outbox) -> None:
        self._respond(code, out)

    def _respond(self, code: str, out: Outbox) -> None:
        self._code = code
        self._responded_us = out.now_us
        self.show(out)

    def show(self, out: Outbox) -> None:
        out.show(
            self.id,
            OperationState(
                client=self.client,
                type=self.kind,
                key=self.key,
                value=self.value,
                version=self.version,
                write=self._write,
                asked=self.asked,
                needed=self.needed,
                round=self.round,
                answers=self._answers,
                outcome=OUTCOMES[self._code].word,
                code=self._code,
                winner=self.winner,
                invoked_us=self._invoked_us,
                responded_us=self._responded_us,
            ),
        )

    def fork(self) -> "Operation":
        copy = Operation(self.id, self.client, self.kind, self.key, self.asked, self.needed, self._invoked_us)
        copy.__dict__.update(self.__dict__)
        copy._tally = self._tally.fork()
        return copy
