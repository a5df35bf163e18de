"""What holds in every run, whatever the commands and the seed."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import SCENARIOS, Simulation
from engine.changes import MessageState, OperationState, RecordState
from engine.commands import Command, Configure, Crash, Gossip, Read, Restart, Write
from engine.outcomes import Refused
from engine.world import World

NODES = [f"n{place}" for place in range(1, 6)]
clients = st.sampled_from("AB")
nodes = st.sampled_from(NODES)
keys = st.sampled_from("xy")
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(Write, clients, keys, st.sampled_from(["apple", "pear", "plum"])),
    st.builds(Read, clients, keys),
    st.builds(Crash, nodes),
    st.builds(Restart, nodes),
    st.builds(Gossip, st.none() | nodes),
    st.builds(Configure, w=st.integers(1, 5)),
    st.builds(Configure, r=st.integers(1, 5)),
    st.builds(Configure, gossip_every_us=st.sampled_from([0, 4000])),
    st.builds(Configure, latency=st.sampled_from(["LNKD-DISK", "LNKD-SSD", "EVEN"])),
    st.builds(Configure, timeout_us=st.sampled_from([1500, 200_000])),
)
runs = st.lists(st.tuples(st.integers(0, 8000), commands), max_size=25)
seeds = st.integers(0, 2**53 - 1)
few = settings(max_examples=60, deadline=None)


def play(run: list[tuple[int, Command]], seed: int, slices: int = 1) -> Simulation:
    """Run the commands that are not refused, each after its pause, in as many slices of time."""
    sim = Simulation(SCENARIOS["five-masters"], seed)
    for pause_us, command in run:
        start_us = sim.now_us
        for part in range(1, slices + 1):
            sim.run_until(start_us + pause_us * part // slices)
            if slices > 1:
                sim.take_changes()
        with contextlib.suppress(Refused):
            sim.apply(command)
    return sim


@few
@given(runs, seeds, st.integers(2, 7))
def test_the_digest_does_not_depend_on_how_time_was_sliced(run: list, seed: int, slices: int) -> None:
    assert play(run, seed).digest() == play(run, seed, slices).digest()


@few
@given(runs, seeds)
def test_after_the_faults_end_and_gossip_runs_all_replicas_agree(run: list, seed: int) -> None:
    sim = play(run, seed)
    sim.apply(Configure(gossip_every_us=5000, latency="EVEN"))
    sim.run_until(sim.now_us + 1_000_000)
    states = {(c.kind, c.id): c.fields for c in sim.snapshot()}
    for node in NODES:
        if states["node", node].status == "down":
            sim.apply(Restart(node))
    sim.run_until(sim.now_us + 300_000)
    held: dict[str, set] = {}
    for change in sim.snapshot():
        if isinstance(change.fields, RecordState):
            held.setdefault(change.fields.key, set()).add((change.fields.version, change.fields.write))
    assert all(len(versions) == 1 for versions in held.values()), held


@few
@given(runs, seeds)
def test_a_message_has_one_end_and_it_is_when_it_was_due(run: list, seed: int) -> None:
    sim = play(run, seed)
    sim.run_until(sim.now_us + 300_000)
    seen: dict[str, list] = {}
    for change in sim.take_changes():
        if isinstance(change.fields, MessageState):
            seen.setdefault(change.id, []).append((change.at_us, change.fields))
    for versions in seen.values():
        assert [state.fate == "in_flight" for _, state in versions] in ([True], [True, False])
        assert versions[0][0] == versions[0][1].sent_us < versions[0][1].due_us
        assert all(at_us == state.due_us for at_us, state in versions[1:])


@few
@given(runs, seeds)
def test_the_snapshot_is_the_changes_folded(run: list, seed: int) -> None:
    sim = play(run, seed)
    world = World()
    for change in sim.take_changes():
        world.record(change)
    assert world.entities() == sim.snapshot()


@few
@given(st.lists(st.tuples(st.integers(0, 40_000), commands), max_size=25), seeds)
def test_with_overlapping_quorums_a_read_never_misses_a_write_that_ended_before_it(run: list, seed: int) -> None:
    strict = [(pause, command) for pause, command in run if not isinstance(command, Configure)]
    sim = play(strict, seed)
    sim.run_until(sim.now_us + 300_000)
    done = {c.id: c.fields for c in sim.take_changes() if isinstance(c.fields, OperationState)}
    writes = [op for op in done.values() if op.type == "write" and op.outcome == "ok"]
    for read in done.values():
        if read.type == "read" and read.outcome == "ok":
            before = [w for w in writes if w.key == read.key and w.responded_us < read.invoked_us]
            assert all(read.version is not None and read.version >= write.version for write in before)
