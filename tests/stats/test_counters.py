"""Live counters and their percentiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Scenario, Simulation
from engine.commands import Configure, Crash, Read, Write
from engine.outcomes import Refused
from engine.stats import Histogram, Traffic


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200), st.floats(0, 1))
def test_a_percentile_is_within_one_percent(latencies: list[int], share: float) -> None:
    histogram = Histogram()
    for latency in latencies:
        histogram.add(latency)
    exact = sorted(latencies)[max(1, -int(-share * len(latencies) // 1)) - 1]
    assert histogram.count == len(latencies)
    found = histogram.percentile_us(share)
    assert found is not None
    assert abs(found - exact) <= 0.01 * exact + 0.5


def test_nothing_has_no_percentile_and_bad_input_is_refused() -> None:
    assert Histogram().percentile_us(0.5) is None
    with pytest.raises(Refused, match="latency_us"):
        Histogram().add(-1)
    with pytest.raises(Refused, match="share"):
        Histogram().percentile_us(1.5)


def test_traffic_counts_a_run() -> None:
    usual = Configure(latency="EVEN", w=3, r=3)
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=5, settings=usual), seed=1)
    sim.apply(Write("A", "x", "apple"))
    sim.run_until(5_000)
    for node in ("n1", "n2", "n3"):
        sim.apply(Crash(node))
    sim.apply(Write("A", "x", "pear"))
    sim.run_until(10_000)
    sim.apply(Read("B", "x"))
    traffic = Traffic()
    for change in sim.take_changes():
        traffic.observe(change)
    told = traffic.summary()
    assert told.operations["write"].outcomes == {"ok": 1, "fail": 1}
    assert told.operations["read"].outcomes == {"pending": 1}
    assert told.operations["write"].p50_us == pytest.approx(2000, rel=0.01)
    assert told.operations["read"].p50_us is None
    puts, refusals = told.messages["put_request"], told.messages["refusal"]
    assert (puts.sent, puts.fates) == (10, {"delivered": 7, "refused": 3})
    assert (refusals.sent, refusals.fates) == (3, {"delivered": 3})
    assert told.messages["get_request"].fates == {}
    assert puts.bytes > 10 * 60
