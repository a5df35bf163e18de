"""One running cluster that somebody watches: a run, its log and its frames. Knows no Flask and no clock."""

import secrets
from collections.abc import Iterator

from engine.changes import Change
from engine.units import Us
from webapp.protocol import Accepted, Frame, RoomCommand
from webapp.rooms.pace import Pace, PaceCommand, Pacer
from webapp.rooms.run import Run
from webapp.rooms.twin import SLICE, Twin
from webapp.store.log_store import LogStore, RoomRow

# So many changes may come of one tick. A room that asks for more is shown in slow motion; others do not wait for it.
CHANGES_PER_TICK = 1_000

# The history of a second cluster comes in frames of so many changes.
TWIN_CHANGES_MAX = 2_000


class Room:
    """Every time that comes in is wall time in seconds, from whatever clock the caller uses."""

    def __init__(self, row: RoomRow, run: Run, store: LogStore, wall_s: float) -> None:
        """Go on from where a replay of the room's log has come to."""
        self.row = row
        self.run = run
        self.epoch = secrets.token_urlsafe(6)
        self.viewers = 0
        self.idle_since_s = wall_s
        # The log has gone on without this process: what is shown is no longer so, and nothing is taken.
        self.outrun = False
        # So many wait for the end of the present moment, and the clock waits for them.
        self.waiting = 0
        self._store = store
        self._pacer = Pacer(run.pace)
        self._pacer.anchor(wall_s, run.now_us)
        self._number = 0
        run.take()
        self._told = self._standing()
        self._told_twin = run.twin

    @property
    def now_us(self) -> Us:
        return self.run.now_us

    def join(self, wall_s: float) -> None:
        """Somebody watches. A room that nobody watched has stood still meanwhile."""
        if self.viewers == 0:
            self._pacer.anchor(wall_s, self.now_us)
        self.viewers += 1

    def leave(self, wall_s: float) -> None:
        self.viewers -= 1
        self.idle_since_s = wall_s

    def submit(self, actor: str, command: RoomCommand, wall_s: float, twin: Twin | None = None) -> Accepted:
        """Log a command, then carry it out; ``twin`` is what the run's ``beside`` has made of it. Only between two
        moments.

        Raises Refused, SeqTaken or StoreFailed; then nothing is done.
        """
        ready = self.run.ready(actor, command, twin)
        self._store.append(self.row.id, ready.entry)
        self.run.carry_out(ready)
        if isinstance(command, PaceCommand):
            self._pacer.pace = self.run.pace
            self._pacer.anchor(wall_s, self.now_us)
        return Accepted(ready.entry.seq, ready.entry.at_us)

    # Time. Each call does a slice, a millisecond's work or two, and answers what it has cost, None: there is no more.

    def go_on(self, wall_s: float) -> int | None:
        """Let virtual time catch up with wall time, where somebody watches."""
        if self.waiting or not self.viewers:
            return self.settle()
        return self.catch_up(wall_s)

    def catch_up(self, wall_s: float) -> int | None:
        """The same whether anybody watches or not."""
        return _slice(self.run.advance(self._pacer.target_us(wall_s, self.now_us)))

    def settle(self) -> int | None:
        """Let all happen that is due in the present moment."""
        return _slice(self.run.settle_moment())

    def fall_back(self, wall_s: float) -> None:
        """So much has happened that wall time need not be caught up with: from here on, in slow motion."""
        self._pacer.anchor(wall_s, self.now_us)

    def news(self) -> list[Frame]:
        """The next frames for those who follow, if anything is new to them."""
        changes, twin = self.run.take()
        standing = self._standing()
        if not changes and not twin and standing == self._told:
            return []
        before, self._told, self._told_twin = self._told_twin, standing, self.run.twin
        if twin is None:
            return [self._next(changes, None)]
        frames = [self._next([], None)] if before is not None and before is not self.run.twin else []
        frames.append(self._next(changes, twin[:TWIN_CHANGES_MAX]))
        frames += [
            self._next([], twin[start : start + TWIN_CHANGES_MAX])
            for start in range(TWIN_CHANGES_MAX, len(twin), TWIN_CHANGES_MAX)
        ]
        return frames

    def _standing(self) -> tuple[Us | None, Pace, int]:
        """What a frame says besides its changes."""
        return self.run.next_event_us, self.run.pace, self.run.seq

    def whole(self) -> Frame:
        """The present, for somebody who joins. What was new must have been told before."""
        return self._frame(*self.run.present(), whole=True)

    def _next(self, changes: list[Change], twin: list[Change] | None) -> Frame:
        self._number += 1
        return self._frame(changes, twin, whole=False)

    def _frame(self, changes: list[Change], twin: list[Change] | None, *, whole: bool) -> Frame:
        quiet_until_us, pace, seq = self._standing()
        return Frame(
            room=self.row.id,
            epoch=self.epoch,
            number=self._number,
            whole=whole,
            now_us=self.now_us,
            quiet_until_us=quiet_until_us,
            seq=seq,
            pace=pace,
            changes=changes,
            twin=twin,
        )


def _slice(costs: Iterator[int]) -> int | None:
    spent = 0
    for cost in costs:
        spent += cost
        if spent >= SLICE:
            return spent
    return None
