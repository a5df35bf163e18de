"""Handing a run to somebody else: as a packed log in a link, or as a stored run; and making a room of one."""

from msgspec import structs

from engine.units import Us
from webapp.protocol import LINK_MAX, Shared
from webapp.rooms.family import cut
from webapp.rooms.manager import Rooms, new_id
from webapp.rooms.pace import Pause
from webapp.rooms.packing import pack, replay_strictly, unpack
from webapp.rooms.run import WORK_MAX, Run
from webapp.store.log_store import Entry, RoomRow

# Whoever unpacks a log counts a little otherwise than the room did.
PACKED_WORK_MAX = WORK_MAX * 9 // 10


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
            packed, stored = None, new_id()
            self.seal(stored, row, entries)
        return Shared(packed, stored, run.digest(), row.clock_us, len(entries))

    def seal(self, run_id: str, row: RoomRow, entries: list[Entry]) -> None:
        """Store a run for everybody to copy, and nobody to change. Raises Refused."""
        self._rooms.keep(structs.replace(row, id=run_id, sealed=True), entries)

    def copy(
        self,
        room_id: str,
        at_us: Us | None,
        actor: str,
        class_id: str | None = None,
        *,
        seq: int | None = None,
        paused: bool = True,
    ) -> str:
        """A new room with the log of another or of a shared run, up to a time and an entry; its id. Raises Refused.

        Its clock stands, or (not ``paused``) goes on as it did there.
        """
        row, entries = self._cut(room_id, at_us)
        if seq is not None:
            entries = [entry for entry in entries if entry.seq <= seq]
        row = structs.replace(row, class_id=class_id)
        return self._keep(row, entries, self._rooms.replayed(row, entries), actor, paused)

    def unpack(self, packed: str, actor: str, class_id: str | None = None) -> str:
        """A new room, paused, with the log that a link brings; its id. Raises Refused."""
        row, entries = unpack(packed)
        row = structs.replace(row, class_id=class_id)
        return self._keep(row, entries, replay_strictly(row, entries, self._rooms.breathe), actor, paused=True)

    def _cut(self, room_id: str, at_us: Us | None) -> tuple[RoomRow, list[Entry]]:
        row, entries = self._rooms.log(room_id)
        end_us = row.clock_us if at_us is None else min(at_us, row.clock_us)
        return structs.replace(cut(row, end_us), class_id=row.class_id), [
            entry for entry in entries if entry.at_us <= end_us
        ]

    def _keep(self, row: RoomRow, entries: list[Entry], run: Run, actor: str, paused: bool) -> str:
        if paused and run.pace.running:
            ready = run.ready(actor, Pause())
            run.carry_out(ready)
            entries = [*entries, ready.entry]
        row = structs.replace(row, id=new_id(), clock_us=run.now_us)
        self._rooms.keep(row, entries, run)
        return row.id
