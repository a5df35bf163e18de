"""Is a history linearizable? Read/write registers whose written values are all distinct, in O(n log n).

The test by zones is that of Gibbons and Korach, "Testing Shared Memories" (SIAM J. Comput. 26(4), 1997,
section 4, where every read says which write it saw). The operations that wrote or saw one value are a
*cluster*. Let ``first_us`` be the earliest end in a cluster, ``last_us`` the latest start. The value
was in effect at some moment up to ``first_us`` and at some moment from ``last_us`` on. So cluster a must come before
cluster b as soon as some operation of a ends before some operation of b begins: first_us of a <
last_us of b. The history is linearizable if no two clusters must each come before the other, and no
read ends before its write begins. No longer circle needs to be looked for: each contains one of two.

A cluster with first_us < last_us holds the register for all of that time: a *forward* zone. Of any
other, a *backward* zone, all operations are concurrent, and one moment between last_us and first_us is
enough. Two clusters contradict each other when two forward zones overlap, or when a backward zone lies
inside a forward one. Ties order nothing, so zones that only touch do not overlap.

Responses are taken one by one, in order of time, each in O(log n) (but for moving the tail of a list,
which for a hundred thousand operations is a short memory copy). That names the first response that no
order of the operations explains, and makes the same code fit for a run that is still going on.
"""

from bisect import bisect_left

from engine.changes import Fact
from engine.checks.history import HistoryError, Operation, WriteId
from engine.checks.verdict import Verdict, initial, once
from engine.units import Us

# Before and after every time that an operation may have.
_BEFORE: Us = -(2**60)
_NEVER: Us = 2**60

LINEARIZABLE = Verdict("ok", "linearizable")


class Cluster:
    """One value: its write and the reads that saw it. The initial value has no write.

    ``first`` and ``last`` are the operations that ``first_us`` and ``last_us`` come from. Nothing is
    known to be in effect before a first operation has ended; until then first_us is _NEVER.
    """

    __slots__ = ("first", "first_read", "first_us", "last", "last_us", "write")

    def __init__(self, write: Operation | None) -> None:
        self.write = write
        self.first: Operation | None = None
        self.last = write
        self.first_read: Operation | None = None
        self.first_us = _NEVER if write else _BEFORE
        self.last_us = write.start_us if write else _BEFORE


