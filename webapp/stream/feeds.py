"""Who watches which room, and sending each frame to all of them.

A frame is encoded once and written straight to the sockets. Viewers say from time to time how far they have read. Who
is too far behind gets no more until it has read what it was sent; then it gets the whole present. So a viewer that is
slow, or reads nothing at all, costs a bounded backlog, and the others nothing.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

from engineio.packet import MESSAGE, Packet
from msgspec import Struct
from socketio.packet import EVENT

from webapp.packets import PlainPacket
from webapp.protocol import ACKNOWLEDGE_EVERY, Frame
from webapp.stream.viewer import Viewer
from webapp.stream.wire import Wire, framed

# So many frames, or so many bytes of them, may be on their way to a viewer: some seconds of a lively cluster.
BACKLOG_FRAMES = 6 * ACKNOWLEDGE_EVERY
BACKLOG_BYTES = 4_000_000


class Counter(Protocol):
    """Who counts what is sent, for whoever keeps the site."""

    def sent(self, size: int, straight: int, queued: int) -> None:
        """A message of so many bytes went straight to the sockets of so many viewers, and into the queues of others."""

    def fell_behind(self) -> None: ...


class _Feed:
    """The viewers of a room. ``last`` is the number of the frame that was published last; ``totals`` says, for each of
    the last frames, how many bytes had been published when it was."""

    def __init__(self) -> None:
        self.viewers: dict[str, Viewer] = {}
        self.totals: deque[int] = deque(maxlen=BACKLOG_FRAMES + 1)
        self.last = 0

    def took(self, number: int, size: int) -> None:
        self.last = number
        self.totals.append((self.totals[-1] if self.totals else 0) + size)

    def bytes_since(self, number: int) -> int:
        """How many bytes the frames after this one have; at least those of the frames that are still known."""
        behind = self.last - number
        if behind <= 0 or not self.totals:
            return 0
        before = self.totals[-1 - behind] if behind < len(self.totals) else self.totals[0]
        return self.totals[-1] - before


class Feeds:
    """``counter`` hears what was sent."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._feeds: dict[str, _Feed] = {}

    def join(self, viewer: Viewer, room: str) -> None:
        """From here on the viewer gets the room's frames; the whole present goes to it first (``show``)."""
        self._feeds.setdefault(room, _Feed()).viewers[viewer.sid] = viewer

    def leave(self, viewer: Viewer, room: str) -> None:
        feed = self._feeds.get(room)
        if feed is not None:
            feed.viewers.pop(viewer.sid, None)
            if not feed.viewers:
                del self._feeds[room]

    def viewers(self, rooms: Iterable[str]) -> list[Viewer]:
        """All who watch one of these rooms."""
        return [viewer for room in rooms if room in self._feeds for viewer in self._feeds[room].viewers.values()]

    def publish(self, frame: Frame) -> None:
        """Send a frame to all who watch its room and are not behind."""
        feed = self._feeds.get(frame.room)
        if feed is None:
            return
        message = Message("frame", frame)
        feed.took(frame.number, message.size)
        straight = queued = 0
        for viewer in list(feed.viewers.values()):
            if viewer.behind_after is not None:
                continue
            if self._is_behind(viewer, feed, frame):
                viewer.behind_after = frame.number - 1
                self._counter.fell_behind()
                continue
            if message.send(viewer):
                straight += 1
            else:
                queued += 1
        self._counter.sent(message.size, straight, queued)

    @staticmethod
    def _is_behind(viewer: Viewer, feed: _Feed, frame: Frame) -> bool:
        return frame.number - viewer.seen > BACKLOG_FRAMES or (
            frame.number - viewer.seen > 1 and feed.bytes_since(viewer.seen) > BACKLOG_BYTES
        )

    def show(self, viewer: Viewer, frame: Frame) -> None:
        """Send a viewer the whole present of a room. What follows counts from there."""
        viewer.epoch, viewer.seen, viewer.behind_after = frame.epoch, frame.number, None
        message = Message("frame", frame)
        # It goes with the answer to what was asked for, and so by the queue as that does.
        message.post(viewer)
        self._counter.sent(message.size, 0, 1)

    def tell(self, rooms: Iterable[str], event: str, value: Struct) -> None:
        """Send an event to all who watch one of these rooms."""
        message = Message(event, value)
        for viewer in self.viewers(rooms):
            message.send(viewer)

    @property
    def watching(self) -> int:
        """How many viewers there are."""
        return sum(len(feed.viewers) for feed in self._feeds.values())

    @property
    def behind(self) -> int:
        """How many viewers are behind."""
        return sum(v.behind_after is not None for feed in self._feeds.values() for v in feed.viewers.values())

    def seen(self, viewer: Viewer, epoch: str, number: int) -> bool:
        """A viewer says which frame it has. True: it has caught up with what it was sent, and is to be shown the whole
        present."""
        if epoch != viewer.epoch or number <= viewer.seen:
            return False
        viewer.seen = number
        return viewer.behind_after is not None and number > viewer.behind_after - ACKNOWLEDGE_EVERY


class Message:
    """An event, encoded once however many it goes to."""

    def __init__(self, event: str, value: Any) -> None:
        text = PlainPacket(EVENT, data=[event, value]).encode()
        assert isinstance(text, str)
        self._packet = Packet(MESSAGE, text)
        self._framed = framed(self._packet.encode())
        self.size = len(self._framed)

    def send(self, viewer: Viewer) -> bool:
        """Answers whether it went straight to the socket."""
        line = viewer.line
        wire: Wire | None = getattr(line, "wire", None)
        # What waits in the queue was said before.
        if wire is not None and line.upgraded and not line.closed and line.queue.empty() and wire.is_free:
            wire.write(self._framed)
            return True
        self.post(viewer)
        return False

    def post(self, viewer: Viewer) -> None:
        """Send it after all that was sent before."""
        viewer.post(self._packet)
