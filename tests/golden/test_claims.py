"""What each scenario claims, checked on its run. The test of a scenario has its name."""

from itertools import pairwise

import pytest

from engine import SCENARIOS
from engine.units import MS
from engine.values import Version
from tests.golden.run import Run


def scenario_of(test: str) -> str:
    return test.removeprefix("test_").replace("_", "-")


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    return Run(scenario_of(request.node.name))


def test_five_masters(run: Run) -> None:
    cluster = run.entity("cluster", "cluster")
    assert (cluster.nodes, cluster.n, cluster.w, cluster.r, cluster.strategy) == (5, 5, 3, 3, "client")
    assert run.scenario.script == () and run.operations == {}


# What overlapping quorums promise


def test_just_misses(run: Run) -> None:
    cluster = run.entity("cluster", "cluster")
    assert cluster.w + cluster.r == cluster.n
    assert run.is_before(2, 3)
    assert run.values(2, 3, 4) == ["pear", "apple", "pear"]
    assert set(run.answered(2, by_ms=11)) == {"n1", "n2"} and set(run.answered(3, by_ms=14)) == {"n3", "n4"}
    assert run.linearizable() == "stale_read"


def test_overlap(run: Run) -> None:
    cluster = run.entity("cluster", "cluster")
    assert cluster.w + cluster.r > cluster.n
    assert run.scenario.script == SCENARIOS["just-misses"].script
    assert run.is_before(2, 3)
    assert run.values(2, 3, 4) == ["pear", "pear", "pear"]
    assert run.took_ms(3) == 6
    assert run.linearizable() == "linearizable"


def test_one_random_node(run: Run) -> None:
    reads = range(3, 8)
    assert all(run.is_before(2, read) and len(run.op(read).asked) == 1 for read in reads)
    for read in reads:
        assert run.values(read) == ["pear" if run.op(read).winner in ("n1", "n2") else "apple"]
    assert "apple" in run.values(*reads)
    assert run.linearizable() in ("stale_read", "lost_write")


def test_slow_node(run: Run) -> None:
    assert (run.took_ms(1), run.took_ms(2)) == (2, 20)
    assert (
        [answer.node for answer in run.op(1).answers][-1] == [answer.node for answer in run.op(2).answers][-1] == "n3"
    )


def test_failed_write_surfaces(run: Run) -> None:
    assert (run.op(2).outcome, run.op(2).code) == ("fail", "quorum_impossible")
    assert (run.op(3).outcome, run.op(3).value, run.op(3).write) == ("ok", "pear", "op2")
    assert run.linearizable() == "linearizable", "a failed write may take effect"


def test_same_write_again(run: Run) -> None:
    write = run.op(1)
    assert (write.outcome, write.attempt, write.round, write.version) == ("ok", 2, 1, Version(1, "A"))
    sent_to = [message.target for message in run.messages("put_request")]
    assert sorted(sent_to) == ["n1", "n1", "n2", "n2", "n3"]
    versions = {c.fields.version for c in run.changes if c.kind == "record"}
    assert versions == {Version(1, "A")}
    assert len([c for c in run.changes if c.kind == "record"]) == 3, "nothing changed the second time"


def test_new_old_inversion(run: Run) -> None:
    cluster = run.entity("cluster", "cluster")
    assert cluster.overlap
    assert run.values(3, 4) == ["pear", "apple"]
    assert run.is_before(3, 4)
    slow, first, second = run.op(2), run.op(3), run.op(4)
    assert slow.invoked_us < first.invoked_us and second.responded_us < slow.responded_us
    assert run.linearizable() == "new_old_inversion"


def test_write_back(run: Run) -> None:
    assert run.scenario.script == SCENARIOS["new-old-inversion"].script
    assert run.values(3, 4) == ["pear", "pear"]
    assert len(run.notes("writes_back")) == 1
    assert (run.took_ms(3), run.took_ms(4)) == (4, 2)
    assert run.op(4).responded_us < run.op(2).responded_us, "the write is still under way"
    assert run.linearizable() == "linearizable"


# Cuts and crashes


def test_partition(run: Run) -> None:
    assert [run.op(number).outcome for number in (2, 3, 4)] == ["ok", "fail", "ok"]
    assert run.op(3).code == "timeout"
    assert run.op(4).value == "pear"
    assert run.held(at_ms=24) == {"n1": "pear", "n2": "pear", "n3": "pear", "n4": "apple", "n5": "apple"}
    assert set(run.held().values()) == {"pear"}


def test_one_way_cut(run: Run) -> None:
    assert (run.op(1).outcome, run.op(1).code) == ("fail", "timeout")
    assert run.held(at_ms=2) == {"n1": "apple", "n2": "apple", "n3": "apple"}
    assert run.values(2) == ["apple"]


def test_wiped_node(run: Run) -> None:
    cluster = run.entity("cluster", "cluster")
    assert cluster.w == 1 and cluster.overlap
    assert run.values(1, 2, 3) == ["apple", "apple", None]
    assert run.held(at_ms=8) == {"n1": "apple"}
    assert run.notes("disk_lost") == [{"node": "n1"}]
    assert run.held() == {}
    assert run.linearizable() != "linearizable"


