"""The four session guarantees of Terry et al., "Session Guarantees for Weakly Consistent Replicated Data"
(PDIS 1994, section 3), each with a verdict of its own. A session is everything that one client does.

Which value is newer is told by versions, which must be totally ordered (a history under version vectors
has no such order, and these checks do not apply). The guarantees are checked key by key: versions of
different keys have no order that could be broken. Within a session, an operation comes after another
that had ended before it began; operations that one client had under way together have no order, nor do
those whose times only touch. Writes count when they have been acknowledged: of any other, nobody has
been promised anything.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TypeAlias

from msgspec import Struct

from engine.changes import Fact
from engine.checks.history import Kind, Operation
from engine.checks.verdict import Verdict, initial, once

HELD = Verdict("ok", "session")

_Fails: TypeAlias = Callable[[Operation, Operation], bool]


class Sessions(Struct, frozen=True):
    """One verdict for each guarantee."""

    read_your_writes: Verdict
    monotonic_reads: Verdict
    monotonic_writes: Verdict
    writes_follow_reads: Verdict


def sessions(history: Iterable[Operation]) -> Sessions:
    """All four guarantees. O(n log n)."""
    operations = list(history)
    return Sessions(
        read_your_writes(operations),
        monotonic_reads(operations),
        monotonic_writes(operations),
        writes_follow_reads(operations),
    )


def read_your_writes(history: Iterable[Operation]) -> Verdict:
    """A read returns the newest write of the same client that was acknowledged before it, or something newer."""
    return _check(history, "read_your_writes", "write", "read", "own", _older)


def monotonic_reads(history: Iterable[Operation]) -> Verdict:
    """A read returns what an earlier read of the same client returned, or something newer."""
    return _check(history, "monotonic_reads", "read", "read", "before", _older)


def monotonic_writes(history: Iterable[Operation]) -> Verdict:
    """A write is newer than each earlier write of the same client, so that no node can keep the earlier one."""
    return _check(history, "monotonic_writes", "write", "write", "before", _not_newer)


def writes_follow_reads(history: Iterable[Operation]) -> Verdict:
    """A write is newer than what the same client had read before, so that nobody sees them the other way round."""
    return _check(history, "writes_follow_reads", "read", "write", "before", _not_newer)


def _rank(operation: Operation) -> tuple[int, str]:
    assert operation.version is not None
    return operation.version.counter, operation.version.writer


def _older(later: Operation, earlier: Operation) -> bool:
    # One write may have been sent in several rounds, with a version each: it is not older than itself.
    if later.value == earlier.value or earlier.value is None:
        return False
    return later.value is None or _rank(later) < _rank(earlier)


def _not_newer(later: Operation, earlier: Operation) -> bool:
    return earlier.value is not None and _rank(later) <= _rank(earlier)


def _check(history: Iterable[Operation], code: str, earlier: Kind, later: Kind, name: str, fails: _Fails) -> Verdict:
    """Hold each operation of kind ``later`` against the newest ``earlier`` one of its session before it.

    The violation that is named is the one whose offending response was first. ``name`` is the fact that
    the sentence calls the earlier value.
    """
    threads: dict[tuple[str, str], list[Operation]] = {}
    doubt: Verdict | None = None
    for operation in history:
        if operation.end_us is None or operation.kind not in (earlier, later):
            continue
        if unclear := _unclear(operation):
            doubt = doubt or unclear
            continue
        threads.setdefault((operation.client, operation.key), []).append(operation)
    found = [pair for thread in threads.values() if (pair := _first_failing(thread, earlier, later, fails))]
    if not found:
        return doubt or HELD
    bad, held = min(found, key=lambda pair: pair[0].end_us or 0)
    facts: dict[str, Fact] = {"key": bad.key, "client": bad.client, name: held.says}
    if bad.value is not None:
        facts["value"] = bad.says
    return Verdict("violated", initial(code, bad.value is None), facts, once(bad.id, held.id))


def _first_failing(
    thread: list[Operation], earlier: Kind, later: Kind, fails: _Fails
) -> tuple[Operation, Operation] | None:
    """The first response that fails, and the operation that it fails against."""
    ended = sorted((op for op in thread if op.kind == earlier), key=attrgetter("end_us"))
    newest: Operation | None = None
    place = 0
    failing: list[tuple[Operation, Operation]] = []
    for operation in sorted((op for op in thread if op.kind == later), key=attrgetter("start_us")):
        while place < len(ended) and (ended[place].end_us or 0) < operation.start_us:
            if newest is None or _older(newest, ended[place]):
                newest = ended[place]
            place += 1
        if newest is not None and fails(operation, newest):
            failing.append((operation, newest))
    return min(failing, key=lambda pair: pair[0].end_us or 0, default=None)


def _unclear(operation: Operation) -> Verdict | None:
    """Why an operation cannot be placed in the order of versions, if it cannot."""
    if operation.siblings > 1:
        facts: dict[str, Fact] = {"key": operation.key, "reader": operation.client, "count": operation.siblings}
        return Verdict("unknown", "siblings", facts, (operation.id,))
    if operation.value is not None and operation.version is None:
        facts = {"key": operation.key, "client": operation.client, "operation": operation.id}
        return Verdict("unknown", "no_versions", facts, (operation.id,))
    return None
