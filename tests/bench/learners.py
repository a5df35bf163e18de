"""Learners in lessons, all at once on one server: is the stream still on time?

``python -m tests.bench.learners`` prints how late changes come to them. Each learner goes from step to step through a
lesson of their own: one that ships or, as a lesson of the site's own, a copy of one. “Show me” plays what the step asks
for, and then they write and read a little. A change is late by how much later it came than its virtual time says,
counted from the most punctual one of the same room.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

import msgspec
import websocket
from msgspec import Struct

from tests.server import Server
from tests.webapp.clients import Raw
from webapp.lessons.lesson import Lesson
from webapp.lessons.library import SHIPPED, Library
from webapp.rooms.pace import Pace

# Nobody clicks on the next step at once.
STAY_S_MAX = 15.0


class At(Struct):
    """As much of a change as is looked at."""

    at_us: int


class Heard(Struct):
    """As much of a frame as is looked at."""

    room: str
    whole: bool
    pace: Pace
    changes: list[At]


_frame = msgspec.json.Decoder(tuple[str, Heard])


class Learner(threading.Thread):
    """Goes through a lesson until the time is up. ``late_ms`` has a number for each frame that brought something,
    ``waited_ms`` one for each answer."""

    def __init__(self, server: Server, lesson: Lesson, number: int, until_s: float) -> None:
        super().__init__(daemon=True)
        self.late_ms: list[float] = []
        self.waited_ms: list[float] = []
        self.frames = 0
        self.rooms = 0
        self._lesson, self._number, self._until_s = lesson, number, until_s
        self._line = Raw(server)
        self._line._take = self._take  # type: ignore[method-assign]
        self._line.socket.settimeout(0.1)
        self._arrived: dict[str, list[float]] = {}

    def _take(self, text: str | bytes) -> None:
        wall_s = time.monotonic()
        if not str(text).startswith('42["frame"'):
            Raw._take(self._line, text)
            return
        self.frames += 1
        _, frame = _frame.decode(str(text)[2:])
        if not frame.whole and frame.pace.running and frame.changes:
            offset_s = wall_s - frame.changes[0].at_us / 1e6 / frame.pace.speed
            self._arrived.setdefault(frame.room, []).append(offset_s)

    def _listen(self, until_s: float) -> None:
        while time.monotonic() < min(until_s, self._until_s):
            try:
                self._line._receive()
            except websocket.WebSocketTimeoutException:
                continue

    def _ask(self, event: str, **asked: object) -> None:
        began_s = time.monotonic()
        self._line._ids += 1
        number = self._line._ids
        self._line.send(f"42{number}{msgspec.json.encode([event, asked]).decode()}")
        while number not in self._line.answers:
            assert time.monotonic() < began_s + 10, "no answer"
            try:
                self._line._receive()
            except websocket.WebSocketTimeoutException:
                continue
        self.waited_ms.append(1000 * (time.monotonic() - began_s))

    def run(self) -> None:
        experiment = self._lesson.experiment
        steps = [step for step in experiment.steps if step.script]
        client = experiment.scenario.clients[0]
        place = self._number
        while time.monotonic() < self._until_s:
            step = steps[place % len(steps)]
            place += 1
            self._ask("lesson", slug=self._lesson.slug, step=step.id, show=True)
            self._listen(time.monotonic() + min(STAY_S_MAX, step.lasts_ms / 1000 / experiment.speed))
            for command in ({"type": "write", "value": "fig"}, {"type": "read"}):
                self._ask("command", command={**command, "client": client, "key": "x"})
                self._listen(time.monotonic() + 2)
        self._line.close()
        self.rooms = len(self._arrived)
        self.late_ms = [1000 * (one - min(of_room)) for of_room in self._arrived.values() for one in of_room]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learners", type=int, default=100, help="how many [100]")
    options.add_argument("--seconds", type=float, default=60, help="for how long [60]")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        own, data = Path(name) / "lessons", Path(name) / "data"
        copy_lessons(own, asked.learners)
        lessons = list(Library(SHIPPED, own))[: asked.learners]
        with Server(data, QUORUMSCOPE_LESSONS=str(own)) as server:
            measure(server, lessons, asked.seconds)


def copy_lessons(folder: Path, count: int) -> None:
    """Lessons of the site's own, so that with those that ship there are so many."""
    folder.mkdir()
    shipped = list(Library(SHIPPED))
    for number in range(len(shipped), count):
        lesson = shipped[number % len(shipped)]
        for suffix in ("html", "yaml"):
            source = SHIPPED / f"{lesson.number:02}-{lesson.slug}.{suffix}"
            shutil.copy(source, folder / f"{17 + number % 80}-copy-{number}-{lesson.slug}.{suffix}")


def measure(server: Server, lessons: list[Lesson], seconds: float) -> None:
    """A learner for each lesson."""
    until_s = time.monotonic() + seconds
    before_s, began_s = cpu_s(server.pid), time.monotonic()
    learners = [Learner(server, lesson, number, until_s) for number, lesson in enumerate(lessons)]
    for learner in learners:
        learner.start()
        time.sleep(5 / len(learners))
    for learner in learners:
        learner.join()
    busy = (cpu_s(server.pid) - before_s) / (time.monotonic() - began_s)
    late = [late_ms for learner in learners for late_ms in learner.late_ms]
    waited = [waited_ms for learner in learners for waited_ms in learner.waited_ms]
    rooms = sum(learner.rooms for learner in learners)
    frames = sum(learner.frames for learner in learners)
    print(f"{len(learners)} learners, each in a lesson of their own; {rooms} rooms, {seconds:.0f} s, one server")
    print(f"{frames} frames; changes are late by {percentiles(late)}; answers take {percentiles(waited)}")
    print(f"server: {100 * busy:.0f} % of one core")


def percentiles(values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=100)
    return ", ".join(f"p{place} {cuts[place - 1]:.0f}" for place in (50, 95, 99)) + " ms"


def cpu_s(pid: int) -> float:
    """Processor time of a process so far, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
