"""The stream: frames go straight to the sockets, and who does not read them costs a bounded backlog and nobody else."""

import itertools
import json
import queue
import socket
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import websocket

from tests.server import UNLIMITED, Server
from tests.webapp.clients import Client, Raw
from webapp.protocol import ACKNOWLEDGE_EVERY, Frame
from webapp.rooms.pace import Pace
from webapp.stream.feeds import BACKLOG_BYTES, BACKLOG_FRAMES, Feeds
from webapp.stream.viewer import Viewer
from webapp.stream.wire import framed
from webapp.words import ENGLISH


class Line:
    """A connection as Engine.IO has it, whose other end reads nothing: what was sent stays in the queue."""

    upgraded = True
    closed = False

    def __init__(self) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()

    def send(self, packet: Any) -> None:
        self.queue.put(packet)

    def read(self) -> list[dict[str, Any]]:
        """All that waits: the values of the events."""
        return [json.loads(self.queue.get().data[1:])[1] for _ in range(self.queue.qsize())]


class Counted:
    def __init__(self) -> None:
        self.behind = 0

    def sent(self, size: int, straight: int, queued: int) -> None:
        assert size > 0 and straight == 0

    def fell_behind(self) -> None:
        self.behind += 1


def frame(number: int, whole: bool = False, weight: int = 0) -> Frame:
    return Frame("room", "epoch" + "." * weight, number, whole, number, None, 0, Pace(), [], None)


def viewer(sid: str) -> tuple[Viewer, Line]:
    line = Line()
    return Viewer(sid, line, line.send, ENGLISH, "127.0.0.1", ""), line


def test_who_reads_nothing_gets_no_more_than_the_backlog_and_later_the_present() -> None:
    counted = Counted()
    feeds = Feeds(counted)
    (slow, its), (quick, other) = viewer("slow"), viewer("quick")
    for one in (slow, quick):
        feeds.show(one, frame(0, whole=True))
        feeds.join(one, "room")
    for number in range(1, 3 * BACKLOG_FRAMES):
        feeds.publish(frame(number))
        if number % ACKNOWLEDGE_EVERY == 0:
            feeds.seen(quick, "epoch", number)
    assert [told["number"] for told in other.read()] == list(range(3 * BACKLOG_FRAMES))
    read = [told["number"] for told in its.read()]
    assert read == list(range(BACKLOG_FRAMES + 1))
    assert (counted.behind, feeds.behind) == (1, 1)
    # It has read some of it, but not all; or says so of another stay of the room.
    assert not feeds.seen(slow, "epoch", ACKNOWLEDGE_EVERY)
    assert not feeds.seen(slow, "other", read[-1])
    assert feeds.seen(slow, "epoch", read[-1])
    feeds.show(slow, frame(500, whole=True))
    assert feeds.behind == 0
    feeds.publish(frame(501))
    assert [told["number"] for told in its.read()] == [500, 501]


