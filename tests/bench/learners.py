"""Learners in lessons, all at once on one server: is the stream still on time?

``python -m tests.bench.learners`` prints how late changes come to them. Each learner goes from step to step through a
lesson of their own: one that ships or, as a lesson of the site's own, a copy of one. “Show me” plays what the step asks
for, and then they write and read a little. What "late" means stands in ``crowd``.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from tests.bench.crowd import Crowd, Line, act
from tests.bench.measuring import Lags, cores, percentiles, serving, spending
from tests.server import Server
from webapp.lessons.lesson import Lesson
from webapp.lessons.library import SHIPPED, Library

# Nobody clicks on the next step at once.
STAY_S_MAX = 15.0

# Then they write, and read what they wrote.
LOOK_S = 2.0
ACTS = 2


class Learnt(Struct):
    """What there is of one learner: the ms that changes were late, and those that each answer took."""

    late_ms: list[float]
    waited_ms: list[float]
    frames: int
    rooms: int


async def learn(crowd: Crowd, lesson: Lesson, first: int, until_s: float) -> Learnt:
    """Goes through a lesson until the time is up, beginning at one of its steps."""
    line = await crowd.line()
    experiment = lesson.experiment
    steps = [step for step in experiment.steps if step.script]
    learnt = Learnt([], [], 0, 0)
    while time.monotonic() < until_s:
        step = steps[first % len(steps)]
        first += 1
        began_s = time.monotonic()
        await line.goes("lesson", slug=lesson.slug, step=step.id, show=True)
        learnt.waited_ms.append(1000 * (time.monotonic() - began_s))
        room = str(line.room)
        await _stay(min(STAY_S_MAX, step.lasts_ms / 1000 / experiment.speed), until_s)
        learnt.waited_ms += await _write_and_read(crowd, line, experiment.scenario.clients[0], until_s)
        learnt.late_ms += crowd.rooms.pop(room).late_ms()
        learnt.rooms += 1
    learnt.frames = line.frames
    line.drop()
    return learnt


async def _write_and_read(crowd: Crowd, line: Line, client: str, until_s: float) -> list[float]:
    acting = asyncio.create_task(act(crowd, line, client, LOOK_S))
    await _stay(ACTS * LOOK_S - LOOK_S / 2, until_s)
    acting.cancel()
    waited_ms = await acting
    await _stay(LOOK_S / 2, until_s)
    return waited_ms


async def _stay(seconds: float, until_s: float) -> None:
    await asyncio.sleep(max(0.0, min(seconds, until_s - time.monotonic())))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learners", type=int, default=100, help="how many [100]")
    options.add_argument("--seconds", type=float, default=60, help="for how long [60]")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        own, data = Path(name) / "lessons", Path(name) / "data"
        copy_lessons(own, asked.learners)
        lessons = list(Library(SHIPPED, own))[: asked.learners]
        with serving(data, QUORUMSCOPE_LESSONS=str(own)) as server:
            asyncio.run(measure(server, lessons, asked.seconds))


def copy_lessons(folder: Path, count: int) -> None:
    """Lessons of the site's own, so that with those that ship there are so many."""
    folder.mkdir()
    shipped = list(Library(SHIPPED))
    for number in range(len(shipped), count):
        lesson = shipped[number % len(shipped)]
        for suffix in ("html", "yaml"):
            source = SHIPPED / f"{lesson.number:02}-{lesson.slug}.{suffix}"
            shutil.copy(source, folder / f"{17 + number % 80}-copy-{number}-{lesson.slug}.{suffix}")


async def measure(server: Server, lessons: list[Lesson], seconds: float) -> None:
    """A learner for each lesson."""
    crowd, lags = Crowd(server.address), Lags()
    watching = asyncio.create_task(lags.watch())
    until_s = time.monotonic() + seconds

    async def come(number: int) -> Learnt:
        await asyncio.sleep(5 * number / len(lessons))
        return await learn(crowd, lessons[number], number, until_s)

    async with spending(server.pid) as spent:
        learners = await asyncio.gather(*(come(number) for number in range(len(lessons))))
    watching.cancel()
    late_ms = [ms for learner in learners for ms in learner.late_ms]
    waited_ms = [ms for learner in learners for ms in learner.waited_ms]
    rooms = sum(learner.rooms for learner in learners)
    frames = sum(learner.frames for learner in learners)
    print(f"{len(learners)} learners, each in a lesson of their own; {rooms} rooms, {seconds:.0f} s; {cores()}")
    print(f"{frames} frames; changes are late by {percentiles(late_ms)}; answers take {percentiles(waited_ms)}")
    print(f"server: {spent.server:.0f} % of one core; the crowd: {spent.crowd:.0f} %, late by {percentiles(lags.ms)}")


if __name__ == "__main__":
    main()
