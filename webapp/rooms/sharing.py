"""Handing a run to somebody else: as a packed log in a link, or as a stored run; and making a room of one."""

from msgspec import Struct, structs

from engine.units import Us
from webapp.protocol import LINK_MAX, Shared
from webapp.rooms.family import cut
from webapp.rooms.ids import new_id
from webapp.rooms.manager import Rooms
from webapp.rooms.pace import Pause
from webapp.rooms.packing import pack, replay_strictly, unpack
from webapp.rooms.run import WORK_MAX, Run
from webapp.store.log_store import Entry, RoomRow

# Whoever unpacks a log counts a little otherwise than the room did.
PACKED_WORK_MAX = WORK_MAX * 9 // 10


class Original(Struct, frozen=True):
    """A moment of a room, for many rooms to begin with."""

    row: RoomRow
    entries: list[Entry]
    run: Run


class Sharing:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def share(self, room_id: str, at_us: Us | None) -> Shared:
        """Raises Refused."""
        row, entries = self._cut(room_id, at_us)
        run = self._rooms.replayed(row, entries)
        packed = pack(row, entries) if run.work <= PACKED_WORK_MAX else None
        stored = None
        if packed is None or len(packed) > LINK_MAX:
            packed, stored = None, new_id(room_id)
            self.seal(stored, row, entries)
        return Shared(packed, stored, run.digest(), row.clock_us, len(entries))

    def seal(self, run_id: str, row: RoomRow, entries: list[Entry]) -> None:
        """Store a run for everybody to copy, and nobody to change. Raises Refused."""
        self._rooms.keep(structs.replace(row, id=run_id, sealed=True), entries)

    def copy(self, room_id: str, at_us: Us | None, actor: str, class_id: str | None = None, *, near: str = "") -> str:
        """A new room, paused, with the log of another or of a shared run, up to a time; its id. Raises Refused.

        The id begins as that of its class, or ``near``.
        """
        row, entries = self._cut(room_id, at_us)
        row = structs.replace(row, class_id=class_id)
        return self._keep(row, entries, self._rooms.replayed(row, entries), actor, near)

    def original(self, room_id: str, at_us: Us, seq: int | None, class_id: str) -> Original:
        """What a class's rooms are to begin with: another of them, up to a time and an entry. Raises Refused."""
        row, entries = self._cut(room_id, at_us)
        row = structs.replace(row, class_id=class_id)
        if seq is not None:
            entries = [entry for entry in entries if entry.seq <= seq]
        return Original(row, entries, self._rooms.replayed(row, entries))

    def begin_with(self, original: Original) -> str:
        """A new room that goes on from there, its clock as it did; its id. Raises Refused."""
        return self._stored(original.row, original.entries, original.run.fork(), "")

    def unpack(self, packed: str, actor: str, class_id: str | None = None, *, near: str = "") -> str:
        """A new room, paused, with the log that a link brings; its id. Raises Refused."""
        row, entries = unpack(packed)
        row = structs.replace(row, class_id=class_id)
        run = replay_strictly(row, entries, self._rooms.breathe)
        return self._keep(row, entries, run, actor, near)

    def _cut(self, room_id: str, at_us: Us | None) -> tuple[RoomRow, list[Entry]]:
        row, entries = self._rooms.log(room_id)
        end_us = row.clock_us if at_us is None else min(at_us, row.clock_us)
        return structs.replace(cut(row, end_us), class_id=row.class_id), [
            entry for entry in entries if entry.at_us <= end_us
        ]

    def _keep(self, row: RoomRow, entries: list[Entry], run: Run, actor: str, near: str) -> str:
        if run.pace.running:
            ready = run.ready(actor, Pause())
            run.carry_out(ready)
            entries = [*entries, ready.entry]
        return self._stored(row, entries, run, near)

    def _stored(self, row: RoomRow, entries: list[Entry], run: Run, near: str) -> str:
        row = structs.replace(row, id=new_id(row.class_id or near), clock_us=run.now_us)
        self._rooms.keep(row, entries, run)
        return row.id
