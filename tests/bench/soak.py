"""A class for a long time: do memory, files and greenlets stay as they are? (``make soak``)

``python -m tests.bench.soak --minutes 20`` has up to sixty members come, act, go and come back, each with a key of
their own; the teacher changes the mode and the stage, asks questions, and has the server make clusters by the dozen;
others play alone for a while and leave; small classes are made and deleted. Every thirty seconds a line says what the
server has. In the end a straight line is laid through what was measured after the warm-up, and each slope is flat,
grows, or cannot be told from the noise: then a longer run says. Only when all are flat, and no
request went without an answer, is the exit code 0.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import psutil
from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.crowd import Crowd, Line, NotAccepted
from tests.bench.measuring import cores, percentile, serving, table
from tests.classroom.people import Class, call, new_class
from tests.server import Server

MEMBERS = 60
ALONE = 10
# So often the server is looked at for one line of the table, with so much time in between.
LOOKS = 5
LOOKS_APART_S = 2.0
WARM_UP = 0.25

STAY_S = (30.0, 180.0)
AWAY_S = (1.0, 30.0)
ALONE_STAY_S = (5.0, 30.0)
ACT_EVERY_S = (1.0, 4.0)
MODE_EVERY_S = 20.0
SMALL_CLASS_EVERY_S = 15.0

MODES: tuple[dict[str, object], ...] = (
    {"mode": "follow"},
    {"mode": "hands_on"},
    {"mode": "own_copy"},
    {"mode": "hands_on", "groups": 6, "hands": "nodes"},
    {"mode": "own_copy", "fresh": False},
)

# Growth within an hour that would still let a site run for weeks.
BOUNDS = {"memory, MB": 20.0, "files": 12.0, "greenlets": 12.0, "threads": 3.0}


class Sample(Struct):
    """What the server has at a moment. Connections have a file and some greenlets each: those count only beyond."""

    minutes: float
    memory_mb: float
    files: int
    threads: int
    gauges: dict[str, float]
    database_mb: float
    late_ms: float

    @property
    def greenlets(self) -> float:
        """Those that no connection has."""
        return self.gauges["greenlets"] - self.gauges["connections"] * GREENLETS_EACH

    @property
    def watched(self) -> dict[str, float]:
        return {
            "memory, MB": self.memory_mb,
            "files": self.files - self.gauges["connections"],
            "greenlets": self.greenlets,
            "threads": self.threads,
        }

    def row(self) -> list[str]:
        named = [f"{self.gauges[name]:.0f}" for name in GAUGES]
        numbers = [f"{self.memory_mb:.1f}", str(self.files), str(self.threads), *named]
        return [f"{self.minutes:.1f}", *numbers, f"{self.database_mb:.1f}", f"{self.late_ms:.0f}"]


GAUGES = ("greenlets", "connections", "rooms_awake", "classes_awake")
HEADS = [
    "minute",
    "memory, MB",
    "files",
    "threads",
    *(name.replace("_", " ") for name in GAUGES),
    "database, MB",
    "late",
]

# One reads, one writes, one waits for the next ping.
GREENLETS_EACH = 3


class Soak:
    def __init__(self, server: Server, seed: int, members: int, alone: int) -> None:
        self.server = server
        self.crowd = Crowd(server.address)
        self.luck = random.Random(seed)
        self.members, self.alone = members, alone
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.lines: set[Line] = set()
        self.one: Class = new_class(server)
        self._process = psutil.Process(server.pid)

    async def run(self, minutes: float, every_s: float) -> list[Sample]:
        began_s, samples = time.monotonic(), []
        print(table(HEADS, []))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._again_and_again(self._teach))]
            for number in range(self.members):
                key = await asyncio.to_thread(self.one.join, f"Student {number}")
                tasks.append(group.create_task(self._again_and_again(partial(self._attend, key))))
            tasks += [group.create_task(self._again_and_again(self._play_alone)) for _ in range(self.alone)]
            tasks.append(group.create_task(self._again_and_again(self._small_class)))
            while (now_s := time.monotonic()) < began_s + 60 * minutes:
                await asyncio.sleep(min(every_s, began_s + 60 * minutes - now_s))
                # What is being answered has a greenlet meanwhile; while a class goes into its copies those are sixty
                # for a second or two. What stays is there at every look.
                looks = []
                for _ in range(LOOKS):
                    looks.append(await self._sample((time.monotonic() - began_s) / 60))
                    await asyncio.sleep(LOOKS_APART_S)
                samples.append(min(looks, key=lambda look: look.greenlets))
                samples[-1].late_ms = looks[0].late_ms
                print(table(HEADS, [samples[-1].row()]).splitlines()[-1], flush=True)
            for task in tasks:
                task.cancel()
        return samples

    async def _again_and_again(self, visit: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self.luck.uniform(*AWAY_S))
            try:
                await visit()
            except NotAccepted as refused:
                self.refused[str(refused)] += 1
            except ConnectionError:
                self.failed["connections that the server ended"] += 1
            except TimeoutError:
                self.failed["no answer in time"] += 1

    async def _come(self) -> Line:
        line = await self.crowd.line()
        self.lines.add(line)
        return line

    def _go(self, line: Line) -> None:
        """Half of them close the page, the others' network goes."""
        self.lines.discard(line)
        if not line.is_closed:
            line.transport.disconnect(graceful=self.luck.random() < 0.5)
        self.done["visits"] += 1

    async def _ask(self, line: Line, event: str, **fields: object) -> bool:
        """Whether it is accepted: the class may have gone on meanwhile to where it is not allowed any more."""
        answer = await line.ask(event, **fields)
        if not answer["accepted"]:
            self.refused[answer["error"]["code"]] += 1
            await asyncio.sleep(answer["error"].get("retry_s") or 0)
        else:
            self.done[event] += 1
        return bool(answer["accepted"])

    async def _teach(self) -> None:
        line = await self._come()
        try:
            await line.come(self.one.key)
            for turn in range(len(MODES) * 3):
                await self._ask(line, "class", command={"type": "mode", **MODES[turn % len(MODES)]})
                if turn % len(MODES) == 0:
                    # Another cluster on the stage.
                    await self._ask(line, "open", scenario="five-masters")
                await self._ask(line, "class", command={"type": "put_away"})
                choices = ["the old value", "the new value"]
                await self._ask(line, "class", command={"type": "ask", "question": "Which one?", "choices": choices})
                ends_s = time.monotonic() + MODE_EVERY_S
                while time.monotonic() < ends_s:
                    await self._operate(line, "A")
                    await self._ask(line, "class", command={"type": "look", "key": "x"})
                    await asyncio.sleep(self.luck.uniform(*ACT_EVERY_S))
        finally:
            self._go(line)

    async def _attend(self, key: str) -> None:
        line = await self._come()
        try:
            await line.come(key)
            ends_s = time.monotonic() + self.luck.uniform(*STAY_S)
            while time.monotonic() < ends_s:
                await asyncio.sleep(self.luck.uniform(*ACT_EVERY_S))
                seat = line.told("seat")
                if seat["room"] is None:
                    await self._ask(line, "class", command={"type": "take_place"})
                elif seat["room"] != line.room:
                    await self._ask(line, "join", room=seat["room"])
                elif seat["mode"] != "follow":
                    await self._operate(line, seat["client"] or "A")
                if (poll := line.told("class")["poll"]) is not None and seat["answer"] is None:
                    answer = {"type": "answer", "poll": poll["id"], "choice": self.luck.randrange(2)}
                    await self._ask(line, "class", command=answer)
        finally:
            self._go(line)

    async def _play_alone(self) -> None:
        line = await self._come()
        try:
            await line.goes("open")
            ends_s = time.monotonic() + self.luck.uniform(*ALONE_STAY_S)
            while time.monotonic() < ends_s:
                await self._operate(line, "A")
                await asyncio.sleep(self.luck.uniform(*ACT_EVERY_S))
            await self._ask(line, "fork", at_us=0)
            await self._ask(line, "branches")
        finally:
            self._go(line)

    async def _small_class(self) -> None:
        """Made, visited and deleted."""
        one = await asyncio.to_thread(new_class, self.server)
        line = await self._come()
        try:
            await line.come(await asyncio.to_thread(one.join, "Alone"))
            await asyncio.sleep(self.luck.uniform(0, SMALL_CLASS_EVERY_S))
        finally:
            self._go(line)
            answer = await asyncio.to_thread(call, self.server, "DELETE", f"classes/{one.id}", None, one.key)
            self.done["classes deleted"] += answer.status < 300

    async def _operate(self, line: Line, client: str) -> None:
        kind = (
            {"type": "read"} if self.luck.random() < 0.5 else {"type": "write", "value": f"v{self.luck.randrange(99)}"}
        )
        await self._ask(line, "command", command={**kind, "client": client, "key": self.luck.choice("xyz")})

    async def _sample(self, minutes: float) -> Sample:
        gauges = await asyncio.to_thread(self._gauges)
        rooms = self.crowd.rooms
        late_ms = [ms for watched in rooms.values() for ms in watched.late_ms()]
        for watched in rooms.values():
            watched.begin_anew()
        for left in [room for room, watched in rooms.items() if not watched.viewers]:
            del rooms[left]
        return Sample(
            minutes,
            self._process.memory_info().rss / 1e6,
            self._process.num_fds(),
            self._process.num_threads(),
            gauges,
            sum(file.stat().st_size for file in self.server.data_dir.rglob("*") if file.is_file()) / 1e6,
            percentile(late_ms, 99),
        )

    def _gauges(self) -> dict[str, float]:
        with urlopen(f"{self.server.address}metrics?greenlets=1", timeout=30) as answer:
            text = answer.read().decode()
        families = {family.name: family for family in text_string_to_metric_families(text)}
        return {name: families[f"quorumscope_{name}"].samples[0].value for name in GAUGES}


