"""The curve and the map of staleness say what single measurements say."""

import pytest

from engine.outcomes import Refused
from engine.stats import cells, curve, staleness
from engine.stats.panel import CURVE_CAP_MS, CURVE_POINTS

TRIALS = 40_000


def test_the_curve_goes_through_the_points_that_are_measured_one_by_one() -> None:
    told = curve("LNKD-DISK", n=3, r=1, w=1, trials=TRIALS)
    times = [at_ms for at_ms, _, _ in told.points]
    single = staleness("LNKD-DISK", n=3, r=1, w=1, trials=TRIALS, at_ms=times)
    assert len(told.points) == CURVE_POINTS
    assert {str(at_ms): share for at_ms, share, _ in told.points} == single.consistent_at
    assert {str(at_ms): margin for at_ms, _, margin in told.points} == single.margin
    assert (told.t_visibility_ms, told.read_ms, told.write_ms) == (
        single.t_visibility_ms,
        single.read_ms,
        single.write_ms,
    )


def test_the_curve_begins_at_the_commit_rises_and_ends_where_nearly_all_see_the_write() -> None:
    points = curve("LNKD-DISK", n=3, r=1, w=1, trials=TRIALS).points
    assert points[0][0] == 0
    assert [at_ms for at_ms, _, _ in points] == sorted({at_ms for at_ms, _, _ in points})
    assert [share for _, share, _ in points] == sorted(share for _, share, _ in points)
    assert points[-1][1] >= 0.9999
    assert points[-1][0] <= CURVE_CAP_MS


def test_where_quorums_overlap_every_point_is_1() -> None:
    assert {share for _, share, _ in curve("WAN", n=5, r=3, w=3, trials=5_000).points} == {1.0}


@pytest.mark.parametrize("profile", ["LNKD-SSD", "WAN"])
def test_every_cell_is_within_chance_of_its_own_measurement(profile: str) -> None:
    found = list(cells(profile, n=4, trials=TRIALS))
    assert [(cell.r, cell.w) for cell in found] == [(r, w) for r in range(1, 5) for w in range(1, 5)]
    for cell in found:
        single = staleness(profile, n=4, r=cell.r, w=cell.w, trials=TRIALS, seed=2, at_ms=(0,))
        # Two independent samples: each may be off by its margin.
        assert abs(cell.fresh - single.consistent_at["0"]) <= 2 * single.margin["0"]
        assert cell.read_ms == pytest.approx(single.read_ms, rel=0.2)
        assert cell.write_ms == pytest.approx(single.write_ms, rel=0.2)
        if cell.r + cell.w > 4:
            assert (cell.fresh, cell.t_visibility_ms) == (1.0, 0.0)


def test_progress_counts_every_trial() -> None:
    done: list[int] = []
    curve("EVEN", trials=70_000, progress=done.append)
    assert sum(done) == 70_000
    list(cells("EVEN", trials=70_000, progress=done.append))
    assert sum(done) == 140_000


def test_what_is_out_of_range_is_named() -> None:
    with pytest.raises(Refused) as refused:
        curve("LNKD-DISK", n=3, r=4, w=1)
    assert (refused.value.code, refused.value.field) == ("out_of_range", "r")
    with pytest.raises(Refused) as refused:
        next(cells("NO-SUCH", n=3))
    assert (refused.value.code, refused.value.field) == ("unknown_latency", "profile")
