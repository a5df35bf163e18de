"""The log in SQLite: one file, in write-ahead mode, each append its own durable transaction."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.units import Us
from webapp.store.log_store import Entry, RoomRow, SeqTaken, StoreFailed

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    engine_version INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    seed INTEGER NOT NULL,
    clock_us INTEGER NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;
CREATE TABLE log (
    room TEXT NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;
"""


class SqliteLogStore:
    """One connection, used by one thread at a time (the rooms' lock sees to that)."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it if there is none. Raises StoreFailed."""
        with _failing():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
            self._db.execute("PRAGMA journal_mode = WAL")
            # FULL: an accepted command survives a power cut, not only a killed process.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()

    def _migrate(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")
        if version > SCHEMA_VERSION:
            raise StoreFailed(f"the log was written by a newer Quorumscope (schema {version}, not {SCHEMA_VERSION})")

    def create(self, room: RoomRow) -> None:
        with _failing():
            self._db.execute(
                "INSERT INTO rooms (id, engine_version, scenario, seed, clock_us) VALUES (?, ?, ?, ?, ?)",
                (room.id, room.engine_version, room.scenario, room.seed, room.clock_us),
            )

    def room(self, room_id: str) -> RoomRow | None:
        with _failing():
            row = self._db.execute(
                "SELECT id, engine_version, scenario, seed, clock_us FROM rooms WHERE id = ?", (room_id,)
            ).fetchone()
        return RoomRow(*row) if row else None

    def entries(self, room_id: str) -> list[Entry]:
        with _failing():
            rows = self._db.execute(
                "SELECT seq, at_us, actor, command FROM log WHERE room = ? ORDER BY seq", (room_id,)
            ).fetchall()
        return [Entry(*row) for row in rows]

    def append(self, room_id: str, entry: Entry) -> None:
        with _failing():
            # One statement, so that the check of the seq and the insert cannot come apart.
            inserted = self._db.execute(
                "INSERT INTO log (room, seq, at_us, actor, command) SELECT ?1, ?2, ?3, ?4, ?5"
                " WHERE ?2 = 1 + (SELECT coalesce(max(seq), 0) FROM log WHERE room = ?1)",
                (room_id, entry.seq, entry.at_us, entry.actor, entry.command),
            ).rowcount
        if inserted != 1:
            raise SeqTaken(f"seq {entry.seq} of room {room_id} is not the next one")

    def mark_clocks(self, clocks: Mapping[str, Us]) -> None:
        with _failing():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(
                    "UPDATE rooms SET clock_us = max(clock_us, ?) WHERE id = ?",
                    [(clock_us, room_id) for room_id, clock_us in clocks.items()],
                )
            except sqlite3.Error:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreFailed(str(error)) from error
