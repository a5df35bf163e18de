"""The Socket.IO events: parse, ask the rooms, answer. No rule of the cluster is here."""

import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
from flask import request
from flask_socketio import SocketIO, join_room, leave_room
from msgspec import Struct

from engine.outcomes import Refused
from webapp.languages import spoken
from webapp.protocol import (
    REQUESTS,
    Accepted,
    Branches,
    Copy,
    Digest,
    Do,
    Fingerprint,
    Fork,
    Frame,
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

Answer: TypeAlias = Joined | Accepted | Branches | Peeked | Shared | Digest

_log = logging.getLogger(__name__)

TICK_S = 0.03


class Viewer:
    """One connection. ``actor`` is its name in the logs of the rooms it acts in; it is answered in its ``language``."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.actor = f"viewer-{secrets.token_hex(4)}"
        self.room: str | None = None


class Sockets:
    """Binds the events of ``socketio`` to ``rooms``."""

    def __init__(self, socketio: SocketIO, rooms: Rooms, lesson_opening: LessonOpening) -> None:
        self._socketio = socketio
        self._rooms = rooms
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
            self._socketio.sleep(TICK_S)

    def _connect(self, _auth: object = None) -> None:
        self._viewers[_sid()] = Viewer(spoken())

    def _disconnect(self, *_reason: object) -> None:
        viewer = self._viewers.pop(_sid(), None)
        if viewer and viewer.room:
            self._rooms.leave(viewer.room)

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
        match parse(REQUESTS[event], args):
            case Open(scenario, seed):
                return self._watch(viewer, self._rooms.open(scenario, seed))
            case Join(room):
                return self._watch(viewer, room)
            case Copy(room, at_us):
                return self._watch(viewer, self._sharing.copy(room, at_us, viewer.actor))
            case Unpack(packed):
                return self._watch(viewer, self._sharing.unpack(packed, viewer.actor))
            case OpenLesson(slug, step, show):
                return self._watch(viewer, self._rooms.begin(self._lesson_opening(slug, step, show)))
            case Peek(room):
                return Peeked(self._rooms.peek(room))
            case inside:
                return self._answer_inside(viewer, _room_of(viewer), inside)

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

    def _watch(self, viewer: Viewer, room: str) -> Joined:
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
            # While a log was replayed, the connection may have closed.
            if sid not in self._viewers:
                raise Refused("not_in_a_room")
            join_room(room, sid)
            self._socketio.emit("frame", frame, to=sid)

        return enter


def _titled(joined: Joined, language: Language) -> Joined:
    return msgspec.structs.replace(joined, title=language.title(joined.scenario, joined.title))


def _room_of(viewer: Viewer) -> str:
    if viewer.room is None:
        raise Refused("not_in_a_room")
    return viewer.room


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined]
