"""Whoever reads too slowly in an audience costs a bounded backlog."""

import queue as queues
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from socketio import Server

from tests.classroom.test_state import School
from webapp.audience.queue import Queue
from webapp.audience.sending import audience
from webapp.audience.watching import WAITING_MAX, Watching
from webapp.classroom.keys import Seat
from webapp.stream.viewer import Viewer
from webapp.words import ENGLISH


class Hall:
    """A worker with one viewer of a class that it does not have. Nobody answers its words: they are in the outbox."""

    def __init__(self, folder: Path) -> None:
        school = School(folder)
        self.queue = Queue("redis://localhost:1/0")
        Server(client_manager=self.queue, async_mode="threading")
        self.now_s = 0.0
        self.watching = Watching(self.queue, school.site.rooms, school.classes, lambda: self.now_s)
        self.waiting: queues.Queue[str] = queues.Queue()
        sid = self.queue.connect("line", "/")
        self.viewer = Viewer(sid, SimpleNamespace(queue=self.waiting), lambda _: None, ENGLISH, "", "b")
        self.viewer.seat = Seat("a-class", "viewer")
        self.watching.enter(self.viewer, self.viewer.seat)
        self.show()

    def show(self) -> None:
        """What the class's worker does where it is asked for the present."""
        for word in self.said():
            for sid in word["sids"]:
                self.queue.enter_room(sid, "/", audience("a-class"))
            self.watching.here("a-class", word["sids"])

    def said(self) -> list[dict[str, Any]]:
        self.now_s += 1.0
        self.watching.tick()
        self.watching.tick()
        words = [msgspec.json.decode(text) for text in self.queue._outbox]
        self.queue._outbox.clear()
        return [word for word in words if word["method"] == "audience"]

    def is_in(self) -> bool:
        return self.viewer.sid in dict(self.queue.get_participants("/", audience("a-class")))


def test_who_does_not_read_gets_no_more_until_all_is_read_and_then_the_present(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    assert hall.is_in()
    for _ in range(WAITING_MAX):
        hall.waiting.put("frame")
    assert [word["sids"] for word in hall.said()] == [[]]
    assert hall.is_in()
    hall.waiting.put("frame")
    hall.show()
    assert not hall.is_in()
    # Halfway is not enough.
    while hall.waiting.qsize() > 1:
        hall.waiting.get()
    hall.show()
    assert not hall.is_in()
    hall.waiting.get()
    hall.show()
    assert hall.is_in()


def test_who_has_left_is_not_in_the_audience_however_late_the_answer_comes(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    hall.watching.gap()
    (word,) = [word for word in hall.said() if word["sids"]]
    hall.watching.leave(hall.viewer)
    assert not hall.is_in()
    hall.queue.enter_room(hall.viewer.sid, "/", audience("a-class"))
    hall.watching.here("a-class", word["sids"])
    assert not hall.is_in()


def test_where_nobody_answers_all_are_sent_home(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    sent: list[str] = []
    hall.watching.send_home = sent.extend
    for _ in range(5):
        hall.said()
    assert sent == [hall.viewer.sid]
    assert not hall.watching.has(hall.viewer)
    assert not hall.is_in()
    assert hall.said() == []
