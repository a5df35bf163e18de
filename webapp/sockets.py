"""The Socket.IO events: parse, ask the rooms, answer. No rule of the cluster is here."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

import flask_socketio
import msgspec
from flask import request
from flask_socketio import SocketIO
from msgspec import Struct

from engine.outcomes import Refused
from webapp.audience.watching import Nobody, Watching
from webapp.classroom.classes import Classes
from webapp.classroom.classroom import everybody, staff
from webapp.classroom.commands import ClassCommand, Revoke
from webapp.classroom.keys import Seat, is_staff
from webapp.languages import spoken
from webapp.limits import Limits
from webapp.operation.metrics import Metrics
from webapp.packets import Json
from webapp.permission import Permission
from webapp.protocol import (
    REQUESTS,
    Accepted,
    Again,
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
    Seen,
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
from webapp.store.group_commit import GroupCommit
from webapp.stream.feeds import Feeds
from webapp.stream.viewer import Viewer
from webapp.words import ENGLISH, Language

# Of a lesson's slug, one of its steps, and whether the step happens by itself. Raises Refused.
LessonOpening: TypeAlias = Callable[[str, str, bool], Opening]

Answer: TypeAlias = Joined | Accepted | Branches | Peeked | Shared | Digest | Entered | Done

# What makes a room, or stores a run.
_MAKES = (Open, Copy, Unpack, OpenLesson, Fork, Share)

_log = logging.getLogger(__name__)

# Whose connection is to be made anew comes back after a time of its own, so that not all come at once.
BACK_AFTER_MS = 200
BACK_PER_S = 300


class Sockets:
    """Binds the events of ``socketio`` to ``rooms``. ``worker`` is the first sign of the ids of rooms made here."""

    def __init__(
        self,
        socketio: SocketIO,
        rooms: Rooms,
        classes: Classes,
        lesson_opening: LessonOpening,
        limits: Limits,
        metrics: Metrics,
        commits: GroupCommit,
        worker: str = "",
    ) -> None:
        self._socketio = socketio
        self._rooms = rooms
        self._classes = classes
        self._lesson_opening = lesson_opening
        self._limits = limits
        self._metrics = metrics
        self._commits = commits
        self._worker = worker
        self._permission = Permission(rooms, classes)
        self.feeds = Feeds(metrics)
        self._families = Families(rooms, self._publish_branches)
        self._sharing = Sharing(rooms)
        self.viewers: dict[str, Viewer] = {}
        # Those who watch classes that other workers have.
        self.watching: Watching | Nobody = Nobody()
        classes.send_out = self._send_out
        classes.on_lost = self.send_home
        rooms.on_lost = self._rooms_lost
        socketio.on_event("connect", self._connect)
        socketio.on_event("disconnect", self._disconnect)
        # Everything else comes in by one door, so that no event can be answered with silence. It is no request of
        # Flask's: to make one for each event costs more than most answers, and only the collector can take it away.
        socketio.server.on("*", self._on_any)
        self._size = 0
        self._measure()

    def _measure(self) -> None:
        """Know the size of what comes: each packet is handled whole before the next one."""
        handlers = self._socketio.server.eio.handlers
        handle = handlers["message"]

        def measured(eio_sid: str, data: Any) -> Any:
            # What is no text is no packet either, and has been read as JSON.
            self._size = len(data if isinstance(data, str | bytes) else Json.dumps(data))
            return handle(eio_sid, data)

        handlers["message"] = measured

    def publish(self, frame: Frame) -> None:
        """Send a frame, once, to all who watch its room."""
        self.feeds.publish(frame)

    def _publish_branches(self, rooms: list[str], branches: Branches) -> None:
        """Tell all who are in one of these rooms."""
        self._commits.tell(lambda: self.feeds.tell(rooms, "branches", branches))

    # Coming and going

    def _connect(self, _auth: object = None) -> None:
        address, language = request.remote_addr or "", spoken()
        try:
            self._limits.connected(address)
        except Refused as refused:
            self._metrics.refused(refused.code)
            error = msgspec.to_builtins(rejected(refused, language).error)
            raise flask_socketio.ConnectionRefusedError(refused.code, error) from None
        sid = _sid()
        server = self._socketio.server
        eio_sid = server.manager.eio_sid_from_sid(sid, "/")
        line, post = server.eio.sockets.get(eio_sid), partial(server._send_eio_packet, eio_sid)
        self.viewers[sid] = Viewer(sid, line, post, language, address, self._shard(request.args.get("at", "")))

    def _shard(self, at: str) -> str:
        """The sign that a connection was routed by: that of an id, or else this worker's own."""
        if not self._worker:
            return ""
        return at[:1] if at[:1].isascii() and (at[:1].isalnum() or at[:1] == "_") else self._worker

    def _disconnect(self, *_reason: object) -> None:
        with self._rooms.lock:
            viewer = self.viewers.pop(_sid(), None)
            if viewer is None:
                return
            self._limits.disconnected(viewer.address)
            self._limits.forget(viewer.sid)
            self._leave_room(viewer)
            self.watching.leave(viewer)
            if viewer.seat:
                self._classes.depart(viewer.seat, viewer.sid)

    def _leave_room(self, viewer: Viewer) -> None:
        if viewer.room is not None:
            self._rooms.leave(viewer.room)
            self.feeds.leave(viewer, viewer.room)
            viewer.room = None

    def say_goodbye(self) -> None:
        """The server stops: everybody is to come again, one after another."""
        self._come_again(self.viewers.values())

    def _come_again(self, viewers: Iterable[Viewer]) -> None:
        for number, viewer in enumerate(list(viewers)):
            at = None if self.watching.has(viewer) else viewer.class_id or viewer.room
            again = Again(BACK_AFTER_MS + number * 1_000 // BACK_PER_S, at)
            self._socketio.emit("again", again, to=viewer.sid, ignore_queue=True)

    def _rooms_lost(self, rooms: Iterable[str]) -> None:
        """Other processes have these rooms now."""
        viewers = self.feeds.viewers(rooms)
        self._come_again(viewers)
        for viewer in viewers:
            self._leave_room(viewer)

    def send_home(self, sids: Iterable[str]) -> None:
        """Another process has the class in which these connections are."""
        viewers = [self.viewers[sid] for sid in sids if sid in self.viewers]
        self._come_again(viewers)
        for viewer in viewers:
            self._leave_class(viewer)

    # Asking and answering

    def _on_any(self, event: str, sid: str, *args: Any) -> Struct:
        try:
            # No answer leaves before what it tells of is on the disk, and shown.
            with self._commits.kept():
                return self._answer(event, sid, args)
        except Refused as refused:
            return self._reject(event, sid, refused)
        except Exception:
            _log.exception("event %.40r failed", event)
            return self._reject(event, sid, Refused("internal"))

    def _reject(self, event: str, sid: str, refused: Refused) -> Rejected:
        self._metrics.refused(refused.code)
        viewer = self.viewers.get(sid)
        if viewer is not None and self._limits.floods(viewer.sid):
            # To answer who does not listen costs more than to be rid of them.
            self._socketio.server.disconnect(sid)
        answer = rejected(refused, viewer.language if viewer else ENGLISH)
        if event == "malformed":
            # Bytes that are no packet cannot ask for an acknowledgement: the error goes out as an event.
            self._socketio.emit("error", answer.error, to=sid, ignore_queue=True)
        return answer

    def _answer(self, event: str, sid: str, args: tuple[Any, ...]) -> Answer:
        viewer = self.viewers.get(sid)
        if viewer is not None:
            # What says how far one has read comes of being sent much, and is no request.
            self._limits.asked(viewer.sid, viewer.address if event != "seen" else None, self._size)
        if event == "malformed":
            raise Refused("malformed")
        if viewer is None or event not in REQUESTS:
            raise Refused("unknown_event", events=", ".join(REQUESTS))
        asked = parse(REQUESTS[event], args)
        if isinstance(asked, Seen):
            return self._saw(viewer, asked)
        if self.watching.has(viewer) and isinstance(asked, Join | Resync):
            return _titled(self.watching.answer(viewer, asked), viewer.language)
        self._permission.check(viewer, event, asked)
        if self.watching.has(viewer) and not isinstance(asked, Enter):
            raise Refused("elsewhere")
        if isinstance(asked, _MAKES):
            self._limits.made(viewer.address)
        made_in = viewer.class_id
        match asked:
            case Enter(key):
                return self._enter(viewer, key)
            case InClass(command):
                return self._do_in_class(viewer, command)
            case Open(scenario, seed):
                return self._watch(viewer, self._rooms.open(scenario, seed, made_in, viewer.shard))
            case Join(room):
                viewer.check_shard(room)
                return self._watch(viewer, room, made=False)
            case Copy(room, at_us):
                return self._watch(viewer, self._sharing.copy(room, at_us, viewer.actor, made_in, near=viewer.shard))
            case Unpack(packed):
                return self._watch(viewer, self._sharing.unpack(packed, viewer.actor, made_in, near=viewer.shard))
            case OpenLesson(slug, step, show):
                opening = self._lesson_opening(slug, step, show)
                return self._watch(viewer, self._rooms.begin(opening, made_in, viewer.shard))
            case Peek(room):
                return Peeked(self._rooms.peek(room))
            case inside:
                return self._answer_inside(viewer, viewer.room_now, inside)

    def _saw(self, viewer: Viewer, seen: Seen) -> Done:
        if self.feeds.seen(viewer, seen.epoch, seen.number) and viewer.room is not None:
            self._rooms.present(viewer.room, self._shower(viewer, viewer.room))
        return Done()

    def _answer_inside(self, viewer: Viewer, room: str, asked: Struct) -> Answer:
        """What only somebody in a room can ask for."""
        match asked:
            case Do(command):
                accepted = self._rooms.submit(room, viewer.actor, command)
                self._metrics.accepted()
                return accepted
            case Resync():
                return _titled(self._rooms.present(room, self._shower(viewer, room)), viewer.language)
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
        left = viewer.room
        joined = self._rooms.join(room, self._shower(viewer, room))
        if left:
            self._rooms.leave(left)
            if left != room:
                self.feeds.leave(viewer, left)
        return _titled(joined, viewer.language)

    def _shower(self, viewer: Viewer, room: str) -> Callable[[Frame], None]:
        """Sends this connection the whole present; from then on it gets what follows."""

        def enter(frame: Frame) -> None:
            # While a log was replayed, the connection may have closed, or its seat been taken from it.
            if viewer.sid not in self.viewers:
                raise Refused("not_in_a_room")
            self._permission.may_watch(viewer, room)
            viewer.room = room
            self._commits.tell(lambda: show(frame), room)

        def show(frame: Frame) -> None:
            if viewer.room == room and viewer.sid in self.viewers:
                self.feeds.show(viewer, frame)
                self.feeds.join(viewer, room)

        return enter

    # In a class

    def _enter(self, viewer: Viewer, key: str) -> Entered:
        # Between the look at the key and the seat, nobody is sent out, and no connection ends.
        with self._rooms.lock:
            named = self._classes.keys.read(key)
            is_apart = self.watching.takes(viewer, named)
            if not is_apart:
                viewer.check_shard(named.class_id)
            seat = self.watching.checked(named) if is_apart else self._classes.seat(key)
            if viewer.sid not in self.viewers:
                raise Refused("not_in_a_room")
            self._leave_class(viewer)
            viewer.seat = seat
            if is_apart:
                return self.watching.enter(viewer, seat)
            self._socketio.server.enter_room(viewer.sid, everybody(seat.class_id))
            if is_staff(seat):
                self._socketio.server.enter_room(viewer.sid, staff(seat.class_id))
            self._classes.arrive(seat, viewer.sid)
            self._classes.present(seat, viewer.sid)
        return Entered(seat.class_id, seat.role)

    def _do_in_class(self, viewer: Viewer, command: ClassCommand) -> Done:
        seat = viewer.seat
        assert seat is not None
        if not isinstance(command, Revoke) or command.link != seat.role:
            return Done(self._classes.do(seat, command))
        # Who changes the lock has the new key, and is not put out with those who have the old one.
        self._classes.depart(seat, viewer.sid)
        try:
            key = self._classes.do(seat, command)
            viewer.seat = self._classes.seat(key or "")
        finally:
            self._classes.arrive(viewer.seat or seat, viewer.sid)
        return Done(key)

    def _leave_class(self, viewer: Viewer) -> None:
        self.watching.leave(viewer)
        seat, viewer.seat = viewer.seat, None
        if seat is None:
            return
        self._classes.depart(seat, viewer.sid)
        for group in (everybody(seat.class_id), staff(seat.class_id)):
            self._socketio.server.leave_room(viewer.sid, group, namespace="/")
        self._leave_room(viewer)

    def _send_out(self, sid: str, _seat: Seat, refused: Refused) -> None:
        """A seat is no longer good: its connection hears why, and is in the class no more."""
        if (viewer := self.viewers.get(sid)) is not None:
            self._leave_class(viewer)
            self._socketio.emit("out", rejected(refused, viewer.language).error, to=sid, ignore_queue=True)


def _titled(joined: Joined, language: Language) -> Joined:
    return msgspec.structs.replace(joined, title=language.title(joined.scenario, joined.title))


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined]
