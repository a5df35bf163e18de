"""A backup: one state of the whole database as lines of JSON, the same for SQLite and PostgreSQL, so that it also moves
a site from one to the other.

The first line is a ``Header``. Then each table says its name and columns, and a list for each row; bytes are base64.
The last line counts the rows: a file without it has been cut off.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, LargeBinary, Select, Table, bindparam, insert, select, tuple_, update

from webapp.store.database import Database
from webapp.store.migrations import HEAD
from webapp.store.tables import ALL, Words, rooms

FORMAT = 1

# So many rows are in memory at once.
_BATCH = 500

Row: TypeAlias = list[Any]


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """``schema`` is the database's revision."""

    quorumscope_backup: int
    schema: str
    made_at: str


class Rows(Struct, frozen=True, forbid_unknown_fields=True):
    """The lines that follow are rows of this table."""

    table: str
    columns: list[str]


class End(Struct, frozen=True, forbid_unknown_fields=True):
    """How many rows each table had."""

    rows: dict[str, int]


class BackupError(Exception):
    """The file is no backup, or not a whole one: the message says in which line."""


class NotEmpty(Exception):
    """There is something in the database already."""


def write_backup(database: Database) -> Iterator[bytes]:
    """The lines. Raises StoreFailed."""
    patient = database.patient()
    try:
        with patient.snapshot() as connection:
            yield _line(Header(FORMAT, HEAD, datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")))
            counts: dict[str, int] = {}
            for table in ALL:
                yield _line(Rows(str(table.name), [str(column.name) for column in table.columns]))
                counts[str(table.name)] = 0
                for rows_ in _batches(connection, table):
                    counts[str(table.name)] += len(rows_)
                    yield from map(_line, rows_)
            yield _line(End(counts))
    finally:
        patient.close()


def _batches(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """The rows in the order of their keys. No cursor stays open: with pg8000 it would have read everything."""
    keys = list(table.primary_key.columns)
    first: Select[Any] = select(table).order_by(*keys).limit(_BATCH)
    further = first.where(tuple_(*keys) > tuple_(*(bindparam(f"after_{key.name}", type_=key.type) for key in keys)))
    found = connection.execute(first).mappings().all()
    while found:
        # Who had it in memory has not where it is restored.
        yield [
            [None if column.name == "owner" else _out(row[column.name]) for column in table.columns] for row in found
        ]
        if len(found) < _BATCH:
            return
        found = connection.execute(further, {f"after_{key.name}": found[-1][key.name] for key in keys}).mappings().all()


def _out(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def read_backup(database: Database, lines: Iterable[bytes]) -> dict[str, int]:
    """All of it goes into the database, or nothing; answers how many rows each table has got. Raises BackupError,
    NotEmpty and StoreFailed."""
    reading = _Reading(lines)
    header = reading.next(Header, "not the header of a backup")
    if header.quorumscope_backup != FORMAT:
        raise reading.error(f"backup format {header.quorumscope_backup} is not known here, only {FORMAT}")
    if header.schema != HEAD:
        raise reading.error(f"a backup of schema {header.schema}, where this Quorumscope has {HEAD}")
    patient = database.patient()
    try:
        with patient.writing() as connection:
            if not patient.is_sqlite:
                # Whoever writes meanwhile waits, or is seen.
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(table.name for table in ALL)} IN EXCLUSIVE MODE")
            if any(connection.execute(select(table).limit(1)).first() for table in ALL):
                raise NotEmpty
            return _restore(connection, reading)
    finally:
        patient.close()


def _restore(connection: Connection, reading: "_Reading") -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in ALL:
        columns = list(table.columns)
        told = reading.next(Rows, f"expected the table {table.name}")
        if (told.table, told.columns) != (table.name, [column.name for column in columns]):
            raise reading.error(f"expected the table {table.name} with its columns")
        counts[str(table.name)] = 0
        parents: list[dict[str, str]] = []
        batch: list[dict[str, Any]] = []
        while (row := reading.row()) is not None:
            if len(row) != len(columns):
                raise reading.error(f"{len(row)} values, where {table.name} has {len(columns)}")
            fields = {column.name: _in(value, column, reading) for column, value in zip(columns, row, strict=True)}
            if table is rooms and fields["parent"] is not None:
                # The rows are in no order that would bring a parent first.
                parents.append({"id_": fields["id"], "parent_": fields["parent"]})
                fields["parent"] = None
            batch.append(fields)
            if len(batch) == _BATCH:
                connection.execute(insert(table), batch)
                counts[str(table.name)] += len(batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)
            counts[str(table.name)] += len(batch)
        if parents:
            branches = update(rooms).where(rooms.c.id == bindparam("id_")).values(parent=bindparam("parent_"))
            connection.execute(branches, parents)
    end = reading.next(End, "expected the last line, which counts the rows")
    if end.rows != counts:
        raise reading.error(f"there should be {end.rows} rows, and are {counts}")
    reading.is_at_its_end()
    return counts


def _in(value: Any, column: Any, reading: "_Reading") -> Any:
    if value is None and column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise reading.error(f"{column.name} must be base64") from None
    if isinstance(column.type, Words):
        if not isinstance(value, str):
            raise reading.error(f"{column.name} must be a text")
    elif type(value) is not int or not -(2**63) <= value < 2**63:
        raise reading.error(f"{column.name} must be a whole number of 64 bits")
    return value


class _Reading:
    """Lines one after the other, each of the kind that may come now."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._number = 0
        self._held: bytes | None = None

    def error(self, reason: str) -> BackupError:
        return BackupError(f"line {self._number}: {reason}")

    def _take(self) -> bytes:
        if self._held is None:
            self._number += 1
            try:
                self._held = next(self._lines)
            except StopIteration:
                raise self.error("the file has been cut off") from None
            except (OSError, EOFError) as error:
                # What gzip says of a file that it cannot read, or not to its end.
                raise self.error(f"the file cannot be read: {error}") from None
        return self._held

    def next(self, kind: type[Any], otherwise: str) -> Any:
        try:
            found = msgspec.json.decode(self._take(), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self.error(f"{otherwise}: {error}") from None
        self._held = None
        return found

    def row(self) -> Row | None:
        """None where something else than a row comes next."""
        if not self._take().startswith(b"["):
            return None
        row: Row = self.next(list[Any], "not a row")
        return row

    def is_at_its_end(self) -> None:
        self._number += 1
        try:
            further = next(self._lines, None)
        except (OSError, EOFError) as error:
            raise self.error(f"the file cannot be read: {error}") from None
        if further is not None:
            raise self.error("something follows the last line")
