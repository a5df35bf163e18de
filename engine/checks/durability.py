"""Is every acknowledged write still there, on some disk, unless something newer has taken its place?

An acknowledgement is a promise: from then on the write survives, in itself or in a write that replaced
it. Memory and messages do not count, and a node that is down does: its disk keeps its records.
"""

import operator
from collections.abc import Callable, Iterable

from engine.changes import Change, Fact
from engine.checks.convergence import Held, held, records
from engine.checks.history import Operation
from engine.checks.verdict import Verdict
from engine.values import Version

DURABLE = Verdict("ok", "durable")


def durable(
    history: Iterable[Operation],
    snapshot: Iterable[Change],
    newer: Callable[[Version, Version], bool] = operator.gt,
) -> Verdict:
    """Whether each acknowledged write, or a newer version of its key, is in at least one node's records.

    ``newer(a, b)`` says that a has rightly replaced b; the default is the total order of Version, and
    for version vectors it must be whether a covers b. The first lost write, by its response, is told, and
    is the witness. A write without a version that is on no disk may have been replaced: unknown.
    """
    disks: dict[str, Held] = {}
    for record in records(snapshot):
        disks[record.key] = disks.get(record.key, frozenset()) | held(record)
    doubt: Verdict | None = None
    acknowledged = [write for write in history if write.kind == "write" and write.end_us is not None]
    for write in sorted(acknowledged, key=lambda write: write.end_us or 0):
        on_disk = disks.get(write.key, frozenset())
        if any(name == write.value for _, name in on_disk):
            continue
        version = write.version
        if version is None and on_disk:
            facts: dict[str, Fact] = {"key": write.key, "client": write.client, "operation": write.id}
            doubt = doubt or Verdict("unknown", "no_versions", facts, (write.id,))
        elif version is None or not any(newer(other, version) for other, _ in on_disk):
            return _lost(write)
    return doubt or DURABLE


def _lost(write: Operation) -> Verdict:
    return Verdict(
        "violated",
        "lost_from_disk",
        {"key": write.key, "writer": write.client, "value": write.says, "operation": write.id},
        (write.id,),
    )
