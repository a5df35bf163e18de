"""How fast is the linearizability checker, and does it grow as it should? (python -m tests.bench.checker)"""

import random
import time
from collections.abc import Callable

from engine.checks import Monitor, Operation, Verdict, linearizable

CLIENTS = 10


def history(count: int, seed: int = 1) -> list[Operation]:
    """Operations of ten clients on one key that are linearizable: each takes effect at a random moment inside."""
    lots = random.Random(seed)
    free = [0] * CLIENTS
    drawn: list[tuple[int, int, int, int, bool]] = []
    for number in range(count):
        client = number % CLIENTS
        start = free[client] + lots.randrange(1, 50)
        end = start + lots.randrange(1, 100)
        free[client] = end + 1
        drawn.append((lots.randint(start, end), start, end, client, lots.random() < 0.5))
    value: int | None = None
    operations: list[Operation] = []
    for number, (_, start, end, client, writes) in enumerate(sorted(drawn)):
        value = number if writes else value
        operations.append(Operation(f"op{number}", str(client), "write" if writes else "read", "x", value, start, end))
    return operations


def with_one_bad_read(operations: list[Operation]) -> list[Operation]:
    """The same, but the last read returns the first value that was read."""
    reads = [place for place, op in enumerate(operations) if op.kind == "read" and op.value is not None]
    old, last = operations[reads[0]], operations[reads[-1]]
    bad = Operation(last.id, last.client, "read", "x", old.value, last.start_us, last.end_us)
    return [*operations[: reads[-1]], bad, *operations[reads[-1] + 1 :]]


def live(operations: list[Operation]) -> Verdict:
    """The monitor, told of each beginning and each end in order of time."""
    events = [(op.start_us, 0, place) for place, op in enumerate(operations)]
    events += [(op.end_us or 0, 1, place) for place, op in enumerate(operations)]
    monitor = Monitor()
    for _, ends, place in sorted(events):
        if ends:
            monitor.observe(operations[place])
        else:
            monitor.begin(operations[place])
    return monitor.verdict


def seconds(check: Callable[[list[Operation]], Verdict], operations: list[Operation], expected: str) -> float:
    """The best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        verdict = check(operations)
        best = min(best, time.perf_counter() - began)
        assert verdict.word == expected, verdict
    return best


def main() -> None:
    big, bad = history(100_000), with_one_bad_read(history(20_000))
    checks: dict[str, Callable[[list[Operation]], Verdict]] = {"offline": linearizable, "monitor": live}
    for name, check in checks.items():
        print(f"{name}: 100,000 operations {seconds(check, big, 'ok'):.3f} s")
        print(f"{name}: 20,000 operations, one bad read {seconds(check, bad, 'violated'):.3f} s")
        grows = (
            f"{count // 1000}k {seconds(check, history(count), 'ok'):.3f} s" for count in (10000, 20000, 40000, 80000)
        )
        print(f"{name}: growth {', '.join(grows)}")


if __name__ == "__main__":
    main()
