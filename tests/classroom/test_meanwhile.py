"""While a room is copied or woken, others have their turn: what was so before may not be so any more."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask_socketio.test_client import SocketIOTestClient

from engine.commands import Crash
from engine.outcomes import Refused
from tests.classroom.test_state import School, everything
from webapp.app import create_app
from webapp.classroom import commands as c
from webapp.classroom.classes import Classes
from webapp.classroom.keys import Seat
from webapp.rooms.manager import Rooms
from webapp.settings import Settings


class Once:
    """What is done the first time only; ``happened`` says that it was."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.happened = False
        self._act = act

    def __call__(self) -> None:
        if not self.happened:
            self.happened = True
            self._act()


class Lesson:
    """A class with one member, whose stage has a log that takes a while to replay."""

    def __init__(self, folder: Path) -> None:
        self.school = School(folder)
        self.id, self.owner, code = self.school.open()
        self.student = self.school.classes.seat(self.school.classes.join(code, "Anna")[1])
        self.stage = self.school.classes.state(self.id).stage
        self.rooms.submit(self.stage, "owner", Crash("n1"))

    @property
    def classes(self) -> Classes:
        return self.school.classes

    @property
    def rooms(self) -> Rooms:
        return self.school.site.rooms

    def do(self, seat: Seat, command: c.ClassCommand) -> None:
        self.classes.do(seat, command)

    def meanwhile(self, act: Callable[[], object]) -> "Once":
        """Do that once, as soon as a room is replayed."""
        self.rooms.breathe = once = Once(act)
        return once


class Entering:
    """One whose key has just been read, and who has not got the seat yet."""

    def __init__(self, classes: Classes, line: SocketIOTestClient) -> None:
        self.classes, self.line = classes, line
        row, key = classes.create("Quorums", "five-masters")
        self.owner = classes.seat(key)
        _, self.key = classes.join(row.code or "", "Anna")

    def meanwhile(self, act: Callable[[], object]) -> None:
        read, once = self.classes.seat, Once(act)

        def reading(key: str) -> Seat:
            seat = read(key)
            once()
            return seat

        self.classes.seat = reading  # type: ignore[method-assign]
        self.line.emit("enter", {"key": self.key})
        assert once.happened


@pytest.fixture
def lesson(tmp_path: Path) -> Iterator[Lesson]:
    lesson = Lesson(tmp_path)
    yield lesson
    lesson.school.close()


def test_one_who_is_sent_out_gets_no_copy_any_more(lesson: Lesson) -> None:
    lesson.do(lesson.owner, c.SetMode("own_copy"))
    once = lesson.meanwhile(lambda: lesson.do(lesson.owner, c.Remove("m1")))
    with pytest.raises(Refused, match="removed"):
        lesson.do(lesson.student, c.TakePlace())
    assert once.happened
    assert lesson.classes.state(lesson.id).members["m1"].copy is None


@pytest.mark.parametrize("mode", ["follow", "hands_on", "own_copy"])
def test_a_place_in_a_mode_that_is_over_is_none(lesson: Lesson, mode: c.Mode) -> None:
    lesson.do(lesson.owner, c.SetMode("own_copy"))
    once = lesson.meanwhile(lambda: lesson.do(lesson.owner, c.SetMode(mode)))
    lesson.do(lesson.student, c.TakePlace())
    state = lesson.classes.state(lesson.id)
    assert once.happened
    assert state.mode == mode
    assert state.members["m1"].copy is None
    assert state.members["m1"].room is None


def test_what_comes_on_the_stage_costs_nobody_a_copy(lesson: Lesson) -> None:
    other = lesson.rooms.open("five-masters", 1, lesson.id)
    lesson.do(lesson.owner, c.SetMode("own_copy"))
    once = lesson.meanwhile(lambda: lesson.do(lesson.owner, c.Stage(other)))
    lesson.do(lesson.student, c.TakePlace())
    assert once.happened
    assert lesson.classes.state(lesson.id).members["m1"].copy is not None


def test_a_class_that_ends_while_groups_are_made_stays_ended(lesson: Lesson) -> None:
    once = lesson.meanwhile(lambda: lesson.do(lesson.owner, c.End()))
    with pytest.raises(Refused, match="class_ended"):
        lesson.do(lesson.owner, c.SetMode("hands_on", groups=2))
    assert once.happened
    assert lesson.classes.state(lesson.id).mode == "follow"


def test_whose_link_is_revoked_meanwhile_changes_nothing(lesson: Lesson) -> None:
    assistant = Seat(lesson.id, "assistant")
    once = lesson.meanwhile(lambda: lesson.do(lesson.owner, c.Revoke("assistant")))
    with pytest.raises(Refused, match="revoked"):
        lesson.do(assistant, c.SetMode("hands_on", groups=2))
    assert once.happened
    assert lesson.classes.state(lesson.id).mode == "follow"


