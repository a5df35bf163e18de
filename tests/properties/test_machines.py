"""What holds under any faults, and in which settings."""

import operator
from collections.abc import Callable

from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from engine.checks import converged, durable, from_changes
from engine.commands import AddNode, Configure, Gossip, Promote, RemoveNode
from engine.values import Version
from tests.properties.machine import ClusterMachine, places

short_timeouts = st.sampled_from([5_000, 200_000])
gossips = {
    "gossip_every_us": st.sampled_from([0, 7_000]),
    "gossip_mode": st.sampled_from(["pull", "push", "push_pull"]),
    "gossip_fanout": st.integers(1, 3),
    "gossip_digest": st.sampled_from(["versions", "merkle"]),
}
latencies = st.sampled_from(["EVEN", "LNKD-DISK", "LNKD-SSD", "UNIFORM"])


class StrictQuorums(ClusterMachine):
    """Overlapping quorums, versions asked for first, reads that write back: every history is linearizable."""

    keys = "x"
    begins_with = st.sampled_from([(3, 2, 2), (5, 3, 3), (4, 2, 3), (4, 3, 2), (5, 5, 1), (3, 1, 3)]).flatmap(
        lambda quorum: st.builds(
            Configure,
            strategy=st.sampled_from(["client", "coordinator"]),
            n=st.just(quorum[0]),
            w=st.just(quorum[1]),
            r=st.just(quorum[2]),
            versions=st.just("ask"),
            read_repair=st.just("blocking"),
            write_to=st.sampled_from(["all", "exact"]),
            read_from=st.sampled_from(["all", "exact"]),
            retries=st.integers(0, 2),
            timeout_us=short_timeouts,
            latency=latencies,
            **gossips,
        )
    )

    @invariant()
    def is_linearizable(self) -> None:
        if hasattr(self, "sim"):
            self.look()
            assert self.monitor.verdict.word == "ok", (self.monitor.verdict, self.start, self.trace)

    def teardown(self) -> None:
        if hasattr(self, "sim"):
            self.quiet()
            self.wait(2_000)
            self.is_linearizable()


class AnyQuorums(ClusterMachine):
    """Whatever the settings: when the faults end and gossip runs, all replicas agree, and no acknowledged write is
    lost while fewer than w disks are."""

    loses_disks = True
    own_quorums = True
    begins_with = st.integers(1, 5).flatmap(
        lambda n: st.builds(
            Configure,
            strategy=st.sampled_from(["client", "coordinator"]),
            n=st.just(n),
            w=st.integers(1, n),
            r=st.integers(1, n),
            versions=st.sampled_from(["counter", "ask", "clock", "vector"]),
            read_repair=st.sampled_from(["off", "async", "blocking"]),
            write_to=st.sampled_from(["all", "exact"]),
            read_from=st.sampled_from(["all", "exact", "one"]),
            sloppy=st.booleans(),
            suspect_after_us=st.just(3_000),
            handoff_every_us=st.just(20_000),
            retries=st.integers(0, 2),
            timeout_us=short_timeouts,
            latency=latencies,
            **gossips,
        )
    )

    def teardown(self) -> None:
        if not hasattr(self, "sim"):
            return
        w = min(self.sim.snapshot()[0].fields.w, self.smallest_w)
        self.quiet()
        # First the coordinators and hints end what they have under way, and then gossip has the last word.
        self.wait(2_000)
        self.do(Configure(gossip_every_us=5_000, gossip_fanout=2))
        self.wait(1_000)
        self.look()
        story = (self.start, self.trace)
        snapshot = self.sim.snapshot()
        verdict = converged(snapshot, self.sim.replicas_of)
        assert verdict.word == "ok", (verdict, story)
        assert not [change for change in snapshot if change.kind == "hint"], story
        if self.disks_lost < w:
            for key in self.keys:
                written = [operation for operation in from_changes(self.changes) if operation.key == key]
                verdict = durable(written, snapshot, newer=self.newer(key))
                assert verdict.word == "ok", (verdict, story)

    def newer(self, key: str) -> Callable[[Version, Version], bool]:
        if self.start[0].versions != "vector":
            return operator.gt
        # The picture does not show what a record's writer had seen; the disks say it.
        past = {
            record.version: dict(record.past)
            for replica in self.sim._cluster.replicas.values()
            for record in replica.storage.records.get(key, ())
        }
        return lambda held, lost: past[held].get(lost.writer, 0) >= lost.counter


