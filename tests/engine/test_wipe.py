"""A disk is emptied by hand."""

import pytest

from engine import Scenario, Simulation
from engine.commands import Configure, Crash, Freeze, Gossip, Read, RemoveNode, Restart, Wipe, Write
from engine.outcomes import Refused
from tests.engine.conftest import Story


def test_a_node_that_is_up_starts_again_at_once_with_nothing(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    story.do(Wipe("n2"))
    assert story.versions() == [1, 0, 1, 1, 1]
    assert story.state("node", "n2").status == "up"
    assert story.notes("disk_lost", "node_up", "disk_wiped") == [(5, "disk_lost"), (5, "node_up")]
    story.do(Gossip("n2"))
    story.wait(5)
    assert story.versions() == [1] * 5


def test_it_is_what_a_crash_and_a_restart_are() -> None:
    def digest(*commands: Crash | Restart | Wipe) -> str:
        sim = Simulation(
            Scenario(name="t", title="", claim="", nodes=3, settings=Configure(gossip_every_us=9000)), seed=4
        )
        sim.apply(Write("A", "x", "apple"))
        sim.run_until(20_000)
        for command in commands:
            sim.apply(command)
        sim.run_until(90_000)
        return sim.digest()

    assert digest(Wipe("n1")) == digest(Crash("n1", "lost"), Restart("n1"))


def test_a_node_that_is_down_stays_down_and_comes_back_with_nothing(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    story.do(Crash("n2"), Wipe("n2"))
    assert (story.versions()[1], story.state("node", "n2").status) == (0, "down")
    assert story.notes("disk_lost", "node_up", "disk_wiped") == [(5, "disk_wiped")]
    story.do(Restart("n2"))
    assert story.versions() == [1, 0, 1, 1, 1]


def test_hints_go_with_the_disk(story: Story) -> None:
    story.do(Configure(n=3, w=2, r=2, sloppy=True, suspect_after_us=3000))
    absent = story.sim.replicas_of("x")[0]
    story.do(Crash(absent), Write("A", "x", "apple"))
    story.wait(5)
    holders = [change.fields.holder for change in story.sim.snapshot() if change.kind == "hint"]  # type: ignore[union-attr]
    assert len(holders) == 1
    story.do(Wipe(holders[0]), Restart(absent))
    story.wait(500)
    assert story.state("record", f"{absent}/x") is None
    assert not [change for change in story.sim.snapshot() if change.kind == "hint"]


def test_a_leader_whose_disk_is_emptied_forgets_that_it_led() -> None:
    scenario = Scenario(
        name="t", title="", claim="", nodes=3, settings=Configure(strategy="leader", failover_us=20_000, latency="EVEN")
    )
    story = Story(Simulation(scenario, seed=1))
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    story.do(Wipe("n1"))
    assert (story.state("node", "n1").role, story.state("node", "n1").term) == ("follower", 0)
    story.wait(200)
    roles = [story.state("node", f"n{place}").role for place in (1, 2, 3)]
    assert sorted(roles) == ["follower", "follower", "leader"]
    story.do(Read("B", "x"))
    story.wait(20)
    assert story.state("operation", "op2").value == "apple"


def test_a_frozen_node_and_one_that_leaves_cannot_be_wiped() -> None:
    usual = Configure(n=1, w=1, r=1, latency="EVEN")
    story = Story(Simulation(Scenario(name="t", title="", claim="", nodes=5, settings=usual), seed=1))
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    keeper = story.sim.replicas_of("x")[0]
    story.do(RemoveNode(keeper))
    other = "n1" if keeper != "n1" else "n2"
    story.do(Freeze(other))
    for node, code in ((keeper, "leaving"), (other, "frozen")):
        with pytest.raises(Refused) as refused:
            story.do(Wipe(node))
        assert (refused.value.code, refused.value.field) == (code, "node")


def test_a_fork_has_the_disk_that_it_was_forked_with(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    fork = story.sim.fork()
    story.do(Wipe("n1"))
    assert {change.id for change in fork.snapshot() if change.kind == "record"} == {
        f"n{place}/x" for place in range(1, 6)
    }
