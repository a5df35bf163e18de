"""All rooms of this process: opening, finding, watching, ticking, and letting them sleep."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar
from weakref import WeakValueDictionary

import msgspec

from engine import ENGINE_VERSION, SCENARIOS
from engine.outcomes import Refused
from engine.units import Us
from webapp.protocol import Accepted, Digest, Frame, Joined, RoomCommand
from webapp.rooms.opening import Opening
from webapp.rooms.pace import SPEED_DEFAULT, SetSpeed
from webapp.rooms.replay import replay
from webapp.rooms.room import Room
from webapp.rooms.run import Run, beside
from webapp.rooms.scenarios import text_of
from webapp.rooms.twin import Compare, Twin
from webapp.store.log_store import Entry, LogStore, RoomRow, SeqTaken, StoreFailed

# A room that nobody has watched for so long leaves memory; its log brings it back.
SLEEP_AFTER_S = 60.0

# How much of a running room's clock a crash may cost. Commands cost nothing: they are in the log.
MARK_EVERY_S = 1.0

# A family is told as a whole whenever one of its rooms is made or named.
BRANCHES_MAX = 100

_log = logging.getLogger(__name__)

T = TypeVar("T")

Publish = Callable[[Frame], None]
Clock = Callable[[], float]


class Rooms:
    """``publish`` gets each frame once, in order, for all who watch its room; ``clock`` gives wall seconds.

    ``breathe`` is called again and again while a log is replayed, so that other rooms go on meanwhile.
    """

    def __init__(
        self, store: LogStore, publish: Publish, clock: Clock, breathe: Callable[[], None] = lambda: None
    ) -> None:
        self.breathe = breathe
        self._store = store
        self._publish = publish
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._marked: dict[str, int] = {}
        self._next_mark_s = 0.0
        # One lock for all: what is done under it is short, and the interpreter runs one thread at a time anyway.
        self.lock = threading.RLock()
        # One for each room that is being brought into memory, while somebody waits for it.
        self._waking: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    def open(self, scenario: str, seed: int | None, class_id: str | None = None) -> str:
        """Make a room and answer its id. Raises Refused."""
        if scenario not in SCENARIOS:
            raise Refused("unknown_scenario", "scenario")
        luck = secrets.randbits(53) if seed is None else seed
        row = RoomRow(new_id(), ENGINE_VERSION, scenario, luck, class_id=class_id)
        self.keep(row)
        return row.id

    def begin(self, opening: Opening, class_id: str | None = None) -> str:
        """Make a room that has come so far already, and answer its id. Raises Refused."""
        scenario = text_of(opening.scenario)
        row = RoomRow(new_id(), ENGINE_VERSION, scenario, opening.seed, opening.clock_us, class_id=class_id)
        commands: list[RoomCommand] = []
        if opening.speed != SPEED_DEFAULT:
            commands.append(SetSpeed(opening.speed))
        if opening.beside is not None:
            commands.append(Compare(opening.beside))
        entries = [
            Entry(seq, 0, "lesson", msgspec.json.encode(command).decode())
            for seq, command in enumerate(commands, start=1)
        ]
        self.keep(row, entries, self.replayed(row, entries))
        return row.id

    def keep(self, row: RoomRow, entries: Iterable[Entry] = (), run: Run | None = None) -> None:
        """Store a new room with its log; ``run`` is a replay of it, if there is one already. Raises Refused."""
        with self.lock:
            if row.parent is not None and len(self.family(row.family)) >= BRANCHES_MAX:
                raise Refused("too_many_branches", max=BRANCHES_MAX)
            self._stored(lambda: self._store.create(row, entries))
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

    def replayed(self, row: RoomRow, entries: Iterable[Entry], work_max: int | None = None) -> Run:
        """Not under the lock: other rooms go on meanwhile. Raises Refused."""
        return replay(row, entries, breathe=self.breathe, work_max=work_max)

    def join(self, room_id: str, enter: Callable[[Frame], None]) -> Joined:
        """Begin to watch. ``enter`` is called with the whole present, between two frames. Raises Refused."""
        if self.row(room_id).sealed:
            raise Refused("sealed", "room")
        self.wake(room_id)
        with self.lock:
            # In this order: somebody whom ``enter`` refuses, since they have gone meanwhile, is no viewer.
            joined = self.present(room_id, enter)
            self._awake(room_id).join(self._clock())
            return joined

    def leave(self, room_id: str) -> None:
        with self.lock:
            if room := self._rooms.get(room_id):
                room.leave(self._clock())

    def present(self, room_id: str, enter: Callable[[Frame], None]) -> Joined:
        """The whole present once more, for a viewer who missed a frame. Raises Refused."""
        with self.lock:
            room = self._awake(room_id)
            self._tell(room)
            enter(room.whole())
            row = room.row
            scenario = room.run.scenario
            return Joined(row.id, scenario.name, scenario.title, row.seed)

    def peek(self, room_id: str) -> Frame:
        """The whole present of a room that the asker does not watch. Raises Refused."""
        self.wake(room_id)
        with self.lock:
            room = self._awake(room_id)
            self._tell(room)
            return room.whole()

    def now_us(self, room_id: str) -> Us:
        """How far a room has come. Raises Refused."""
        with self.lock:
            room = self._rooms.get(room_id)
            return room.now_us if room else self.row(room_id).clock_us

    def look_at(self, room_id: str) -> Run:
        """The run of a room in its present, for whoever reads it before anybody else has a turn. Raises Refused.

        Others wait while a room that sleeps is brought back; ``wake`` it before.
        """
        with self.lock:
            return self._awake(room_id).run

    def forget(self, room_ids: Iterable[str]) -> None:
        """Rooms that are being deleted leave memory."""
        with self.lock:
            for room_id in room_ids:
                self._rooms.pop(room_id, None)
                self._marked.pop(room_id, None)

    def digest(self, room_id: str) -> Digest:
        with self.lock:
            run = self._awake(room_id).run
            return Digest(run.digest(), run.seq, run.now_us)

    def submit(self, room_id: str, actor: str, command: RoomCommand) -> Accepted:
        """Raises Refused."""
        run, twin = self._beside(room_id, command) if isinstance(command, Compare) else (None, None)
        with self.lock:
            room = self._awake(room_id)
            if run not in (None, room.run):
                raise Refused("moved")
            try:
                return self._stored(lambda: room.submit(actor, command, self._clock(), twin))
            except SeqTaken:
                room = self._take_up_again(room)
                raise Refused("moved") from None
            finally:
                self._tell(room)

    def _beside(self, room_id: str, command: Compare) -> tuple[Run, Twin | None]:
        """Make a second cluster; the room and the others go on meanwhile."""
        with self.lock:
            run = self._awake(room_id).run
        return run, beside(run, command, self.breathe)

    def _take_up_again(self, outrun: Room) -> Room:
        """The log has gone on without this process: read it anew, and show everybody what it says."""
        del self._rooms[outrun.row.id]
        room = self._awake(outrun.row.id)
        room.viewers = outrun.viewers
        self._publish(room.whole())
        return room

    def tick(self) -> None:
        """Let every watched room catch up with the wall clock, and the others sleep in time."""
        with self.lock:
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
        with self.lock:
            self._mark()
            self._store.close()

    def wake(self, room_id: str) -> None:
        """Bring a room into memory, once for all who want it. Never under the lock, which other rooms need meanwhile,
        and whoever brings it needs in the end. Raises Refused."""
        with self._waking.setdefault(room_id, threading.Lock()):
            if room_id not in self._rooms:
                row, entries = self.log(room_id)
                run = self.replayed(row, entries)
                with self.lock:
                    self._rooms.setdefault(room_id, Room(row, run, self._store, self._clock()))

    def _awake(self, room_id: str) -> Room:
        """A room that is in memory, or that another process has gone on with. Raises Refused."""
        room = self._rooms.get(room_id)
        if room is None:
            row, entries = self.log(room_id)
            room = self._rooms[room_id] = Room(row, replay(row, entries), self._store, self._clock())
        return room

    def _tell(self, room: Room) -> None:
        for frame in room.news():
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


def new_id() -> str:
    """A room's address, which nobody can guess. On a command line, a dash in front would make it an option."""
    while (drawn := secrets.token_urlsafe(9)).startswith("-"):
        pass
    return drawn
