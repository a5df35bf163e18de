"""``quorumscope backup`` and ``quorumscope restore``: all that the site keeps, in one file."""

import contextlib
import gzip
import os
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import click

from webapp.cli.fail import fail
from webapp.cli.site import settings_or_fail
from webapp.store.backup import BackupError, NotEmpty, read_backup, write_backup
from webapp.store.log_store import StoreFailed
from webapp.store.opening import database_file, open_database


@click.command()
@click.argument("file")
def backup(file: str) -> None:
    """Write all that the site keeps to FILE ("-": to the output). The server may be running: it is one moment of it.

    Whoever has the file has the site's secrets."""
    settings = settings_or_fail()
    if not settings.database_url and not database_file(settings).is_file():
        fail(f"there is no database in the data directory {settings.data_dir} (QUORUMSCOPE_DATA names another)")
    try:
        database = open_database(settings)
        with contextlib.closing(database):
            lines = write_backup(database)
            if file == "-":
                _pack(lines, sys.stdout.buffer)
                sys.stdout.flush()
            else:
                _write(lines, Path(file))
    except StoreFailed as error:
        fail(f"cannot read the database: {error}")
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(f"cannot write {file}: {error.strerror or error}")


def _write(lines: Iterable[bytes], path: Path) -> None:
    """What is at ``path`` is a whole backup, whatever happens. Only its owner can read it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            _pack(lines, out)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _pack(lines: Iterable[bytes], out: IO[bytes]) -> None:
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, filename="", mtime=0) as packed:
        for line in lines:
            packed.write(line)


@click.command()
@click.argument("file")
def restore(file: str) -> None:
    """Bring back what `quorumscope backup` has written to FILE ("-": from the input), into a database that is empty
    or not there yet. All of it is restored, or nothing."""
    settings = settings_or_fail()
    try:
        with (
            sys.stdin.buffer if file == "-" else Path(file).open("rb") as packed,
            contextlib.closing(open_database(settings)) as database,
        ):
            counts = read_backup(database, unpack(packed))
    except NotEmpty:
        fail("the database is not empty: what is in it would be mixed with the backup")
    except BackupError as error:
        fail(f"cannot restore {file}, {error}")
    except StoreFailed as error:
        fail(f"cannot restore {file}: {error}")
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror or error}")
    click.echo(f"Restored {counts['rooms']} rooms and {counts['classes']} classes.")


def unpack(packed: IO[bytes]) -> Iterator[bytes]:
    """The lines. Raises OSError or EOFError where it is not, or not all of, what gzip made."""
    try:
        with gzip.GzipFile(fileobj=packed, mode="rb") as lines:
            yield from lines
    except (zlib.error, ValueError) as error:
        raise OSError(str(error)) from None
