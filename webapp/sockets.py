"""The Socket.IO events: parse, ask the rooms, answer. No rule of the cluster is here."""

import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
from flask import request
from flask_socketio import SocketIO, join_room, leave_room
from msgspec import Struct

from engine.commands import Read, Write
from engine.outcomes import Refused
from webapp.classroom.classes import Classes
from webapp.classroom.classroom import everybody, staff
from webapp.classroom.commands import ClassCommand, Revoke
from webapp.classroom.keys import Seat, actor, is_staff
from webapp.classroom.roles import Situation, why_not
from webapp.languages import spoken
from webapp.protocol import (
    REQUESTS,
    Accepted,
    Branches,
    Copy,
    Digest,
    Do,
    Done,
    Enter,
    Entered,
    Fingerprint,
    Fork,
    Frame,
    InClass,
    Join,
    Joined,
    ListBranches,
    Open,
    OpenLesson,
    Peek,
    Peeked,
    Rejected,
    Rename,
    Resync,
    Share,
    Shared,
    Unpack,
    parse,
    rejected,
)
from webapp.rooms.family import Families
from webapp.rooms.manager import Rooms
from webapp.rooms.opening import Opening
from webapp.rooms.sharing import Sharing
from webapp.words import ENGLISH, Language

# Of a lesson's slug, one of its steps, and whether the step happens by itself. Raises Refused.
LessonOpening: TypeAlias = Callable[[str, str, bool], Opening]

Answer: TypeAlias = Joined | Accepted | Branches | Peeked | Shared | Digest | Entered | Done

_log = logging.getLogger(__name__)

TICK_S = 0.03


