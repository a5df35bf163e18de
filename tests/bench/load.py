"""What one worker carries: a class that watches its stage, and many who play alone, at the same time (``make load``).

``python -m tests.bench.load`` brings more and more viewers into a class while a hundred private clusters run, and
prints how late changes come, what the server spends and what each viewer gets. Then many viewers lose their
connections and come back within a second; two stop reading and stay; and the bytes of the largest class are sent once
more by a bare WebSocket server, to the same number of listeners at the same times.

Server and crowd have a core each. What "late" means stands in ``crowd``. The database is the default one.
"""

import argparse
import asyncio
import gc
import socket
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from msgspec import Struct

from tests.bench.broadcast import Sent, floor
from tests.bench.crowd import Crowd, Line, Watched, act, gathered
from tests.bench.measuring import Lags, Spent, cores, percentile, percentiles, serving, spending, table
from tests.classroom.people import Class, new_class
from tests.server import Server

# Operations in a virtual second; at the default speed, a thousandth of them begin in a second of wall time.
WORKLOAD = 2_000
TEACHER_EVERY_S = 2.0
ALONE_EVERY_S = 4.0

SETTLE_S = 3.0
RECONNECTS = 300
RECONNECT_WITHIN_S = 1.0

# Who does not read takes in no more than the smallest buffer that the system gives.
UNREAD_BYTES = 4_096
PONG_EVERY_S = 5.0


class Step(Struct):
    """A stretch of time with so many viewers."""

    viewers: int
    spent: Spent
    late_ms: list[float]
    under_way_ms: list[float]
    alone_ms: list[float]
    lags_ms: list[float]
    bytes_each: float
    bytes_alone: float
    frames: float

    def row(self) -> list[str]:
        each_minute_kb = self.bytes_each / self.spent.seconds * 60 / 1000
        alone_minute_kb = self.bytes_alone / self.spent.seconds * 60 / 1000
        return [
            str(self.viewers),
            _three(self.late_ms),
            _three(self.under_way_ms),
            _three(self.alone_ms),
            f"{self.spent.server:.0f} %",
            f"{self.spent.server_mb:.0f}",
            f"{self.frames / self.spent.seconds:.1f}",
            f"{each_minute_kb:.0f}",
            f"{alone_minute_kb:.0f}",
            f"{self.spent.crowd:.0f} %, {percentile(self.lags_ms, 99):.0f}",
        ]


HEADS = [
    "viewers",
    "late p50 / p95 / p99, ms",
    "of that under way",
    "late, alone",
    "CPU",
    "memory, MB",
    "frames a second",
    "kB a viewer and minute",
    "alone",
    "the crowd itself: CPU, late p99",
]


def _three(values: Sequence[float]) -> str:
    return " / ".join(f"{percentile(values, place):.0f}" if values else "–" for place in (50, 95, 99))


class Load:
    """A class and those who play alone, on one server."""

    def __init__(self, server: Server, crowd: Crowd) -> None:
        self.server = server
        self.crowd = crowd
        self.one: Class = new_class(server)
        self.viewers: list[Line] = []
        self.keys: list[str] = []
        self.alone: list[Line] = []
        self.lags = Lags()
        self._tasks: list[asyncio.Task[object]] = []

    async def begin(self, alone: int, workload: int) -> None:
        self._tasks.append(asyncio.create_task(self.lags.watch()))
        self.teacher = await self.crowd.line()
        await self.teacher.come(self.one.key)
        await self.teacher.does("workload", rate=workload, read_share=0.5, keys=3)
        self._tasks.append(asyncio.create_task(act(self.crowd, self.teacher, "A", TEACHER_EVERY_S)))

        async def play_alone(number: int) -> Line:
            line = await self.crowd.line()
            await line.goes("open")
            first_s = ALONE_EVERY_S * number / alone
            self._tasks.append(asyncio.create_task(act(self.crowd, line, "A", ALONE_EVERY_S, first_s)))
            return line

        self.alone = await gathered(alone, play_alone)

    async def bring(self, count: int) -> None:
        """Until so many watch the stage."""
        more = range(len(self.keys), count)
        self.keys += await asyncio.to_thread(lambda: [self.one.join(f"Student {number}") for number in more])
        first = len(self.viewers)
        self.viewers += await gathered(count - first, lambda number: self.crowd.member(self.keys[first + number]))

    async def measure(self, seconds: float) -> Step:
        """As things are, for so long."""
        self.settle()
        lines = [*self.viewers, *self.alone]
        for line in lines:
            line.bytes = 0
        before = self.teacher.frames
        async with spending(self.server.pid) as spent:
            await asyncio.sleep(seconds)
        failed = [task for task in self._tasks if task.done()]
        assert not failed, failed
        return Step(
            len(self.viewers),
            spent,
            self.stage.late_ms(),
            self.stage.under_way_ms(),
            [ms for line in self.alone for ms in self.crowd.rooms[str(line.room)].late_ms()],
            self.lags.ms[:],
            sum(line.bytes for line in self.viewers) / max(1, len(self.viewers)),
            sum(line.bytes for line in self.alone) / max(1, len(self.alone)),
            self.teacher.frames - before,
        )

    @property
    def stage(self) -> Watched:
        return self.crowd.rooms[str(self.teacher.room)]

    def settle(self) -> None:
        """What is measured begins here."""
        gc.collect()
        self.lags.ms.clear()
        for watched in self.crowd.rooms.values():
            watched.begin_anew()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in (self.teacher, *self.viewers, *self.alone):
            line.drop()


