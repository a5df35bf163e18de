"""Hundreds of connections in one process, and what they see: for the benches.

A ``Line`` keeps to the protocol as the page does: it answers pings, numbers its frames, asks anew after a gap, and
says from time to time how far it has read. What comes is read by picows, and a frame that many get is decoded once, so
that the crowd measures the server and not itself; ``measuring.Lags`` says whether it did.

A change is *late* by how much later it came than its virtual time says. Server and crowd have one clock
(``time.monotonic``), but a frame says only what its room's clock showed when it was made, not since when that clock has
run. So the most punctual frame of a room counts as if it had come at once, and the others by how much more they took.
Of that, *under way* is what passed since the frame was made; before that, the change waited for the next tick.
"""

import asyncio
import functools
import math
import socket
import time
from array import array
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from webapp.protocol import ACKNOWLEDGE_EVERY
from webapp.rooms.pace import Pace

ANSWER_WITHIN_S = 30.0


class NotAccepted(Exception):
    """A request was refused; the message is the code of why."""


class At(Struct, gc=False):
    """As much of a change as is looked at."""

    at_us: int


class Heard(Struct):
    """As much of a frame as is looked at."""

    room: str
    epoch: str
    number: int
    whole: bool
    now_us: int
    pace: Pace
    changes: list[At]


_frame = msgspec.json.Decoder(tuple[str, Heard])


@functools.lru_cache(maxsize=1024)
def _heard(packet: bytes) -> Heard:
    """A class gets the same bytes hundreds of times."""
    return _frame.decode(packet[2:])[1]


class Watched:
    """A room that some of the crowd watch. A room that nobody watches stands still: whoever comes then begins a new
    stretch, with a most punctual frame of its own."""

    def __init__(self) -> None:
        self.viewers = 0
        self._late_ms: list[float] = []
        self._under_way_ms: list[float] = []
        # Of this stretch, by frame: seconds on the crowd's clock less those on the room's.
        self._soonest_s = math.inf
        self._changes_s = array("d")
        self._frames_s = array("d")

    def join(self) -> None:
        if self.viewers == 0:
            self._late_ms, self._under_way_ms = self.late_ms(), self.under_way_ms()
            self._soonest_s = math.inf
            del self._changes_s[:], self._frames_s[:]
        self.viewers += 1

    def leave(self) -> None:
        self.viewers -= 1

    def take(self, frame: Heard, wall_s: float) -> None:
        under_way_s = wall_s - frame.now_us / 1e6 / frame.pace.speed
        self._soonest_s = min(self._soonest_s, under_way_s)
        self._frames_s.append(under_way_s)
        self._changes_s.append(wall_s - frame.changes[0].at_us / 1e6 / frame.pace.speed)

    def late_ms(self) -> list[float]:
        return self._late_ms + [1000 * (one - self._soonest_s) for one in self._changes_s]

    def under_way_ms(self) -> list[float]:
        return self._under_way_ms + [1000 * (one - self._soonest_s) for one in self._frames_s]

    def begin_anew(self) -> None:
        """What was the most punctual so far still is."""
        del self._late_ms[:], self._under_way_ms[:], self._changes_s[:], self._frames_s[:]


class Crowd:
    """What all the lines of a process have in common: the server, and the rooms that they watch."""

    def __init__(self, address: str, *, acknowledges: bool = True) -> None:
        self.address = address
        self.acknowledges = acknowledges
        self.rooms: dict[str, Watched] = {}
        self.lines = 0
        # Requests that were to be asked again later, and what was refused to those who ``act``, by its code.
        self.waits = 0
        self.refused: Counter[str] = Counter()

    async def line(self, *, socket_factory: Callable[[Any], socket.socket] | None = None) -> "Line":
        """A new connection, once the server has taken it."""
        line = Line(self, self.lines)
        self.lines += 1
        url = self.address.replace("http://", "ws://") + "socket.io/?EIO=4&transport=websocket"
        await ws_connect(lambda: line, url, socket_factory=socket_factory, websocket_handshake_timeout=ANSWER_WITHIN_S)
        line.send("40")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await line.is_connected.wait()
        return line

    async def member(self, key: str) -> "Line":
        """Somebody who comes into a class and watches its stage; the whole frame is there."""
        line = await self.line()
        await line.come(key)
        return line


