"""What nobody has used for long is deleted, and nothing else."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.commands import Crash
from engine.outcomes import Refused
from tests.classroom.test_state import School
from webapp.keeping import DAY_MS, ROOMS_AT_ONCE, Keeping, Swept
from webapp.protocol import Fork
from webapp.rooms.manager import SLEEP_AFTER_S
from webapp.settings import Settings


class House:
    """A school whose days pass when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.school = School(folder)
        self.site = self.school.site
        self.rests = 0
        self.now_ms = self.site.store.now_ms()
        self.site.store.clock_ns = lambda: self.now_ms * 1_000_000

    def keeping(self, **days: int) -> Keeping:
        settings = Settings(**days)  # type: ignore[arg-type]
        classes = self.school.classes
        return Keeping(
            settings, self.site.store, classes.store, self.site.rooms, classes, self._rest, lambda: self.now_ms
        )

    def _rest(self, _seconds: float) -> None:
        self.rests += 1

    def pass_days(self, days: int) -> None:
        """Everything falls asleep first."""
        self.site.pass_time(SLEEP_AFTER_S + 2, tick_s=1)
        self.school.classes.tick()
        self.now_ms += days * DAY_MS

    def has(self, room: str) -> bool:
        try:
            self.site.rooms.row(room)
        except Refused:
            return False
        return True


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.school.close()


def test_by_default_everything_is_kept(house: House) -> None:
    room = house.site.rooms.open("five-masters", 1)
    house.pass_days(4_000)
    keeping = house.keeping()
    assert not keeping.is_needed
    assert keeping.sweep() == Swept()
    keeping.for_ever()
    assert house.has(room)


def test_a_room_that_nobody_has_used_goes_and_one_that_somebody_has_stays(house: House) -> None:
    rooms = house.site.rooms
    old, used, watched = (rooms.open("five-masters", 1) for _ in range(3))
    rooms.join(watched, lambda frame: None)
    house.pass_days(8)
    rooms.peek(used)
    house.pass_days(3)
    assert house.keeping(keep_rooms_days=10).sweep() == Swept(rooms=1)
    assert [house.has(room) for room in (old, used, watched)] == [False, True, True]
    rooms.leave(watched)
    house.pass_days(11)
    assert house.keeping(keep_rooms_days=10).sweep() == Swept(rooms=2)
    assert not house.has(watched)
    assert house.site.count("rooms") == house.site.count("log") == 0


def test_what_somebody_in_another_process_is_in_stays(house: House) -> None:
    room = house.site.rooms.open("five-masters", 1)
    house.site.rooms.wake(room)
    other = House(house.site.path.parent)
    other.now_ms = house.now_ms + 12 * 3_600_000
    assert other.keeping(keep_rooms_days=1).sweep() == Swept()
    house.pass_days(2)
    other.now_ms = house.now_ms
    assert other.keeping(keep_rooms_days=1).sweep() == Swept(rooms=1)
    other.school.close()


def test_many_go_a_few_at_a_time(house: House) -> None:
    for _ in range(ROOMS_AT_ONCE * 2 + 1):
        house.site.rooms.open("five-masters", 1)
    house.pass_days(2)
    assert house.keeping(keep_rooms_days=1).sweep() == Swept(rooms=ROOMS_AT_ONCE * 2 + 1)
    assert house.rests == 3, "after each few, all others have their turn"


def test_a_branch_that_is_used_keeps_where_it_comes_from(house: House) -> None:
    room = house.site.rooms.open("five-masters", 1)
    house.site.rooms.submit(room, "t", Crash("n1"))
    branch = house.site.families.fork(room, "t", Fork(0))
    house.pass_days(2)
    house.site.rooms.peek(branch)
    assert house.keeping(keep_rooms_days=1).sweep() == Swept()
    house.pass_days(2)
    assert house.keeping(keep_rooms_days=1).sweep() == Swept(rooms=2)


def test_shared_runs_have_days_of_their_own(house: House) -> None:
    rooms = house.site.rooms
    room = rooms.open("five-masters", 1)
    row, entries = rooms.log(room)
    house.site.sharing.seal("shared", row, entries)
    house.pass_days(3)
    assert house.keeping(keep_rooms_days=2).sweep() == Swept(rooms=1)
    assert house.has("shared")
    assert house.keeping(keep_runs_days=2).sweep() == Swept(runs=1)
    assert not house.has("shared")


def test_a_class_goes_with_all_it_holds_when_nothing_has_happened_in_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    quiet, _, _ = house.school.open()
    stage = house.school.classes.state(quiet).stage
    busy, owner, code = house.school.open()
    house.pass_days(20)
    assert house.keeping(keep_rooms_days=1).sweep() == Swept(), "its rooms are the class's"
    house.school.classes.join(code, "Anna")
    # The school's own clock stands still: the class is in memory, and so in use.
    assert house.keeping(keep_classes_days=10).sweep() == Swept(classes=1)
    assert not house.has(stage)
    with pytest.raises(Refused, match="unknown_class"):
        house.school.classes.state(quiet)
    assert house.school.classes.state(busy).stage
    assert owner.class_id == busy

    house.pass_days(20)
    house.now_ms += 40_000 * DAY_MS
    keeping = house.keeping(keep_classes_days=10)

    def stop(_seconds: float) -> None:
        if house.site.count("classes") == 0:
            raise InterruptedError

    keeping._sleep = stop
    caplog.set_level(logging.INFO)
    with pytest.raises(InterruptedError):
        keeping.for_ever()
    assert house.site.count("rooms") == 0
    assert busy not in caplog.text, "an id opens what it names"
