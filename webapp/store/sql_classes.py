"""The classes, in the same database as the rooms and by the same connection."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress

from msgspec import structs
from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from webapp.store.class_store import ClassEntry, ClassRow, CodeTaken, Extent
from webapp.store.log_store import RoomRow, SeqTaken
from webapp.store.sql_logs import IN_MEMORY, LENGTH, OWNER_GONE_MS, ROOM, SqlLogStore, batches, drop_rooms, room_of
from webapp.store.tables import Words, account_classes, class_log, class_runs, classes, log, rooms
from webapp.store.tables import secrets as secrets_

_ID, _ME, _NOW = bindparam("id_", type_=Words), bindparam("me", type_=Words), bindparam("now_ms", type_=BigInteger)
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_BEFORE = bindparam("before_ms", type_=BigInteger)

_CLASS = select(classes.c.id, classes.c.code, classes.c.created_at)
_BY_ID = _CLASS.where(classes.c.id == _ID)
_BY_CODE = _CLASS.where(classes.c.code == bindparam("code_"))
_ALL = _CLASS.order_by(classes.c.made, classes.c.id)
_CREATE = insert(classes)

_SECRET = select(secrets_.c.secret).where(secrets_.c.name == _ID)
_DRAW = insert(secrets_)

_ENTRIES = (
    select(*(class_log.c[field] for field in ClassEntry.__struct_fields__))
    .where(class_log.c["class"] == _ID)
    .order_by(class_log.c.seq)
)
_TAKE = update(classes).where(classes.c.id == _ID).values(owner=_ME, used_ms=_NOW)
_RELEASE = update(classes).where(classes.c.id.in_(_IDS), classes.c.owner == _ME).values(owner=None, used_ms=_NOW)
_OWNER = select(classes.c.owner).where(classes.c.id == _ID)
_MINE = select(classes.c.id).where(classes.c.id.in_(_IDS), classes.c.owner == _ME)
# Held until the entries are there: whoever takes the class waits for that.
_HOLD = select(classes.c.owner).where(classes.c.id == _ID).with_for_update(key_share=True)
_LAST = select(func.coalesce(func.max(class_log.c.seq), 0)).where(class_log.c["class"] == _ID)
_APPEND = insert(class_log)
_FREE_CODE = update(classes).where(classes.c.id == _ID).values(code=None)

_ROOMS = ROOM.add_columns(rooms.c.created_at, LENGTH).where(rooms.c.class_id == _ID).order_by(rooms.c.made, rooms.c.id)
_ROOM_IDS = select(rooms.c.id).where(rooms.c.class_id == _ID)
_TIMES = select(func.coalesce(func.min(class_log.c.wall_ms), 0), func.coalesce(func.max(class_log.c.wall_ms), 0)).where(
    class_log.c["class"] == _ID
)
_COUNTS = select(func.count().filter(rooms.c.sealed == 0), func.count().filter(rooms.c.sealed == 1)).where(
    rooms.c.class_id == _ID
)

# A copy's log begins with that of its original: what is the same in both was done once.
_done = (
    select(rooms.c.scenario, rooms.c.seed, log.c.seq, log.c.at_us, log.c.actor, log.c.command)
    .join_from(log, rooms, rooms.c.id == log.c.room)
    .where(rooms.c.class_id == _ID, rooms.c.sealed == 0)
    .distinct()
    .subquery()
)
_kind: ColumnElement[str] = cast(_done.c.command, JSON().with_variant(Text(), "sqlite"))["type"].as_string()
_deeds = select(_done.c.actor, _kind.label("kind")).subquery()
_DEEDS = (
    select(_deeds.c.actor, _deeds.c.kind, func.count())
    .group_by(_deeds.c.actor, _deeds.c.kind)
    .order_by(_deeds.c.actor, _deeds.c.kind)
)

_KEEP_RUN = insert(class_runs)
_RUN = select(class_runs.c.outline).where(class_runs.c.id == _ID)
_RUNS = (
    select(class_runs.c.id, class_runs.c.outline)
    .where(class_runs.c["class"] == _ID)
    .order_by(class_runs.c.made, class_runs.c.id)
)

_UNUSED = (
    select(classes.c.id)
    .where(
        classes.c.used_ms < _BEFORE,
        classes.c.owner.is_(None) | (classes.c.used_ms < _NOW - OWNER_GONE_MS),
        ~select(class_log.c.seq).where(class_log.c["class"] == classes.c.id, class_log.c.wall_ms >= _BEFORE).exists(),
        ~select(rooms.c.id)
        .where(rooms.c.class_id == classes.c.id, or_(rooms.c.used_ms >= _BEFORE, IN_MEMORY))
        .exists(),
    )
    .order_by(classes.c.made, classes.c.id)
)
_DELETE = (
    delete(class_runs).where(class_runs.c["class"] == _ID),
    delete(class_log).where(class_log.c["class"] == _ID),
    delete(account_classes).where(account_classes.c["class"] == _ID),
    delete(classes).where(classes.c.id == _ID),
)


class SqlClassStore:
    """Used by one thread at a time, and never beside ``logs`` (the rooms' lock sees to that)."""

    def __init__(self, logs: SqlLogStore) -> None:
        self._logs = logs
        self._database = logs.database

    def secret(self, name: str) -> bytes:
        with self._database.asking() as connection:
            found: bytes | None = connection.execute(_SECRET, {"id_": name}).scalar()
            if found is None:
                # Another process may be first.
                with suppress(IntegrityError):
                    connection.execute(_DRAW, {"name": name, "secret": secrets.token_bytes(32)})
                found = connection.execute(_SECRET, {"id_": name}).scalar_one()
        return found

    def create_class(self, row: ClassRow) -> None:
        fields = {
            "id": row.id,
            "code": row.code,
            "created_at": self._logs.created_at(),
            "made": self._logs.clock_ns(),
            "used_ms": self._logs.now_ms(),
        }
        with self._database.asking() as connection:
            try:
                connection.execute(_CREATE, fields)
            except IntegrityError:
                raise CodeTaken(row.code) from None

    def class_row(self, class_id: str) -> ClassRow | None:
        with self._database.asking() as connection:
            row = connection.execute(_BY_ID, {"id_": class_id}).first()
        return ClassRow(*row) if row else None

    def class_by_code(self, code: str) -> ClassRow | None:
        with self._database.asking() as connection:
            row = connection.execute(_BY_CODE, {"code_": code}).first()
        return ClassRow(*row) if row else None

    def class_entries(self, class_id: str) -> list[ClassEntry]:
        with self._database.asking() as connection:
            return [ClassEntry(*row) for row in connection.execute(_ENTRIES, {"id_": class_id})]

    def take_class(self, class_id: str) -> bool:
        asked = {"id_": class_id, "me": self._logs.owner, "now_ms": self._logs.now_ms()}
        with self._database.passing(), self._database.asking() as connection:
            return connection.execute(_TAKE, asked).rowcount == 1

    def release_classes(self, class_ids: Iterable[str]) -> None:
        with self._database.passing(), self._database.asking() as connection:
            for ids in batches(class_ids):
                asked = {"ids": ids, "me": self._logs.owner, "now_ms": self._logs.now_ms()}
                connection.execute(_RELEASE, asked)

    def class_owner(self, class_id: str) -> str | None:
        with self._database.asking() as connection:
            owner: str | None = connection.execute(_OWNER, {"id_": class_id}).scalar()
        return owner

    def lost_classes(self, class_ids: Iterable[str]) -> set[str]:
        asked = list(class_ids)
        mine: set[str] = set()
        with self._database.asking() as connection:
            for ids in batches(asked):
                mine.update(connection.execute(_MINE, {"ids": ids, "me": self._logs.owner}).scalars())
        return set(asked) - mine

    def append_to_class(self, class_id: str, entries: Sequence[ClassEntry], *, free_code: bool = False) -> None:
        rows = [{"class": class_id} | structs.asdict(entry) for entry in entries]
        with self._database.writing() as connection:
            owner = connection.execute(_HOLD, {"id_": class_id}).scalar()
            last = connection.execute(_LAST, {"id_": class_id}).scalar_one()
            if owner != self._logs.owner or entries[0].seq != last + 1:
                raise SeqTaken(f"seq {entries[0].seq} of class {class_id} is not the next one, or it is another's")
            connection.execute(_APPEND, rows)
            if free_code:
                connection.execute(_FREE_CODE, {"id_": class_id})

    def class_rooms(self, class_id: str) -> list[tuple[RoomRow, str, int]]:
        with self._database.asking() as connection:
            rows = connection.execute(_ROOMS, {"id_": class_id}).all()
        return [(room_of(row), row.created_at, row.entries) for row in rows]

    def class_extent(self, class_id: str) -> Extent:
        with self._database.asking() as connection:
            first_ms, last_ms = connection.execute(_TIMES, {"id_": class_id}).one()
            kept, shared = connection.execute(_COUNTS, {"id_": class_id}).one()
        return Extent(first_ms, last_ms, kept, shared)

    def class_deeds(self, class_id: str) -> list[tuple[str, str, int]]:
        with self._database.asking() as connection:
            return [(actor, kind, count) for actor, kind, count in connection.execute(_DEEDS, {"id_": class_id})]

    def keep_class_run(self, run_id: str, class_id: str, outline: str) -> None:
        fields = {"id": run_id, "class": class_id, "outline": outline, "made": self._logs.clock_ns()}
        with self._database.asking() as connection:
            connection.execute(_KEEP_RUN, fields)

    def class_run(self, run_id: str) -> str | None:
        with self._database.asking() as connection:
            return connection.execute(_RUN, {"id_": run_id}).scalar()

    def class_runs(self, class_id: str) -> list[tuple[str, str]]:
        with self._database.asking() as connection:
            return [(run_id, outline) for run_id, outline in connection.execute(_RUNS, {"id_": class_id})]

    def all_classes(self) -> list[ClassRow]:
        with self._database.asking() as connection:
            return [ClassRow(*row) for row in connection.execute(_ALL)]

    def unused_classes(self, before_ms: int) -> list[str]:
        with self._database.asking() as connection:
            return list(connection.execute(_UNUSED, {"before_ms": before_ms, "now_ms": self._logs.now_ms()}).scalars())

    def delete_class(self, class_id: str) -> None:
        with self._database.writing() as connection:
            # First the class's row, so that nothing is made in it meanwhile.
            connection.execute(_HOLD, {"id_": class_id})
            for ids in batches(connection.execute(_ROOM_IDS, {"id_": class_id}).scalars()):
                drop_rooms(connection, ids)
            for statement in _DELETE:
                connection.execute(statement, {"id_": class_id})
        self._database.forget_deleted()
