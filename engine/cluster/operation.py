"""One operation of whoever fans out, from invocation to its last answer: what it knows."""

from typing import Literal

from msgspec import structs

from engine.changes import Answer
from engine.cluster.quorum import Tally
from engine.cluster.versions import lacks, merge_all
from engine.settings import Settings
from engine.units import Us
from engine.values import Past, Record, Siblings, Version

Kind = Literal["write", "read"]
Says = Literal["ack", "stale", "value", "refused"]
Phase = Literal["ask", "put", "get", "write_back"]


def with_quorum(settings: Settings, kind: Kind, quorum: int | None) -> Settings:
    """The settings of one operation: the cluster's, but for a w or r of its own."""
    if quorum is None:
        return settings
    return structs.replace(settings, w=quorum) if kind == "write" else structs.replace(settings, r=quorum)


class Operation:
    """``settings`` are those of its beginning; changes made later do not touch it."""

    def __init__(
        self, operation_id: str, client: str, kind: Kind, key: str, settings: Settings, past: Past, at_us: Us
    ) -> None:
        self.id = operation_id
        self.client = client
        self.kind = kind
        self.key = key
        self.settings = settings
        self.past = past
        self.value: str | None = None
        self.record: Record | None = None
        self.phase: Phase = "put" if kind == "write" else "get"
        self.round = 1
        self.attempt = 1
        self.retrying = False
        self.code = "pending"
        self.pending = True
        self.winner: str | None = None
        self.found: Siblings = ()
        self.replies: dict[str, Siblings] = {}
        self.answers: tuple[Answer, ...] = ()
        self.stands_in_for: dict[str, str] = {}
        self.tally = Tally((), 0)
        self.invoked_us = at_us
        self.round_began_us = at_us
        self.responded_us: Us | None = None

    def conclude(self, code: str, at_us: Us) -> None:
        self.code, self.pending, self.responded_us = code, False, at_us

    @property
    def have(self) -> int:
        """Positive answers so far in this round."""
        return len(self.tally.yes)

    @property
    def counter(self) -> int:
        version = self.version
        return version.counter if version else 0

    @property
    def version(self) -> Version | None:
        if self.kind == "write":
            return self.record.version if self.record else None
        return self.found[-1].version if self.found and not self.pending else None

    @property
    def outrun_by(self) -> Version | None:
        """The newest version that made a replica turn this round's write down, if one did."""
        held = [
            answer.version
            for answer in self.answers
            if answer.says == "stale" and answer.round == self.round and answer.version is not None
        ]
        return max(held, default=None)

    @property
    def acks(self) -> int:
        """Nodes that stored the write, in whichever round."""
        return len({answer.node for answer in self.answers if answer.says == "ack"})

    def begin_round(self, phase: Phase, number: int, asked: tuple[str, ...], needed: int, at_us: Us) -> None:
        self.phase = phase
        self.round = number
        self.retrying = False
        self.round_began_us = at_us
        self.tally = Tally(asked, needed)

    def answer(self, node: str, says: Says, attempt: int, records: Siblings, at_us: Us) -> bool:
        """Take one answer; False if it says nothing new (a duplicate, or a node that was not asked)."""
        if attempt == self.round:
            if not self.tally.count(node, positive=says in ("ack", "value")):
                return False
        elif any(known.node == node and known.round == attempt for known in self.answers):
            return False
        said = records[-1] if records and says != "ack" else None
        value, version = (said.value, said.version) if said else (None, None)
        self.answers += (Answer(node, at_us, attempt, says, value, version),)
        if says == "value" and self.pending and attempt == self.round:
            self.replies[node] = records
            merged = merge_all(self.found, records)
            if merged is not self.found:
                self.found, self.winner = merged, node
        return True

    def lags(self, node: str) -> bool:
        """Whether a node that has replied lacks something of what was found."""
        return lacks(self.replies[node], self.found)

    def fork(self) -> "Operation":
        copy = object.__new__(Operation)
        copy.__dict__.update(self.__dict__)
        copy.tally = self.tally.fork()
        copy.replies = self.replies.copy()
        copy.stands_in_for = self.stands_in_for.copy()
        return copy
