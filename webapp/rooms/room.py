"""One running cluster that somebody watches: seed + log + simulation + pace. Knows no Flask and no clock."""

import secrets

import msgspec

from engine.changes import Change
from engine.outcomes import Refused
from engine.units import Us
from webapp.protocol import Accepted, Frame, RoomCommand
from webapp.rooms.pace import Pace, PaceCommand, Pacer, Pause, Run, Step
from webapp.rooms.replay import replay
from webapp.store.log_store import Entry, LogStore, RoomRow

# A log so long replays in a few seconds; nobody clicks this often in one room.
LOG_MAX = 20_000

# So much may happen in one tick. A room that asks for more is shown in slow motion; others do not wait for it.
EVENTS_PER_TICK = 400


class Room:
    """Every time that comes in is wall time in seconds, from whatever clock the caller uses."""

    def __init__(self, row: RoomRow, store: LogStore, wall_s: float) -> None:
        """Take the room up from its log. Raises Refused, StoreFailed."""
        entries = store.entries(row.id)
        self.row = row
        self.epoch = secrets.token_urlsafe(6)
        self.viewers = 0
        self.idle_since_s = wall_s
        self._store = store
        self._seq = len(entries)
        self._simulation, pace = replay(row, entries)
        self._simulation.take_changes()
        self._pacer = Pacer(pace)
        self._pacer.anchor(wall_s, self._simulation.now_us)
        self._number = 0
        self._told = self._standing()

    @property
    def now_us(self) -> Us:
        return self._simulation.now_us

    def join(self, wall_s: float) -> None:
        """Somebody watches. A room that nobody watched has stood still meanwhile."""
        if self.viewers == 0:
            self._pacer.anchor(wall_s, self.now_us)
        self.viewers += 1

    def leave(self, wall_s: float) -> None:
        self.viewers -= 1
        self.idle_since_s = wall_s

    def submit(self, actor: str, command: RoomCommand, wall_s: float) -> Accepted:
        """Log a command, then carry it out. Raises Refused, SeqTaken or StoreFailed; then nothing is done."""
        self._advance(wall_s)
        at_us = self._check(command)
        if self._seq >= LOG_MAX:
            raise Refused("log_full", max=LOG_MAX)
        entry = Entry(self._seq + 1, at_us, actor, msgspec.json.encode(command).decode())
        self._store.append(self.row.id, entry)
        self._seq = entry.seq
        self._simulation.run_until(at_us)
        if isinstance(command, PaceCommand):
            self._pacer.pace = self._pacer.pace.after(command)
            self._pacer.anchor(wall_s, self.now_us)
        else:
            self._simulation.apply(command)
        return Accepted(entry.seq, at_us)

    def _check(self, command: RoomCommand) -> Us:
        """When the command would happen. Raises Refused."""
        if isinstance(command, PaceCommand):
            return self._check_pace(command)
        self._simulation.check(command)
        return self.now_us

    def _check_pace(self, command: PaceCommand) -> Us:
        if isinstance(command, Step):
            next_us = self._simulation.next_event_us
            if next_us is None:
                raise Refused("nothing_scheduled")
            return next_us
        if isinstance(command, Run | Pause) and self._pacer.pace.running == isinstance(command, Run):
            raise Refused("already_running" if isinstance(command, Run) else "already_paused")
        return self.now_us

    def tick(self, wall_s: float) -> None:
        """Let virtual time catch up with wall time."""
        if self.viewers:
            self._advance(wall_s)

    def _advance(self, wall_s: float) -> None:
        target_us = self._pacer.target_us(wall_s, self.now_us)
        self._simulation.run_until(target_us, events_max=EVENTS_PER_TICK)
        if self.now_us < target_us:
            self._pacer.anchor(wall_s, self.now_us)

    def news(self) -> Frame | None:
        """The next frame for those who follow, if anything is new to them."""
        changes = self._simulation.take_changes()
        standing = self._standing()
        if not changes and standing == self._told:
            return None
        self._told = standing
        self._number += 1
        return self._frame(changes, whole=False)

    def _standing(self) -> tuple[Us | None, Pace]:
        """What a frame says besides its changes."""
        return self._simulation.next_event_us, self._pacer.pace

    def whole(self) -> Frame:
        """The present, for somebody who joins. What was new must have been told before."""
        return self._frame(self._simulation.snapshot(), whole=True)

    def _frame(self, changes: list[Change], *, whole: bool) -> Frame:
        quiet_until_us, pace = self._standing()
        return Frame(
            room=self.row.id,
            epoch=self.epoch,
            number=self._number,
            whole=whole,
            now_us=self.now_us,
            quiet_until_us=quiet_until_us,
            pace=pace,
            changes=changes,
        )
