"""How stale was each read: behind by how many versions, and for how long had it been so?

A read is behind by every write of its key that had been acknowledged before the read began and is newer
than what the read returned. This is the t- and k-staleness of Bailis et al., "Probabilistically Bounded
Staleness for Practical Partial Quorums" (VLDB 2012, sections 3.1 and 3.3), measured rather than predicted.

Which of two writes is newer? By version, if every acknowledged write of the key and every value that
was read has one. Otherwise by real time: a write is newer than a value if it began after the value was
known to be in effect, which is the earliest end of its write and of the reads that saw it. Concurrent
writes are then not newer than each other, so a read is never called stale on a guess.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from operator import attrgetter
from typing import TypeAlias

from msgspec import Struct

from engine.checks.history import Operation, WriteId
from engine.units import Us

# What orders writes: (counter, writer) of a version, or (start_us, "") in real time.
_Rank: TypeAlias = tuple[int, str]

_LOWEST: _Rank = (-(2**60), "")


class ReadStaleness(Struct, frozen=True, gc=False):
    """One read: ``versions`` newer writes had been acknowledged when it began, the first ``behind_us`` ago.

    ``missed`` is the id of that first newer write; a read that is not stale has 0, 0 and None.
    """

    read: str
    client: str
    key: str
    versions: int
    behind_us: Us
    missed: str | None


class Staleness(Struct, frozen=True):
    """All reads that returned one value, in order of invocation; means are over all of them, stale or not.

    ``share`` is the ratio of stale reads to reads, from 0 to 1; without reads, 0.
    """

    reads: tuple[ReadStaleness, ...]
    stale: int
    share: float
    versions_max: int
    versions_mean: float
    behind_us_max: Us
    behind_us_mean: float


def staleness(history: Iterable[Operation], by_version: bool = True) -> Staleness:
    """Measure every read that has ended; reads that returned siblings are left out. O(n log n).

    ``by_version`` False: always by real time, as it must be where versions are not totally ordered.
    """
    keys: dict[str, list[Operation]] = {}
    for operation in history:
        keys.setdefault(operation.key, []).append(operation)
    measured: list[tuple[Us, ReadStaleness]] = []
    for operations in keys.values():
        measured += _of_key(operations, by_version)
    measured.sort(key=lambda pair: pair[0])
    return _summary(tuple(read for _, read in measured))


def _of_key(operations: list[Operation], by_version: bool) -> list[tuple[Us, ReadStaleness]]:
    reads = [op for op in operations if op.kind == "read" and op.end_us is not None and op.siblings == 1]
    writes = [op for op in operations if op.kind == "write" and op.end_us is not None]
    reads.sort(key=attrgetter("start_us"))
    writes.sort(key=attrgetter("end_us"))
    if by_version and all(op.version is not None for op in (*writes, *reads) if op.value is not None):
        old = _chosen(reads, writes)
        ranks = [_version(write) for write in writes]
    else:
        old = _in_effect(reads, writes)
        ranks = [(write.start_us, "") for write in writes]
    return _measure(reads, writes, ranks, old)


def _version(operation: Operation) -> _Rank:
    version = operation.version
    return _LOWEST if version is None or operation.value is None else (version.counter, version.writer)


def _chosen(reads: list[Operation], writes: list[Operation]) -> dict[WriteId | None, _Rank]:
    """By value, its version: the largest, where a write was sent in several rounds with a version each."""
    largest: dict[WriteId | None, _Rank] = {None: _LOWEST}
    for operation in (*writes, *reads):
        largest[operation.value] = max(_version(operation), largest.get(operation.value, _LOWEST))
    return largest


def _in_effect(reads: list[Operation], writes: list[Operation]) -> dict[WriteId | None, _Rank]:
    """By value, the rank above which a write began after the value was in effect."""
    earliest: dict[WriteId | None, _Rank] = {}
    for operation in (*writes, *reads):
        assert operation.end_us is not None
        rank = (operation.end_us, "")
        earliest[operation.value] = min(rank, earliest.get(operation.value, rank))
    earliest[None] = _LOWEST
    return earliest


def _measure(
    reads: list[Operation], writes: list[Operation], ranks: list[_Rank], old: dict[WriteId | None, _Rank]
) -> list[tuple[Us, ReadStaleness]]:
    """Take the acknowledged writes into account one by one, as reads begin after them.

    ``newest`` is the largest rank among the writes acknowledged so far, by place: it never falls, so the
    first newer write of any read is found in it by bisection.
    """
    measured: list[tuple[Us, ReadStaleness]] = []
    acknowledged: list[_Rank] = []
    newest: list[_Rank] = []
    ends = [write.end_us or 0 for write in writes]
    for read in reads:
        for place in range(len(newest), bisect_left(ends, read.start_us)):
            insort(acknowledged, ranks[place])
            newest.append(acknowledged[-1])
        rank = old[read.value]
        versions = len(acknowledged) - bisect_right(acknowledged, rank)
        behind_us, missed = 0, None
        if versions:
            first = writes[bisect_right(newest, rank)]
            assert first.end_us is not None
            behind_us, missed = read.start_us - first.end_us, first.id
        told = ReadStaleness(read.id, read.client, read.key, versions, behind_us, missed)
        measured.append((read.start_us, told))
    return measured


def _summary(reads: tuple[ReadStaleness, ...]) -> Staleness:
    count = max(1, len(reads))
    stale = sum(read.versions > 0 for read in reads)
    return Staleness(
        reads=reads,
        stale=stale,
        share=stale / count,
        versions_max=max((read.versions for read in reads), default=0),
        versions_mean=sum(read.versions for read in reads) / count,
        behind_us_max=max((read.behind_us for read in reads), default=0),
        behind_us_mean=sum(read.behind_us for read in reads) / count,
    )
