"""The command line: ``quorumscope`` and its subcommands, each in a file of its own."""

import click

from webapp import __version__
from webapp.cli.check import check
from webapp.cli.rooms import export, serve
from webapp.cli.run import run, scenarios
from webapp.cli.staleness import staleness


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quorumscope")
def main() -> None:
    """Run a replicated database, break it and see why."""


for command in (serve, run, scenarios, check, staleness, export):
    main.add_command(command)
