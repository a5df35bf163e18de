"""The benches' crowd sees what others see, and their verdicts can fail."""

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bench.crowd import Crowd, NotAccepted, act
from tests.bench.soak import slope, verdict
from tests.classroom.people import new_class
from tests.server import Server


async def a_lesson(server: Server) -> None:
    crowd = Crowd(server.address)
    one = new_class(server)
    teacher = await crowd.member(one.key)
    students = [await crowd.member(one.join(f"Student {number}")) for number in range(2)]
    acting = asyncio.create_task(act(crowd, teacher, "A", every_s=0.2))
    async with asyncio.timeout(60):
        while students[0].number < 25:
            await asyncio.sleep(0.05)
    acting.cancel()
    waited_ms = await acting
    assert len(waited_ms) >= 2 and min(waited_ms) > 0
    assert not crowd.refused
    for student in students:
        assert student.room == teacher.room
        assert student.frames > 20 and student.wholes == 1 and student.gaps == 0
        assert student.bytes > 100 * student.frames
    watched = crowd.rooms[str(teacher.room)]
    late_ms, under_way_ms = watched.late_ms(), watched.under_way_ms()
    assert len(late_ms) == len(under_way_ms) > 0
    assert min(under_way_ms) == 0
    assert all(late >= under_way for late, under_way in zip(late_ms, under_way_ms, strict=True))
    # A student cannot lay hands on the stage, and the crowd says so.
    with pytest.raises(NotAccepted, match="look_only"):
        await students[0].does("read", client="A", key="x")
    students[0].drop()
    again = await crowd.line()
    await again.goes("open")
    assert again.room != teacher.room
    for line in (again, teacher, students[1]):
        line.drop()


def test_a_crowd_sees_every_frame_and_measures_how_late_it_was(tmp_path: Path) -> None:
    # In a thread of its own: where a browser was driven before, this one has a loop already.
    with Server(tmp_path) as server, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, a_lesson(server)).result()


def test_what_grows_is_told_from_what_is_flat_and_from_noise() -> None:
    minutes = [number / 2 for number in range(40)]
    noise = [(-1) ** number for number in range(40)]
    flat = slope(minutes, [100 + 0.5 * one for one in noise])
    leak = slope(minutes, [100 + minute + one for minute, one in zip(minutes, noise, strict=True)])
    loud = slope(minutes[:8], [100 + 30 * one for one in noise[:8]])
    assert math.isclose(leak[0], 60, rel_tol=0.1)
    assert [verdict(*each, bound=20) for each in (flat, leak, loud)] == ["flat", "grows", "cannot be told"]