def slope(minutes: list[float], values: list[float]) -> tuple[float, float]:
    """How much an hour adds, by least squares, and twice its standard error."""
    (a_minute, _), spread = np.polyfit(minutes, values, 1, cov=True)
    return 60 * float(a_minute), 120 * float(np.sqrt(spread[0, 0]))


def verdict(grows: float, give_or_take: float, bound: float) -> str:
    """flat: surely no more than the bound; grows: surely at all, and by more than the bound, as it looks."""
    if grows + give_or_take <= bound:
        return "flat"
    return "grows" if grows > max(bound, give_or_take) else "cannot be told"


def judge(samples: list[Sample], warm_up_minutes: float) -> dict[str, str]:
    """Prints a line for each of what is watched, and answers the verdicts."""
    measured = [sample for sample in samples if sample.minutes > warm_up_minutes]
    minutes = [sample.minutes for sample in measured]
    verdicts: dict[str, str] = {}
    for name, bound in BOUNDS.items():
        grows, give_or_take = slope(minutes, [sample.watched[name] for sample in measured])
        verdicts[name] = verdict(grows, give_or_take, bound)
        print(f"{name}: {grows:+.1f} ± {give_or_take:.1f} an hour (bound {bound:.0f}): {verdicts[name]}")
    return verdicts


