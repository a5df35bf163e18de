"""``quorumscope serve`` and ``quorumscope export``: the site, and the logs of its rooms."""

import os
import sys

import click

from webapp.cli.fail import fail
from webapp.settings import SettingError, Settings, from_environment
from webapp.store.log_file import write_log
from webapp.store.log_store import StoreFailed
from webapp.store.sqlite import SqliteLogStore
from webapp.words import sentence


@click.command()
def serve() -> None:
    """Serve the site. HOST, PORT, QUORUMSCOPE_DATA (a folder for the rooms' logs), QUORUMSCOPE_LESSONS (a folder with
    lessons of your own) and QUORUMSCOPE_TRANSLATIONS (a folder with translations) may be set."""
    # Only here: importing it starts eventlet, which no other command needs.
    from webapp import serve as server
    from webapp.lessons.trouble import BrokenLesson
    from webapp.translations.faults import BadTranslation

    settings = _settings()
    try:
        server.serve(settings, lambda address: click.echo(f"Quorumscope is at {address}  (Ctrl+C stops it)"))
    except OSError as error:
        fail(f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}")
    except StoreFailed as error:
        fail(f"cannot use the data directory {settings.data_dir}: {error}")
    except BrokenLesson as broken:
        fail(f"cannot use the lesson {broken.problems[0]}")
    except BadTranslation as error:
        fail(f"cannot use the translation {error}")


@click.command()
@click.argument("room")
def export(room: str) -> None:
    """Print the log of a room as JSON lines: what `quorumscope run` takes. The server may be running."""
    settings = _settings()
    path = settings.data_dir / "rooms.sqlite3"
    if not path.is_file():
        fail(f"there is no log in the data directory {settings.data_dir} (QUORUMSCOPE_DATA names another)")
    try:
        store = SqliteLogStore(path)
        row = store.room(room)
        if row is None:
            fail(sentence("refused.unknown_room"))
        for line in write_log(row, store.entries(room)):
            sys.stdout.buffer.write(line)
        store.close()
    except StoreFailed as error:
        fail(f"cannot read the log: {error}")


def _settings() -> Settings:
    try:
        return from_environment(os.environ)
    except SettingError as error:
        fail(str(error))