class ComingAndGoing(AnyQuorums):
    """Nodes join and leave while all this goes on, and each key ends on the nodes that keep it, and on no other.
    A fork that is asked for the same goes on just like the original."""

    loses_disks = False
    nodes = 6
    begins_with = st.builds(
        Configure,
        strategy=st.sampled_from(["client", "coordinator"]),
        n=st.just(3),
        w=st.integers(1, 3),
        r=st.integers(1, 3),
        versions=st.sampled_from(["counter", "ask", "clock", "vector"]),
        handoff_every_us=st.just(20_000),
        sloppy=st.booleans(),
        suspect_after_us=st.just(3_000),
        latency=latencies,
        vnodes=st.sampled_from([1, 16]),
        **gossips,
    )

    @rule()
    def fork(self) -> None:
        self.twin = self.sim.fork()

    @rule()
    def add(self) -> None:
        if len(self.state("node")) < 9:
            self.do(AddNode())

    @rule(place=places)
    def remove(self, place: int) -> None:
        node = self.node(place)
        # One that is down takes its disk with it.
        if self.state("node")[node].status == "up":
            self.do(RemoveNode(node))

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "sim"):
            for change in self.sim.snapshot():
                if change.kind == "record":
                    key, node = change.fields.key, change.fields.node
                    assert node in self.sim.replicas_of(key), (key, node, self.start, self.trace)
            if self.twin is not None:
                self.twin.run_until(self.sim.now_us)
                assert self.twin.digest() == self.sim.digest(), (self.start, self.trace)


class OneLeader(ClusterMachine):
    """A leader that a majority acknowledges to, elected by a majority: no acknowledged write is lost."""

    begins_with = st.builds(
        Configure,
        strategy=st.just("leader"),
        w=st.integers(3, 5),
        failover_us=st.sampled_from([20_000, 50_000]),
        retries=st.integers(0, 2),
        timeout_us=short_timeouts,
        latency=latencies,
    )

    def teardown(self) -> None:
        if not hasattr(self, "sim"):
            return
        self.quiet()
        self.wait(3_000)
        self.look()
        story = (self.start, self.trace)
        snapshot = self.sim.snapshot()
        assert [state.role for state in self.state("node").values()].count("leader") == 1, story
        verdict = converged(snapshot, self.sim.replicas_of)
        assert verdict.word == "ok", (verdict, story)
        verdict = durable(from_changes(self.changes), snapshot)
        assert verdict.word == "ok", (verdict, story)


class PromotedLeaders(ClusterMachine):
    """Failover by hand, at the worst of times: writes can be lost, but when one leader has told all, all agree."""

    loses_disks = True
    begins_with = st.builds(
        Configure, strategy=st.just("leader"), w=st.integers(1, 5), timeout_us=short_timeouts, latency=latencies
    )

    @rule(place=places)
    def promote(self, place: int) -> None:
        self.do(Promote(self.node(place)))

    def teardown(self) -> None:
        if not hasattr(self, "sim"):
            return
        self.quiet()
        self.wait(1_000)
        # A term that others have heard of loses; then the next promotion is into a later one.
        for _ in range(8):
            self.do(Promote("n3"))
            self.wait(1_000)
        assert self.state("node")["n3"].role == "leader"
        self.do(Gossip())
        self.wait(1_000)
        self.look()
        verdict = converged(self.sim.snapshot(), self.sim.replicas_of)
        assert verdict.word == "ok", (verdict, self.start, self.trace)


some = examples(max_examples=60, stateful_step_count=40, deadline=None)
TestStrictQuorums = StrictQuorums.TestCase
TestStrictQuorums.settings = some
TestAnyQuorums = AnyQuorums.TestCase
TestAnyQuorums.settings = some
TestComingAndGoing = ComingAndGoing.TestCase
TestComingAndGoing.settings = some
TestOneLeader = OneLeader.TestCase
TestOneLeader.settings = some
TestPromotedLeaders = PromotedLeaders.TestCase
TestPromotedLeaders.settings = some
