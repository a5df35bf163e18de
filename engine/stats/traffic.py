"""Live counters, out of the same changes that the picture is made of."""

from collections import Counter

from msgspec import Struct

from engine.changes import Change, MessageState, OperationState
from engine.stats.histogram import Histogram
from engine.units import Us


class OperationCounts(Struct, frozen=True):
    """Of one kind of operation: how many there are by the word of their outcome, and the latencies of the OK ones."""

    outcomes: dict[str, int]
    p50_us: Us | None
    p99_us: Us | None
    p999_us: Us | None


class MessageCounts(Struct, frozen=True):
    """Of one type of message: how many were sent, how many bytes they had, and how they ended."""

    sent: int
    bytes: int
    fates: dict[str, int]


class Summary(Struct, frozen=True):
    operations: dict[str, OperationCounts]
    messages: dict[str, MessageCounts]


class Traffic:
    """``observe`` every change once, in order."""

    def __init__(self) -> None:
        self._words: dict[str, Counter[str]] = {"write": Counter(), "read": Counter()}
        self._latencies = {"write": Histogram(), "read": Histogram()}
        self._standing: dict[str, str] = {}
        self._under_way: set[str] = set()
        self._sent: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._fates: dict[str, Counter[str]] = {}

    def observe(self, change: Change) -> None:
        if isinstance(change.fields, OperationState):
            self._operation(change.id, change.fields)
        elif isinstance(change.fields, MessageState):
            self._message(change.id, change.fields)

    def _operation(self, name: str, state: OperationState) -> None:
        before = self._standing.get(name)
        if before == state.outcome or (before is not None and before != "pending"):
            return
        words = self._words[state.type]
        if before is not None:
            words[before] -= 1
        words[state.outcome] += 1
        self._standing[name] = state.outcome
        if state.outcome == "ok" and state.responded_us is not None:
            self._latencies[state.type].add(state.responded_us - state.invoked_us)

    def _message(self, name: str, state: MessageState) -> None:
        if state.fate in ("in_flight", "held"):
            if name not in self._under_way:
                self._under_way.add(name)
                self._sent[state.type] += 1
                self._bytes[state.type] += state.bytes
            return
        self._under_way.discard(name)
        self._fates.setdefault(state.type, Counter())[state.fate] += 1

    def summary(self) -> Summary:
        """The counts so far."""
        return Summary(
            operations={
                kind: OperationCounts(
                    dict(+words), *(self._latencies[kind].percentile_us(share) for share in (0.5, 0.99, 0.999))
                )
                for kind, words in self._words.items()
            },
            messages={
                kind: MessageCounts(sent, self._bytes[kind], dict(self._fates.get(kind, {})))
                for kind, sent in sorted(self._sent.items())
            },
        )
