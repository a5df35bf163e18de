"""The command line: ``quorumscope serve``, ``run`` and ``export``."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from engine import ENGINE_VERSION, SCENARIOS
from engine.outcomes import Refused
from webapp import __version__
from webapp.rooms import replay
from webapp.settings import SettingError, Settings, from_environment
from webapp.store.log_file import LogFileError, read_log, write_log
from webapp.store.log_store import Entry, RoomRow, StoreFailed
from webapp.store.sqlite import SqliteLogStore
from webapp.words import sentence


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quorumscope")
def main() -> None:
    """Run a replicated database, break it and see why."""


@main.command()
def serve() -> None:
    """Serve the site. HOST, PORT and QUORUMSCOPE_DATA (a folder for the rooms' logs) may be set."""
    # Only here: importing it starts eventlet, which no other command needs.
    from webapp import serve as server

    settings = _settings()
    try:
        server.serve(settings, lambda address: click.echo(f"Quorumscope is at {address}  (Ctrl+C stops it)"))
    except OSError as error:
        _fail(f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}")
    except StoreFailed as error:
        _fail(f"cannot use the data directory {settings.data_dir}: {error}")


@main.command()
@click.argument("what", metavar="SCENARIO|LOG")
@click.option("--until", "until_ms", type=click.FloatRange(min=0), help="Stop at this virtual time, in milliseconds.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="The luck of a scenario; a log has its own. [1]")
@click.option("--digest", is_flag=True, help="Print nothing but the digest of the run.")
def run(what: str, until_ms: float | None, seed: int | None, digest: bool) -> None:
    """Run a scenario by its name, or the log of a room from a file, and print its changes as JSON lines."""
    row, entries = _source(what, seed)
    until_us = None if until_ms is None else round(until_ms * 1000)
    try:
        if digest:
            click.echo(replay.digest(row, entries, until_us))
            return
        for change in replay.stream(row, entries, until_us):
            sys.stdout.buffer.write(msgspec.json.encode(change) + b"\n")
    except Refused as refused:
        _fail(f"{what}: {sentence(f'refused.{refused.code}', refused.facts)}")
    except msgspec.ValidationError as error:
        _fail(f"{what}: a command in the log is not known here: {error}")


def _source(what: str, seed: int | None) -> tuple[RoomRow, list[Entry]]:
    if scenario := SCENARIOS.get(what):
        return RoomRow(what, ENGINE_VERSION, what, 1 if seed is None else seed, scenario.ends_us), []
    if not Path(what).is_file():
        _fail(f"{what!r} is neither a scenario ({', '.join(SCENARIOS)}) nor a file")
    if seed is not None:
        _fail("--seed is for a scenario; a log has its own")
    try:
        with Path(what).open("rb") as file:
            return read_log(file, what)
    except (LogFileError, OSError) as error:
        _fail(str(error))


@main.command()
@click.argument("room")
def export(room: str) -> None:
    """Print the log of a room as JSON lines: what `quorumscope run` takes. The server may be running."""
    settings = _settings()
    path = settings.data_dir / "rooms.sqlite3"
    if not path.is_file():
        _fail(f"there is no log in the data directory {settings.data_dir} (QUORUMSCOPE_DATA names another)")
    try:
        store = SqliteLogStore(path)
        row = store.room(room)
        if row is None:
            _fail(sentence("refused.unknown_room"))
        for line in write_log(row, store.entries(room)):
            sys.stdout.buffer.write(line)
        store.close()
    except StoreFailed as error:
        _fail(f"cannot read the log: {error}")


def _settings() -> Settings:
    try:
        return from_environment(os.environ)
    except SettingError as error:
        _fail(str(error))


def _fail(why: str) -> NoReturn:
    click.echo(f"quorumscope: {why}", err=True)
    sys.exit(2)