class Viewer:
    """One connection. ``actor`` is its name in the logs of the rooms it acts in; it is answered in its ``language``.

    In a class it has a ``seat``.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.room: str | None = None
        self.seat: Seat | None = None
        self._name = f"viewer-{secrets.token_hex(4)}"

    @property
    def actor(self) -> str:
        return self._name if self.seat is None else actor(self.seat)

    @property
    def class_id(self) -> str | None:
        return None if self.seat is None else self.seat.class_id


class Sockets:
    """Binds the events of ``socketio`` to ``rooms``."""

    def __init__(self, socketio: SocketIO, rooms: Rooms, classes: Classes, lesson_opening: LessonOpening) -> None:
        self._socketio = socketio
        self._rooms = rooms
        self._classes = classes
        classes.send_out = self._send_out
        self._lesson_opening = lesson_opening
        self._families = Families(rooms, self._publish_branches)
        self._sharing = Sharing(rooms)
        self._viewers: dict[str, Viewer] = {}
        socketio.on_event("connect", self._connect)
        socketio.on_event("disconnect", self._disconnect)
        # Everything else comes in by one door, so that no event can be answered with silence.
        socketio.on_event("*", self._on_any)

    def publish(self, frame: Frame) -> None:
        """Send a frame, once, to all who watch its room."""
        self._socketio.emit("frame", frame, to=frame.room)

    def _publish_branches(self, rooms: list[str], branches: Branches) -> None:
        """Tell all who are in one of these rooms."""
        self._socketio.emit("branches", branches, to=rooms)

    def tick_for_ever(self) -> None:
        while True:
            self._rooms.tick()
            self._classes.tick()
            self._socketio.sleep(TICK_S)

    def _connect(self, _auth: object = None) -> None:
        self._viewers[_sid()] = Viewer(spoken())

    def _disconnect(self, *_reason: object) -> None:
        with self._rooms.lock:
            viewer = self._viewers.pop(_sid(), None)
            if viewer and viewer.room:
                self._rooms.leave(viewer.room)
            if viewer and viewer.seat:
                self._classes.depart(viewer.seat, _sid())

    def _on_any(self, event: str, *args: Any) -> Struct:
        try:
            return self._answer(event, args)
        except Refused as refused:
            return self._reject(event, refused)
        except Exception:
            _log.exception("event %.40r failed", event)
            return self._reject(event, Refused("internal"))

    def _reject(self, event: str, refused: Refused) -> Rejected:
        viewer = self._viewers.get(_sid())
        answer = rejected(refused, viewer.language if viewer else ENGLISH)
        if event == "malformed":
            # Bytes that are no packet cannot ask for an acknowledgement: the error goes out as an event.
            self._socketio.emit("error", answer.error, to=_sid())
        return answer

    def _answer(self, event: str, args: tuple[Any, ...]) -> Answer:
        if event == "malformed":
            raise Refused("malformed")
        viewer = self._viewers.get(_sid())
        if viewer is None or event not in REQUESTS:
            raise Refused("unknown_event", events=", ".join(REQUESTS))
        asked = parse(REQUESTS[event], args)
        self._allow(viewer, event, asked)
        made_in = viewer.class_id
        match asked:
            case Enter(key):
                return self._enter(viewer, key)
            case InClass(command):
                return self._do_in_class(viewer, command)
            case Open(scenario, seed):
                return self._watch(viewer, self._rooms.open(scenario, seed, made_in))
            case Join(room):
                return self._watch(viewer, room, made=False)
            case Copy(room, at_us):
                return self._watch(viewer, self._sharing.copy(room, at_us, viewer.actor, made_in))
            case Unpack(packed):
                return self._watch(viewer, self._sharing.unpack(packed, viewer.actor, made_in))
            case OpenLesson(slug, step, show):
                return self._watch(viewer, self._rooms.begin(self._lesson_opening(slug, step, show), made_in))
            case Peek(room):
                return Peeked(self._rooms.peek(room))
            case inside:
                return self._answer_inside(viewer, _room_of(viewer), inside)

    def _allow(self, viewer: Viewer, event: str, asked: Struct) -> None:
        """Whether the class that the room belongs to, or that the viewer is in, lets them. Raises Refused."""
        room = asked.room if isinstance(asked, Join | Peek | Copy) else viewer.room
        seat = viewer.seat
        if isinstance(asked, Join | Peek | Copy):
            row = self._rooms.row(asked.room)
            if row.class_id is not None and not row.sealed and row.class_id != viewer.class_id:
                raise Refused(why_not("anonymous", "join", Situation()))
            if isinstance(asked, Peek) and row.sealed:
                return  # A run that was shared is for everybody.
            if isinstance(asked, Copy) and seat is not None and not row.sealed:
                self._classes.allow(seat, "peek", room)
        if seat is None:
            if isinstance(asked, InClass):
                raise Refused(why_not("anonymous", f"class.{_kind(asked.command)}", Situation()))
        elif isinstance(asked, InClass):
            self._classes.allow(seat, f"class.{_kind(asked.command)}")
        elif isinstance(asked, Do):
            client = asked.command.client if isinstance(asked.command, Write | Read) else None
            self._classes.allow(seat, f"command.{_kind(asked.command)}", room, client)
        elif not isinstance(asked, Enter):
            self._classes.allow(seat, event, room)

    def _enter(self, viewer: Viewer, key: str) -> Entered:
        sid = _sid()
        # Between the look at the key and the seat, nobody is sent out, and no connection ends.
        with self._rooms.lock:
            seat = self._classes.seat(key)
            if sid not in self._viewers:
                raise Refused("not_in_a_room")
            self._leave_class(viewer, sid)
            viewer.seat = seat
            join_room(everybody(seat.class_id))
            if is_staff(seat):
                join_room(staff(seat.class_id))
            self._classes.arrive(seat, sid)
            self._classes.present(seat, sid)
        return Entered(seat.class_id, seat.role)

    def _do_in_class(self, viewer: Viewer, command: ClassCommand) -> Done:
        seat = viewer.seat
        assert seat is not None
        if not isinstance(command, Revoke) or command.link != seat.role:
            return Done(self._classes.do(seat, command))
        # Who changes the lock has the new key, and is not put out with those who have the old one.
        self._classes.depart(seat, _sid())
        try:
            key = self._classes.do(seat, command)
            viewer.seat = self._classes.seat(key or "")
        finally:
            self._classes.arrive(viewer.seat or seat, _sid())
        return Done(key)

    def _leave_class(self, viewer: Viewer, sid: str) -> None:
        seat, viewer.seat = viewer.seat, None
        if seat is None:
            return
        self._classes.depart(seat, sid)
        for group in (everybody(seat.class_id), staff(seat.class_id)):
            self._socketio.server.leave_room(sid, group, namespace="/")
        if viewer.room is not None:
            self._rooms.leave(viewer.room)
            self._socketio.server.leave_room(sid, viewer.room, namespace="/")
            viewer.room = None

    def _send_out(self, sid: str, _seat: Seat, refused: Refused) -> None:
        """A seat is no longer good: its connection hears why, and is in the class no more."""
        if (viewer := self._viewers.get(sid)) is not None:
            self._leave_class(viewer, sid)
            self._socketio.emit("out", rejected(refused, viewer.language).error, to=sid)

    def _answer_inside(self, viewer: Viewer, room: str, asked: Struct) -> Answer:
        """What only somebody in a room can ask for."""
        match asked:
            case Do(command):
                return self._rooms.submit(room, viewer.actor, command)
            case Resync():
                return _titled(self._rooms.present(room, self._shower(room)), viewer.language)
            case Fork():
                joined = self._watch(viewer, self._families.fork(room, viewer.actor, asked))
                self._families.announce(room)
                return joined
            case ListBranches():
                return self._families.branches(room)
            case Rename(other, name):
                return self._families.rename(room, other, name)
            case Share(at_us):
                return self._sharing.share(room, at_us)
            case Fingerprint():
                return self._rooms.digest(room)
        raise TypeError(f"nothing answers {type(asked).__name__}")

    def _watch(self, viewer: Viewer, room: str, *, made: bool = True) -> Joined:
        if viewer.seat is not None:
            self._classes.moved(viewer.seat, viewer.room, room, made=made)
        joined = self._rooms.join(room, self._shower(room))
        if viewer.room:
            self._rooms.leave(viewer.room)
            if viewer.room != room:
                leave_room(viewer.room)
        viewer.room = room
        return _titled(joined, viewer.language)

    def _shower(self, room: str) -> Callable[[Frame], None]:
        """Sends this connection the whole present; from then on it gets what follows."""
        sid = _sid()

        def enter(frame: Frame) -> None:
            # While a log was replayed, the connection may have closed, or its seat been taken from it.
            if (viewer := self._viewers.get(sid)) is None:
                raise Refused("not_in_a_room")
            if self._rooms.row(room).class_id not in (None, viewer.class_id):
                raise Refused(why_not("anonymous", "join", Situation()))
            join_room(room, sid)
            self._socketio.emit("frame", frame, to=sid)

        return enter


def _titled(joined: Joined, language: Language) -> Joined:
    return msgspec.structs.replace(joined, title=language.title(joined.scenario, joined.title))


def _kind(command: Struct) -> str:
    return str(command.__struct_config__.tag)


def _room_of(viewer: Viewer) -> str:
    if viewer.room is None:
        raise Refused("not_in_a_room")
    return viewer.room


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined]
