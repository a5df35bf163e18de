"""The Socket.IO events: parse, ask the rooms, answer. No rule of the cluster is here."""

import logging
import secrets
from collections.abc import Callable
from typing import Any

from flask import request
from flask_socketio import SocketIO, join_room, leave_room
from msgspec import Struct

from engine.outcomes import Refused
from webapp.protocol import REQUESTS, Accepted, Do, Frame, Join, Joined, Open, Rejected, Resync, parse, rejected
from webapp.rooms.manager import Rooms

_log = logging.getLogger(__name__)

TICK_S = 0.05


class Viewer:
    """One connection. ``actor`` is its name in the logs of the rooms it acts in."""

    def __init__(self) -> None:
        self.actor = f"viewer-{secrets.token_hex(4)}"
        self.room: str | None = None


class Sockets:
    """Binds the events of ``socketio`` to ``rooms``."""

    def __init__(self, socketio: SocketIO, rooms: Rooms) -> None:
        self._socketio = socketio
        self._rooms = rooms
        self._viewers: dict[str, Viewer] = {}
        socketio.on_event("connect", self._connect)
        socketio.on_event("disconnect", self._disconnect)
        # Everything else comes in by one door, so that no event can be answered with silence.
        socketio.on_event("*", self._on_any)

    def publish(self, frame: Frame) -> None:
        """Send a frame, once, to all who watch its room."""
        self._socketio.emit("frame", frame, to=frame.room)

    def tick_for_ever(self) -> None:
        while True:
            self._rooms.tick()
            self._socketio.sleep(TICK_S)

    def _connect(self, _auth: object = None) -> None:
        self._viewers[_sid()] = Viewer()

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
        answer = rejected(refused)
        if event == "malformed":
            # Bytes that are no packet cannot ask for an acknowledgement: the error goes out as an event.
            self._socketio.emit("error", answer.error, to=_sid())
        return answer

    def _answer(self, event: str, args: tuple[Any, ...]) -> Joined | Accepted:
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
            case Do(command):
                return self._rooms.submit(_room_of(viewer), viewer.actor, command)
            case Resync():
                return self._rooms.present(_room_of(viewer), self._shower(_room_of(viewer)))
        raise Refused("unknown_event", events=", ".join(REQUESTS))

    def _watch(self, viewer: Viewer, room: str) -> Joined:
        joined = self._rooms.join(room, self._shower(room))
        if viewer.room:
            self._rooms.leave(viewer.room)
            if viewer.room != room:
                leave_room(viewer.room)
        viewer.room = room
        return joined

    def _shower(self, room: str) -> Callable[[Frame], None]:
        """Sends this connection the whole present; from then on it gets what follows."""
        sid = _sid()

        def enter(frame: Frame) -> None:
            join_room(room, sid)
            self._socketio.emit("frame", frame, to=sid)

        return enter


def _room_of(viewer: Viewer) -> str:
    if viewer.room is None:
        raise Refused("not_in_a_room")
    return viewer.room


def _sid() -> str:
    return request.sid  # type: ignore[attr-defined]
