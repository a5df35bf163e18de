"""The fields of operations that are in no state: they are what the checkers and the records say."""

import msgspec
import pytest

from engine import SCENARIOS, Simulation
from engine.changes import Change, OperationState, RecordState
from engine.checks import from_changes, staleness
from engine.checks.patterns import Derived
from engine.commands import Command, Configure, Crash, Read, Restart, Wipe, Workload, Write
from engine.scenario import Scenario

ALL = ("acks", "took_ms", "stale", "saw", "copies")


def run(settings: Configure, *commands: tuple[int, Command], nodes: int = 3) -> list[Change]:
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=nodes, settings=settings), seed=1)
    for at_ms, command in commands:
        sim.run_until(at_ms * 1000)
        sim.apply(command)
    sim.run_until(sim.now_us + 500_000)
    return sim.take_changes()


def derived(changes: list[Change], field: str) -> dict[str, list[object]]:
    """By operation, each value of a field as changes go on, where it is another than before."""
    watch = Derived(ALL)
    read = watch.read(field)
    found: dict[str, list[object]] = {}
    for change in changes:
        seen = [(change.id, change.fields)] if isinstance(change.fields, OperationState) else []
        for operation, state in [*watch.observe(change), *seen]:
            values = found.setdefault(operation, [])
            if values[-1:] != [value := read(operation, state)]:
                values.append(value)
    return found


EVEN = Configure(latency="EVEN", w=2, r=2)
WRITE, READ = Write("A", "x", "apple"), Read("B", "x")


def test_acks_are_the_positive_answers_of_the_present_round() -> None:
    found = derived(run(EVEN, (0, Crash("n3")), (1, WRITE), (20, READ)), "acks")
    assert found == {"op1": [0, 1, 2], "op2": [0, 1, 2]}


def test_a_write_that_is_sent_again_is_counted_anew() -> None:
    changes = run(EVEN, (0, WRITE), (20, Write("A", "x", "pear")), (40, Write("B", "x", "fig")))
    again = [change.fields.round for change in changes if change.id == "op3"]  # type: ignore[union-attr]
    assert max(again) > 1, "B's first number is one that the nodes have seen"
    acks = derived(changes, "acks")["op3"]
    assert acks[0] == 0 and acks[-1] == 3 and max(acks) == 3  # type: ignore[type-var]


def test_how_long_it_took_is_known_once_it_has_ended() -> None:
    assert derived(run(EVEN, (0, WRITE), (10, READ)), "took_ms") == {"op1": [None, 2.0], "op2": [None, 2.0]}
    assert derived(run(Configure(timeout_us=9_000, w=3, latency="EVEN"), (0, Crash("n1")), (0, WRITE)), "took_ms") == {
        "op1": [None, 2.0]
    }


@pytest.mark.parametrize("seed", range(8))
def test_stale_is_what_the_checker_says(seed: int) -> None:
    settings = Configure(w=1, r=1, read_repair="async" if seed % 2 else "off", gossip_every_us=9_000 * (seed % 3))
    sim = Simulation(Scenario(name="t", title="", claim="", settings=settings), seed)
    sim.apply(Workload(900, 0.5, 3))
    sim.run_until(400_000)
    sim.apply(Crash("n1"))
    sim.run_until(800_000)
    sim.apply(Restart("n1"))
    sim.run_until(1_200_000)
    changes = sim.take_changes()
    told = {read.read: read.versions for read in staleness(from_changes(changes)).reads}
    found = {op: values[-1] for op, values in derived(changes, "stale").items() if values[-1] is not None}
    assert found == told
    assert max(told.values()) > 1
    assert all(len(values) <= 2 for values in derived(changes, "stale").values()), "late answers change nothing"


@pytest.mark.parametrize("name", SCENARIOS)
def test_stale_and_saw_are_told_of_reads_that_are_ok(name: str) -> None:
    sim = Simulation(SCENARIOS[name], seed=1)
    sim.run_until(SCENARIOS[name].ends_us)
    changes = sim.take_changes()
    last = {change.id: change.fields for change in changes if isinstance(change.fields, OperationState)}
    ok = {op for op, state in last.items() if state.type == "read" and state.outcome == "ok" and not state.siblings}
    stale, saw = derived(changes, "stale"), derived(changes, "saw")
    vector = any(getattr(change.fields, "versions", "") == "vector" for change in changes)
    assert {op for op, values in stale.items() if values[-1] is not None} == (set() if vector else ok)
    assert {op for op, values in saw.items() if values[-1] is not None} == ok
    for op in ok:
        write = last[op].write
        assert saw[op][-1] == "nothing" if write is None else saw[op][-1] in ("ok", "fail", "pending", "unknown")


def test_a_read_can_see_nothing_and_what_is_ok_and_what_failed() -> None:
    all_three = Configure(latency="EVEN", w=3, r=1)
    changes = run(all_three, (0, READ), (10, WRITE), (20, READ), (30, Crash("n3")), (40, WRITE), (60, READ))
    saw = {op: values[-1] for op, values in derived(changes, "saw").items()}
    assert saw == {"op1": "nothing", "op2": None, "op3": "ok", "op4": None, "op5": "fail"}


def test_what_failed_only_later_was_under_way_when_it_was_seen() -> None:
    write = OperationState("A", "write", "x", "v", None, None, ("n1",), 1, 1, (), "pending", "pending", None, 0, None)
    read = msgspec.structs.replace(write, type="read", write="op1", outcome="ok", code="quorum_reached", responded_us=5)
    failed = msgspec.structs.replace(write, outcome="fail", code="timeout", responded_us=9)
    stream = [
        Change(0, "operation", "op1", write),
        Change(5, "operation", "op2", read),
        Change(9, "operation", "op1", failed),
        Change(9, "operation", "op2", msgspec.structs.replace(read, attempt=2)),
    ]
    assert derived(stream, "saw")["op2"] == ["pending"]


def test_copies_are_the_nodes_that_hold_it_now() -> None:
    changes = run(EVEN, (0, WRITE), (10, Wipe("n1")), (20, Write("A", "x", "pear")), (40, READ))
    assert derived(changes, "copies") == {"op1": [0, 1, 2, 3, 2, 1, 0], "op2": [0, 1, 2, 3], "op3": [None]}


@pytest.mark.parametrize("name", SCENARIOS)
def test_copies_are_those_that_one_can_count(name: str) -> None:
    sim = Simulation(SCENARIOS[name], seed=2)
    sim.apply(Workload(200, 0.3, 2))
    sim.run_until(SCENARIOS[name].ends_us + 50_000)
    changes = sim.take_changes()
    records: dict[str, RecordState] = {}
    for change in changes:
        if isinstance(change.fields, RecordState):
            records[change.id] = change.fields
        elif change.kind == "record":
            records.pop(change.id)
    copies = derived(changes, "copies")
    assert copies
    for write, values in copies.items():
        holders = [
            record
            for record in records.values()
            if write in [*(sibling.write for sibling in record.siblings), record.write]
        ]
        assert values[-1] in (len(holders), None), write
        assert values[-1] is not None or not holders
