"""Two clients for tests: one that keeps to the protocol, and one that sends whatever bytes it is told to."""

import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import engineio
import socketio
import websocket

from tests.server import Server
from webapp.protocol import ACKNOWLEDGE_EVERY

ANSWER_WITHIN_S = 10.0

Entity = tuple[str, str]


class _InOrder(engineio.Client):
    """The stock client hands each packet to a thread of its own, and they may overtake each other."""

    def _trigger_event(self, event: str, *args: Any, **how: Any) -> Any:
        return super()._trigger_event(event, *args, **{**how, "run_async": False} if event == "message" else how)


class _SocketIo(socketio.Client):
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _InOrder


class Client:
    """A viewer on the stock Socket.IO client. ``frames`` are all that came, in order."""

    def __init__(self, server: Server, transport: str = "websocket", query: str = "") -> None:
        self.server = server
        self.frames: list[dict[str, Any]] = []
        self.errors: list[dict[str, Any]] = []
        self.branches: list[dict[str, Any]] = []
        self._seen = 0
        self._news = threading.Condition()
        self._socket = _SocketIo(reconnection=False, handle_sigint=False)
        self._socket.on("frame", self._take_frame)
        self._socket.on("error", self._take_error)
        self._socket.on("branches", self._take_branches)
        self._socket.connect(f"{server.address}?{query}", transports=[transport])

    def _take_frame(self, frame: dict[str, Any]) -> None:
        if frame["whole"] or frame["number"] - self._seen >= ACKNOWLEDGE_EVERY:
            self._seen = frame["number"]
            self._socket.emit("seen", {"epoch": frame["epoch"], "number": frame["number"]})
        with self._news:
            self.frames.append(frame)
            self._news.notify_all()

    def _take_error(self, error: dict[str, Any]) -> None:
        with self._news:
            self.errors.append(error)
            self._news.notify_all()

    def _take_branches(self, branches: dict[str, Any]) -> None:
        with self._news:
            self.branches.append(branches)
            self._news.notify_all()

    @property
    def transport(self) -> str:
        return str(self._socket.transport())

    @property
    def room(self) -> str:
        return str(self.frames[-1]["room"])

    def ask(self, event: str, *args: Any) -> dict[str, Any]:
        answer = self._socket.call(event, tuple(args), timeout=ANSWER_WITHIN_S)
        assert isinstance(answer, dict), answer
        return answer

    def open(self, seed: int = 7) -> str:
        """Open a room, and answer its id once its whole frame is there."""
        answer = self.ask("open", {"seed": seed})
        assert answer["accepted"], answer
        self.until(lambda: any(f["whole"] and f["room"] == answer["room"] for f in self.frames))
        return str(answer["room"])

    def join(self, room: str) -> dict[str, Any]:
        """Join a room, and answer its whole frame."""
        return self.enter("join", room=room)

    def enter(self, event: str, **arguments: Any) -> dict[str, Any]:
        """Ask for what leads into another room, and answer that room's whole frame."""
        before = len(self.frames)
        answer = self.ask(event, arguments)
        assert answer["accepted"], answer
        whole = self.whole_after(before)
        assert whole["room"] == answer["room"]
        return whole

    def whole_after(self, before: int) -> dict[str, Any]:
        self.until(lambda: any(f["whole"] for f in self.frames[before:]))
        return next(f for f in self.frames[before:] if f["whole"])

    def resync(self) -> dict[str, Any]:
        before = len(self.frames)
        assert self.ask("resync", {})["accepted"]
        return self.whole_after(before)

    def command(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self.ask("command", {"command": {"type": kind, **fields}})

    def do(self, kind: str, **fields: Any) -> int:
        """A command that must be accepted; its seq."""
        answer = self.command(kind, **fields)
        assert answer["accepted"], answer
        return int(answer["seq"])

    def until(self, holds: Callable[[], bool], within_s: float = ANSWER_WITHIN_S) -> None:
        with self._news:
            assert self._news.wait_for(holds, within_s), f"it did not come; {len(self.frames)} frames did"

    def world(self) -> dict[Entity, dict[str, Any]]:
        with self._news:
            return fold(self.frames)

    def operations(self) -> list[dict[str, Any]]:
        return [fields for (kind, _), fields in self.world().items() if kind == "operation"]

    def close(self) -> None:
        with suppress(Exception):
            self._socket.disconnect()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def fold(frames: list[dict[str, Any]]) -> dict[Entity, dict[str, Any]]:
    """What a page knows after these frames; asserts that they are numbered without a gap."""
    world: dict[Entity, dict[str, Any]] = {}
    expected: tuple[str, int] | None = None
    for frame in frames:
        if frame["whole"]:
            world = {}
        else:
            assert (frame["epoch"], frame["number"]) == expected, "frames are numbered without a gap"
        expected = (frame["epoch"], frame["number"] + 1)
        for change in frame["changes"]:
            key = (change["kind"], change["id"])
            if change["fields"] is None:
                world.pop(key, None)
            else:
                world[key] = change["fields"]
    return world


def lasting(world: dict[Entity, dict[str, Any]]) -> dict[Entity, dict[str, Any]]:
    """Without what is only told as it happens: the narration, and messages that have arrived."""
    return {
        key: fields
        for key, fields in world.items()
        if key[0] != "note" and (key[0] != "message" or fields["fate"] == "in_flight")
    }


class Raw:
    """A connection that sends any bytes. It answers pings and keeps acknowledgements and events."""

    def __init__(
        self, server: Server, connect: bool = True, small: bool = False, header: dict[str, str] | None = None
    ) -> None:
        """``small``: its socket takes little before somebody reads from it."""
        address = server.address.replace("http://", "ws://") + "socket.io/?EIO=4&transport=websocket"
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)] if small else []
        # That what comes is UTF-8 would be seen byte by byte, in Python: it takes longer than all the rest.
        self.socket = websocket.create_connection(
            address, timeout=ANSWER_WITHIN_S, skip_utf8_validation=True, sockopt=options, header=header
        )
        self.answers: dict[int, Any] = {}
        self.events: list[list[Any]] = []
        self._ids = 0
        self._take(self.socket.recv())
        if connect:
            self.send("40")
            while not str(self.socket.recv()).startswith("40"):
                pass

    def send(self, text: str) -> None:
        self.socket.send(text)

    def send_binary(self, data: bytes) -> None:
        self.socket.send_binary(data)

    def ask(self, event: str, *args: Any) -> Any:
        return self.ask_raw(json.dumps([event, *args]))

    def ask_raw(self, text: str) -> Any:
        """Send an event of this JSON, which wants an acknowledgement; the answer to it."""
        self._ids += 1
        self.send(f"42{self._ids}{text}")
        return self.answer(self._ids)

    def answer(self, number: int) -> Any:
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while number not in self.answers:
            assert time.monotonic() < deadline, f"no answer within {ANSWER_WITHIN_S} s"
            self._receive()
        (answer,) = self.answers.pop(number)
        return answer

    def error(self) -> Any:
        """The next ``error`` event; None if the connection is closed instead."""
        try:
            while True:
                for event in self.events:
                    if event[0] == "error":
                        self.events.remove(event)
                        return event[1]
                self._receive()
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return None

    def _receive(self) -> None:
        text = self.socket.recv()
        if text == "":
            raise websocket.WebSocketConnectionClosedException("closed")
        self._take(str(text))

    def _take(self, text: str | bytes) -> None:
        text = str(text)
        if text == "2":
            self.send("3")
        elif text.startswith("42"):
            self.events.append(json.loads(text[2:]))
        elif text.startswith("43"):
            digits = text[2 : text.index("[")]
            self.answers[int(digits)] = json.loads(text[2 + len(digits) :])

    def close(self) -> None:
        with suppress(Exception):
            self.socket.shutdown()

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
