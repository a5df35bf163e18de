"""The checkers: pure functions of a history, or of a snapshot. A verdict is ok, violated or unknown, and
comes with the operations that show it and with a reason, as a code and facts."""

from engine.checks.convergence import converged
from engine.checks.durability import durable
from engine.checks.history import History, HistoryError, Operation, from_changes, from_json, to_json
from engine.checks.live import LiveVerdict
from engine.checks.monitor import Monitor, linearizable, linearizable_by_key
from engine.checks.sessions import (
    Sessions,
    monotonic_reads,
    monotonic_writes,
    read_your_writes,
    sessions,
    writes_follow_reads,
)
from engine.checks.staleness import ReadStaleness, Staleness, staleness
from engine.checks.verdict import REASONS, Verdict

check = linearizable

__all__ = [
    "REASONS",
    "History",
    "HistoryError",
    "LiveVerdict",
    "Monitor",
    "Operation",
    "ReadStaleness",
    "Sessions",
    "Staleness",
    "Verdict",
    "check",
    "converged",
    "durable",
    "from_changes",
    "from_json",
    "linearizable",
    "linearizable_by_key",
    "monotonic_reads",
    "monotonic_writes",
    "read_your_writes",
    "sessions",
    "staleness",
    "to_json",
    "writes_follow_reads",
]
