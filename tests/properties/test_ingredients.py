"""Each ingredient of linearizability is needed: a kept run violates it, and the ingredient cures that very run."""

import msgspec
import pytest

from engine import Simulation
from engine.changes import OperationState
from tests.properties.ingredients import MISSING, TRACES, WHOLE, Trace, search, verdict

QUICK = sorted(set(MISSING) - {"write-back-later"})


def load(name: str) -> Trace:
    return msgspec.json.decode((TRACES / f"{name}.json").read_bytes(), type=Trace)


def test_there_is_a_trace_for_every_ingredient_and_no_other() -> None:
    assert {path.stem for path in TRACES.glob("*.json")} == set(MISSING)


@pytest.mark.parametrize("name", sorted(MISSING))
def test_without_it_the_kept_run_is_not_linearizable(name: str) -> None:
    trace = load(name)
    found = verdict(trace.scenario, trace.seed)
    assert (found.word, found.code) == ("violated", trace.verdict)
    sim = Simulation(trace.scenario, trace.seed)
    sim.run_until(trace.scenario.ends_us)
    known = {change.id for change in sim.take_changes() if isinstance(change.fields, OperationState)}
    assert found.witness
    assert set(found.witness) <= known


@pytest.mark.parametrize("name", sorted(set(MISSING) - {"kept-disks"}))
def test_the_ingredient_cures_that_very_run(name: str) -> None:
    trace = load(name)
    cured = msgspec.structs.replace(trace.scenario, settings=WHOLE)
    assert verdict(cured, trace.seed).word == "ok"


@pytest.mark.parametrize("name", QUICK)
def test_a_search_finds_a_violating_run(name: str) -> None:
    assert search(name, tries=500).verdict == load(name).verdict
