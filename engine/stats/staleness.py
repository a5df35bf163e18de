"""How stale a quorum read is: the WARS model of probabilistically bounded staleness, by Monte Carlo.

Bailis, Venkataraman, Franklin, Hellerstein, Stoica: "Probabilistically Bounded Staleness for Practical
Partial Quorums", VLDB 2012, sections 3.1 (versions) and 4.1 (WARS). A write's request takes W to a replica, its
acknowledgement A back; a read's request takes R, its response S. All are independent. The write commits
at the w-th acknowledgement; a read that begins t later is answered by the r replicas whose responses come
first, and sees the write if one of those was reached by the write before it was reached by the read.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from engine.kernel.latency import PROFILES, Leg, Profile
from engine.outcomes import Refused
from engine.settings import NODES_MAX
from engine.stats.sampling import Floats, sample_ms

TRIALS_MAX = 20_000_000
AT_MAX_MS = 1_000_000_000
VERSIONS_SHOWN = 10
SEED_MAX = 2**53 - 1

# So many trials are worked on at once: a few arrays of this length stay in the processor's cache.
_CHUNK = 1 << 15


class Staleness(Struct, frozen=True):
    """``consistent_at``: for each time after the commit, in ms as given, the probability that a read sees the write,
    and in ``margin`` how far off that may be (99 % confidence, Wilson's score interval, the wider side).
    ``t_visibility_ms``: from when on a read sees it with probability 0.999 (or the quantile asked for).
    ``read_ms``, ``write_ms``: the 99.9th percentile of their latencies. ``k_staleness``: for k = 1, 2, ... the
    probability that a read returns one of the last k versions, whatever the latencies (section 3.1).
    """

    consistent_at: dict[str, float]
    margin: dict[str, float]
    t_visibility_ms: float
    read_ms: float
    write_ms: float
    k_staleness: dict[str, float]
    trials: int


def staleness(
    profile: str | Profile,
    *,
    n: int = 3,
    r: int = 1,
    w: int = 1,
    trials: int = 1_000_000,
    seed: int = 1,
    at_ms: Sequence[float] = (0, 10),
    quantile: float = 0.999,
    progress: Callable[[int], None] = lambda trials: None,
) -> Staleness:
    """Measure. ``progress`` hears how many more trials are done.

    Raises Refused ("unknown_latency" or "out_of_range") with the argument that is wrong.
    """
    model = checked(profile, n, r, w, trials, seed, at_ms, quantile)
    rng = np.random.Generator(np.random.PCG64(seed))
    visible, read, write = np.empty(trials), np.empty(trials), np.empty(trials)
    for part in chunks(trials):
        visible[part], read[part], write[part] = trials_ms(model, rng, n, r, w, part.stop - part.start)
        progress(part.stop - part.start)
    consistent = {str(at): float(np.count_nonzero(visible <= at)) / trials for at in at_ms}
    return Staleness(
        consistent_at=consistent,
        margin={at: margin_of(share, trials) for at, share in consistent.items()},
        t_visibility_ms=max(0.0, quantile_of(visible, quantile)),
        read_ms=quantile_of(read, 0.999),
        write_ms=quantile_of(write, 0.999),
        k_staleness={str(k): k_staleness(n, r, w, k) for k in range(1, VERSIONS_SHOWN + 1)},
        trials=trials,
    )


def k_staleness(n: int, r: int, w: int, k: int) -> float:
    """The probability that a read returns one of the last ``k`` versions: 1 - p^k, where p is the probability that
    a random read quorum misses a random write quorum (section 3.1). Raises Refused("out_of_range")."""
    _check_counts(n, r, w)
    if type(k) is not int or k < 1:
        raise Refused("out_of_range", "k", min=1, max=TRIALS_MAX, value=str(k))
    return 1.0 - (math.comb(n - w, r) / math.comb(n, r)) ** k


def chunks(trials: int) -> Iterator[slice]:
    """The places of so many trials, in parts that are worked on at once."""
    for start in range(0, trials, _CHUNK):
        yield slice(start, min(start + _CHUNK, trials))


def delays_ms(model: Profile, rng: np.random.Generator, n: int, count: int) -> dict[Leg, Floats]:
    """The latency of each leg in each of ``count`` trials of a write and a read; shape (n, count) each."""
    legs: tuple[Leg, ...] = ("W", "A", "R", "S")
    delay = {leg: sample_ms(getattr(model, leg), rng, n * count).reshape(n, count) for leg in legs}
    if model.sites > 1:
        # Write and read each begin in a site of their own; replica i stands in site i mod sites.
        replica_site = np.arange(n)[:, None] % model.sites
        trips: tuple[tuple[Leg, Leg], ...] = (("W", "A"), ("R", "S"))
        for there, back in trips:
            far = model.far_ms * (replica_site != rng.integers(model.sites, size=count))
            delay[there] += far
            delay[back] += far
    return delay


def trials_ms(
    model: Profile, rng: np.random.Generator, n: int, r: int, w: int, count: int
) -> tuple[Floats, Floats, Floats]:
    """For each trial: the time after the commit from which on a read sees the write (it may be negative), and the
    latencies of read and write; shape (count,) each, in ms."""
    delay = delays_ms(model, rng, n, count)
    acknowledged = delay["W"] + delay["A"]
    commit = _smallest(acknowledged, w)
    # The time between the read's arrival and the write's at a replica, had both been sent at once.
    late = delay["W"] - delay["R"]
    answered = delay["R"] + delay["S"]
    first = answered.argpartition(r - 1, axis=0)[:r] if 1 < r < n else None
    if r == n:
        seen = late.min(axis=0)
    elif first is None:
        seen = np.take_along_axis(late, answered.argmin(axis=0)[None], axis=0)[0]
    else:
        seen = np.take_along_axis(late, first, axis=0).min(axis=0)
    return seen - commit, _smallest(answered, r), commit


def _smallest(values: Floats, place: int) -> Floats:
    """The ``place``-th smallest of each column."""
    smallest: Floats
    if place == 1:
        smallest = values.min(axis=0)
    elif place == len(values):
        smallest = values.max(axis=0)
    else:
        smallest = np.partition(values, place - 1, axis=0)[place - 1]
    return smallest


def quantile_of(values: Floats, share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    place = min(len(values) - 1, max(0, math.ceil(share * len(values)) - 1))
    return float(np.partition(values, place)[place])


def margin_of(share: float, trials: int, z: float = 2.5758) -> float:
    """How far a share of the trials may be off: Wilson's score interval, the wider side; 99 % unless told."""
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return abs(middle - share) + half


def checked(
    profile: str | Profile,
    n: int,
    r: int,
    w: int,
    trials: int,
    seed: int,
    at_ms: Sequence[float] = (),
    quantile: float = 0.999,
) -> Profile:
    """The profile of that name. Raises Refused with the argument that is wrong."""
    model = profile if isinstance(profile, Profile) else PROFILES.get(str(profile))
    if model is None:
        raise Refused("unknown_latency", "profile", profiles=", ".join(PROFILES))
    _check_counts(n, r, w)
    for field, value, low, high in (("trials", trials, 1, TRIALS_MAX), ("seed", seed, 0, SEED_MAX)):
        if type(value) is not int or not low <= value <= high:
            raise Refused("out_of_range", field, min=low, max=high, value=str(value))
    for at in at_ms:
        if not (isinstance(at, int | float) and 0 <= at <= AT_MAX_MS):
            raise Refused("out_of_range", "at_ms", min=0, max=AT_MAX_MS, value=str(at))
    if not (isinstance(quantile, float) and 0 < quantile < 1):
        raise Refused("out_of_range", "quantile", min="above 0", max="below 1", value=str(quantile))
    return model


def _check_counts(n: int, r: int, w: int) -> None:
    for field, value, high in (("n", n, NODES_MAX), ("r", r, n), ("w", w, n)):
        if type(value) is not int or not 1 <= value <= high:
            raise Refused("out_of_range", field, min=1, max=high, value=str(value))
