"""``quorumscope accounts``: the teachers' accounts, for who keeps the site. The server may be running."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import msgspec

from webapp.accounts.accounts import INVITED_DAYS, RESET_DAYS, send_out
from webapp.classroom.texts import likeness
from webapp.cli.fail import fail
from webapp.cli.site import settings_or_fail
from webapp.settings import Settings
from webapp.store.account_store import AccountRow
from webapp.store.log_store import StoreFailed
from webapp.store.opening import open_database
from webapp.store.sql_accounts import SqlAccountStore

_DAYS = click.IntRange(1, 365)


@click.group()
def accounts() -> None:
    """Teachers' accounts: who has one, and who may."""


@accounts.command("list")
@click.option("--json", "as_json", is_flag=True, help="An array of objects.")
def list_(as_json: bool) -> None:
    """All accounts, with the number of their classes."""
    with _store() as (store, _):
        held = store.all_accounts()
    told = [
        {
            "name": one.row.name,
            "signs_in": "password" if one.row.password is not None else one.row.issuer,
            "made": datetime.fromtimestamp(one.row.created_ms / 1000, UTC).strftime("%Y-%m-%d"),
            "classes": one.classes,
            "closed": one.row.closed,
        }
        for one in held
    ]
    if as_json:
        click.echo(msgspec.json.encode(told))
        return
    for line in told:
        closed = "  closed" if line["closed"] else ""
        click.echo(f"{line['made']}  {line['classes']:>4} classes  {line['signs_in']}  {line['name']}{closed}")


@accounts.command()
@click.option("--days", type=_DAYS, default=INVITED_DAYS, show_default=True, help="So long it is good.")
def invite(days: int) -> None:
    """Print a link by which one person can make an account, once."""
    with _store() as (store, settings):
        if settings.accounts == "none":
            fail("the site has no accounts: QUORUMSCOPE_ACCOUNTS is none")
        click.echo(_link(settings, "sign-up", send_out(store, _now_ms(), days)))


@accounts.command()
@click.argument("name")
@click.option("--days", type=_DAYS, default=RESET_DAYS, show_default=True, help="So long it is good.")
def reset(name: str, days: int) -> None:
    """Print a link by which somebody who has forgotten their password can set another, once."""
    with _account(name) as (store, row, settings):
        if row.password is None:
            fail(f"{row.name} has no password here, and signs in at {row.issuer}")
        click.echo(_link(settings, "new-password", send_out(store, _now_ms(), days, row.id)))


@accounts.command()
@click.argument("name")
def close(name: str) -> None:
    """Let nobody sign in to an account any more, and end its sessions. Its classes stay."""
    with _account(name) as (store, row, _):
        store.close_account(row.id, closed=True)
        click.echo(f"{row.name} is closed.")


@accounts.command()
@click.argument("name")
def reopen(name: str) -> None:
    """Undo `close`."""
    with _account(name) as (store, row, _):
        store.close_account(row.id, closed=False)
        click.echo(f"{row.name} is open again.")


@accounts.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:
    """Delete an account for good. Its classes stay, for whoever has a key to them."""
    with _account(name) as (store, row, _):
        if not yes:
            click.confirm(f"Delete the account {row.name} for good?", abort=True)
        store.delete_account(row.id)
        click.echo(f"{row.name} is deleted.")


@contextmanager
def _store() -> Iterator[tuple[SqlAccountStore, Settings]]:
    settings = settings_or_fail()
    try:
        database = open_database(settings)
        try:
            yield SqlAccountStore(database), settings
        finally:
            database.close()
    except StoreFailed as error:
        fail(f"cannot use the database: {error}")


@contextmanager
def _account(name: str) -> Iterator[tuple[SqlAccountStore, AccountRow, Settings]]:
    with _store() as (store, settings):
        row = store.account_named(likeness(" ".join(name.split())))
        if row is None:
            fail(f"there is no account {name!r}")
        yield store, row, settings


def _link(settings: Settings, page: str, token: str) -> str:
    """The secret stands where no browser sends it to a server, and no server can log it."""
    return f"{settings.site or f'http://{settings.host}:{settings.port}'}/account/{page}#{token}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