async def reconnect(load: Load, count: int) -> str:
    """So many lose their connections at once, and come back one after another within a second."""
    gone, stay = load.viewers[:count], load.viewers[count:]
    load.settle()
    began_s = time.monotonic()
    for line in gone:
        line.drop()

    async def come_back(number: int) -> tuple[Line, float]:
        await asyncio.sleep(RECONNECT_WITHIN_S * number / count)
        from_s = time.monotonic()
        line = await load.crowd.member(load.keys[number])
        return line, time.monotonic() - from_s

    back = await asyncio.gather(*(come_back(number) for number in range(count)))
    all_s = time.monotonic() - began_s
    load.viewers = [*(line for line, _ in back), *stay]
    took_ms = [1000 * took_s for _, took_s in back]
    return (
        f"{count} of {len(load.viewers)} reconnect within {RECONNECT_WITHIN_S:.0f} s: each has its whole frame after"
        f" {percentiles(took_ms)}, at most {max(took_ms):.0f} ms; all of them {all_s:.1f} s after the cut."
        f" Changes meanwhile late by {percentiles(load.stage.late_ms())}"
    )


async def stop_reading(load: Load, seconds: float) -> list[str]:
    """Two viewers stop reading: one goes on answering pings, one does not."""
    process = psutil.Process(load.server.pid)
    calm = await load.measure(min(seconds, 30))
    keys = [load.one.join(f"Stalled {number}") for number in range(2)]
    stalled: list[tuple[str, Line, int]] = []
    for key, who in zip(keys, ("still answers pings", "answers nothing"), strict=True):
        line = await load.crowd.line(socket_factory=_small_socket)
        await line.come(key)
        port = line.transport.underlying_transport.get_extra_info("sockname")[1]
        line.transport.underlying_transport.pause_reading()
        stalled.append((who, line, port))
    load.settle()
    before_mb, ends_s, pong_s = process.memory_info().rss / 1e6, time.monotonic() + seconds, 0.0
    most_mb, held_s = before_mb, dict.fromkeys((port for _, _, port in stalled), 0.0)
    began_s = time.monotonic()
    while (now_s := time.monotonic()) < ends_s:
        if now_s >= pong_s:
            pong_s = now_s + PONG_EVERY_S
            stalled[0][1].send("3")
        most_mb = max(most_mb, process.memory_info().rss / 1e6)
        there = {one.raddr.port for one in process.net_connections("tcp") if one.raddr}
        held_s |= {port: now_s - began_s for port in held_s if port in there}
        await asyncio.sleep(1)
    after_mb = process.memory_info().rss / 1e6
    told = [
        f"Two of {len(load.viewers) + 2} stop reading for {seconds:.0f} s: server {before_mb:.1f} MB before, at most"
        f" {most_mb:.1f}, {after_mb:.1f} after. The others' changes late by {percentiles(load.stage.late_ms())};"
        f" before: {percentiles(calm.late_ms)}"
    ]
    for who, line, port in stalled:
        fate = f"was let go after {held_s[port]:.0f} s" if held_s[port] < seconds - 3 else "was held all the time"
        told.append(f"  The one that {who} {fate}. {await _read_again(load, line)}")
    return told


def _small_socket(_address: object) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNREAD_BYTES)
    made.setblocking(False)
    return made


