"""``quorumscope run`` and ``quorumscope scenarios``."""

import sys
from pathlib import Path

import click
import msgspec

from engine import ENGINE_VERSION, SCENARIOS
from engine.outcomes import Refused
from webapp.cli.fail import fail
from webapp.rooms import replay
from webapp.store.log_file import LogFileError, read_log
from webapp.store.log_store import Entry, RoomRow
from webapp.words import sentence


@click.command()
@click.argument("what", metavar="SCENARIO|LOG")
@click.option("--until", "until_ms", type=click.FloatRange(min=0), help="Stop at this virtual time, in milliseconds.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="The luck of a scenario; a log has its own. [1]")
@click.option("--digest", is_flag=True, help="Print nothing but the digest of the run.")
def run(what: str, until_ms: float | None, seed: int | None, digest: bool) -> None:
    """Run a scenario by its name, or the log of a room from a file, and print its changes as JSON lines."""
    row, entries = _source(what, seed)
    until_us = None if until_ms is None else round(until_ms * 1000)
    try:
        if digest:
            click.echo(replay.digest(row, entries, until_us))
            return
        for change in replay.stream(row, entries, until_us):
            sys.stdout.buffer.write(msgspec.json.encode(change) + b"\n")
    except Refused as refused:
        fail(f"{what}: {sentence(f'refused.{refused.code}', refused.facts)}")
    except msgspec.ValidationError as error:
        fail(f"{what}: a command in the log is not known here: {error}")


def _source(what: str, seed: int | None) -> tuple[RoomRow, list[Entry]]:
    if scenario := SCENARIOS.get(what):
        return RoomRow(what, ENGINE_VERSION, what, 1 if seed is None else seed, scenario.ends_us), []
    if not Path(what).is_file():
        fail(f"{what!r} is neither a scenario ({', '.join(SCENARIOS)}) nor a file")
    if seed is not None:
        fail("--seed is for a scenario; a log has its own")
    try:
        with Path(what).open("rb") as file:
            return read_log(file, what)
    except (LogFileError, OSError) as error:
        fail(str(error))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="An array of objects with name, title and claim.")
def scenarios(as_json: bool) -> None:
    """List the scenarios that ship, each with the claim that it shows."""
    if as_json:
        told = [{"name": s.name, "title": s.title, "claim": s.claim} for s in SCENARIOS.values()]
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    for scenario in SCENARIOS.values():
        click.echo(f"{scenario.name:28} {scenario.claim}")
