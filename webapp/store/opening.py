"""Which database the settings name, ready to be used."""

from pathlib import Path

from webapp.settings import Settings
from webapp.store.database import Database, sqlite_url
from webapp.store.log_store import StoreFailed
from webapp.store.migrating import migrate


def database_file(settings: Settings) -> Path:
    """Where the SQLite file is, if the settings name no other database."""
    return settings.data_dir / "rooms.sqlite3"


def open_database(settings: Settings, *, flushed_apart: bool = False) -> Database:
    """Makes what is not there, and brings what is older to this version. Raises StoreFailed."""
    if settings.database_url:
        return _ready(Database(settings.database_url))
    return open_file(database_file(settings), flushed_apart=flushed_apart)


def open_file(path: Path, *, flushed_apart: bool = False) -> Database:
    """Raises StoreFailed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFailed(str(error)) from error
    return _ready(Database(sqlite_url(path), flushed_apart=flushed_apart))


def _ready(database: Database) -> Database:
    try:
        migrate(database)
        # What can be read only is of no use: better to hear it now than at the first command.
        with database.writing():
            pass
    except BaseException:
        database.close()
        raise
    return database
