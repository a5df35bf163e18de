"""The staleness of a whole cluster at a glance: one curve over time, and every pair of r and w, each sampled once.

The model is that of engine.stats.staleness. What differs is how much is read off the same trials: all the
points of the curve, and all n x n cells of the map.
"""

from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct

from engine.kernel.latency import Profile
from engine.stats.sampling import Floats
from engine.stats.staleness import checked, chunks, delays_ms, margin_of, quantile_of, trials_ms

CURVE_POINTS = 40

# The curve ends where so many reads see the write, or here.
_CURVE_UP_TO = 0.9999
CURVE_CAP_MS = 10_000.0
_CURVE_LEAST_MS = 1.0

# From its first point after 0 to its last, the curve spans so many powers of ten.
_CURVE_DECADES = 3.0


class Curve(Struct, frozen=True):
    """``points``: (ms after the commit, probability that a read sees the write, margin), the first at 0.

    The rest is as in engine.stats.staleness.Staleness.
    """

    points: tuple[tuple[float, float, float], ...]
    t_visibility_ms: float
    read_ms: float
    write_ms: float


class Cell(Struct, frozen=True):
    """One pair of quorums. ``fresh``: the probability that a read that begins at the commit sees the write.

    The times are as in engine.stats.staleness.Staleness.
    """

    r: int
    w: int
    fresh: float
    t_visibility_ms: float
    read_ms: float
    write_ms: float


def curve(
    profile: str | Profile,
    *,
    n: int = 3,
    r: int = 1,
    w: int = 1,
    trials: int = 1_000_000,
    seed: int = 1,
    progress: Callable[[int], None] = lambda trials: None,
) -> Curve:
    """How fresh reads get with time. ``progress`` hears how many more trials are done.

    Raises Refused ("unknown_latency" or "out_of_range") with the argument that is wrong.
    """
    model = checked(profile, n, r, w, trials, seed)
    rng = np.random.Generator(np.random.PCG64(seed))
    visible, read, write = np.empty(trials), np.empty(trials), np.empty(trials)
    for part in chunks(trials):
        visible[part], read[part], write[part] = trials_ms(model, rng, n, r, w, part.stop - part.start)
        progress(part.stop - part.start)
    visible.sort()
    last_ms = min(CURVE_CAP_MS, max(_CURVE_LEAST_MS, quantile_of(visible, _CURVE_UP_TO)))
    times = np.concatenate(([0.0], np.geomspace(last_ms / 10**_CURVE_DECADES, last_ms, CURVE_POINTS - 1)))
    shares = np.searchsorted(visible, times, side="right") / trials
    return Curve(
        points=tuple(
            (float(at_ms), float(share), margin_of(float(share), trials))
            for at_ms, share in zip(times, shares, strict=True)
        ),
        t_visibility_ms=max(0.0, quantile_of(visible, 0.999)),
        read_ms=quantile_of(read, 0.999),
        write_ms=quantile_of(write, 0.999),
    )


def cells(
    profile: str | Profile,
    *,
    n: int = 3,
    trials: int = 50_000,
    seed: int = 1,
    progress: Callable[[int], None] = lambda trials: None,
) -> Iterator[Cell]:
    """Every pair of r and w from 1 to n, r by r, from the same trials. Raises Refused like ``curve``."""
    model = checked(profile, n, 1, 1, trials, seed)
    rng = np.random.Generator(np.random.PCG64(seed))
    seen, read, write = np.empty((n, trials)), np.empty((n, trials)), np.empty((n, trials))
    for part in chunks(trials):
        seen[:, part], read[:, part], write[:, part] = _all_quorums(model, rng, n, part.stop - part.start)
        progress(part.stop - part.start)
    write_ms = [quantile_of(row, 0.999) for row in write]
    for r in range(1, n + 1):
        read_ms = quantile_of(read[r - 1], 0.999)
        for w in range(1, n + 1):
            visible = seen[r - 1] - write[w - 1]
            yield Cell(
                r=r,
                w=w,
                fresh=float(np.count_nonzero(visible <= 0)) / trials,
                t_visibility_ms=max(0.0, quantile_of(visible, 0.999)),
                read_ms=read_ms,
                write_ms=write_ms[w - 1],
            )


def _all_quorums(model: Profile, rng: np.random.Generator, n: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Row r - 1 of the first: how long after a write is sent a read of r replies must begin to see it. Row r - 1 of
    the second: that read's latency. Row w - 1 of the third: the latency of a write of w acks. In ms, (n, count)."""
    delay = delays_ms(model, rng, n, count)
    write = np.sort(delay["W"] + delay["A"], axis=0)
    answered = delay["R"] + delay["S"]
    order = np.argsort(answered, axis=0)
    late = np.take_along_axis(delay["W"] - delay["R"], order, axis=0)
    return np.minimum.accumulate(late, axis=0), np.take_along_axis(answered, order, axis=0), write
