"""The command line: ``quorumscope`` and its subcommands, each in a file of its own."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from webapp import __version__
from webapp.cli.fail import fail

# Where each is found. It is imported when it is asked for: what serves has to change the standard library before
# others make locks of it, and no command waits for what another needs.
COMMANDS = {
    "serve": "webapp.cli.site:serve",
    "run": "webapp.cli.run:run",
    "scenarios": "webapp.cli.run:scenarios",
    "lessons": "webapp.cli.lessons:lessons",
    "check": "webapp.cli.check:check",
    "staleness": "webapp.cli.staleness:staleness",
    "export": "webapp.cli.rooms:export",
    "rooms": "webapp.cli.rooms:rooms",
    "classes": "webapp.cli.classes:classes",
    "backup": "webapp.cli.backup:backup",
    "restore": "webapp.cli.backup:restore",
    "accounts": "webapp.cli.accounts:accounts",
}


class OneLine(click.Group):
    """Says what is wrong in one line, where click says it in three."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, command = COMMANDS[name].split(":")
        found: click.Command = getattr(import_module(module), command)
        return found

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
