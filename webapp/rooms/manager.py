"""All rooms of this process: opening, watching, acting, ticking, and letting them sleep."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from engine import ENGINE_VERSION, SCENARIOS
from engine.outcomes import Refused
from webapp.protocol import Accepted, Digest, Frame, Joined, RoomCommand
from webapp.rooms.ids import new_id
from webapp.rooms.memory import Clock, Memory
from webapp.rooms.opening import Opening
from webapp.rooms.pace import SPEED_DEFAULT, SetSpeed
from webapp.rooms.room import CHANGES_PER_TICK, Room
from webapp.rooms.run import Run, beside
from webapp.rooms.scenarios import text_of
from webapp.rooms.twin import Compare, Twin
from webapp.store.log_store import Entry, LogStore, RoomRow, SeqTaken

# A room that nobody has watched for so long leaves memory; its log brings it back.
SLEEP_AFTER_S = 60.0

# How much of a running room's clock a crash may cost (commands cost nothing: they are in the log), and how long a room
# that another process has taken may still be shown.
MARK_EVERY_S = 1.0

# A moment that has so many changes is told in parts.
MOMENT_MAX = 4 * CHANGES_PER_TICK

# What has come of a tick is told whenever it is so much.
CHANGES_PER_FRAME = 300

_log = logging.getLogger(__name__)

Publish = Callable[[Frame], None]


def _at_once() -> None:
    """Nobody else waits."""


class Rooms(Memory):
    """``publish`` gets each frame once, in order, for all who watch its room; ``clock`` gives wall seconds.

    ``breathe`` is called again and again while a log is replayed, so that other rooms go on meanwhile; ``rest`` between
    two slices of what people wait for now. ``on_lost`` hears of rooms that another process has taken.
    """

    def __init__(
        self,
        store: LogStore,
        publish: Publish,
        clock: Clock,
        breathe: Callable[[], None] = _at_once,
        rest: Callable[[], None] = _at_once,
        sleep_after_s: float = SLEEP_AFTER_S,
    ) -> None:
        super().__init__(store, clock, breathe)
        self.on_lost: Callable[[list[str]], None] = lambda _room_ids: None
        self._publish = publish
        self._rest = rest
        self._sleep_after_s = sleep_after_s
        self._next_mark_s = 0.0

    # Making

    def open(self, scenario: str, seed: int | None, class_id: str | None = None, near: str = "") -> str:
        """Make a room and answer its id; that of a class's room begins as the class's does. Raises Refused."""
        if scenario not in SCENARIOS:
            raise Refused("unknown_scenario", "scenario")
        luck = secrets.randbits(53) if seed is None else seed
        row = RoomRow(new_id(class_id or near), ENGINE_VERSION, scenario, luck, class_id=class_id)
        self.keep(row)
        return row.id

    def begin(self, opening: Opening, class_id: str | None = None, near: str = "") -> str:
        """Make a room that has come so far already, and answer its id. Raises Refused."""
        scenario = text_of(opening.scenario)
        room_id = new_id(class_id or near)
        row = RoomRow(room_id, ENGINE_VERSION, scenario, opening.seed, opening.clock_us, class_id=class_id)
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

    @contextmanager
    def _between_moments(self, room_id: str) -> Iterator[Room]:
        """The room at a time at which a command can come, and the lock. Raises Refused."""
        waited: Room | None = None
        try:
            while True:
                with self._in_memory(room_id) as room:
                    if waited is not room:
                        # Until then the clock goes no further, or the end of its moment might never come.
                        room.waiting += 1
                        if waited is not None:
                            waited.waiting -= 1
                        waited = room
                    if room.outrun or room.settle() is None:
                        yield room
                        return
                self._rest()
        finally:
            if waited is not None:
                waited.waiting -= 1

    def _take_up_again(self, room_id: str) -> None:
        """The log has gone on without this process: read it anew, and show everybody what it says."""
        waking = self._waking.setdefault(room_id, threading.Lock())
        if not waking.acquire(blocking=False):
            return  # Somebody does so already.
        try:
            outrun = self._rooms.get(room_id)
            if outrun is None or not outrun.outrun:
                return
            room = self._brought(room_id)
            with self.lock:
                if self._rooms.get(room_id) is outrun:
                    room.viewers, room.idle_since_s = outrun.viewers, outrun.idle_since_s
                    self._rooms[room_id] = room
                    self._publish(room.whole())
        finally:
            waking.release()

    # Watching

    def join(self, room_id: str, enter: Callable[[Frame], None]) -> Joined:
        """Begin to watch. ``enter`` is called with the whole present, between two frames. Raises Refused."""
        if self.row(room_id).sealed:
            raise Refused("sealed", "room")
        with self._in_memory(room_id) as room:
            # In this order: somebody whom ``enter`` refuses, since they have gone meanwhile, is no viewer.
            joined = self._present(room, enter)
            room.join(self._clock())
            return joined

    def leave(self, room_id: str) -> None:
        with self.lock:
            if room := self._rooms.get(room_id):
                room.leave(self._clock())

    def present(self, room_id: str, enter: Callable[[Frame], None]) -> Joined:
        """The whole present once more, for a viewer who missed a frame. Raises Refused."""
        with self._in_memory(room_id) as room:
            return self._present(room, enter)

    def _present(self, room: Room, enter: Callable[[Frame], None]) -> Joined:
        self._tell(room)
        enter(room.whole())
        row, scenario = room.row, room.run.scenario
        return Joined(row.id, scenario.name, scenario.title, row.seed)

    def peek(self, room_id: str) -> Frame:
        """The whole present of a room that the asker does not watch. Raises Refused.

        A room that another process has in memory stays there: what the store knows of it has to do.
        """
        if not self.is_awake(room_id) and not self.row(room_id).sealed:
            with self.lock:
                owner = self._stored(lambda: self._store.owner_of(room_id))
            if owner not in (None, self._store.owner):
                return self._replica(room_id).whole()
        with self._in_memory(room_id) as room:
            self._tell(room)
            return room.whole()

    def look_at(self, room_id: str) -> Run:
        """The run of a room in its present, for whoever reads it before anybody else has a turn. Raises Refused."""
        with self._in_memory(room_id) as room:
            return room.run

    def digest(self, room_id: str) -> Digest:
        with self._between_moments(room_id) as room:
            return Digest(room.run.digest(), room.run.seq, room.now_us)

    # Acting

    def submit(self, room_id: str, actor: str, command: RoomCommand) -> Accepted:
        """Raises Refused."""
        run, twin = self._beside(room_id, command) if isinstance(command, Compare) else (None, None)
        with self._in_memory(room_id) as room:
            if not room.outrun:
                room.catch_up(self._clock())
        try:
            with self._between_moments(room_id) as room:
                return self._submit(room, actor, command, run, twin)
        except SeqTaken:
            # Who has taken a room keeps it, or two processes would take it from each other with every command.
            self._leave_lost()
            self._take_up_again(room_id)
            raise Refused("moved") from None

    def _submit(self, room: Room, actor: str, command: RoomCommand, run: Run | None, twin: Twin | None) -> Accepted:
        """Raises Refused, SeqTaken."""
        if room.outrun:
            raise SeqTaken
        if run not in (None, room.run):
            raise Refused("moved")
        try:
            return self._stored(lambda: room.submit(actor, command, self._clock(), twin))
        except SeqTaken:
            room.outrun = True
            raise
        finally:
            if not room.outrun:
                self._tell(room)

    def _beside(self, room_id: str, command: Compare) -> tuple[Run, Twin | None]:
        """Make a second cluster; the room and the others go on meanwhile."""
        run = self.look_at(room_id)
        return run, beside(run, command, self.breathe)

    # Time

    def tick(self) -> None:
        """Let every watched room catch up with the wall clock, and the others sleep in time."""
        wall_s = self._clock()
        with self.lock:
            rooms = list(self._rooms.values())
        for room in rooms:
            # Those that come last are not shown what was at the beginning.
            self._catch_up(room, self._clock())
            self._rest()
        with self.lock:
            asleep = [
                room_id
                for room_id, room in self._rooms.items()
                if room.viewers == 0 and not room.waiting and wall_s - room.idle_since_s > self._sleep_after_s
            ]
            if asleep or wall_s >= self._next_mark_s:
                self._mark()
            if asleep:
                self._let_go(asleep)
            if wall_s < self._next_mark_s:
                return
            self._next_mark_s = wall_s + MARK_EVERY_S
        self._leave_lost()

    def _leave_lost(self) -> None:
        """Rooms that another process has taken leave memory, and their viewers hear of it."""
        with self.lock:
            lost = self._lost()
            self.forget(lost)
        if lost:
            self.on_lost(lost)

    def _catch_up(self, room: Room, wall_s: float) -> None:
        """Slice by slice; between two of them others have their turn."""
        spent = told = 0
        there = False
        while not there:
            with self.lock:
                if self._rooms.get(room.row.id) is not room or room.outrun:
                    return
                try:
                    is_late = spent >= CHANGES_PER_TICK
                    cost = room.settle() if is_late else room.go_on(wall_s)
                    spent += cost or 0
                    # At the end of a moment, unless that is very far.
                    there = cost is None or spent >= MOMENT_MAX
                    if there and is_late:
                        room.fall_back(wall_s)
                    if there or spent - told >= CHANGES_PER_FRAME:
                        told = spent
                        self._tell(room)
                except Exception:
                    # A fault in one room must not stop the others. It leaves memory; its log brings it back.
                    _log.exception("a room stopped")
                    self._let_go([room.row.id])
                    return
            if not there:
                self._rest()

    def _tell(self, room: Room) -> None:
        for frame in room.news():
            self._publish(frame)
