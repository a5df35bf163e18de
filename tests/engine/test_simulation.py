"""The façade: time, refusals, forks."""

import gc
from collections.abc import Iterator
from contextlib import suppress

import msgspec
import pytest

from engine import SCENARIOS, Simulation
from engine.commands import AddNode, Command, Configure, Crash, Gossip, Read, RemoveNode, Restart, Workload, Write
from engine.outcomes import REFUSALS, Refused
from tests.engine.conftest import Story

REFUSED: list[tuple[Command, str, str | None]] = [
    (Write("C", "x", "1"), "unknown_client", "client"),
    (Read("", "x"), "invalid", "client"),
    (Crash("n6"), "unknown_node", "node"),
    (Restart("n1"), "already_up", "node"),
    (Gossip("n0"), "unknown_node", "node"),
    (Crash("n5"), "already_down", "node"),
    (Gossip("n5"), "node_down", "node"),
    (Configure(), "nothing_to_change", None),
    (Configure(n=6), "out_of_range", "n"),
    (Configure(w=6), "out_of_range", "w"),
    (Configure(n=2), "out_of_range", "w"),
    (Configure(n=4, w=4, r=5), "out_of_range", "r"),
    (Configure(latency="FAST"), "unknown_latency", "latency"),
]


@pytest.mark.parametrize(("command", "code", "field"), REFUSED, ids=lambda value: str(value))
def test_a_refused_command_changes_nothing(story: Story, command: Command, code: str, field: str | None) -> None:
    story.do(Crash("n5"), Write("A", "x", "apple"))
    story.wait(0.5)
    before, digest = story.sim.snapshot(), story.sim.digest()
    with pytest.raises(Refused) as refused:
        story.sim.apply(command)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.code in REFUSALS
    assert (story.sim.snapshot(), story.sim.digest()) == (before, digest)


def test_time_does_not_run_backwards(story: Story) -> None:
    story.wait(3)
    with pytest.raises(Refused, match="time_runs_forward"):
        story.sim.run_until(2999)
    assert story.sim.now_us == 3000


def test_a_step_goes_to_the_next_moment_at_which_something_can_be_seen(story: Story) -> None:
    assert not story.sim.step()
    story.do(Write("A", "x", "apple"))
    assert story.sim.step()
    assert story.sim.now_us == 1000
    assert story.sim.step()
    assert story.sim.now_us == 2000
    # The timeout of an operation that has ended is no event.
    assert not story.sim.step()
    assert story.sim.now_us == 2000


def test_the_work_of_a_run_can_be_bounded_at_a_whole_moment(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.sim.run_until(10_000, events_max=1)
    assert story.sim.now_us == 1000
    assert story.versions() == [1] * 5, "all that is due at one moment happens"


def test_a_fork_goes_on_by_itself_and_just_like_the_original() -> None:
    sim = Simulation(SCENARIOS["five-masters"], seed=5)
    sim.apply(Write("A", "x", "apple"))
    sim.apply(Configure(gossip_every_us=3000))
    sim.run_until(2000)
    fork, alone = sim.fork(), sim.fork()
    alone.apply(Crash("n1"))
    alone.run_until(50_000)
    for one in (sim, fork):
        one.apply(Read("B", "x"))
        one.run_until(40_000)
    assert sim.digest() == fork.digest() != alone.digest()
    assert sim.snapshot() == fork.snapshot()


@pytest.fixture
def little_to_look_through() -> Iterator[None]:
    """The collector leaves alone what there was before: all the other tests' things."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("little_to_look_through")
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_nobody_has_any_more_is_gone_at_once_and_takes_nothing_with_it(name: str) -> None:
    sim = Simulation(SCENARIOS[name], seed=5)
    sim.apply(Workload(rate=2_000, read_share=0.5, keys=2))
    for command in (AddNode(), RemoveNode("n2")):
        # A leader stays, and so does who is about to leave.
        with suppress(Refused):
            sim.apply(command)
        sim.run_until(sim.now_us + 20_000)
    fork, alone = sim.fork(), sim.fork()
    fork.run_until(sim.now_us + 20_000)
    gc.collect()
    gc.disable()
    try:
        del fork
        alone.run_until(sim.now_us + 10_000)
        # The collector would have to come for whatever holds itself.
        del alone
        assert gc.collect() == 0
    finally:
        gc.enable()
    before = sim.digest()
    sim.run_until(sim.now_us + 20_000)
    assert sim.digest() != before


def test_luck_belongs_to_a_link_and_does_not_change_with_the_settings() -> None:
    def latencies(w: int) -> dict[tuple[str, str], int]:
        sim = Simulation(SCENARIOS["five-masters"], seed=9)
        sim.apply(Configure(w=w))
        sim.apply(Write("A", "x", "apple"))
        sim.run_until(1_000_000)
        messages = [c.fields for c in sim.take_changes() if c.kind == "message"]
        return {(m.source, m.target): m.due_us - m.sent_us for m in messages}

    assert latencies(1) == latencies(5)


def test_seeds_differ_and_the_same_seed_does_not() -> None:
    def run(seed: int) -> str:
        sim = Simulation(msgspec.structs.replace(SCENARIOS["sleeping-node"]), seed)
        sim.run_until(1_000_000)
        return sim.digest()

    assert run(1) == run(1) != run(2)