def test_a_few_large_frames_are_a_backlog_as_well_but_one_always_goes() -> None:
    feeds = Feeds(Counted())
    slow, its = viewer("slow")
    feeds.show(slow, frame(0, whole=True))
    feeds.join(slow, "room")
    for number in range(1, 6):
        feeds.publish(frame(number, weight=BACKLOG_BYTES * 2 // 3))
    assert [told["number"] for told in its.read()] == [0, 1, 2]
    assert feeds.seen(slow, slow.epoch, 2)
    feeds.show(slow, frame(5, whole=True))
    feeds.publish(frame(6, weight=BACKLOG_BYTES * 2))
    assert [told["number"] for told in its.read()] == [5, 6]


def test_whoever_leaves_gets_no_more() -> None:
    feeds = Feeds(Counted())
    one, its = viewer("one")
    feeds.show(one, frame(0, whole=True))
    feeds.join(one, "room")
    feeds.leave(one, "room")
    feeds.publish(frame(1))
    assert [told["number"] for told in its.read()] == [0]
    assert feeds.viewers(["room"]) == []


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_message_is_framed_as_the_protocol_has_it(size: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        text = ("ä" + "x" * size)[:size]
        ours.sendall(framed(text)[:100_000])
        reader = websocket.WebSocket()
        reader.sock = theirs
        ours.setblocking(False)
        rest = framed(text)[100_000:]
        sent = ours.send(rest) if rest else 0
        assert sent == len(rest)
        assert reader.recv() == text


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data"), QUORUMSCOPE_METRICS="on", **UNLIMITED) as server:
        yield server
        assert "Traceback" not in server.errors, server.errors


def metric(server: Server, name: str) -> float:
    with urllib.request.urlopen(f"{server.address}metrics") as told:
        return sum(
            float(line.rpartition(" ")[2])
            for line in told.read().decode().splitlines()
            if line.startswith((f"{name} ", f"{name}{{"))
        )


def lively(raw: Raw) -> str:
    """A room in which something happens in every tick; its id."""
    room = raw.ask("open", {"seed": 3})["room"]
    for command in ({"type": "configure", "gossip_every_us": 1_000}, {"type": "set_speed", "speed": 0.1}):
        assert raw.ask("command", {"command": command})["accepted"]
    return str(room)


def test_frames_go_straight_to_the_sockets(measured: Server) -> None:
    """What the stream uses of its libraries is still as it was: otherwise all would go through the queues."""
    with Client(measured) as client:
        client.open()
        client.do("configure", gossip_every_us=1_000)
        before = metric(measured, "quorumscope_frames_straight_total")
        count = len(client.frames)
        client.until(lambda: len(client.frames) >= count + 10)
        assert metric(measured, "quorumscope_frames_straight_total") >= before + 9


def test_what_comes_on_a_socket_leaves_nothing_to_the_collector(measured: Server) -> None:
    """Whatever only the collector can take away is a pause for everybody, some time later."""
    events = 2_000
    with Raw(measured) as line:
        epoch = "some other stay"
        line.ask("open", {"seed": 1})
        before = metric(measured, "python_gc_objects_collected_total")
        for number in range(events):
            line.send(f'42["seen",{json.dumps({"epoch": epoch, "number": number})}]')
        assert line.ask("digest", {})["seq"] == 0
        collected = metric(measured, "python_gc_objects_collected_total") - before
    assert collected < events, "less than one object for each"


def test_who_stops_reading_is_held_back_and_nobody_else(measured: Server) -> None:
    with Raw(measured, small=True) as slow, Client(measured) as other:
        other.join(lively(slow))
        fell = metric(measured, "quorumscope_fell_behind_total")
        count = len(other.frames)
        # It reads nothing meanwhile. The other one hears of everything, without a gap.
        other.until(lambda: len(other.frames) > count + 2 * BACKLOG_FRAMES, 60)
        other.world()
        assert metric(measured, "quorumscope_fell_behind_total") >= fell + 1
        frames = drained(slow)
        numbers = [told["number"] for told in frames]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert len(numbers) <= BACKLOG_FRAMES + 1
        slow.send("42" + json.dumps(["seen", {"epoch": frames[-1]["epoch"], "number": numbers[-1]}]))
        found = next(told for told in frames_of(slow) if told["number"] > numbers[-1])
        assert found["whole"]
        assert found["number"] > numbers[-1] + BACKLOG_FRAMES // 2


def frames_of(raw: Raw) -> Iterator[dict[str, Any]]:
    for _ in itertools.count():
        raw._receive()
        yield from (event[1] for event in raw.events if event[0] == "frame")
        raw.events.clear()


def drained(raw: Raw) -> list[dict[str, Any]]:
    """All frames that have been sent to it, until no more come."""
    raw.socket.settimeout(1.0)
    frames: list[dict[str, Any]] = []
    deadline = time.monotonic() + 20
    try:
        for one in frames_of(raw):
            frames.append(one)
            assert time.monotonic() < deadline, "they do not end"
    except websocket.WebSocketTimeoutException:
        raw.socket.settimeout(10.0)
    return frames
