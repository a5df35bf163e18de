"""The database of the settings, for commands that work on it while the server runs or does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from webapp.cli.fail import fail
from webapp.cli.site import settings_or_fail
from webapp.settings import Settings
from webapp.store.log_store import StoreFailed
from webapp.store.opening import database_file, open_database
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore


@contextmanager
def opened() -> Iterator[tuple[SqlLogStore, SqlClassStore, Settings]]:
    """What is wrong with it ends the command in one line."""
    settings = settings_or_fail()
    if not settings.database_url and not database_file(settings).is_file():
        fail(f"there is no database in the data directory {settings.data_dir} (QUORUMSCOPE_DATA names another)")
    try:
        logs = SqlLogStore(open_database(settings))
        try:
            yield logs, SqlClassStore(logs), settings
        finally:
            logs.close()
    except StoreFailed as error:
        fail(f"cannot use the database: {error}")


def day(ms: int) -> str:
    """Of ms since 1970, in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M") if ms else "never"


def tell(facts: dict[str, Any], as_json: bool) -> None:
    """What is known of one thing: a line each, or one object."""
    if as_json:
        click.echo(msgspec.json.encode(facts))
        return
    for name, value in facts.items():
        click.echo(f"{name:12}  {'' if value is None else value}")
