"""The latency profiles are those of the paper."""

import json
import statistics
from pathlib import Path

import pytest

from engine.kernel.latency import PROFILES, Mixture
from engine.kernel.rng import Streams

PAPER = json.loads((Path(__file__).parents[3] / "shared" / "data" / "pbs_table4.json").read_text())["latency_fits"]


def fit(model: object) -> dict:
    assert isinstance(model, Mixture)
    return {
        "pareto": {"weight": model.weight, "xm": model.first.xm, "alpha": model.first.alpha},
        "exponential": {"weight": round(1 - model.weight, 4), "rate": model.second.rate},
    }


def test_the_profiles_are_table_3() -> None:
    ssd, disk = PROFILES["LNKD-SSD"], PROFILES["LNKD-DISK"]
    assert fit(ssd.W) == PAPER["LNKD-SSD"]["W"]
    assert ssd.A == ssd.R == ssd.S == ssd.W
    assert fit(disk.W) == PAPER["LNKD-DISK"]["W"]
    assert disk.A == disk.R == disk.S == ssd.W
    ymmr, wan = PROFILES["YMMR"], PROFILES["WAN"]
    assert fit(ymmr.W) == PAPER["YMMR"]["W"]
    assert fit(ymmr.A) == PAPER["YMMR"]["A=R=S"]
    assert ymmr.A == ymmr.R == ymmr.S
    assert (wan.W, wan.A, wan.R, wan.S) == (disk.W, disk.A, disk.R, disk.S)
    assert (wan.sites, wan.far_ms) == (3, 75.0)


@pytest.mark.parametrize(("leg", "low", "high"), [("W", 2.37, 2.53), ("A", 0.245, 0.265)])
def test_samples_have_the_median_of_the_fit(leg: str, low: float, high: float) -> None:
    streams = Streams(3)
    samples = [getattr(PROFILES["LNKD-DISK"], leg).sample_ms(*streams.pair((leg,))) for _ in range(20_000)]
    assert low < statistics.median(samples) < high
    assert min(samples) > 0


def test_streams_are_uniform_and_independent_of_each_other() -> None:
    streams = Streams(7)
    one = [streams.uniform(("one",)) for _ in range(10_000)]
    assert abs(statistics.fmean(one) - 0.5) < 0.01
    assert all(0 <= u < 1 for u in one)
    alone = Streams(7)
    mixed = []
    for _ in range(100):
        mixed.append(alone.uniform(("one",)))
        alone.uniform(("two",))
    assert mixed == one[:100]
