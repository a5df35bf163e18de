"""The rooms and their logs, in SQLite or PostgreSQL. The statements are made once, and compiled once by SQLAlchemy."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import structs
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.units import Us
from webapp.store.database import ConnectionBroke, Database
from webapp.store.log_store import Entry, RoomHeld, RoomRow, SeqTaken
from webapp.store.tables import Words, classes, log, rooms

# What a process has in memory is marked as used so often, and whatever names an owner for longer than a day without
# that, names one that is no more.
_USED_EVERY_MS = 3_600_000
OWNER_GONE_MS = 24 * _USED_EVERY_MS

# So many ids go into one statement.
_BATCH = 500

_ID, _ME, _NOW = bindparam("id_", type_=Words), bindparam("me", type_=Words), bindparam("now_ms", type_=BigInteger)
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_SEQ, _CLOCK = bindparam("seq_", type_=BigInteger), bindparam("clock_us_", type_=BigInteger)

_FIELDS = RoomRow.__struct_fields__
_LAST_US = select(log.c.at_us).where(log.c.room == rooms.c.id).order_by(log.c.seq.desc()).limit(1).scalar_subquery()
_LENGTH = select(func.coalesce(func.max(log.c.seq), 0)).where(log.c.room == rooms.c.id).scalar_subquery()

# How the room's fields stand, then how far its log has got.
ROOM: Select[Any] = select(*(rooms.c[field] for field in _FIELDS), _LAST_US)
LENGTH = _LENGTH.label("entries")

_A_ROOM = ROOM.where(rooms.c.id == _ID)
_A_FAMILY = ROOM.add_columns(LENGTH).where(rooms.c.root == _ID).order_by(rooms.c.made, rooms.c.id)
_ALL = ROOM.add_columns(rooms.c.created_at, rooms.c.used_ms, LENGTH, rooms.c.owner, rooms.c.made)
_NEXT_OF_ALL = (
    _ALL.where((rooms.c.made > bindparam("made")) | ((rooms.c.made == bindparam("made")) & (rooms.c.id > _ID)))
    .order_by(rooms.c.made, rooms.c.id)
    .limit(_BATCH)
)
_ENTRIES = select(log.c.seq, log.c.at_us, log.c.actor, log.c.command).where(log.c.room == _ID).order_by(log.c.seq)
_AN_ENTRY = select(log.c.at_us, log.c.actor, log.c.command).where(log.c.room == _ID, log.c.seq == _SEQ)
_OWNER = select(rooms.c.owner).where(rooms.c.id == _ID)
_MINE = select(rooms.c.id).where(rooms.c.id.in_(_IDS), rooms.c.owner == _ME)

_CREATE = insert(rooms)
_BEGIN_LOG = insert(log)
# One statement, so that the check of the seq and of the owner cannot come apart from the insert. In PostgreSQL the
# room's row is held until it is done: whoever takes the room waits for that, and then reads what was appended.
_APPEND = insert(log).from_select(
    ["room", "seq", "at_us", "actor", "command"],
    select(
        rooms.c.id,
        _SEQ,
        bindparam("at_us_", type_=BigInteger),
        bindparam("actor_", type_=Words),
        bindparam("command_", type_=Words),
    )
    .where(rooms.c.id == _ID, rooms.c.owner == _ME, _SEQ == 1 + _LENGTH)
    .with_for_update(of=rooms, key_share=True),
)
_RENAME = update(rooms).where(rooms.c.id == _ID).values(name=bindparam("name_"))
_TAKE = update(rooms).where(rooms.c.id == _ID).values(owner=_ME, used_ms=_NOW)
_RELEASE = update(rooms).where(rooms.c.id.in_(_IDS), rooms.c.owner == _ME).values(owner=None, used_ms=_NOW)
_USE = tuple(update(table).where(table.c.owner == _ME).values(used_ms=_NOW) for table in (rooms, classes))
_MARK = (
    update(rooms)
    .where(rooms.c.id == _ID, rooms.c.owner == _ME)
    .values(clock_us=case((rooms.c.clock_us < _CLOCK, _CLOCK), else_=rooms.c.clock_us), used_ms=_NOW)
)

# Used since then, or in a process's memory; and whatever that has gone off from.
_BEFORE = bindparam("before_ms", type_=BigInteger)
IN_MEMORY = rooms.c.owner.is_not(None) & (rooms.c.used_ms >= _NOW - OWNER_GONE_MS)
_used = select(rooms.c.id, rooms.c.parent).where(or_(rooms.c.used_ms >= _BEFORE, IN_MEMORY)).cte("used", recursive=True)
_used = _used.union(select(rooms.c.id, rooms.c.parent).where(rooms.c.id == _used.c.parent))
_UNUSED = (
    select(rooms.c.id)
    .where(rooms.c.class_id.is_(None), rooms.c.sealed == bindparam("sealed"), rooms.c.id.not_in(select(_used.c.id)))
    .order_by(rooms.c.made, rooms.c.id)
)


class SqlLogStore:
    """Used by one thread at a time (the rooms' lock sees to that). ``clock_ns`` gives ns since 1970."""

    def __init__(self, database: Database, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self.owner = secrets.token_urlsafe(12)
        self.database = database
        self.clock_ns = clock_ns
        self._use_again_ms = self.now_ms() + _USED_EVERY_MS

    def now_ms(self) -> int:
        return self.clock_ns() // 1_000_000

    def created_at(self) -> str:
        return datetime.fromtimestamp(self.clock_ns() // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")

    def create(self, room: RoomRow, entries: Iterable[Entry] = (), *, take: bool = False) -> None:
        fields = structs.asdict(structs.replace(room, root=room.family)) | {
            "sealed": int(room.sealed),
            "created_at": self.created_at(),
            "made": self.clock_ns(),
            "owner": self.owner if take else None,
            "used_ms": self.now_ms(),
        }
        begun = [{"room": room.id} | structs.asdict(entry) for entry in entries]
        with self.database.writing() as connection:
            connection.execute(_CREATE, fields)
            if begun:
                connection.execute(_BEGIN_LOG, begun)
        self.database.wrote(room.id)

    def room(self, room_id: str) -> RoomRow | None:
        with self.database.asking() as connection:
            row = connection.execute(_A_ROOM, {"id_": room_id}).first()
        return room_of(row) if row else None

    def family(self, root: str) -> list[tuple[RoomRow, int]]:
        with self.database.asking() as connection:
            rows = connection.execute(_A_FAMILY, {"id_": root}).all()
        return [(room_of(row), row.entries) for row in rows]

    def rename(self, room_id: str, name: str) -> None:
        with self.database.asking() as connection:
            connection.execute(_RENAME, {"id_": room_id, "name_": name})

    def entries(self, room_id: str) -> list[Entry]:
        with self.database.asking() as connection:
            return [Entry(*row) for row in connection.execute(_ENTRIES, {"id_": room_id})]

    def take(self, room_id: str) -> bool:
        with self.database.passing(), self.database.asking() as connection:
            return connection.execute(_TAKE, {"id_": room_id, "me": self.owner, "now_ms": self.now_ms()}).rowcount == 1

    def release(self, room_ids: Iterable[str]) -> None:
        with self.database.passing(), self.database.asking() as connection:
            for ids in batches(room_ids):
                connection.execute(_RELEASE, {"ids": ids, "me": self.owner, "now_ms": self.now_ms()})

    def lost(self, room_ids: Iterable[str]) -> set[str]:
        with self.database.passing(), self.database.asking() as connection:
            if (now_ms := self.now_ms()) >= self._use_again_ms:
                for use in _USE:
                    connection.execute(use, {"me": self.owner, "now_ms": now_ms})
                self._use_again_ms = now_ms + _USED_EVERY_MS
            asked = list(room_ids)
            mine: set[str] = set()
            for ids in batches(asked):
                mine.update(connection.execute(_MINE, {"ids": ids, "me": self.owner}).scalars())
        return set(asked) - mine

    def owner_of(self, room_id: str) -> str | None:
        with self.database.asking() as connection:
            return connection.execute(_OWNER, {"id_": room_id}).scalar()

    def append(self, room_id: str, entry: Entry) -> None:
        asked = {
            "id_": room_id,
            "me": self.owner,
            "seq_": entry.seq,
            "at_us_": entry.at_us,
            "actor_": entry.actor,
            "command_": entry.command,
        }
        try:
            with self.database.asking() as connection:
                try:
                    appended = connection.execute(_APPEND, asked).rowcount == 1
                except IntegrityError:
                    # Somebody else was at the same seq at the same moment.
                    appended = False
        except ConnectionBroke:
            # What was sent may have been done, or not: what stands there says so.
            if not self._stands(room_id, entry):
                raise
            return
        if not appended:
            raise SeqTaken(f"seq {entry.seq} of room {room_id} is not the next one, or the room is another's")
        self.database.wrote(room_id)

    def _stands(self, room_id: str, entry: Entry) -> bool:
        with self.database.asking() as connection:
            row = connection.execute(_AN_ENTRY, {"id_": room_id, "seq_": entry.seq}).first()
        return row is not None and tuple(row) == (entry.at_us, entry.actor, entry.command)

    def mark_clocks(self, clocks: Mapping[str, Us]) -> None:
        now_ms = self.now_ms()
        marks = [
            {"id_": room_id, "clock_us_": clock_us, "me": self.owner, "now_ms": now_ms}
            for room_id, clock_us in sorted(clocks.items())
        ]
        if marks:
            with self.database.passing(), self.database.writing() as connection:
                connection.execute(_MARK, marks)

    def held(self) -> Iterator[RoomHeld]:
        made, last = -1, ""
        while True:
            with self.database.asking() as connection:
                rows = connection.execute(_NEXT_OF_ALL, {"made": made, "id_": last}).all()
            for row in rows:
                yield RoomHeld(room_of(row), row.created_at, row.used_ms, row.entries, row.owner)
            if len(rows) < _BATCH:
                return
            made, last = rows[-1].made, rows[-1].id

    def delete_rooms(self, room_ids: Iterable[str]) -> None:
        with self.database.writing() as connection:
            for ids in batches(room_ids):
                drop_rooms(connection, ids)
        self.database.forget_deleted()

    def unused(self, before_ms: int, *, sealed: bool) -> list[str]:
        asked = {"before_ms": before_ms, "now_ms": self.now_ms(), "sealed": int(sealed)}
        with self.database.asking() as connection:
            return list(connection.execute(_UNUSED, asked).scalars())

    def close(self) -> None:
        self.database.close()


def room_of(row: Any) -> RoomRow:
    """Of what ``ROOM`` selects. A clock is marked now and then, a command at once: after a crash, the last command may
    be later."""
    fields = dict(zip(_FIELDS, row, strict=False))
    last_us = row[len(_FIELDS)] or 0
    return RoomRow(**fields | {"sealed": bool(fields["sealed"]), "clock_us": max(fields["clock_us"], last_us)})


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    every = list(ids)
    for start in range(0, len(every), _BATCH):
        yield every[start : start + _BATCH]


_ROOTS = select(rooms.c.root).where(rooms.c.id.in_(_IDS)).distinct()
_DROP_LOGS = delete(log).where(log.c.room.in_(_IDS))
_ORPHAN = update(rooms).where(rooms.c.parent.in_(_IDS)).values(parent=None, forked_us=None)
_DROP = delete(rooms).where(rooms.c.id.in_(_IDS))
_LEFT = select(rooms.c.id, rooms.c.parent, rooms.c.root).where(rooms.c.root.in_(_IDS))
_REROOT = update(rooms).where(rooms.c.id == _ID).values(root=bindparam("root_"))


def drop_rooms(connection: Connection, ids: list[str]) -> None:
    """The rooms and their logs; what has gone off from them becomes the root of what has gone off from it."""
    roots = list(connection.execute(_ROOTS, {"ids": ids}).scalars())
    connection.execute(_DROP_LOGS, {"ids": ids})
    connection.execute(_ORPHAN, {"ids": ids})
    connection.execute(_DROP, {"ids": ids})
    left = {row.id: row for row in connection.execute(_LEFT, {"ids": roots})}
    for room in left.values():
        root = room
        while root.parent in left:
            root = left[root.parent]
        if root.id != room.root:
            connection.execute(_REROOT, {"id_": room.id, "root_": root.id})
