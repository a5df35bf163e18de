"""The log in SQLite: one file, in write-ahead mode, each append its own durable transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import structs

from engine.units import Us
from webapp.store.log_store import Entry, RoomRow, SeqTaken, StoreFailed

# The first makes the file; each further one takes a file from the version before to the next.
_MIGRATIONS = (
    """
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
    """,
    """
    ALTER TABLE rooms ADD COLUMN root TEXT NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN parent TEXT REFERENCES rooms (id);
    ALTER TABLE rooms ADD COLUMN forked_us INTEGER;
    ALTER TABLE rooms ADD COLUMN name TEXT;
    ALTER TABLE rooms ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
    UPDATE rooms SET root = id;
    CREATE INDEX rooms_of_a_family ON rooms (root);
    """,
    """
    CREATE TABLE classes (
        id TEXT PRIMARY KEY,
        code TEXT UNIQUE,
        created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) STRICT;
    CREATE TABLE class_log (
        class TEXT NOT NULL REFERENCES classes (id),
        seq INTEGER NOT NULL,
        wall_ms INTEGER NOT NULL,
        actor TEXT NOT NULL,
        room TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (class, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE class_runs (
        id TEXT PRIMARY KEY,
        class TEXT NOT NULL REFERENCES classes (id),
        outline TEXT NOT NULL
    ) STRICT;
    CREATE INDEX runs_of_a_class ON class_runs (class);
    ALTER TABLE rooms ADD COLUMN class_id TEXT REFERENCES classes (id);
    CREATE INDEX rooms_of_a_class ON rooms (class_id) WHERE class_id IS NOT NULL;
    CREATE TABLE secrets (name TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT;
    """,
)

SCHEMA_VERSION = len(_MIGRATIONS)

# The columns have the names of the fields.
_ROOM = ", ".join(RoomRow.__struct_fields__)

# A clock is marked now and then, a command at once: after a crash, the last command may be later.
ROOM_AS_IT_STANDS = _ROOM.replace(
    "clock_us",
    "max(clock_us, coalesce((SELECT at_us FROM log WHERE room = id ORDER BY seq DESC LIMIT 1), 0))",
)


class SqliteLogStore:
    """One connection, used by one thread at a time (the rooms' lock sees to that)."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it if there is none. Raises StoreFailed."""
        with failing():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
            self.db.execute("PRAGMA journal_mode = WAL")
            # FULL: an accepted command survives a power cut, not only a killed process.
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("PRAGMA foreign_keys = ON")
            # What is deleted is gone from the file as well.
            self.db.execute("PRAGMA secure_delete = ON")
            self._migrate()

    def _migrate(self) -> None:
        with self.transaction():
            version = self.db.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise StoreFailed(
                    f"the log was written by a newer Quorumscope (schema {version}, not {SCHEMA_VERSION})"
                )
            for script in _MIGRATIONS[version:]:
                for statement in script.split(";"):
                    self.db.execute(statement)
            self.db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def create(self, room: RoomRow, entries: Iterable[Entry] = ()) -> None:
        row = structs.astuple(structs.replace(room, root=room.family))
        with failing(), self.transaction():
            self.db.execute(f"INSERT INTO rooms ({_ROOM}) VALUES ({', '.join('?' * len(row))})", row)
            self.db.executemany(
                "INSERT INTO log (room, seq, at_us, actor, command) VALUES (?, ?, ?, ?, ?)",
                ((room.id, *structs.astuple(entry)) for entry in entries),
            )

    def room(self, room_id: str) -> RoomRow | None:
        with failing():
            row = self.db.execute(f"SELECT {ROOM_AS_IT_STANDS} FROM rooms WHERE id = ?", (room_id,)).fetchone()
        return room_of(row) if row else None

    def family(self, root: str) -> list[tuple[RoomRow, int]]:
        with failing():
            rows = self.db.execute(
                f"SELECT {ROOM_AS_IT_STANDS}, (SELECT coalesce(max(seq), 0) FROM log WHERE room = id) FROM rooms"
                " WHERE root = ? ORDER BY rowid",
                (root,),
            ).fetchall()
        return [(room_of(row[:-1]), row[-1]) for row in rows]

    def rename(self, room_id: str, name: str) -> None:
        with failing():
            self.db.execute("UPDATE rooms SET name = ? WHERE id = ?", (name, room_id))

    def entries(self, room_id: str) -> list[Entry]:
        with failing():
            rows = self.db.execute(
                "SELECT seq, at_us, actor, command FROM log WHERE room = ? ORDER BY seq", (room_id,)
            ).fetchall()
        return [Entry(*row) for row in rows]

    def append(self, room_id: str, entry: Entry) -> None:
        with failing():
            # One statement, so that the check of the seq and the insert cannot come apart.
            inserted = self.db.execute(
                "INSERT INTO log (room, seq, at_us, actor, command) SELECT ?1, ?2, ?3, ?4, ?5"
                " WHERE ?2 = 1 + (SELECT coalesce(max(seq), 0) FROM log WHERE room = ?1)",
                (room_id, entry.seq, entry.at_us, entry.actor, entry.command),
            ).rowcount
        if inserted != 1:
            raise SeqTaken(f"seq {entry.seq} of room {room_id} is not the next one")

    def mark_clocks(self, clocks: Mapping[str, Us]) -> None:
        with failing(), self.transaction():
            self.db.executemany(
                "UPDATE rooms SET clock_us = max(clock_us, ?) WHERE id = ?",
                [(clock_us, room_id) for room_id, clock_us in clocks.items()],
            )

    def close(self) -> None:
        self.db.close()


def room_of(row: tuple[Any, ...]) -> RoomRow:
    fields = dict(zip(RoomRow.__struct_fields__, row, strict=True))
    return RoomRow(**fields | {"sealed": bool(fields["sealed"])})


@contextmanager
def failing() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreFailed(str(error)) from error
