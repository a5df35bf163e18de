"""A node that slept through a write finds what it missed and pulls it."""

from engine.commands import Configure, Crash, Gossip, Restart, Write
from tests.engine.conftest import Story


def sleep_through_a_write(story: Story) -> None:
    story.do(Crash("n2"), Write("A", "x", "apple"))
    story.wait(5)
    story.do(Restart("n2"))
    story.wait(5)
    assert story.versions() == [1, 0, 1, 1, 1], "nothing comes by itself while gossip waits for a hand"


def test_a_step_pulls_what_was_missed(story: Story) -> None:
    sleep_through_a_write(story)
    story.do(Gossip("n2"))
    story.wait(2)
    assert story.versions() == [1] * 5
    assert story.notes("gossip_asks", "gossip_pulled") == [(10, "gossip_asks"), (12, "gossip_pulled")]


def test_a_peer_that_is_down_refuses_and_another_is_asked(story: Story) -> None:
    sleep_through_a_write(story)
    story.do(Crash("n1"), Crash("n3"), Crash("n4"), Gossip("n2"))
    story.wait(10)
    assert story.versions()[1] == 1
    asked = len(story.notes("gossip_asks"))
    assert len(story.notes("gossip_refused")) == asked - 1


def test_with_nobody_up_gossip_ends(story: Story) -> None:
    story.do(*(Crash(f"n{place}") for place in (1, 3, 4, 5)), Gossip("n2"))
    story.wait(20)
    assert len(story.notes("gossip_refused")) == 4
    assert len(story.notes("gossip_alone")) == 1
    assert story.sim.next_event_us is None


def test_a_step_of_all_is_a_step_of_every_node_that_is_up(story: Story) -> None:
    story.do(Crash("n5"), Gossip())
    assert len(story.notes("gossip_asks")) == 4


def test_left_running_a_restarted_node_gossips_at_once(story: Story) -> None:
    story.do(Crash("n2"), Write("A", "x", "apple"), Configure(gossip_every_us=1_000_000))
    story.wait(5)
    story.do(Restart("n2"))
    story.wait(2)
    assert story.versions() == [1] * 5


def test_left_running_it_goes_on_until_it_is_stopped(story: Story) -> None:
    story.do(Configure(gossip_every_us=10_000))
    story.wait(100)
    assert len(story.notes("gossip_asks")) in range(45, 56)
    story.do(Configure(gossip_every_us=0))
    story.wait(5)
    assert story.sim.next_event_us is None


def test_a_crash_ends_the_exchange_that_it_interrupts(story: Story) -> None:
    sleep_through_a_write(story)
    story.do(Gossip("n2"))
    story.wait(1)
    story.do(Crash("n2"))
    story.wait(2)
    assert story.versions()[1] == 0
    lost = [c for c in story.sim.take_changes() + story.changes if getattr(c.fields, "fate", "") == "lost"]
    assert len(lost) == 1