class Register:
    """One key. ``verdict`` is true of all that has been told so far; once violated, it stays violated."""

    def __init__(self) -> None:
        self.verdict = LINEARIZABLE
        self._clusters: dict[WriteId | None, Cluster] = {None: Cluster(None)}
        # Forward zones, by first_us: they do not overlap, so also by last_us.
        self._forward: list[Cluster] = []
        self._forward_firsts: list[Us] = []
        # Backward zones: those that no other covers, with a first_us no later and a last_us no earlier.
        # So both rise. One that has become a forward zone may stay with its old, smaller last_us: what
        # it would contradict, it still contradicts.
        self._backward: list[Cluster] = []
        self._backward_firsts: list[Us] = []
        self._backward_lasts: list[Us] = []
        self._lost: Cluster | None = None
        self._because: tuple[Operation, Cluster, Cluster] | None = None

    def begin(self, write: Operation) -> None:
        """A write is under way. Raises HistoryError (written_twice)."""
        known = self._clusters.setdefault(write.value, Cluster(write))
        if known.write is not write:
            first = known.write.id if known.write else ""
            raise HistoryError("written_twice", "value", value=write.says, first=first)

    def withdraw(self, write: Operation) -> None:
        """A write definitely did not happen; if somebody read it, the value came from nowhere."""
        cluster = self._clusters.get(write.value)
        if cluster is None or cluster.write is None or cluster.write.id != write.id:
            return
        if cluster.first_read is None:
            del self._clusters[write.value]
        elif self.verdict.word != "violated":
            self.verdict = _nowhere(cluster.first_read)

    def respond(self, operation: Operation) -> None:
        """An operation has ended, no earlier than any told before. Raises HistoryError (written_twice)."""
        cluster = self._clusters.get(operation.value)
        if operation.kind == "write":
            if cluster is None or cluster.write is None or cluster.write.id != operation.id:
                self.begin(operation)
                cluster = self._clusters[operation.value]
            cluster.write = operation
            if cluster.first_us == _NEVER:
                self._first(cluster, operation)
        elif self.verdict.word == "violated":
            if cluster is not None and cluster is self._lost:
                self._is_not_lost(operation)
        elif operation.siblings > 1:
            if self.verdict.word == "ok":
                self.verdict = _siblings(operation)
        elif cluster is None or (cluster.write is not None and cluster.write.start_us > (operation.end_us or 0)):
            self.verdict = _nowhere(operation)
        else:
            if cluster.first_read is None:
                cluster.first_read = operation
            if cluster.first_us == _NEVER:
                if operation.start_us > cluster.last_us:
                    cluster.last, cluster.last_us = operation, operation.start_us
                self._first(cluster, operation)
            elif operation.start_us > cluster.last_us:
                self._later(cluster, operation)

    def _first(self, cluster: Cluster, operation: Operation) -> None:
        """The first operation of a cluster has ended. Nothing that has ended began later, so it fits."""
        assert operation.end_us is not None
        cluster.first, cluster.first_us = operation, operation.end_us
        self._add_backward(cluster)

    def _later(self, cluster: Cluster, read: Operation) -> None:
        """A read has ended that began later than any other of its cluster; only so can a zone grow."""
        was_forward = cluster.last_us > cluster.first_us
        cluster.last, cluster.last_us = read, read.start_us
        if cluster.last_us > cluster.first_us:
            against = self._against_forward(cluster, was_forward)
        else:
            against = self._around_backward(cluster)
        if against is not None:
            self._violated(read, cluster, against)
        elif cluster.last_us <= cluster.first_us:
            self._add_backward(cluster)

    def _around_backward(self, cluster: Cluster) -> Cluster | None:
        """The forward zone that a backward zone lies inside of, if one does."""
        place = bisect_left(self._forward_firsts, cluster.last_us) - 1
        if place >= 0 and self._forward[place].last_us > cluster.first_us:
            return self._forward[place]
        return None

    def _against_forward(self, cluster: Cluster, was_forward: bool) -> Cluster | None:
        """The newest zone that a forward zone overlaps or has inside; without one, it takes its place."""
        found: Cluster | None = None
        place = bisect_left(self._backward_firsts, cluster.last_us) - 1
        if place >= 0 and self._backward_lasts[place] > cluster.first_us:
            found = self._backward[place]
        own = bisect_left(self._forward_firsts, cluster.first_us)
        newest = bisect_left(self._forward_firsts, cluster.last_us) - 1
        beside: Cluster | None = None
        if newest >= own + was_forward:
            beside = self._forward[newest]
        elif own > 0 and self._forward[own - 1].last_us > cluster.first_us:
            beside = self._forward[own - 1]
        if beside is not None and (found is None or beside.last_us > found.last_us):
            found = beside
        if found is None and not was_forward:
            self._forward.insert(own, cluster)
            self._forward_firsts.insert(own, cluster.first_us)
        return found

    def _add_backward(self, cluster: Cluster) -> None:
        lasts = self._backward_lasts
        place = end = bisect_left(self._backward_firsts, cluster.first_us)
        if place > 0 and lasts[place - 1] >= cluster.last_us:
            return
        while end < len(lasts) and lasts[end] <= cluster.last_us:
            end += 1
        if end < len(lasts) and self._backward_firsts[end] == cluster.first_us:
            return
        self._backward[place:end] = [cluster]
        self._backward_firsts[place:end] = [cluster.first_us]
        lasts[place:end] = [cluster.last_us]

    # Reasons

    def _violated(self, read: Operation, seen: Cluster, newer: Cluster) -> None:
        self._because = (read, seen, newer)
        self.verdict = explain(read, seen, newer)
        if self.verdict.kind == "lost_write":
            self._lost = newer

    def _is_not_lost(self, read: Operation) -> None:
        """A read has seen, after all, a write that seemed lost: the first offending read was only stale."""
        assert self._lost is not None and self._because is not None
        self._lost.first_read = read
        self._lost = None
        self.verdict = explain(*self._because)


def explain(read: Operation, seen: Cluster, newer: Cluster) -> Verdict:
    """Why ``read`` may not have seen ``seen``: each of the two values would have to come before the other.

    ``newer`` was in effect before the read began, and ``seen`` before some operation of ``newer`` began.

    - stale_read: the newer write was acknowledged before the read began, and began itself only when the
      value that was read had been in effect. The writes alone show which is newer.
    - lost_write: the same, and no read, up to the response last told, has ever seen the newer write. A read
      that sees it later makes it a stale_read: the write was late, not lost.
    - new_old_inversion: the writes were concurrent, or the newer one not yet acknowledged, but another
      read, that ended before this one began, had seen the newer value.
    - disagreement: the writes were concurrent, and two concurrent reads differ about which came last.
      Either read would be right without the other.
    """
    write, first = newer.write, newer.first_read
    assert write is not None
    facts: dict[str, Fact] = {"key": read.key, "reader": read.client, "newer": write.says, "writer": write.client}
    missing = seen.write is None
    if seen.write is not None:
        facts["value"] = seen.write.says
    older = seen.first.id if seen.first else None
    own = seen.write.id if seen.write else None
    acknowledged = write.end_us is not None and write.end_us < read.start_us
    if acknowledged and seen.first_us < write.start_us:
        code = "stale_read" if first else "lost_write"
        return Verdict("violated", initial(code, missing), facts, once(read.id, write.id, older, own))
    last = newer.last
    assert first is not None and first.end_us is not None and last is not None
    if first.end_us < read.start_us:
        witness = once(read.id, first.id, write.id, last.id, older, own)
        return Verdict("violated", initial("new_old_inversion", missing), facts | {"other": first.client}, witness)
    witness = once(read.id, last.id, write.id, older, own)
    return Verdict("violated", "disagreement", facts | {"other": last.client}, witness)


def _nowhere(read: Operation) -> Verdict:
    facts: dict[str, Fact] = {"key": read.key, "reader": read.client, "value": read.says}
    return Verdict("violated", "value_from_nowhere", facts, (read.id,))


def _siblings(read: Operation) -> Verdict:
    facts: dict[str, Fact] = {"key": read.key, "reader": read.client, "count": read.siblings}
    return Verdict("unknown", "siblings", facts, (read.id,))
