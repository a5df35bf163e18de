"""A class in two groups and a hundred who play alone, at once on one server: is the stream still on time?

``python -m tests.bench.classroom`` prints how late changes come and how long answers take, for a class whose thirty
students lay hands on two clusters and for one in which a hundred each have a copy; then, how long five hundred who
answer a question wait. What "late" means stands in ``crowd``.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from tests.bench.crowd import Crowd, Line, act, gathered
from tests.bench.measuring import cores, percentiles, serving, spending
from tests.classroom.people import new_class
from tests.server import Server

GROUPS, IN_GROUPS, ALONE, VOTERS = 2, 30, 100, 500

# Each does an operation so often, one after another.
EVERY_S = 3.0
VOTE_WITHIN_S = 5.0


class Group(Struct):
    """Those of a class whose figures are told together."""

    label: str
    crowd: Crowd
    teacher: Line
    students: list[Line]


async def assemble(server: Server, label: str, count: int, **mode: object) -> Group:
    """A class in this mode, in which everybody is where they belong."""
    crowd = Crowd(server.address)
    one = new_class(server)
    keys = [one.join(f"Student {number}") for number in range(count)]
    teacher = await crowd.member(one.key)
    await teacher.asks("mode", **mode)

    async def attend(number: int) -> Line:
        line = await crowd.line()
        await line.must("enter", key=keys[number])
        await line.go_home()
        return line

    return Group(label, crowd, teacher, await gathered(count, attend))


async def teach(server: Server, seconds: float, share: float) -> None:
    """Two classes at once."""
    groups = [
        await assemble(server, "in groups", max(2, round(IN_GROUPS * share)), mode="hands_on", groups=GROUPS),
        await assemble(server, "alone", max(2, round(ALONE * share)), mode="own_copy"),
    ]
    acting = {
        group.label: [
            asyncio.create_task(
                act(
                    group.crowd,
                    line,
                    line.told("seat")["client"] or "A",
                    EVERY_S,
                    EVERY_S * place / len(group.students),
                )
            )
            for place, line in enumerate(group.students)
        ]
        for group in groups
    }
    for group in groups:
        # While others went home, nobody acted.
        for watched in group.crowd.rooms.values():
            watched.begin_anew()
        for line in group.students:
            line.bytes = 0
    async with spending(server.pid) as spent:
        await asyncio.sleep(seconds)
    print(
        f"{GROUPS} groups and copies at once, {seconds:.0f} s, each acts every {EVERY_S:.0f} s, one server; {cores()}"
    )
    for group in groups:
        late_ms = [ms for watched in group.crowd.rooms.values() for ms in watched.late_ms()]
        each_kb_s = sum(line.bytes for line in group.students) / len(group.students) / seconds / 1000
        for task in acting[group.label]:
            task.cancel()
        waited_ms = [ms for of_one in await asyncio.gather(*acting[group.label]) for ms in of_one]
        print(
            f"{len(group.students)} {group.label}: changes are late by {percentiles(late_ms)};"
            f" answers take {percentiles(waited_ms)}"
        )
        print(f"  {each_kb_s:.1f} kB a second for each; {group.crowd.refused.total()} commands were refused")
        for line in (group.teacher, *group.students):
            line.drop()
    print(f"server: {spent.server:.0f} % of one core; the crowd: {spent.crowd:.0f} %")


async def ask(server: Server, count: int) -> None:
    """One question, and everybody answers it."""
    crowd = Crowd(server.address)
    one = new_class(server)
    keys = [one.join(f"Voter {number}") for number in range(count)]
    teacher = await crowd.member(one.key)
    await teacher.asks("ask", question="Which value will this read return?", choices=["the old one", "the new one"])

    async def enter(number: int) -> Line:
        line = await crowd.line()
        await line.must("enter", key=keys[number])
        return line

    voters = await gathered(count, enter)

    async def answer(number: int) -> float:
        await asyncio.sleep(VOTE_WITHIN_S * number / count)
        began_s = time.monotonic()
        await voters[number].asks("answer", poll="q1", choice=number % 2)
        return 1000 * (time.monotonic() - began_s)

    async with spending(server.pid) as spent:
        waited_ms = await asyncio.gather(*(answer(number) for number in range(count)))
        await teacher.until(lambda: teacher.told("class")["poll"]["answers"] == count)
    for line in (teacher, *voters):
        line.drop()
    print(f"{count} answer within {VOTE_WITHIN_S:.0f} s: answers take {percentiles(waited_ms)}")
    print(
        f"  the teacher sees all of them after {spent.seconds:.1f} s;"
        f" server: {spent.server:.0f} % of one core, the crowd: {spent.crowd:.0f} %"
    )


async def run(asked: argparse.Namespace, data: Path) -> None:
    with serving(data) as server:
        await teach(server, asked.seconds, asked.share)
        await ask(server, max(2, round(asked.voters * asked.share)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60, help="for how long [60]")
    options.add_argument("--share", type=float, default=1, help="with this share of the people [1]")
    options.add_argument("--voters", type=int, default=VOTERS, help="how many answer the question [500]")
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(run(options.parse_args(), Path(name)))


if __name__ == "__main__":
    main()
