"""The model against the published table, against closed forms, and against the engine itself."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Scenario, Simulation
from engine.changes import OperationState
from engine.commands import Configure, Read, Write
from engine.kernel.latency import PROFILES, Constant, Exponential, Profile
from engine.outcomes import Refused
from engine.stats import k_staleness, staleness

PAPER = json.loads((Path(__file__).parents[2].parent / "shared" / "data" / "pbs_table4.json").read_text())
CELLS = [(profile, cell) for profile, cells in PAPER["table4"].items() for cell in cells]


def test_the_table_has_24_cells() -> None:
    assert len(CELLS) == 24


@pytest.mark.parametrize(("profile", "cell"), CELLS)
def test_table_4_of_the_paper(profile: str, cell: str) -> None:
    paper = PAPER["table4"][profile][cell]
    r, w = (int(part.split("=")[1]) for part in cell.split(","))
    found = staleness(profile, n=3, r=r, w=w)
    assert found.read_ms == pytest.approx(paper["read_p999_ms"], rel=0.05)
    assert found.write_ms == pytest.approx(paper["write_p999_ms"], rel=0.05)
    if paper["t_visibility_999_ms"]:
        assert found.t_visibility_ms == pytest.approx(paper["t_visibility_999_ms"], rel=0.20)
    else:
        assert found.t_visibility_ms == 0


def measured(profile: str, r: int, w: int, at_ms: float, trials: int) -> float:
    """The share of reads in a live run that see a write which was committed ``at_ms`` before they began."""
    usual = Configure(n=3, r=r, w=w, latency=profile, timeout_us=60_000_000)
    readers = tuple(f"R{number}" for number in range(20))
    scenario = Scenario(name="live", title="", claim="", nodes=3, clients=("A", *readers), settings=usual)
    sim = Simulation(scenario, seed=5)
    seen, reads = 0, {}
    for trial in range(trials):
        sim.apply(Write("A", f"k{trial}", "new"))
        write = f"op{2 * trial + 1}"
        committed = False
        while not committed:
            assert sim.step()
            for change in sim.take_changes():
                if isinstance(change.fields, OperationState):
                    committed |= change.id == write and change.fields.outcome == "ok"
                    reads[change.id] = change.fields
        sim.run_until(sim.now_us + round(at_ms * 1000))
        sim.apply(Read(readers[trial % 20], f"k{trial}"))
    sim.run_until(sim.now_us + 60_000_000)
    reads |= {c.id: c.fields for c in sim.take_changes() if isinstance(c.fields, OperationState)}
    for trial in range(trials):
        read = reads[f"op{2 * trial + 2}"]
        assert read.outcome == "ok"
        seen += read.write == f"op{2 * trial + 1}"
    return seen / trials


@pytest.mark.parametrize(
    ("profile", "r", "w", "at_ms"),
    [
        ("LNKD-DISK", 1, 1, 0),
        ("LNKD-DISK", 1, 1, 5),
        ("LNKD-DISK", 1, 2, 1),
        ("LNKD-DISK", 2, 1, 0),
        ("LNKD-SSD", 1, 1, 0),
        ("LNKD-SSD", 1, 1, 0.5),
        ("YMMR", 1, 1, 2),
        ("YMMR", 2, 1, 1),
        ("WAN", 1, 1, 1),
        ("WAN", 2, 1, 1),
    ],
)
def test_the_live_engine_is_as_stale_as_the_model_says(profile: str, r: int, w: int, at_ms: float) -> None:
    trials = 4_000
    model = staleness(profile, n=3, r=r, w=w, at_ms=[at_ms]).consistent_at[str(at_ms)]
    share = measured(profile, r, w, at_ms, trials)
    # 99.9 % of such measurements lie so near; the model's own uncertainty is 16 times smaller.
    assert abs(share - model) < 3.29 * math.sqrt(model * (1 - model) / trials) + 0.001, (share, model)


quorums = st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(1, n)))


@settings(max_examples=40, deadline=None)
@given(quorums, st.sampled_from(sorted(PROFILES)), st.integers(0, 99))
def test_reads_get_fresher_with_time_and_always_are_where_quorums_overlap(
    quorum: tuple[int, int, int], profile: str, seed: int
) -> None:
    n, r, w = quorum
    found = staleness(profile, n=n, r=r, w=w, trials=3_000, seed=seed, at_ms=[0, 1, 10, 100])
    shares = list(found.consistent_at.values())
    assert shares == sorted(shares)
    if r + w > n:
        assert (shares[0], found.t_visibility_ms) == (1.0, 0.0)
        assert k_staleness(n, r, w, 1) == 1.0
    again = staleness(profile, n=n, r=r, w=w, trials=3_000, seed=seed, at_ms=[0, 1, 10, 100])
    assert again == found


def test_latencies_follow_closed_forms() -> None:
    # Without spread everything is known: a round trip is 2 ms, and all replicas have the write at the commit.
    even = staleness("EVEN", n=3, r=1, w=1, trials=1_000)
    assert (even.read_ms, even.write_ms, even.consistent_at["0"]) == (2.0, 2.0, 1.0)
    # Only W varies, exponentially with mean 1: the smallest of three is exponential with mean 1/3.
    still = Constant(0.0)
    spread = Profile("", Exponential(1.0), still, still, still)
    found = staleness(spread, n=3, r=1, w=1, at_ms=[0, 1])
    assert found.write_ms == pytest.approx(math.log(1000) / 3, rel=0.02)
    # Any replica answers: it has the write with 1/3, or else after an exponential rest.
    expected = 1 / 3 + 2 / 3 * (1 - math.exp(-1))
    assert found.consistent_at["1"] == pytest.approx(expected, abs=found.margin["1"])


def test_k_staleness_is_the_closed_form_of_the_paper() -> None:
    # Section 3.1 works these out for N = 3, R = W = 1: one of the last 3 versions, then 5.
    assert k_staleness(3, 1, 1, 3) == pytest.approx(0.703, abs=0.001)
    assert k_staleness(3, 1, 1, 5) == pytest.approx(0.868, abs=0.001)
    assert k_staleness(3, 2, 1, 1) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("n", {"n": 0}),
        ("n", {"n": 51}),
        ("n", {"n": 2.5}),
        ("r", {"r": 4}),
        ("r", {"r": 0}),
        ("w", {"w": 4}),
        ("w", {"w": True}),
        ("trials", {"trials": 0}),
        ("trials", {"trials": 1e3}),
        ("seed", {"seed": -1}),
        ("at_ms", {"at_ms": [-1]}),
        ("at_ms", {"at_ms": [math.nan]}),
        ("at_ms", {"at_ms": ["soon"]}),
        ("quantile", {"quantile": 1.0}),
        ("quantile", {"quantile": "most"}),
        ("profile", {"profile": ["LNKD-SSD"]}),
        ("profile", {"profile": "FAST"}),
    ],
)
def test_what_is_out_of_range_is_named(field: str, change: dict) -> None:
    arguments = {"profile": "LNKD-SSD", "n": 3, "r": 1, "w": 1, "trials": 10} | change
    with pytest.raises(Refused) as refused:
        staleness(arguments.pop("profile"), **arguments)
    assert refused.value.field == field
    if refused.value.code == "out_of_range":
        assert {"min", "max", "value"} <= set(refused.value.facts)
