"""The rooms in memory, and the store behind them.

A room in memory belongs to the process: it is taken first, and then its log is read. Another process may take it at any
time; what this one would still append is refused then, and within a second or so the room is let go of.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec

from engine.outcomes import Refused
from engine.units import Us
from webapp.rooms.replay import replay
from webapp.rooms.room import Room
from webapp.rooms.run import Run
from webapp.store.log_store import Entry, LogStore, RoomRow, StoreFailed

# A family is told as a whole whenever one of its rooms is made or named.
BRANCHES_MAX = 100

T = TypeVar("T")

Clock = Callable[[], float]


class Memory:
    """``clock`` gives wall seconds; ``breathe`` is called again and again while a log is replayed, so that other rooms
    go on meanwhile."""

    def __init__(self, store: LogStore, clock: Clock, breathe: Callable[[], None]) -> None:
        self.breathe = breathe
        self._store = store
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._marked: dict[str, int] = {}
        # One lock for all: what is done under it is short, and the interpreter runs one thread at a time anyway.
        self.lock = threading.RLock()
        # One for each room that is being brought into memory, while somebody waits for it.
        self._waking: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    # The store

    def keep(self, row: RoomRow, entries: Iterable[Entry] = (), run: Run | None = None) -> None:
        """Store a new room with its log; ``run`` is a replay of it, if there is one already. Raises Refused."""
        with self.lock:
            if row.parent is not None and len(self.family(row.family)) >= BRANCHES_MAX:
                raise Refused("too_many_branches", max=BRANCHES_MAX)
            self._stored(lambda: self._store.create(row, entries, take=run is not None))
            if run is not None:
                self._rooms[row.id] = Room(row, run, self._store, self._clock())

    def row(self, room_id: str) -> RoomRow:
        """What the store knows of a room or a shared run. Raises Refused."""
        with self.lock:
            row = self._stored(lambda: self._store.room(room_id))
        if row is None:
            raise Refused("unknown_room", "room")
        return row

    def log(self, room_id: str) -> tuple[RoomRow, list[Entry]]:
        """A room's or shared run's whole log; its clock stands where the room does. Raises Refused."""
        with self.lock:
            row = self.row(room_id)
            if room := self._rooms.get(room_id):
                row = msgspec.structs.replace(row, clock_us=max(row.clock_us, room.now_us))
            return row, self._stored(lambda: self._store.entries(room_id))

    def family(self, root: str) -> list[tuple[RoomRow, int]]:
        """The rooms of a family as they stand, and the length of each one's log. Raises Refused."""
        with self.lock:
            rows = self._stored(lambda: self._store.family(root))
            awake = {row.id: self._rooms[row.id].now_us for row, _ in rows if row.id in self._rooms}
            return [
                (msgspec.structs.replace(row, clock_us=awake.get(row.id, row.clock_us)), entries)
                for row, entries in rows
            ]

    def rename(self, room_id: str, name: str) -> None:
        with self.lock:
            self._stored(lambda: self._store.rename(room_id, name))

    def now_us(self, room_id: str) -> Us:
        """How far a room has come. Raises Refused."""
        with self.lock:
            room = self._rooms.get(room_id)
            return room.now_us if room else self.row(room_id).clock_us

    def is_stored(self) -> bool:
        """Whether the store can be read."""
        try:
            self.row("")
        except Refused as refused:
            return refused.code == "unknown_room"
        return True

    # Into memory, and out of it

    def wake(self, room_id: str) -> None:
        """Bring a room into memory, once for all who want it. Never under the lock, which other rooms need meanwhile,
        and whoever brings it needs in the end. Raises Refused."""
        with self._waking.setdefault(room_id, threading.Lock()):
            if room_id not in self._rooms:
                room = self._brought(room_id)
                with self.lock:
                    self._rooms.setdefault(room_id, room)

    def _brought(self, room_id: str) -> Room:
        """The room is this process's from here on; only then is its log read. Nobody's is a shared run."""
        if not self.row(room_id).sealed:
            with self.lock:
                if not self._stored(lambda: self._store.take(room_id)):
                    raise Refused("unknown_room", "room")
        return self._replica(room_id)

    def _replica(self, room_id: str) -> Room:
        row, entries = self.log(room_id)
        return Room(row, self.replayed(row, entries), self._store, self._clock())

    def replayed(self, row: RoomRow, entries: Iterable[Entry], work_max: int | None = None) -> Run:
        """Not under the lock: other rooms go on meanwhile. Raises Refused."""
        return replay(row, entries, breathe=self.breathe, work_max=work_max)

    def is_awake(self, room_id: str) -> bool:
        return room_id in self._rooms

    @property
    def awake(self) -> int:
        """How many rooms are in memory."""
        return len(self._rooms)

    @contextmanager
    def _in_memory(self, room_id: str) -> Iterator[Room]:
        """The room, and the lock. Whoever has the lock already has woken the room before. Raises Refused."""
        while True:
            with self.lock:
                room = self._rooms.get(room_id)
                if room is not None:
                    yield room
                    return
            self.wake(room_id)

    def forget(self, room_ids: Iterable[str]) -> None:
        """Rooms that are being deleted leave memory."""
        with self.lock:
            for room_id in room_ids:
                self._rooms.pop(room_id, None)
                self._marked.pop(room_id, None)

    def close(self) -> None:
        """Remember where every room stands, and leave them to whoever comes. They must not be used afterwards."""
        with self.lock:
            self._mark()
            self._let_go(list(self._rooms))
            self._store.close()

    def _let_go(self, room_ids: list[str]) -> None:
        self.forget(room_ids)
        with suppress(StoreFailed):
            # Else it is nobody's after a while.
            self._store.release(room_ids)

    def _lost(self) -> list[str]:
        """Which rooms another process has taken."""
        mine = [room_id for room_id, room in self._rooms.items() if not room.row.sealed]
        if not mine:
            return []
        try:
            lost = self._store.lost(mine)
        except StoreFailed:
            return []  # Nobody else can reach them either, or they will be found the next time.
        return [room_id for room_id in mine if room_id in lost]

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
