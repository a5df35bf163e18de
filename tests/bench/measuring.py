"""What a server and a crowd of clients spend, each on a core of its own, and the figures that come of it."""

import asyncio
import math
import os
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psutil
from msgspec import Struct

from tests.server import Server

_CORES = sorted(os.sched_getaffinity(0))


class Lags:
    """How late a task of the crowd's own is woken: what the crowd itself adds to the delays that it measures."""

    EVERY_S = 0.01

    def __init__(self) -> None:
        self.ms: list[float] = []

    async def watch(self) -> None:
        while True:
            due_s = time.monotonic() + self.EVERY_S
            await asyncio.sleep(self.EVERY_S)
            self.ms.append(1000 * (time.monotonic() - due_s))


class Spent(Struct):
    """Processor time over a stretch, in percent of one core, and resident memory at its end."""

    server: float = 0.0
    crowd: float = 0.0
    seconds: float = 0.0
    server_mb: float = 0.0


@asynccontextmanager
async def spending(pid: int) -> AsyncIterator[Spent]:
    """What the process ``pid`` (without its children) and this one spend meanwhile."""
    server, crowd = psutil.Process(pid), psutil.Process()
    spent = Spent()
    before_server_s, before_crowd_s, began_s = cpu_s(server), cpu_s(crowd), time.monotonic()
    yield spent
    spent.seconds = time.monotonic() - began_s
    spent.server = 100 * (cpu_s(server) - before_server_s) / spent.seconds
    spent.crowd = 100 * (cpu_s(crowd) - before_crowd_s) / spent.seconds
    spent.server_mb = server.memory_info().rss / 1e6


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def percentile(values: Sequence[float], place: int) -> float:
    """Not a number where there are no values."""
    if len(values) < 2:
        return values[0] if values else math.nan
    return statistics.quantiles(values, n=100, method="inclusive")[place - 1]


def percentiles(values: Sequence[float]) -> str:
    return ", ".join(f"p{place} {percentile(values, place):.0f}" for place in (50, 95, 99)) + " ms"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """As Markdown, as the docs have it."""
    lines = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    head, *body = (" | ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(f"| {line} |" for line in (head, " | ".join("-" * width for width in widths), *body))


# Cores


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[Server]:
    """A server on one core, and the rest of this process on the others, where there are others."""
    with on_a_core():
        server = Server(data, **settings).start()
    with server:
        yield server


@contextmanager
def on_a_core() -> Iterator[None]:
    """What is started meanwhile has the first core for itself, and this process keeps off it from then on."""
    os.sched_setaffinity(0, _CORES[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, _CORES[1:] or _CORES)


def cores() -> str:
    return "server and crowd have a core each" if len(_CORES) > 1 else "server and crowd share one core"
