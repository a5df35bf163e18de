"""``quorumscope serve``: the site."""

import os

import click

from webapp.cli.fail import fail
from webapp.settings import SettingError, Settings, from_environment


def settings_or_fail() -> Settings:
    """What the environment says; a wrong setting ends the command in one line."""
    try:
        return from_environment(os.environ)
    except SettingError as error:
        fail(str(error))


@click.command()
def serve() -> None:
    """Serve the site. What the environment may set stands in docs/OPERATION.md: HOST and PORT, QUORUMSCOPE_DATA (a
    folder for the database) or DATABASE_URL, and many more."""
    settings = settings_or_fail()
    # Only here: importing it starts eventlet or gevent, which no other command needs. What it imports in turn comes
    # after that.
    from webapp import serve as server

    try:
        server.serve(settings, lambda address: click.echo(f"Quorumscope is at {address}  (Ctrl+C stops it)"))
    except server.CannotServe as cannot:
        fail(str(cannot))
