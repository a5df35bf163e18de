"""How long the model of staleness takes (``python -m tests.bench.staleness``), and how that grows."""

import time

from engine.stats import staleness

REPEATS = 3


def seconds(trials: int, n: int) -> float:
    """The best of a few runs, with majorities: neither r nor w is a case that is easier than the others."""
    best = float("inf")
    for _ in range(REPEATS):
        began = time.perf_counter()
        staleness("LNKD-DISK", n=n, r=n // 2 + 1, w=n // 2 + 1, trials=trials)
        best = min(best, time.perf_counter() - began)
    return best


def main() -> None:
    seconds(1_000, 3)
    print("LNKD-DISK, r = w = a majority of n")
    for trials in (10_000, 100_000, 1_000_000, 4_000_000):
        took = seconds(trials, 3)
        print(f"n =  3, {trials:>9,} trials: {took:7.3f} s, {took / trials * 1e9:6.0f} ns a trial")
    for n in (1, 5, 7, 15, 50):
        took = seconds(100_000, n)
        print(f"n = {n:2}, {100_000:>9,} trials: {took:7.3f} s, {took / 100_000 / n * 1e9:6.0f} ns a trial and replica")


if __name__ == "__main__":
    main()
