"""Operations that come by themselves, and clients that join."""

from itertools import pairwise
from statistics import mean

import pytest

from engine import Scenario, Simulation
from engine.changes import Change, OperationState
from engine.commands import AddClient, Configure, Crash, Partition, Read, Workload, Write
from engine.outcomes import Refused
from tests.engine.conftest import Story

SECOND = 1_000_000


def run(*commands: Workload, seed: int = 1, us: int = SECOND, **settings: object) -> list[Change]:
    usual = Configure(latency="EVEN", **settings)  # type: ignore[arg-type]
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=3, settings=usual), seed)
    for command in commands:
        sim.apply(command)
        sim.run_until(sim.now_us + us)
    return sim.take_changes()


def operations(changes: list[Change]) -> list[OperationState]:
    last = {change.id: change.fields for change in changes if isinstance(change.fields, OperationState)}
    return list(last.values())


def test_they_come_as_often_as_was_said_at_exponential_gaps() -> None:
    began = [operation.invoked_us for operation in operations(run(Workload(1000), us=4 * SECOND))]
    gaps = [after - before for before, after in pairwise(began)]
    assert 3700 < len(began) < 4300
    assert 920 < mean(gaps) < 1080
    # Of exponential gaps, 1 - 1/e are shorter than the mean.
    assert 0.59 < mean(gap < 1000 for gap in gaps) < 0.67


def test_clients_kinds_and_keys_are_drawn_and_values_are_counted() -> None:
    done = operations(run(Workload(1000, read_share=0.25, keys=4)))
    assert {operation.client for operation in done} == {"A", "B"}
    assert {operation.key for operation in done} == {"k1", "k2", "k3", "k4"}
    assert 0.2 < mean(operation.type == "read" for operation in done) < 0.3
    written = [operation.value for operation in done if operation.type == "write"]
    assert written == [f"w{number + 1}" for number in range(len(written))]


@pytest.mark.parametrize(("share", "kinds"), [(0, {"write"}), (1, {"read"})])
def test_one_key_is_x_and_all_may_be_of_one_kind(share: float, kinds: set[str]) -> None:
    done = operations(run(Workload(500, share)))
    assert {operation.key for operation in done} == {"x"}
    assert {operation.type for operation in done} == kinds


def test_it_is_shown_when_it_changes_and_gone_when_it_stops(story: Story) -> None:
    story.do(Workload(200))
    story.wait(10)
    story.do(Workload(400, 0.1, 2))
    story.wait(10)
    assert (state := story.state("workload", "workload")) and (state.rate, state.read_share, state.keys) == (
        400,
        0.1,
        2,
    )
    story.do(Workload(0))
    assert story.state("workload", "workload") is None
    story.wait(400)
    story.changes += story.sim.take_changes()
    shown = [(change.at_us, change.fields is None) for change in story.changes if change.kind == "workload"]
    assert shown == [(0, False), (10_000, False), (20_000, True)]
    assert [at for at, _ in story.notes("workload_runs", "workload_stops")] == [0, 10, 20]
    assert max(operation.invoked_us for operation in operations(story.changes)) < 20_000
    assert story.sim.next_event_us is None, "what is left of it in the schedule is no event"


def test_nothing_can_be_stopped_that_does_not_run(story: Story) -> None:
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            story.do(Workload(0))
        assert (refused.value.code, refused.value.field) == ("no_workload", "rate")
        story.do(Workload(10), Workload(0))


def test_a_client_that_is_busy_is_skipped_and_counted(story: Story) -> None:
    story.do(Partition((("A", "B"), tuple(f"n{place}" for place in range(1, 6)))), Workload(2000))
    story.wait(100)
    story.do(Workload(0))
    story.changes += story.sim.take_changes()
    assert len(operations(story.changes)) == 40
    said = next(c.fields.facts for c in story.changes if c.kind == "note" and c.fields.code == "workload_stops")  # type: ignore[union-attr]
    assert said["invoked"] == 40
    assert 100 < said["invoked"] + said["skipped"] < 300


def test_times_do_not_depend_on_what_is_asked_nor_on_the_cluster() -> None:
    def times(changes: list[Change]) -> list[int]:
        return [operation.invoked_us for operation in operations(changes)]

    usual = times(run(Workload(300)))
    assert usual == times(run(Workload(300, 0.9, 7))) == times(run(Workload(300), strategy="coordinator", w=1))
    assert usual != times(run(Workload(300), seed=2))


def test_it_leaves_the_luck_of_other_operations_alone() -> None:
    def latencies(*commands: Workload) -> dict[str, int]:
        scenario = Scenario(name="t", title="", claim="", nodes=5, clients=("A",), settings=Configure())
        sim = Simulation(scenario, seed=3)
        sim.apply(Write("A", "y", "apple"))
        for command in commands:
            sim.apply(command)
        sim.run_until(SECOND)
        states = [change.fields for change in sim.take_changes() if change.kind == "message"]
        return {state.target: state.due_us for state in states if state.operation == "op1" and state.source == "A"}

    assert latencies() == latencies(Workload(500))


def test_a_fork_goes_on_with_the_same_operations(story: Story) -> None:
    story.do(Configure(strategy="coordinator"), Workload(700, 0.4, 9))
    story.wait(50)
    fork = story.sim.fork()
    for sim in (story.sim, fork):
        sim.run_until(100_000)
        sim.apply(Workload(100))
        sim.run_until(200_000)
    assert story.sim.digest() == fork.digest()


def test_it_does_not_matter_how_time_was_sliced(story: Story) -> None:
    story.do(Workload(700))
    fork = story.sim.fork()
    story.wait(50)
    while fork.now_us < 50_000:
        fork.run_until(50_000, events_max=3)
    assert story.sim.digest() == fork.digest()


# Clients that join


def test_a_new_client_is_the_next_letter_and_can_do_all_that_clients_can(story: Story) -> None:
    story.do(AddClient(), AddClient())
    assert [story.state("client", name).place for name in "ABCD"] == [0, 1, 2, 3]
    assert story.notes() == [(0, "client_joins"), (0, "client_joins")]
    story.do(Configure(w=2), Crash("n1"), Write("D", "x", "apple"))
    story.wait(5)
    story.do(Read("C", "x"))
    story.wait(5)
    write, read = (story.state("operation", name) for name in ("op1", "op2"))
    assert (write.client, write.outcome, write.needed) == ("D", "ok", 2)
    assert (read.client, read.value) == ("C", "apple")


def test_names_that_are_taken_are_left_out_and_there_are_at_most_26() -> None:
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=1, clients=("B", "me")), seed=1)
    sim.apply(AddClient())
    sim.apply(AddClient())
    names = [change.id for change in sim.snapshot() if change.kind == "client"]
    assert names == ["B", "me", "A", "C"]
    for _ in range(22):
        sim.apply(AddClient())
    with pytest.raises(Refused) as refused:
        sim.apply(AddClient())
    assert (refused.value.code, refused.value.facts["max"]) == ("too_many_clients", 26)
    sim.apply(Write("X", "x", "apple"))


def test_a_fork_knows_who_has_joined_and_a_partition_can_name_them(story: Story) -> None:
    story.do(AddClient(), Partition((("C",), ("n1", "n2"))), Write("C", "x", "apple"))
    story.wait(0.5)
    fork = story.sim.fork()
    for sim in (story.sim, fork):
        sim.apply(AddClient())
        sim.apply(Read("D", "x"))
        sim.run_until(20_000)
    assert story.sim.digest() == fork.digest()
    assert story.versions() == [0, 0, 1, 1, 1]
