"""Faults and messages by hand: what they do to messages, and nothing else."""

import pytest

from engine import Scenario, Simulation
from engine.changes import LinkState, MessageState
from engine.commands import (
    Configure,
    Crash,
    Deliver,
    Drop,
    Duplicate,
    Freeze,
    Gossip,
    Heal,
    Hold,
    Link,
    Partition,
    Read,
    Release,
    Restart,
    Slow,
    Thaw,
    Write,
)
from tests.engine.conftest import Story


def messages(story: Story, kind: str) -> list[MessageState]:
    """The last version of every message of a type, in the order of sending."""
    story.notes()
    last = {c.id: c.fields for c in story.changes if c.kind == "message"}
    return [state for state in last.values() if state.type == kind]


def fates(story: Story, kind: str) -> list[str]:
    return [state.fate for state in messages(story, kind)]


# By hand


def test_a_held_message_stands_still_and_goes_on_from_where_it_stood(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(0.25)
    story.do(Hold("m1"))
    story.wait(10)
    assert 0 in story.versions()
    assert story.state("message", "m1").fate == "held"
    story.do(Release("m1"))
    state = story.state("message", "m1")
    now_us = story.sim.now_us
    assert (state.fate, now_us - state.sent_us, state.due_us - now_us) == ("in_flight", 250, 750)
    story.wait(0.75)
    assert story.versions() == [1] * 5


def test_a_dropped_message_never_arrives_held_or_not(story: Story) -> None:
    story.do(Write("A", "x", "apple"), Hold("m1"), Drop("m1"), Drop("m2"))
    story.wait(5)
    assert sorted(story.versions()) == [0, 0, 1, 1, 1]
    assert fates(story, "put_request") == ["lost", "lost", "delivered", "delivered", "delivered"]


def test_a_duplicate_is_a_message_of_its_own_and_changes_nothing_that_is_stored(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(0.5)
    story.do(Duplicate("m1"))
    story.wait(5)
    assert len(messages(story, "put_request")) == 6
    assert len(messages(story, "put_ack")) == 6
    assert len(story.state("operation", "op1").answers) == 5, "a node counts once"
    assert story.versions() == [1] * 5


def test_deliver_makes_a_message_the_next_one(story: Story) -> None:
    story.do(Write("A", "x", "apple"), Hold("m3"))
    story.do(Deliver("m3"), Deliver("m5"))
    assert story.sim.now_us == 0
    assert sum(story.versions()) == 2
    states = messages(story, "put_request")
    assert (states[2].fate, states[2].due_us) == ("delivered", 0)
    story.wait(1)
    assert story.versions() == [1] * 5, "and it does not arrive a second time"


def test_a_whole_write_can_be_driven_by_choosing_deliveries(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    for message in ("m1", "m2", "m3"):
        story.do(Deliver(message))
    acks = [c.id for c in story.sim.snapshot() if c.kind == "message" and c.fields.type == "put_ack"]
    for ack in acks:
        story.do(Deliver(ack))
    assert (story.state("operation", "op1").outcome, story.sim.now_us) == ("ok", 0)


# Links


def test_a_partition_loses_what_crosses_it_and_names_every_cut_link(story: Story) -> None:
    story.do(Partition((("A", "n1", "n2"), ("B", "n3", "n4", "n5"))), Write("A", "x", "apple"), Read("B", "x"))
    story.wait(5)
    assert sum(story.versions()) == 2
    assert sorted(fates(story, "put_request")) == ["delivered"] * 2 + ["lost"] * 3
    assert story.state("operation", "op2").outcome == "ok"
    cuts = {c.id for c in story.sim.snapshot() if isinstance(c.fields, LinkState) and c.fields.cut}
    assert len(cuts) == 2 * 3 * 4
    story.do(Heal())
    assert not [c for c in story.sim.snapshot() if c.kind == "link"]


def test_who_is_in_no_group_reaches_everybody(story: Story) -> None:
    story.do(Partition((("n1", "n2"), ("n3", "n4", "n5"))), Write("A", "x", "apple"))
    story.wait(3)
    assert story.versions() == [1] * 5
    assert story.state("operation", "op1").outcome == "ok"


def test_a_message_that_was_under_way_when_the_cut_came_and_went_is_lost(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(0.3)
    story.do(Link("A", "n1", cut=True))
    story.wait(0.3)
    story.do(Heal())
    story.wait(5)
    assert story.versions()[0] == 0
    story.do(Write("A", "x", "pear"))
    story.wait(5)
    assert story.versions()[0] == 2


def test_a_one_way_cut_lets_the_other_way_through(story: Story) -> None:
    story.do(Configure(w=5, timeout_us=20_000), Link("n1", "A", cut=True), Write("A", "x", "apple"))
    story.wait(25)
    assert story.versions() == [1] * 5
    assert story.state("operation", "op1").code == "timeout"


@pytest.mark.parametrize(("fault", "sent", "lost"), [({"loss": 0.5}, 400, 200), ({"duplicate": 0.25}, 500, 0)])
def test_loss_and_duplication_happen_as_often_as_they_are_asked_for(fault: dict, sent: int, lost: int) -> None:
    usual = Configure(n=1, w=1, r=1, latency="EVEN", timeout_us=2_500)
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=1, settings=usual), seed=3)
    sim.apply(Link("A", "n1", **fault))
    for _ in range(400):
        sim.apply(Read("A", "x"))
        sim.run_until(sim.now_us + 5_000)
    last = {c.id: c.fields for c in sim.take_changes() if c.kind == "message"}
    requests = [state.fate for state in last.values() if state.type == "get_request"]
    assert len(requests) == pytest.approx(sent, abs=40)
    assert requests.count("lost") == pytest.approx(lost, abs=40)


def test_reordering_lets_later_messages_overtake() -> None:
    usual = Configure(n=1, w=1, r=1, latency="EVEN")
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=1, settings=usual), seed=3)
    sim.apply(Link("A", "n1", reorder=0.5))
    for number in range(10):
        sim.apply(Write("A", f"k{number}", "v"))
        sim.run_until(sim.now_us + 100)
    sim.run_until(sim.now_us + 50_000)
    arrived = [c.fields.key for c in sim.take_changes() if c.kind == "record"]
    assert sorted(arrived) != arrived
    assert len(arrived) == 10