def test_a_class_that_is_deleted_meanwhile_is_gone(lesson: Lesson) -> None:
    lesson.do(lesson.owner, c.SetMode("own_copy"))
    once = lesson.meanwhile(lambda: lesson.classes.delete(lesson.id))
    with pytest.raises(Refused, match=r"unknown_room|unknown_class|not_stored"):
        lesson.do(lesson.student, c.TakePlace())
    assert once.happened
    with pytest.raises(Refused, match="unknown_class"):
        lesson.classes.state(lesson.id)
    assert lesson.school.site.count("rooms") == 0


def test_nobody_waits_for_a_room_that_waits_for_them(lesson: Lesson) -> None:
    """One wakes a group's cluster to watch it; another, who is to be placed there, needs it as well."""
    lesson.do(lesson.owner, c.SetMode("hands_on", groups=2))
    groups = lesson.classes.state(lesson.id).group_rooms
    lesson.rooms._rooms.clear()
    waking, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        waking.set()
        assert go_on.wait(10)

    lesson.meanwhile(wait)
    watching = threading.Thread(target=lesson.rooms.join, args=(groups[0], lambda frame: None), daemon=True)
    watching.start()
    assert waking.wait(10)
    placing = threading.Thread(target=lesson.do, args=(lesson.student, c.TakePlace()), daemon=True)
    placing.start()
    placing.join(0.2)
    assert placing.is_alive(), "the cluster is still asleep"
    assert lesson.rooms.lock.acquire(timeout=5), "all rooms stand still while one is woken"
    lesson.rooms.lock.release()
    go_on.set()
    for thread in (watching, placing):
        thread.join(10)
        assert not thread.is_alive(), "each waits for the other"
    assert lesson.classes.state(lesson.id).members["m1"].room == groups[0]


def test_two_who_ask_in_two_tabs_while_the_copy_is_made_get_one(lesson: Lesson) -> None:
    lesson.do(lesson.owner, c.SetMode("own_copy"))
    tabs = [threading.Thread(target=lesson.do, args=(lesson.student, c.TakePlace())) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(10)
    assert lesson.school.site.count("rooms") == 2


def test_one_who_is_sent_out_while_a_room_is_woken_is_not_let_in(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    app, socketio = create_app(settings, async_mode="threading")
    classes: Classes = app.extensions["classes"]
    rooms: Rooms = app.extensions["rooms"]
    row, owner_key = classes.create("Quorums", "five-masters")
    owner = classes.seat(owner_key)
    _, key = classes.join(row.code or "", "Anna")
    stage = classes.state(row.id).stage
    rooms.submit(stage, "owner", Crash("n1"))
    rooms._rooms.clear()
    line = socketio.test_client(app)
    assert line.emit("enter", {"key": key}, callback=True)["accepted"]

    rooms.breathe = once = Once(lambda: classes.do(owner, c.Remove("m1")))
    answer = line.emit("join", {"room": stage}, callback=True)
    assert once.happened
    assert answer["error"]["code"] == "not_in_class"
    assert rooms._rooms[stage].viewers == 0
    answer = line.emit("command", {"command": {"type": "crash", "node": "n2"}}, callback=True)
    assert answer["error"]["code"] == "not_in_a_room"
    heard = [told["name"] for told in line.get_received()]
    assert "out" in heard
    assert "frame" not in heard
    app.extensions["pool"].close()
    rooms.close()


@pytest.fixture
def entering(tmp_path: Path) -> Iterator[Entering]:
    app, socketio = create_app(Settings(data_dir=tmp_path), async_mode="threading")
    yield Entering(app.extensions["classes"], socketio.test_client(app))
    app.extensions["pool"].close()
    app.extensions["rooms"].close()


def test_one_who_is_sent_out_while_they_come_in_is_not_there(entering: Entering) -> None:
    classes = entering.classes
    removing = threading.Thread(target=classes.do, args=(entering.owner, c.Remove("m1")))

    def remove() -> None:
        removing.start()
        removing.join(0.2)

    entering.meanwhile(remove)
    removing.join(10)
    assert not classes._class(entering.owner.class_id).here
    assert "out" in [told["name"] for told in entering.line.get_received()]


def test_a_connection_that_ends_while_it_comes_in_is_no_fault(
    entering: Entering, caplog: pytest.LogCaptureFixture
) -> None:
    entering.meanwhile(entering.line.disconnect)
    assert not entering.classes._class(entering.owner.class_id).here
    assert not caplog.records


def test_what_is_refused_leaves_everything_as_it_was(lesson: Lesson) -> None:
    before = everything(lesson.classes.state(lesson.id))
    for seat, command in (
        (lesson.owner, c.Stage("nosuchroom")),
        (lesson.owner, c.Lesson("no-such-lesson")),
        (lesson.owner, c.Ask("Which?", ("a", "A"))),
        (lesson.owner, c.CallBack("m1")),
        (lesson.owner, c.Reveal()),
        (lesson.student, c.Answer("q1", 0)),
        (lesson.student, c.Name("\u202e")),
    ):
        with pytest.raises(Refused):
            lesson.do(seat, command)
    assert everything(lesson.classes.state(lesson.id)) == before
