"""How a subcommand says no: one clear line on the error output, and an exit code."""

import sys
from typing import NoReturn

import click


def fail(why: str, code: int = 2) -> NoReturn:
    """``code``: 2 where what was asked for makes no sense, 1 where it is not there."""
    click.echo(f"quorumscope: {why}", err=True)
    sys.exit(code)