# Nodes


def test_a_frozen_node_takes_what_waited_in_order_when_it_thaws(story: Story) -> None:
    story.do(Freeze("n1"), Write("A", "x", "apple"))
    story.wait(5)
    story.do(Write("A", "x", "pear"))
    story.wait(5)
    assert story.versions()[0] == 0
    assert story.state("node", "n1").status == "frozen"
    assert "refused" not in fates(story, "put_request")
    story.do(Thaw("n1"))
    assert story.versions() == [2] * 5


def test_a_frozen_node_that_crashes_refuses_what_waited(story: Story) -> None:
    story.do(Freeze("n1"), Write("A", "x", "apple"))
    story.wait(5)
    story.do(Crash("n1"))
    story.wait(2)
    assert [a.says for a in story.state("operation", "op1").answers if a.node == "n1"] == ["refused"]
    story.do(Restart("n1"))
    assert story.versions()[0] == 0


def test_a_slow_node_is_slow_both_ways(story: Story) -> None:
    story.do(Slow("n1", 10), Configure(w=5), Write("A", "x", "apple"))
    story.wait(30)
    assert story.state("operation", "op1").responded_us == 20_000
    assert story.state("node", "n1").slow == 10


def test_a_lost_disk_is_empty_and_gossip_fills_it(story: Story) -> None:
    story.do(Write("A", "x", "apple"), Write("A", "y", "pear"))
    story.wait(5)
    story.do(Crash("n1", disk="lost"))
    assert story.versions() == [0, 1, 1, 1, 1]
    story.do(Restart("n1"), Gossip("n1"))
    story.wait(5)
    assert story.versions() == [1] * 5
    assert story.versions("y") == [1] * 5


def test_operations_whose_answers_never_come_are_forgotten_in_the_end(story: Story) -> None:
    story.do(Partition((("A", "n1", "n2", "n3"), ("n4", "n5"))))
    for number in range(300):
        story.do(Write("A", "x", f"v{number}"))
        story.wait(3)
    assert len(story.sim._cluster.clients["A"].fan_out.operations) <= 100
    assert story.state("operation", "op300").outcome == "ok"