def test_coordinator_dies(run: Run) -> None:
    assert (run.op(2).outcome, run.op(2).code) == ("unknown", "no_answer")
    assert (run.op(3).outcome, run.op(3).value, run.op(3).write) == ("ok", "pear", "op2")
    assert run.op(3).invoked_us > run.op(2).responded_us


# Catching up


def test_sleeping_node(run: Run) -> None:
    assert run.values(2, 3) == ["pear", "pear"]
    assert run.held(at_ms=609)["n2"] == "apple"
    assert [facts["node"] for facts in run.notes("gossip_pulled")] == ["n2"]
    assert set(run.held().values()) == {"pear"}


def test_read_repair(run: Run) -> None:
    assert run.held(at_ms=12)["n1"] == "apple"
    assert run.values(3) == ["pear"]
    assert [facts["node"] for facts in run.notes("repairs")] == ["n1"]
    assert run.took_ms(3) == 2, "the reader does not wait for the repair"
    assert set(run.held().values()) == {"pear"}


def test_hinted_handoff(run: Run) -> None:
    assert run.values(2) == ["pear"]
    hint = run.entity("hint", "n3/n2/x", at_ms=10)
    assert (hint.holder, hint.target, hint.value) == ("n3", "n2", "pear")
    assert "n3" not in run.held(at_ms=10), "a hint is kept apart from the node's own records"
    assert [message.fate for message in run.messages("handoff")] == ["refused", "delivered"]
    assert run.notes("handed_over") == [{"node": "n3", "target": "n2", "key": "x"}]
    assert run.entity("hint", "n3/n2/x") is None
    assert run.held() == {"n1": "pear", "n2": "pear", "n4": "pear"}


def test_hint_lost(run: Run) -> None:
    assert run.values(2) == ["pear"]
    assert run.entity("hint", "n3/n2/x", at_ms=11) is not None
    assert run.entity("hint", "n3/n2/x", at_ms=13) is None
    assert run.notes("handed_over") == []
    assert run.held(at_ms=24)["n2"] == "apple", "long after a handoff would have been due"
    assert [facts["node"] for facts in run.notes("gossip_pulled")] == ["n2"]
    assert run.held()["n2"] == "pear"


def test_sloppy_quorum(run: Run) -> None:
    cluster = run.entity("cluster", "cluster")
    assert cluster.overlap
    assert run.is_before(2, 3)
    assert run.values(2, 3, 4) == ["pear", "apple", "pear"]
    took_it = {answer.node for answer in run.op(2).answers if answer.says == "ack"}
    answered = {answer.node for answer in run.op(3).answers if answer.says == "value"}
    assert took_it.isdisjoint(answered)
    assert run.linearizable() == "stale_read"
    assert {facts["target"] for facts in run.notes("handed_over")} == {"n1", "n2"}
    assert {run.held()[node] for node in ("n1", "n2", "n4")} == {"pear"}


def test_rumour(run: Run) -> None:
    after_step = [len(run.held(at_ms=at_ms)) for at_ms in (4, 9, 14, 19, 24)]
    assert after_step[0] == 1
    assert all(more > fewer or fewer == 16 for fewer, more in pairwise(after_step))
    assert after_step[-1] >= 12, "log2 16 = 4 steps: all, or nearly all"


def test_merkle_tree(run: Run) -> None:
    assert run.held("x", at_ms=21) == {"n1": "pear", "n2": "apple"}
    assert [message.count for message in run.messages("merkle_hashes")] == [1, 16, 16, 16]
    assert [message.count for message in run.messages("merkle_differs")] == [1, 1, 1, 1]
    assert [message.count for message in run.messages("gossip_digest")] == [1], "one of five keys is named"
    assert [message.count for message in run.messages("gossip_delta")] == [1]
    assert run.held("x") == {"n1": "pear", "n2": "pear"}


# Several writers


