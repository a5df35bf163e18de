"""The classes in SQLite, in the same file and by the same connection as the rooms."""

import secrets
import sqlite3
from collections.abc import Sequence

from msgspec import structs

from webapp.store.class_store import ClassEntry, ClassRow, CodeTaken, Extent
from webapp.store.log_store import RoomRow, SeqTaken
from webapp.store.sqlite import ROOM_AS_IT_STANDS, SqliteLogStore, failing, room_of

_CLASS = ", ".join(ClassRow.__struct_fields__)
_ENTRY = ", ".join(ClassEntry.__struct_fields__)


class SqliteClassStore:
    """Used by one thread at a time, and never beside ``rooms`` (the rooms' lock sees to that)."""

    def __init__(self, rooms: SqliteLogStore) -> None:
        self._rooms = rooms
        self._db = rooms.db

    def secret(self, name: str) -> bytes:
        with failing():
            self._db.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, secrets.token_bytes(32)))
            found: bytes = self._db.execute("SELECT secret FROM secrets WHERE name = ?", (name,)).fetchone()[0]
        return found

    def create_class(self, row: ClassRow) -> None:
        with failing():
            try:
                self._db.execute("INSERT INTO classes (id, code) VALUES (?, ?)", (row.id, row.code))
            except sqlite3.IntegrityError:
                raise CodeTaken(row.code) from None

    def class_row(self, class_id: str) -> ClassRow | None:
        return self._one("id", class_id)

    def class_by_code(self, code: str) -> ClassRow | None:
        return self._one("code", code)

    def _one(self, column: str, value: str) -> ClassRow | None:
        with failing():
            row = self._db.execute(f"SELECT {_CLASS} FROM classes WHERE {column} = ?", (value,)).fetchone()
        return ClassRow(*row) if row else None

    def class_entries(self, class_id: str) -> list[ClassEntry]:
        with failing():
            rows = self._db.execute(
                f"SELECT {_ENTRY} FROM class_log WHERE class = ? ORDER BY seq", (class_id,)
            ).fetchall()
        return [ClassEntry(*row) for row in rows]

    def append_to_class(self, class_id: str, entries: Sequence[ClassEntry], *, free_code: bool = False) -> None:
        with failing(), self._rooms.transaction():
            last = self._db.execute(
                "SELECT coalesce(max(seq), 0) FROM class_log WHERE class = ?", (class_id,)
            ).fetchone()[0]
            if entries[0].seq != last + 1:
                raise SeqTaken(f"seq {entries[0].seq} of class {class_id} is not the next one")
            self._db.executemany(
                f"INSERT INTO class_log (class, {_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                ((class_id, *structs.astuple(entry)) for entry in entries),
            )
            if free_code:
                self._db.execute("UPDATE classes SET code = NULL WHERE id = ?", (class_id,))

    def class_rooms(self, class_id: str) -> list[tuple[RoomRow, str, int]]:
        with failing():
            rows = self._db.execute(
                f"SELECT {ROOM_AS_IT_STANDS}, created_at, (SELECT coalesce(max(seq), 0) FROM log WHERE room = id)"
                " FROM rooms WHERE class_id = ? ORDER BY rowid",
                (class_id,),
            ).fetchall()
        return [(room_of(row[:-2]), row[-2], row[-1]) for row in rows]

    def class_extent(self, class_id: str) -> Extent:
        with failing():
            first_ms, last_ms = self._db.execute(
                "SELECT coalesce(min(wall_ms), 0), coalesce(max(wall_ms), 0) FROM class_log WHERE class = ?",
                (class_id,),
            ).fetchone()
            rooms, runs = self._db.execute(
                "SELECT count(*) FILTER (WHERE NOT sealed), count(*) FILTER (WHERE sealed) FROM rooms"
                " WHERE class_id = ?",
                (class_id,),
            ).fetchone()
        return Extent(first_ms, last_ms, rooms, runs)

    def class_deeds(self, class_id: str) -> list[tuple[str, str, int]]:
        with failing():
            # A copy's log begins with that of its original: what is the same in both was done once.
            deeds: list[tuple[str, str, int]] = self._db.execute(
                "SELECT actor, json_extract(command, '$.type') AS kind, count(*) FROM ("
                " SELECT DISTINCT scenario, seed, seq, at_us, actor, command FROM log JOIN rooms ON rooms.id = log.room"
                " WHERE class_id = ? AND NOT sealed) GROUP BY actor, kind ORDER BY actor, kind",
                (class_id,),
            ).fetchall()
        return deeds

    def keep_class_run(self, run_id: str, class_id: str, outline: str) -> None:
        with failing():
            self._db.execute("INSERT INTO class_runs VALUES (?, ?, ?)", (run_id, class_id, outline))

    def class_run(self, run_id: str) -> str | None:
        with failing():
            row = self._db.execute("SELECT outline FROM class_runs WHERE id = ?", (run_id,)).fetchone()
        return row[0] if row else None

    def class_runs(self, class_id: str) -> list[tuple[str, str]]:
        with failing():
            runs: list[tuple[str, str]] = self._db.execute(
                "SELECT id, outline FROM class_runs WHERE class = ? ORDER BY rowid", (class_id,)
            ).fetchall()
        return runs

    def delete_class(self, class_id: str) -> None:
        with failing():
            with self._rooms.transaction():
                self._db.execute("DELETE FROM log WHERE room IN (SELECT id FROM rooms WHERE class_id = ?)", (class_id,))
                # The young before the old: a branch names its parent.
                for (room,) in self._db.execute(
                    "SELECT id FROM rooms WHERE class_id = ? ORDER BY rowid DESC", (class_id,)
                ).fetchall():
                    self._db.execute("DELETE FROM rooms WHERE id = ?", (room,))
                for table, column in (("class_runs", "class"), ("class_log", "class"), ("classes", "id")):
                    self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", (class_id,))
            # What was deleted stands in the write-ahead log until that is emptied.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
