"""A class in two groups and a hundred who play alone, at once on one server: is the stream still on time?

``python -m tests.bench.classroom`` prints how late changes come and how long answers take, for a class whose thirty
students lay hands on two clusters and for one in which a hundred each have a copy; then, how long five hundred who
answer a question wait. Those who are in a class are shared out to a few processes, so that they do not wait for one
another. A change is late by how much later it came than its virtual time says, counted from the most punctual one of
the room.
"""

import argparse
import multiprocessing
import selectors
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tests.bench.learners import Heard, cpu_s, percentiles
from tests.classroom.people import Person, new_class
from tests.server import Server
from tests.webapp.clients import Raw

GROUPS, IN_GROUPS, ALONE, VOTERS = 2, 30, 100, 500

# Each does an operation so often, one after another.
EVERY_S = 3.0
PROCESSES = 4
VOTE_WITHIN_S = 5.0

_frame = msgspec.json.Decoder(tuple[str, Heard])


class Asked(Struct):
    """Who is in which class, and from when to when they act (``time.monotonic``, which all processes share)."""

    address: str
    keys: list[tuple[str, str]]
    begins_s: float
    ends_s: float


class Measured(Struct):
    """By class: the ms that changes are late and that answers take, and how many bytes came for each viewer."""

    late_ms: dict[str, list[float]]
    waited_ms: dict[str, list[float]]
    bytes_each: dict[str, list[int]]
    refused: dict[str, int]


class _Student:
    """A connection in a class. It is not waited for: whatever has come is taken when there is something."""

    def __init__(self, server: Any, label: str, key: str) -> None:
        self.label = label
        self.line = Raw(server)
        self.line._take = self.take  # type: ignore[method-assign]
        self.seat: dict[str, Any] = {}
        self.offsets_s: dict[str, list[float]] = defaultdict(list)
        self.waited_ms: list[float] = []
        self.bytes = 0
        self.refused = 0
        self.sent_s: dict[int, float] = {}
        self.due_s = 0.0
        self.acts = 0
        assert self.line.ask("enter", {"key": key})["accepted"]

    def take(self, text: str | bytes) -> None:
        wall_s, text = time.monotonic(), str(text)
        self.bytes += len(text)
        if text.startswith('42["frame"'):
            _, frame = _frame.decode(text[2:])
            if not frame.whole and frame.pace.running and frame.changes:
                self.offsets_s[frame.room].append(wall_s - frame.changes[0].at_us / 1e6 / frame.pace.speed)
            return
        Raw._take(self.line, text)
        for event, *values in self.line.events:
            if event == "seat":
                self.seat = values[0]
        self.line.events.clear()
        for number in [number for number in self.sent_s if number in self.line.answers]:
            self.waited_ms.append(1000 * (wall_s - self.sent_s.pop(number)))
            (answer,) = self.line.answers.pop(number)
            self.refused += not answer["accepted"]

    def go_home(self) -> None:
        """To where one belongs, as the page would."""
        answer = self.line.ask("class", {"command": {"type": "take_place"}})
        assert answer["accepted"], answer
        while not self.seat.get("room"):
            self.line._receive()
        assert self.line.ask("join", {"room": self.seat["room"]})["accepted"]

    def send(self, event: str, value: Any) -> None:
        self.line._ids += 1
        self.sent_s[self.line._ids] = time.monotonic()
        self.line.send(f"42{self.line._ids}{msgspec.json.encode([event, value]).decode()}")

    def act(self) -> None:
        self.acts += 1
        kind = {"type": "read"} if self.acts % 2 else {"type": "write", "value": f"v{self.acts}"}
        self.send("command", {"command": {**kind, "client": self.seat["client"] or "A", "key": "x"}})


class _Address(Struct):
    """As much of a server as a connection needs, in another process than the one that started it."""

    address: str


def take_part(asked: Asked) -> Measured:
    """In a process of its own: all of these are in their class until the time is up."""
    students = [_Student(_Address(asked.address), label, key) for label, key in asked.keys]
    for student in students:
        student.go_home()
    with selectors.DefaultSelector() as ready:
        for place, student in enumerate(students):
            ready.register(student.line.socket.sock, selectors.EVENT_READ, student)
            student.due_s = asked.begins_s + EVERY_S * place / len(students)
        while time.monotonic() < asked.begins_s:
            _listen(ready, 0.02)
        for student in students:
            # While others went home, nobody listened.
            student.offsets_s.clear()
            student.bytes = 0
        while (now_s := time.monotonic()) < asked.ends_s:
            for student in students:
                if student.due_s <= now_s:
                    student.due_s += EVERY_S
                    student.act()
            _listen(ready, 0.02)
    measured = Measured(defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(int))
    for student in students:
        measured.waited_ms[student.label] += student.waited_ms
        measured.bytes_each[student.label].append(student.bytes)
        measured.refused[student.label] += student.refused
        for offsets_s in student.offsets_s.values():
            measured.late_ms[student.label] += [1000 * (one - min(offsets_s)) for one in offsets_s]
        student.line.close()
    return measured


