"""What is inside a node."""

import msgspec
import pytest

from engine import Scenario, Simulation
from engine.cluster.merkle import leaf
from engine.commands import Configure, Crash, Promote, Restart, Skew, Write
from engine.inspection import Inspection
from engine.outcomes import Refused
from tests.engine.conftest import Story


def test_an_empty_node_has_an_empty_tree(story: Story) -> None:
    story.wait(7)
    assert story.sim.inspect("n1") == Inspection(
        node="n1", at_us=7000, clock_us=7000, keys=0, hints=0, merkle_root="0" * 12, merkle_leaves=()
    )


def test_its_clock_is_its_own_and_is_never_before_the_beginning(story: Story) -> None:
    story.wait(3)
    story.do(Skew("n1", 5_000), Skew("n2", -5_000))
    assert [story.sim.inspect(node).clock_us for node in ("n1", "n2", "n3")] == [8000, 0, 3000]


def test_every_key_is_in_its_leaf_and_the_root_is_of_all(story: Story) -> None:
    keys = [f"k{number}" for number in range(12)]
    for key in keys:
        story.do(Write("A", key, "apple"))
    story.wait(5)
    seen = story.sim.inspect("n1")
    assert seen.keys == 12
    assert [place.leaf for place in seen.merkle_leaves] == sorted({leaf(key) for key in keys})
    assert {key: place.leaf for place in seen.merkle_leaves for key in place.keys} == {key: leaf(key) for key in keys}
    root = 0
    for place in seen.merkle_leaves:
        root ^= int(place.hash, 16)
    assert seen.merkle_root == f"{root:012x}"


def test_nodes_that_hold_the_same_have_the_same_root_and_one_that_lags_differs_in_a_leaf(story: Story) -> None:
    story.do(Write("A", "x", "apple"), Write("A", "y", "pear"))
    story.wait(5)
    story.do(Crash("n3"), Write("A", "x", "plum"))
    story.wait(5)
    one, two, three = (story.sim.inspect(node) for node in ("n1", "n2", "n3"))
    assert one.merkle_root == two.merkle_root != three.merkle_root
    differ = [place.keys for place, other in zip(one.merkle_leaves, three.merkle_leaves, strict=True) if place != other]
    assert differ == [("x",)]


def test_hints_are_counted() -> None:
    usual = Configure(n=3, w=2, r=2, sloppy=True, latency="EVEN")
    story = Story(Simulation(Scenario(name="t", title="", claim="", nodes=5, settings=usual), seed=1))
    absent = story.sim.replicas_of("x")[0]
    story.do(Crash(absent), Write("A", "x", "apple"))
    story.wait(5)
    assert sorted(story.sim.inspect(f"n{place}").hints for place in range(1, 6)) == [0, 0, 0, 0, 1]
    story.do(Restart(absent))
    story.wait(500)
    assert {story.sim.inspect(f"n{place}").hints for place in range(1, 6)} == {0}


def test_with_a_leader_each_node_says_who_leads_as_far_as_it_knows() -> None:
    usual = Configure(strategy="leader", w=1, latency="EVEN")
    story = Story(Simulation(Scenario(name="t", title="", claim="", nodes=3, settings=usual), seed=1))
    story.do(Write("A", "x", "apple", via="n1"), Write("A", "y", "pear", via="n1"))
    story.wait(5)
    story.do(Crash("n1"), Promote("n2"))
    story.wait(5)
    story.do(Restart("n1"))
    seen = [story.sim.inspect(f"n{place}") for place in (1, 2, 3)]
    assert [(node.log, node.term, node.leader) for node in seen] == [(2, 1, "n1"), (2, 2, "n2"), (2, 2, "n2")]


def test_a_node_that_is_not_there_is_refused(story: Story) -> None:
    for node in ("n9", "A", ""):
        with pytest.raises(Refused) as refused:
            story.sim.inspect(node)
        assert (refused.value.code, refused.value.field) == ("unknown_node", "node")


def test_a_look_changes_nothing_and_can_be_sent(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    fork = story.sim.fork()
    story.wait(1)
    seen = story.sim.inspect("n1")
    assert msgspec.json.decode(msgspec.json.encode(seen), type=Inspection) == seen
    story.wait(9)
    fork.run_until(10_000)
    assert story.sim.digest() == fork.digest()
