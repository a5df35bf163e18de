"""How a subcommand says no: one clear line on the error output, and exit code 2."""

import sys
from typing import NoReturn

import click


def fail(why: str) -> NoReturn:
    click.echo(f"quorumscope: {why}", err=True)
    sys.exit(2)