def vote(asked: Asked) -> list[float]:
    """In a process of its own: each of these answers once within VOTE_WITHIN_S; how many ms each waited."""
    students = [_Student(_Address(asked.address), label, key) for label, key in asked.keys]
    with selectors.DefaultSelector() as ready:
        for place, student in enumerate(students):
            ready.register(student.line.socket.sock, selectors.EVENT_READ, student)
            student.due_s = asked.begins_s + VOTE_WITHIN_S * place / len(students)
        waiting = list(students)
        while time.monotonic() < asked.ends_s:
            while waiting and waiting[0].due_s <= time.monotonic():
                answer = {"type": "answer", "poll": "q1", "choice": len(waiting) % 2}
                waiting.pop(0).send("class", {"command": answer})
            _listen(ready, 0.01)
    for student in students:
        student.line.close()
    assert not any(student.refused for student in students)
    return [waited_ms for student in students for waited_ms in student.waited_ms]


def _listen(ready: selectors.BaseSelector, within_s: float) -> None:
    for key, _ in ready.select(within_s):
        key.data.line._receive()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60, help="for how long [60]")
    options.add_argument("--share", type=float, default=1, help="with this share of the people [1]")
    asked = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        Server(Path(name)) as server,
        multiprocessing.get_context("spawn").Pool(PROCESSES) as pool,
    ):
        teach(server, pool, asked.seconds, asked.share)
        ask(server, pool, max(2, round(VOTERS * asked.share)))


def teach(server: Server, pool: Any, seconds: float, share: float) -> None:
    """Two classes at once."""
    keys: list[tuple[str, str]] = []
    teachers = []
    for label, count, mode in (
        ("in groups", IN_GROUPS, {"mode": "hands_on", "groups": GROUPS}),
        ("alone", ALONE, {"mode": "own_copy"}),
    ):
        one = new_class(server)
        keys += [(label, one.join(f"Student {number}")) for number in range(max(2, round(count * share)))]
        teacher = Person(server, one.key)
        teacher.join(teacher.seen["stage"])
        teacher.does("mode", **mode)
        teachers.append(teacher)
    begins_s = time.monotonic() + 5 + 0.2 * len(keys)
    asked = [
        Asked(server.address, keys[place::PROCESSES], begins_s, begins_s + seconds)
        for place in range(PROCESSES)
        if keys[place::PROCESSES]
    ]
    results = pool.map_async(take_part, asked)
    time.sleep(max(0.0, begins_s - time.monotonic()))
    before_s, began_s = cpu_s(server.pid), time.monotonic()
    time.sleep(seconds)
    busy = (cpu_s(server.pid) - before_s) / (time.monotonic() - began_s)
    measured: list[Measured] = results.get(120)
    for teacher in teachers:
        teacher.close()
    print(f"{GROUPS} groups and copies at once, {seconds:.0f} s, each acts every {EVERY_S:.0f} s, one server")
    for label in ("in groups", "alone"):
        late = [late_ms for one in measured for late_ms in one.late_ms.get(label, [])]
        waited = [waited_ms for one in measured for waited_ms in one.waited_ms.get(label, [])]
        each = [count for one in measured for count in one.bytes_each.get(label, [])]
        refused = sum(one.refused.get(label, 0) for one in measured)
        print(f"{len(each)} {label}: changes are late by {percentiles(late)}; answers take {percentiles(waited)}")
        print(f"  {sum(each) / len(each) / seconds / 1000:.1f} kB a second for each; {refused} commands were refused")
    print(f"server: {100 * busy:.0f} % of one core")


def ask(server: Server, pool: Any, count: int) -> None:
    """One question, and everybody answers it."""
    one = new_class(server)
    keys = [("voter", one.join(f"Voter {number}")) for number in range(count)]
    with Person(server, one.key) as teacher:
        teacher.does("ask", question="Which value will this read return?", choices=["the old one", "the new one"])
        begins_s = time.monotonic() + 5 + 0.05 * count
        asked = [
            Asked(server.address, keys[place::PROCESSES], begins_s, begins_s + VOTE_WITHIN_S + 10)
            for place in range(PROCESSES)
            if keys[place::PROCESSES]
        ]
        results = pool.map_async(vote, asked)
        time.sleep(max(0.0, begins_s - time.monotonic()))
        before_s, began_s = cpu_s(server.pid), time.monotonic()
        teacher.until(lambda: teacher.seen["poll"]["answers"] == count, within_s=60)
        took_s = time.monotonic() - began_s
        busy = (cpu_s(server.pid) - before_s) / took_s
        waited = [waited_ms for one in results.get(120) for waited_ms in one]
    assert len(waited) == count
    print(f"{count} answer within {VOTE_WITHIN_S:.0f} s: answers take {percentiles(waited)}")
    print(f"  the teacher sees all of them after {took_s:.1f} s; server: {100 * busy:.0f} % of one core")


if __name__ == "__main__":
    main()
