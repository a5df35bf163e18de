"""Brings a database to the tables of this version: all steps in one transaction, by one process at a time."""

from pathlib import Path

from sqlalchemy import Connection, inspect

from webapp.store.database import Database
from webapp.store.log_store import StoreFailed
from webapp.store.migrations import HEAD, REVISIONS

# Names the lock that a process holds while it migrates.
_LOCK = 7_168_014_225


def migrate(database: Database) -> None:
    """Raises StoreFailed, also where a newer version has written the database."""
    with database.asking() as connection:
        if revision(connection, database) == HEAD:
            return
    patient = database.patient()
    try:
        with patient.writing() as connection:
            if not database.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            # Another process may have been first.
            if (found := revision(connection, database)) != HEAD:
                _upgrade(connection, found)
    finally:
        patient.close()


def revision(connection: Connection, database: Database) -> str | None:
    """That of the database; None where it is empty. Raises StoreFailed where it is not known here."""
    found: str | None = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    elif database.is_sqlite and (version := connection.exec_driver_sql("PRAGMA user_version").scalar_one()):
        # Before Alembic, the number of the step stood in the file's head.
        found = f"{version:04}"
    if found is not None and found not in REVISIONS:
        raise StoreFailed(f"the database was written by a newer Quorumscope (schema {found}, not {HEAD})")
    return found


def _upgrade(connection: Connection, found: str | None) -> None:
    # Only here: most starts find everything in place.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    if found is not None and not inspect(connection).has_table("alembic_version"):
        command.stamp(config, found)
    command.upgrade(config, "head")
