"""The command line: ``quorumscope`` and its subcommands, each in a file of its own."""

import os
import sys
from typing import Any

import click

from webapp import __version__
from webapp.cli.check import check
from webapp.cli.fail import fail
from webapp.cli.lessons import lessons
from webapp.cli.rooms import export, serve
from webapp.cli.run import run, scenarios
from webapp.cli.staleness import staleness


class OneLine(click.Group):
    """Says what is wrong in one line, where click says it in three."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            code = super().main(*args, **(extra | {"standalone_mode": False}))
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(2)
        except click.ClickException as error:
            fail(" ".join(error.format_message().split()))
        except click.Abort:
            sys.exit(130)
        except BrokenPipeError:
            # Whoever read the output has seen enough; nothing more can be written, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quorumscope")
def main() -> None:
    """Run a replicated database, break it and see why."""


for command in (serve, run, scenarios, lessons, check, staleness, export):
    main.add_command(command)
