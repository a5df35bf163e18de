"""At the worker that has a class: what the class sees is emitted to its audience at other workers too.

An audience counts as one connection of the class, and as one viewer of the room on its stage: so both stay awake.
"""

from collections.abc import Callable, Sequence
from itertools import count

from msgspec import Struct

from engine.outcomes import Refused
from webapp.audience.queue import Queue
from webapp.classroom.classes import Classes
from webapp.classroom.classroom import everybody
from webapp.classroom.keys import Seat
from webapp.protocol import Frame
from webapp.rooms.manager import Rooms

# An audience is there for so long after some worker has last said so.
STAYS_S = 30.0


class _Audience(Struct):
    seat: Seat
    until_s: float
    room: str | None = None


class Sending:
    """``clock`` gives wall seconds. What is called under the rooms' lock says so."""

    def __init__(self, queue: Queue, rooms: Rooms, classes: Classes, clock: Callable[[], float]) -> None:
        self._queue = queue
        self._rooms = rooms
        self._classes = classes
        self._clock = clock
        self._audiences: dict[str, _Audience] = {}
        self._batches = count()

    def answer(self, class_id: str, sids: list[str]) -> None:
        """A class has an audience, and these connections of it are to be shown the present. Nothing, where the class
        is another worker's. Raises Refused."""
        with self._rooms.lock:
            if not self._classes.is_awake(class_id):
                return
            state = self._classes.state(class_id)
            found = self._audiences.get(class_id)
            if found is None:
                seat = Seat(class_id, "viewer", None, state.generations["viewer"])
                found = self._audiences[class_id] = _Audience(seat, 0.0)
                self._classes.arrive(seat, audience(class_id))
            found.until_s = self._clock() + STAYS_S
        self._stand_before(found, state.stage, sids)
        self._queue.say("here", class_id, sids)

    def _stand_before(self, found: _Audience, stage: str, sids: Sequence[str]) -> None:
        """Watch the stage for the audience. Never under the lock: the room may have to be woken."""

        def show(frame: Frame) -> None:
            if self._audiences.get(found.seat.class_id) is not found:
                raise Refused("not_in_a_room")
            found.room = frame.room
            self._show(found.seat, frame, sids)

        left = found.room
        if left == stage and self._rooms.is_awake(stage):
            if sids:
                self._rooms.present(stage, show)
            return
        self._rooms.join(stage, show)
        if left is not None and left != stage:
            self._rooms.leave(left)

    def _show(self, seat: Seat, frame: Frame, sids: Sequence[str]) -> None:
        """The present, once for all who have asked; what follows comes to them as to the others. Under the lock."""
        if not sids:
            return
        group = f"present:{seat.class_id}:{next(self._batches)}"
        for sid in sids:
            self._queue.enter_room(sid, "/", group)
        for event, value in self._classes.overview(seat):
            self._queue.emit(event, value, "/", group)
        self._queue.emit("frame", frame, "/", group)
        for sid in sids:
            self._queue.enter_room(sid, "/", audience(seat.class_id))
        self._queue.close_room(group, "/")

    def tell(self, event: str, value: Struct, to: str) -> bool:
        """What a class tells. False: it is for connections of this worker as well. Under the lock."""
        kind, _, class_id = to.partition(":")
        if class_id in self._audiences and to in (everybody(class_id), audience(class_id)):
            self._queue.emit(event, value, "/", audience(class_id))
        return kind == _AUDIENCE

    def publish(self, frame: Frame) -> None:
        """Under the lock."""
        for class_id, found in self._audiences.items():
            if found.room == frame.room:
                self._queue.emit("frame", frame, "/", audience(class_id))

    def put_out(self, sid: str) -> None:
        """The seat of an audience, if ``sid`` is one, is no longer good. Under the lock."""
        kind, _, class_id = sid.partition(":")
        if kind == _AUDIENCE:
            self._drop(class_id)
            self._queue.say("changed", class_id)

    def tick(self) -> None:
        """Audiences that have gone are let go of, and those that are there follow their class."""
        for class_id, found in list(self._audiences.items()):
            with self._rooms.lock:
                if self._audiences.get(class_id) is not found:
                    continue
                if not self._classes.is_awake(class_id) or found.until_s < self._clock():
                    self._drop(class_id)
                    continue
                stage = self._classes.state(class_id).stage
            if found.room != stage or not self._rooms.is_awake(stage):
                self._stand_before(found, stage, ())

    def _drop(self, class_id: str) -> None:
        found = self._audiences.pop(class_id, None)
        if found is None:
            return
        self._classes.depart(found.seat, audience(class_id))
        if found.room is not None:
            self._rooms.leave(found.room)


_AUDIENCE = "audience"


def audience(class_id: str) -> str:
    """The Socket.IO room of those who watch a class at other workers than its own."""
    return f"{_AUDIENCE}:{class_id}"
