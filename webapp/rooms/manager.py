"""All rooms of this process: opening, finding, watching, ticking, and letting them sleep."""

import logging
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from engine import ENGINE_VERSION, SCENARIOS
from engine.outcomes import Refused
from webapp.protocol import Accepted, Frame, Joined, RoomCommand
from webapp.rooms.room import Room
from webapp.store.log_store import LogStore, RoomRow, SeqTaken, StoreFailed

# A room that nobody has watched for so long leaves memory; its log brings it back.
SLEEP_AFTER_S = 60.0

# How much of a running room's clock a crash may cost. Commands cost nothing: they are in the log.
MARK_EVERY_S = 1.0

_log = logging.getLogger(__name__)

T = TypeVar("T")

Publish = Callable[[Frame], None]
Clock = Callable[[], float]


class Rooms:
    """``publish`` gets each frame once, in order, for all who watch its room; ``clock`` gives wall seconds."""

    def __init__(self, store: LogStore, publish: Publish, clock: Clock) -> None:
        self._store = store
        self._publish = publish
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._marked: dict[str, int] = {}
        self._next_mark_s = 0.0
        # One lock for all: what is done under it is short, and the interpreter runs one thread at a time anyway.
        self._lock = threading.RLock()

    def open(self, scenario: str, seed: int | None) -> str:
        """Make a room and answer its id. Raises Refused."""
        if scenario not in SCENARIOS:
            raise Refused("unknown_scenario", "scenario")
        room_id = _new_id()
        row = RoomRow(room_id, ENGINE_VERSION, scenario, secrets.randbits(53) if seed is None else seed)
        with self._lock:
            self._stored(lambda: self._store.create(row))
        return room_id

    def exists(self, room_id: str) -> bool:
        with self._lock:
            return self._stored(lambda: self._store.room(room_id)) is not None

    def join(self, room_id: str, enter: Callable[[Frame], None]) -> Joined:
        """Begin to watch. ``enter`` is called with the whole present, between two frames. Raises Refused."""
        with self._lock:
            self._awake(room_id).join(self._clock())
            return self.present(room_id, enter)

    def leave(self, room_id: str) -> None:
        with self._lock:
            if room := self._rooms.get(room_id):
                room.leave(self._clock())

    def present(self, room_id: str, enter: Callable[[Frame], None]) -> Joined:
        """The whole present once more, for a viewer who missed a frame. Raises Refused."""
        with self._lock:
            room = self._awake(room_id)
            self._tell(room)
            enter(room.whole())
            row = room.row
            return Joined(row.id, row.scenario, SCENARIOS[row.scenario].title, row.seed)

    def submit(self, room_id: str, actor: str, command: RoomCommand) -> Accepted:
        """Raises Refused."""
        with self._lock:
            room = self._awake(room_id)
            try:
                return self._stored(lambda: room.submit(actor, command, self._clock()))
            except SeqTaken:
                room = self._take_up_again(room)
                raise Refused("moved") from None
            finally:
                self._tell(room)

    def _take_up_again(self, outrun: Room) -> Room:
        """The log has gone on without this process: read it anew, and show everybody what it says."""
        del self._rooms[outrun.row.id]
        room = self._awake(outrun.row.id)
        room.viewers = outrun.viewers
        self._publish(room.whole())
        return room

    def tick(self) -> None:
        """Let every watched room catch up with the wall clock, and the others sleep in time."""
        with self._lock:
            wall_s = self._clock()
            for room in list(self._rooms.values()):
                self._tick(room, wall_s)
            if wall_s >= self._next_mark_s:
                self._next_mark_s = wall_s + MARK_EVERY_S
                self._mark()

    def _tick(self, room: Room, wall_s: float) -> None:
        try:
            room.tick(wall_s)
            self._tell(room)
        except Exception:
            # A fault in one room must not stop the others. It leaves memory; whoever comes back replays its log.
            _log.exception("room %s stopped", room.row.id)
            del self._rooms[room.row.id]
            return
        if room.viewers == 0 and wall_s - room.idle_since_s > SLEEP_AFTER_S:
            self._mark()
            del self._rooms[room.row.id]
            self._marked.pop(room.row.id, None)

    def close(self) -> None:
        """Remember where every room stands. The rooms must not be used afterwards."""
        with self._lock:
            self._mark()
            self._store.close()

    def _awake(self, room_id: str) -> Room:
        room = self._rooms.get(room_id)
        if room is None:
            row = self._stored(lambda: self._store.room(room_id))
            if row is None:
                raise Refused("unknown_room", "room")
            room = self._rooms[room_id] = self._stored(lambda: Room(row, self._store, self._clock()))
        return room

    def _tell(self, room: Room) -> None:
        frame = room.news()
        if frame is not None:
            self._publish(frame)

    def _mark(self) -> None:
        clocks = {
            room_id: room.now_us for room_id, room in self._rooms.items() if self._marked.get(room_id) != room.now_us
        }
        if clocks:
            try:
                self._store.mark_clocks(clocks)
            except StoreFailed:
                return  # A cache: the next mark, or replay from the last command, will do.
            self._marked.update(clocks)

    @staticmethod
    def _stored(act: Callable[[], T]) -> T:
        try:
            return act()
        except StoreFailed as failed:
            raise Refused("not_stored", reason=str(failed)) from failed


def _new_id() -> str:
    """A room's address, which nobody can guess. On a command line, a dash in front would make it an option."""
    while (drawn := secrets.token_urlsafe(9)).startswith("-"):
        pass
    return drawn