class Line(WSListener):
    """One connection. ``bytes`` are those of the WebSocket messages that came, their heads included; ``keeps``, if
    there is such a list, gets every message with its time. ``number`` is that of the last frame."""

    def __init__(self, crowd: Crowd, place: int) -> None:
        self.bytes = 0
        self.frames = 0
        self.wholes = 0
        self.gaps = 0
        self.room: str | None = None
        self.keeps: list[tuple[float, bytes]] | None = None
        self.is_connected = asyncio.Event()
        self.is_closed = False
        # What events other than frames said last, by their names.
        self._told: dict[str, bytes] = {}
        self._news = asyncio.Event()
        self._crowd = crowd
        # Not all say at the same moment what they have read.
        self._turn = place % ACKNOWLEDGE_EVERY
        self.epoch, self.number = "", 0
        self._watched: Watched | None = None
        self._ids = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}

    # What comes

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, _transport: WSTransport) -> None:
        self.is_closed = True
        self._watch(None)
        self._news.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection was closed"))

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        wall_s = time.monotonic()
        size = frame.payload_size
        self.bytes += size + (2 if size < 126 else 4 if size < 1 << 16 else 10)
        if frame.msg_type is not WSMsgType.TEXT:
            return
        packet = frame.get_payload_as_bytes()
        if self.keeps is not None:
            self.keeps.append((wall_s, packet))
        if packet.startswith(b'42["frame"'):
            self._take(_heard(packet), wall_s)
        elif packet == b"2":
            self.send("3")
        elif packet.startswith(b"43"):
            begin = packet.index(b"[")
            answer = self._answers.pop(int(packet[2:begin]), None)
            if answer is not None and not answer.done():
                answer.set_result(msgspec.json.decode(packet[begin:])[0])
        elif packet.startswith(b"42"):
            self._told[packet[4 : packet.index(b'"', 4)].decode()] = packet
            self._news.set()
        elif packet.startswith(b"40"):
            self.is_connected.set()

    def _take(self, frame: Heard, wall_s: float) -> None:
        self.frames += 1
        if frame.whole:
            self.wholes += 1
            if self._watched is None or frame.room != self.room:
                self._watch(self._crowd.rooms.setdefault(frame.room, Watched()))
            self.room, self.epoch, self.number = frame.room, frame.epoch, frame.number
            self._acknowledge()
            self._news.set()
        elif frame.epoch != self.epoch or frame.number > self.number + 1:
            self.gaps += 1
            self.tell("resync")
        elif frame.number > self.number:
            self.number = frame.number
            if frame.number % ACKNOWLEDGE_EVERY == self._turn:
                self._acknowledge()
            if frame.pace.running and frame.changes and self._watched is not None:
                self._watched.take(frame, wall_s)

    def _watch(self, watched: Watched | None) -> None:
        if self._watched is not None:
            self._watched.leave()
        self._watched = watched
        if watched is not None:
            watched.join()

    def _acknowledge(self) -> None:
        if self._crowd.acknowledges:
            self.tell("seen", epoch=self.epoch, number=self.number)

    # What goes

    def send(self, text: str) -> None:
        self.transport.send(WSMsgType.TEXT, text.encode())

    def tell(self, event: str, /, **fields: Any) -> None:
        """Something that wants no answer."""
        self.transport.send(WSMsgType.TEXT, b"42" + msgspec.json.encode([event, fields]))

    async def ask(self, event: str, /, **fields: Any) -> dict[str, Any]:
        """The answer."""
        self._ids += 1
        answer = self._answers[self._ids] = asyncio.get_running_loop().create_future()
        self.transport.send(WSMsgType.TEXT, f"42{self._ids}".encode() + msgspec.json.encode([event, fields]))
        # Not wait_for: in Python 3.11, it forgets that it was cancelled if the answer comes at that moment.
        async with asyncio.timeout(ANSWER_WITHIN_S):
            told: dict[str, Any] = await answer
            return told

    async def must(self, event: str, /, **fields: Any) -> dict[str, Any]:
        """The answer, once it is accepted: if it is to be asked again after some seconds, it is. Raises NotAccepted."""
        while not (answer := await self.ask(event, **fields))["accepted"]:
            if not (retry_s := answer["error"].get("retry_s")):
                raise NotAccepted(answer["error"]["code"])
            self._crowd.waits += 1
            await asyncio.sleep(retry_s)
        return answer

    async def does(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """A command to the room."""
        return await self.must("command", command={"type": kind, **fields})

    async def asks(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """A command to the class."""
        return await self.must("class", command={"type": kind, **fields})

    async def goes(self, event: str, /, **fields: Any) -> dict[str, Any]:
        """Into another room; the answer, once the whole frame is there."""
        before = self.wholes
        answer = await self.must(event, **fields)
        await self.until(lambda: self.wholes > before)
        return answer

    async def come(self, key: str) -> None:
        """Into the class, and to its stage."""
        await self.must("enter", key=key)
        await self.until(lambda: "class" in self._told)
        await self.goes("join", room=self.told("class")["stage"])

    async def go_home(self) -> None:
        """To where one belongs in the class, as the page would."""
        await self.asks("take_place")
        await self.until(lambda: bool(self.told("seat").get("room")))
        await self.goes("join", room=self.told("seat")["room"])

    def told(self, event: str) -> dict[str, Any]:
        """What an event said last; {} if it has not come."""
        packet = self._told.get(event)
        return {} if packet is None else msgspec.json.decode(packet[2:])[1]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while not holds():
                if self.is_closed:
                    raise ConnectionError("the connection was closed")
                self._news.clear()
                await self._news.wait()

    def drop(self) -> None:
        """As when the network goes: nobody says good-bye."""
        self.transport.disconnect(graceful=False)


# Those who act


async def act(crowd: Crowd, line: Line, client: str, every_s: float, first_after_s: float = 0.0) -> list[float]:
    """Write and read by turns, until cancelled or cut off; the ms that each answer took."""
    waited_ms: list[float] = []
    with suppress(asyncio.CancelledError, ConnectionError):
        await asyncio.sleep(first_after_s)
        while True:
            began_s = time.monotonic()
            kind = {"type": "read"} if len(waited_ms) % 2 else {"type": "write", "value": f"v{len(waited_ms)}"}
            answer = await line.ask("command", command={**kind, "client": client, "key": "x"})
            waited_ms.append(1000 * (time.monotonic() - began_s))
            if not answer["accepted"]:
                crowd.refused[answer["error"]["code"]] += 1
            await asyncio.sleep(max(0.0, began_s + every_s - time.monotonic()))
    return waited_ms


async def gathered(count: int, come: Callable[[int], Any], at_once: int = 16) -> list[Any]:
    """What ``come`` of 0 to ``count`` - 1 answers; so many are on their way at the same time."""
    free = asyncio.Semaphore(at_once)

    async def one(number: int) -> Any:
        async with free:
            return await come(number)

    return list(await asyncio.gather(*(one(number) for number in range(count))))
