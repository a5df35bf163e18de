"""Branches: a room that goes off from another at some moment, and the family that they make."""

from collections.abc import Callable

from engine.outcomes import Refused
from engine.units import Us
from webapp.protocol import Branch, Branches, Fork, RoomCommand
from webapp.rooms.ids import new_id
from webapp.rooms.manager import Rooms
from webapp.rooms.pace import Pause
from webapp.rooms.pace import Run as RunClock
from webapp.rooms.run import Run, beside, comparison
from webapp.store.log_store import Entry, RoomRow

Tell = Callable[[list[str], Branches], None]


class Families:
    """``tell`` gets the branches of a family, and its rooms, when they are others than before."""

    def __init__(self, rooms: Rooms, tell: Tell) -> None:
        self._rooms = rooms
        self._tell = tell

    def fork(self, room_id: str, actor: str, asked: Fork) -> str:
        """Make a branch, and answer its id. Raises Refused; then there is none."""
        row, entries = self._rooms.log(room_id)
        at_us = min(asked.at_us, row.clock_us)
        past = [entry for entry in entries if entry.at_us <= at_us]
        run = self._rooms.replayed(cut(row, at_us), past)
        # Whoever compares and then acts in the past goes on comparing, also from before the comparison began.
        if (compared := comparison(entries)) is not None and comparison(past) != compared:
            past.append(self._log(run, actor, compared))
        if asked.command is not None:
            past.append(self._log(run, actor, asked.command))
        if asked.running not in (None, run.pace.running):
            past.append(self._log(run, actor, RunClock() if asked.running else Pause()))
        branch = RoomRow(
            new_id(row.id),
            row.engine_version,
            row.scenario,
            row.seed,
            clock_us=run.now_us,
            root=row.family,
            parent=row.id,
            forked_us=at_us,
            name=asked.name,
            class_id=row.class_id,
        )
        self._rooms.keep(branch, past, run)
        return branch.id

    def _log(self, run: Run, actor: str, command: RoomCommand) -> Entry:
        """Carry out one more command, and answer its entry."""
        for _ in run.settle_moment():
            self._rooms.breathe()
        ready = run.ready(actor, command, beside(run, command, self._rooms.breathe))
        run.carry_out(ready)
        return ready.entry

    def branches(self, room_id: str) -> Branches:
        return Branches(
            [
                Branch(row.id, row.parent, row.name, row.forked_us, row.clock_us, entries)
                for row, entries in self._rooms.family(self._rooms.row(room_id).family)
            ]
        )

    def rename(self, room_id: str, asked: str, name: str) -> Branches:
        """Name a room of the family that ``room_id`` is of. Raises Refused."""
        if self._rooms.row(asked).family != self._rooms.row(room_id).family:
            raise Refused("other_family", "room")
        self._rooms.rename(asked, name)
        return self.announce(room_id)

    def announce(self, room_id: str) -> Branches:
        """Tell all who are in one of the family's rooms how it stands."""
        branches = self.branches(room_id)
        self._tell([branch.room for branch in branches.branches], branches)
        return branches


def cut(row: RoomRow, at_us: Us) -> RoomRow:
    """A row of the same cluster, with its clock at another time and no family."""
    return RoomRow(row.id, row.engine_version, row.scenario, row.seed, at_us)