async def _read_again(load: Load, line: Line) -> str:
    """It reads again: what comes until it is in the present."""
    line.bytes, frames, wholes, began_s = 0, line.frames, line.wholes, time.monotonic()
    with suppress(Exception):
        line.transport.underlying_transport.resume_reading()
    while not line.is_closed and line.number < load.teacher.number and time.monotonic() < began_s + 30:
        await asyncio.sleep(0.01)
    took_ms = 1000 * (time.monotonic() - began_s)
    got = f"{line.bytes / 1000:.0f} kB in {line.frames - frames} frames, {line.wholes - wholes} of them whole"
    state = "the connection ends" if line.is_closed else "it is in the present"
    line.drop()
    return f"When it reads again, {state} after {took_ms:.0f} ms and {got}"


def recorded(load: Load, begins_s: float, ends_s: float) -> list[Sent]:
    """What came to the first viewer, as what goes to the class, and to each who plays alone."""
    lines = {"class": load.viewers[0], **{f"alone-{number}": line for number, line in enumerate(load.alone)}}
    sent = [
        Sent(at_s - begins_s, name, packet.decode())
        for name, line in lines.items()
        for at_s, packet in line.keeps or ()
        if begins_s <= at_s < ends_s
    ]
    return sorted(sent, key=lambda one: one.at_s)


async def run(asked: argparse.Namespace, folder: Path) -> None:
    with serving(folder / "data") as server:
        load = Load(server, Crowd(server.address, acknowledges=asked.acknowledge))
        await load.begin(asked.sandboxes, asked.rate)
        steps = []
        for count in sorted({0, *(round(asked.viewers * share) for share in (0.1, 0.3, 1))}):
            await load.bring(count)
            await asyncio.sleep(SETTLE_S)
            if count == asked.viewers:
                for line in (load.viewers[0], *load.alone):
                    line.keeps = []
            begins_s = time.monotonic()
            steps.append(await load.measure(asked.seconds))
            print(f"  measured with {count} viewers", flush=True)
        record = recorded(load, begins_s, time.monotonic())
        for line in (load.viewers[0], *load.alone):
            line.keeps = None
        told = [await reconnect(load, min(asked.reconnects, asked.viewers))]
        await asyncio.sleep(SETTLE_S)
        if asked.stall:
            told += await stop_reading(load, asked.stall)
        gaps = sum(line.gaps for line in load.viewers)
        await load.end()
    print(f"{asked.sandboxes} play alone, each acts every {ALONE_EVERY_S:.0f} s; {cores()}")
    print(table(HEADS, [step.row() for step in steps]))
    print(*told, sep="\n")
    refused = dict(load.crowd.refused) or "none"
    print(
        f"gaps in what viewers got: {gaps}; told to wait: {load.crowd.waits}; operations refused: {refused}", flush=True
    )
    everything = {"class": asked.viewers, **{f"alone-{number}": 1 for number in range(asked.sandboxes)}}
    spent, took_ms = await floor(record, everything, folder / "record.json")
    print(
        f"The same bytes by a bare WebSocket server: {spent.server:.0f} % of one core, late by {percentiles(took_ms)}."
        f" The server takes {steps[-1].spent.server / spent.server:.1f} times that"
    )
    class_only = [sent for sent in record if sent.to == "class"]
    spent, took_ms = await floor(class_only, {"class": asked.viewers}, folder / "record.json")
    added = steps[-1].spent.server - steps[0].spent.server
    print(
        f"Those of the class alone: {spent.server:.0f} %, late by {percentiles(took_ms)}."
        f" What {asked.viewers} viewers add to the server's {steps[0].spent.server:.0f} % is {added / spent.server:.1f}"
        " times that"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--viewers", type=int, default=500, help="how many watch the class in the end [500]")
    options.add_argument("--sandboxes", type=int, default=100, help="how many play alone [100]")
    options.add_argument("--seconds", type=float, default=25, help="how long is measured with each number [25]")
    options.add_argument("--reconnects", type=int, default=RECONNECTS, help="how many lose their connection [300]")
    options.add_argument("--stall", type=float, default=60, help="for how long two stop reading; 0: not [60]")
    options.add_argument(
        "--rate", type=int, default=WORKLOAD, help="operations in a virtual second on the stage [2000]"
    )
    options.add_argument(
        "--acknowledge", action=argparse.BooleanOptionalAction, default=True, help="viewers say how far they have read"
    )
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(options.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