def test_second_round(run: Run) -> None:
    assert [run.op(number).round for number in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert [run.took_ms(number) for number in (1, 2, 3, 4)] == [2, 2, 4, 4]
    assert [run.op(number).version.counter for number in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_ask_first(run: Run) -> None:
    assert run.scenario.script == SCENARIOS["second-round"].script
    assert run.notes("stale") == []
    assert [run.took_ms(number) for number in (1, 2, 3, 4)] == [4, 4, 4, 4]
    assert [run.op(number).version.counter for number in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_skewed_clock(run: Run) -> None:
    assert run.is_before(1, 2) and run.is_before(2, 3)
    assert run.values(1, 2, 3) == ["apple", "pear", "apple"]
    assert run.op(1).version > run.op(2).version
    assert set(run.held().values()) == {"apple"}
    assert run.linearizable() != "linearizable"


def test_siblings(run: Run) -> None:
    assert run.op(1).invoked_us == run.op(2).invoked_us
    assert {sibling.value for sibling in run.op(3).siblings} == {"apple", "pear"}
    assert run.values(4, 5) == ["apple and pear", "apple and pear"]
    assert run.op(5).siblings == ()
    assert all(len(run.entity("record", f"{node}/x", at_ms=12).siblings) == 2 for node in ("n1", "n2", "n3"))
    assert all(run.entity("record", f"{node}/x").siblings == () for node in ("n1", "n2", "n3"))


def test_same_coordinator(run: Run) -> None:
    assert run.op(1).via == run.op(2).via == "n1"
    assert run.is_before(1, 2)
    assert [sibling.version for sibling in run.op(3).siblings] == [Version(1, "n1"), Version(2, "n1")]
    assert {sibling.value for sibling in run.op(3).siblings} == {"apple", "pear"}


# A single leader


def test_leader_dies(run: Run) -> None:
    assert run.is_before(2, 3)
    assert run.values(1, 2, 3) == ["apple", "pear", "apple"]
    (lost,) = run.notes("write_lost")
    assert (lost["node"], lost["operation"], lost["value"]) == ("n1", "op2", "pear")
    assert run.held(at_ms=15) == {"n1": "pear", "n2": "apple", "n3": "apple"}
    assert set(run.held().values()) == {"plum"}
    assert run.linearizable() != "linearizable"


def test_semi_synchronous(run: Run) -> None:
    assert run.is_before(2, 3)
    assert run.values(1, 2, 3) == ["apple", "pear", "pear"]
    assert run.entity("node", "n1").status == "down"
    assert run.held(at_ms=14) == {"n1": "pear", "n2": "pear", "n3": "apple"}
    assert run.held()["n3"] == "pear"
    assert run.notes("write_lost") == []
    assert run.linearizable() == "linearizable"


def test_split_brain(run: Run) -> None:
    both = [run.entity("node", node, at_ms=20).role for node in ("n1", "n2")]
    assert both == ["leader", "leader"]
    assert run.values(2, 3, 4, 5) == ["pear", "plum", "pear", "plum"]
    assert run.is_before(2, 5) and run.is_before(3, 4)
    assert [facts["node"] for facts in run.notes("steps_down")] == ["n1"]
    (lost,) = run.notes("write_lost")
    assert (lost["node"], lost["operation"]) == ("n1", "op2")
    assert set(run.held().values()) == {"fig"}
    assert run.linearizable() != "linearizable"


def test_stale_follower(run: Run) -> None:
    assert run.is_before(2, 3)
    assert run.values(2, 3, 4) == ["pear", "apple", "pear"]
    assert run.op(3).via == run.op(4).via == "n3"
    assert run.entity("node", "n3").role == "follower"
    assert run.linearizable() == "stale_read"


def test_frozen_node(run: Run) -> None:
    asked, wrote = run.op(2), run.op(3)
    assert run.values(2, 3, 4) == ["apple", "pear", "pear"]
    assert asked.invoked_us < wrote.invoked_us and wrote.responded_us < asked.responded_us
    assert run.took_ms(2) > 10, "an answer usually takes 2 ms"
    assert run.linearizable() == "linearizable", "the read began before the write: late, but not wrong"


def test_election(run: Run) -> None:
    assert run.scenario.settings.failover_us == 8 * MS
    assert not run.notes("promoted")
    (leads,) = run.notes("leads")
    assert leads["node"] != "n1" and int(leads["term"]) >= 2
    for_it = [
        vote for vote in run.notes("votes") if (vote["candidate"], vote["term"]) == (leads["node"], leads["term"])
    ]
    assert len(for_it) >= 2, "with its own vote three of five"
    assert run.values(1, 2, 3) == ["apple", "apple", "pear"]
    assert run.notes("write_lost") == []
    assert [run.entity("node", f"n{place}").role for place in range(1, 6)].count("leader") == 1
    assert run.entity("node", "n1").role == "follower"
    assert run.held()["n1"] == "pear"


# Where a key lives


def test_three_of_eight(run: Run) -> None:
    assert len(run.held("x")) == len(run.held("y")) == 3
    assert set(run.held("x")) & set(run.held("y")) == {"n2"}
    assert set(run.op(3).asked) == set(run.held("x"))
    assert run.values(3) == ["apple"]


def test_node_joins(run: Run) -> None:
    before, after = ({key: set(run.held(key, at_ms)) for key in "xyzuw"} for at_ms in (15, None))
    assert {key for key in before if before[key] != after[key]} == {"x", "z"}
    assert (before["x"], after["x"]) == ({"n1", "n2"}, {"n2", "n6"})
    assert (before["z"], after["z"]) == ({"n2", "n4"}, {"n4", "n6"})
    assert run.values(6) == ["apple"]


def test_node_leaves(run: Run) -> None:
    before, after = ({key: set(run.held(key, at_ms)) for key in "xyzuw"} for at_ms in (15, None))
    assert {key for key, nodes in before.items() if "n2" in nodes} == {"x", "y", "z", "u"}
    assert all(len(nodes) == 2 and "n2" not in nodes for nodes in after.values())
    assert before["w"] == after["w"]
    assert run.entity("node", "n2") is None
    assert run.notes("node_gone") == [{"node": "n2"}]
    assert run.values(6) == ["apple"]