async def soak(asked: argparse.Namespace, data: Path) -> int:
    with serving(data, QUORUMSCOPE_METRICS="on") as server:
        this = Soak(server, asked.seed, asked.members, asked.alone)
        samples = await this.run(asked.minutes, asked.every)
    print(f"{asked.members} members, {asked.alone} alone, {asked.minutes:g} minutes, seed {asked.seed}; {cores()}")
    print(f"done: {dict(this.done)}; refused: {dict(this.refused)}; failed: {dict(this.failed)}")
    if faults := [line for line in server.errors.splitlines() if " info " not in line]:
        print("the server said:", *faults, sep="\n")
    verdicts = judge(samples, WARM_UP * asked.minutes)
    return 0 if set(verdicts.values()) == {"flat"} and not this.failed else 1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=20, help="for how long [20]; a quarter of it is warm-up")
    options.add_argument("--every", type=float, default=30, help="seconds between two measurements [30]")
    options.add_argument("--members", type=int, default=MEMBERS, help="of the class [60]")
    options.add_argument("--alone", type=int, default=ALONE, help="others, who play alone [10]")
    options.add_argument("--seed", type=int, default=1, help="of who does what when [1]")
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(asyncio.run(soak(options.parse_args(), Path(folder))))


if __name__ == "__main__":
    main()
