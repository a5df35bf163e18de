"""The database: one SQLite file, or PostgreSQL. What goes wrong in either is StoreFailed.

Each statement is its own transaction, unless it stands within ``writing`` or ``snapshot``: an append is then one
statement sent, and one answer.
"""

import logging
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from webapp.store.log_store import StoreFailed

# A database that does not answer for so long is taken to be gone. It stops what takes longer by itself, before that.
ANSWER_S = 10
STATEMENT_MS = 5_000
STANDSTILL_MS = 3_000

# For who keeps the site: a migration or a backup may take its time.
PATIENCE_S = 3_600


# What broke is told by StoreFailed; the pool would tell it again, at length.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)


class ConnectionBroke(StoreFailed):
    """Whether what was asked for was done is not known."""


def sqlite_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


class Database:
    """Used by one thread at a time (the rooms' lock sees to that)."""

    def __init__(self, url: URL | str, *, patient: bool = False, flushed_apart: bool = False) -> None:
        """Nothing is opened yet. ``url``: sqlite:///file, or postgresql://… Raises StoreFailed where it is neither.

        ``flushed_apart``: what is written to SQLite is durable only when it has been flushed (``GroupCommit``).
        """
        try:
            self.url = make_url(url)
        except (SQLAlchemyError, ValueError):
            # What is wrong with it is not said: there is a password in it.
            raise StoreFailed("the database's address cannot be read") from None
        self.is_sqlite = self.url.drivername == "sqlite"
        self._closed = False
        self._flushed_apart = flushed_apart and self.is_sqlite
        self._connection: sqlite3.Connection | None = None
        self._passing = 0
        # By room: how much has to be flushed until all of it is.
        self.unflushed: dict[str, int] = {}
        self.engine = self._sqlite() if self.is_sqlite else _postgresql(self.url, patient)

    def patient(self) -> "Database":
        """The same database, for work that takes long. In SQLite it is a connection of its own."""
        return Database(self.url, patient=True)

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Each statement by itself, and durable when it is done (or flushed). Raises StoreFailed. An IntegrityError may
        be caught inside."""
        if self._closed:
            # SQLAlchemy would open it again.
            raise StoreFailed("the database has been closed")
        with _failing(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing, and durable at the end (or when it is flushed). Raises StoreFailed."""
        with self.asking() as connection:
            yield from _transaction(connection, "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One state of the whole database, however much others write meanwhile. Raises StoreFailed."""
        with self.asking() as connection:
            yield from _transaction(
                connection, "BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            )

    @property
    def is_flushed_apart(self) -> bool:
        return self._flushed_apart and not self._closed

    @property
    def file(self) -> str:
        """SQLite's."""
        return self.url.database or ""

    @property
    def written(self) -> int:
        """How many rows have been written so far that are to be flushed."""
        if self._connection is None or not self.is_flushed_apart:
            return 0
        return self._connection.total_changes - self._passing

    @contextmanager
    def passing(self) -> Iterator[None]:
        """What is written within may be lost with the power: nobody waits until it is flushed."""
        before = self.written
        try:
            yield
        finally:
            self._passing += self.written - before

    def wrote(self, room_id: str) -> None:
        """What has just been written is of this room."""
        if self.is_flushed_apart:
            self.unflushed[room_id] = self.written

    def forget_flushed(self, written: int) -> None:
        self.unflushed = {room_id: until for room_id, until in self.unflushed.items() if until > written}

    def forget_deleted(self) -> None:
        """What was deleted stands in SQLite's write-ahead log until that is emptied."""
        if self.is_sqlite:
            with self.asking() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._closed = True
        self.engine.dispose()

    def _sqlite(self) -> Engine:
        engine = create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False, "timeout": STATEMENT_MS / 1000},
        )

        @event.listens_for(engine, "connect")
        def connected(connection: sqlite3.Connection, _record: object) -> None:
            self._connection = connection
            # Transactions begin where we say so, and not by what sqlite3 thinks of a statement.
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL: what is stored survives a power cut, not only a killed process. NORMAL: once it is flushed.
            connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._flushed_apart else 'FULL'}")
            if self._flushed_apart:
                connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute("PRAGMA foreign_keys = ON")
            # What is deleted is gone from the file as well.
            connection.execute("PRAGMA secure_delete = ON")

        return engine


def _transaction(connection: Connection, begin: str) -> Iterator[Connection]:
    connection.exec_driver_sql(begin)
    try:
        yield connection
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        # What failed may have ended the transaction already, or the connection.
        with suppress(SQLAlchemyError, OSError):
            if not connection.invalidated:
                connection.exec_driver_sql("ROLLBACK")
        raise


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise (ConnectionBroke if error.connection_invalidated else StoreFailed)(_plain(error)) from error
    except SQLAlchemyError as error:
        raise StoreFailed(type(error).__name__) from error
    except (sqlite3.Error, OSError) as error:
        raise StoreFailed(str(error)) from error


def _plain(error: DBAPIError) -> str:
    """What the database said, without the statement and what was in it."""
    if isinstance(error, InterfaceError):
        # Where it is does not concern those who are told.
        return "the database cannot be reached"
    original = error.orig
    said = original.args[0] if original is not None and original.args else type(original).__name__
    # pg8000 brings what PostgreSQL said as a dictionary: M is the message.
    return str(said.get("M", said)) if isinstance(said, dict) else str(said)


def _postgresql(url: URL, patient: bool) -> Engine:
    # pg8000 is Python throughout: it waits as eventlet and gevent want it to, and needs no library of the system.
    statement_ms = 1000 * PATIENCE_S if patient else STATEMENT_MS
    return create_engine(
        url.set(drivername="postgresql+pg8000", query={}),
        isolation_level="AUTOCOMMIT",
        pool_size=2,
        max_overflow=3,
        # After a restart of the database the old connections are dead; each is looked at before it is used.
        pool_pre_ping=True,
        pool_timeout=ANSWER_S,
        connect_args=_ways(url)
        | {
            "timeout": PATIENCE_S if patient else ANSWER_S,
            "application_name": "quorumscope",
            "startup_params": {
                "statement_timeout": str(statement_ms),
                "lock_timeout": str(statement_ms),
                # A process that stands still with a transaction open must not hold up the others.
                "idle_in_transaction_session_timeout": str(1000 * PATIENCE_S if patient else STANDSTILL_MS),
            },
        },
    )


def _ways(url: URL) -> dict[str, Any]:
    """How to get there, from what libpq would understand in the address: host=/folder, sslmode, sslrootcert."""
    said = {key: value if isinstance(value, str) else value[-1] for key, value in url.query.items()}
    ways: dict[str, Any] = {}
    if (folder := said.pop("host", "")).startswith("/"):
        ways["unix_sock"] = f"{folder}/.s.PGSQL.{url.port or 5432}"
    mode, root = said.pop("sslmode", "disable"), said.pop("sslrootcert", None)
    if mode not in ("disable", "allow", "prefer"):
        context = ssl.create_default_context(cafile=root)
        if mode != "verify-full":
            context.check_hostname = False
        if mode == "require":
            context.verify_mode = ssl.CERT_NONE
        ways["ssl_context"] = context
    if said:
        raise StoreFailed(f"the database's address has {', '.join(sorted(said))}, which is not known here")
    return ways
