"""``quorumscope run`` and ``quorumscope scenarios``."""

import sys
from pathlib import Path

import click
import msgspec

from engine import ENGINE_VERSION, SCENARIOS
from engine.changes import GoalState, MeasureState, NoteState, VerdictState
from engine.commands import Configure
from engine.outcomes import Refused, invalid
from engine.simulation import SEED_MAX
from webapp.cli.fail import fail
from webapp.cli.progress import progress
from webapp.rooms import replay
from webapp.store.log_file import LogFileError, read_log
from webapp.store.log_store import Entry, RoomRow
from webapp.words import narrate, sentence


@click.command()
@click.argument("what", metavar="SCENARIO|LOG")
@click.option("--until", "until_ms", type=click.FloatRange(min=0), help="Stop at this virtual time, in milliseconds.")
@click.option("--seed", type=click.IntRange(0, SEED_MAX), help="The luck of a scenario; a log has its own. [1]")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="Begin with another setting, such as w=1.")
@click.option("--digest", is_flag=True, help="Print nothing but the digest of the run.")
@click.option("--json", "as_json", is_flag=True, help="Print every change of the run, as JSON lines.")
def run(
    what: str, until_ms: float | None, seed: int | None, settings: tuple[str, ...], digest: bool, as_json: bool
) -> None:
    """Run a scenario by its name, or the log of a room from a file, and tell what happens.

    The run happens in virtual time, as fast as this machine can. The same scenario, seed and settings
    give the same run everywhere: --digest prints its fingerprint.

    --set changes a setting before anything happens, and may be given several times. The settings are those
    of the command `configure` in docs/PROTOCOL.md: n, w, r, strategy (client, coordinator, leader),
    versions (counter, ask, clock, vector), read_repair (off, async, blocking), sloppy, latency, ...
    Times are in microseconds.

    \b
      quorumscope run sleeping-node
      quorumscope run sleeping-node --set w=1 --set r=1 --seed 7
      quorumscope export ROOM > room.jsonl; quorumscope run room.jsonl --json
    """
    row, entries = _source(what, seed)
    others = _configure(settings)
    until_us = None if until_ms is None else round(until_ms * 1000)
    try:
        with progress("Running", len(entries)) as advance:
            watched = advance.over(entries)
            if digest:
                click.echo(replay.digest(row, watched, until_us, others))
                return
            for change in replay.stream(row, watched, until_us, others):
                if isinstance(change.fields, VerdictState | GoalState | MeasureState):
                    continue  # what is said of a run, by `quorumscope check` for one; the digest is of the others
                if as_json:
                    sys.stdout.buffer.write(msgspec.json.encode(change) + b"\n")
                elif isinstance(change.fields, NoteState):
                    told = narrate(change.fields.code, change.fields.facts)
                    click.echo(f"{change.at_us / 1000:12.3f} ms  {told}")
    except Refused as refused:
        field = f"{refused.field}: " if refused.field else ""
        fail(f"{what}: {field}{sentence(f'refused.{refused.code}', refused.facts)}")
    except msgspec.ValidationError as error:
        fail(f"{what}: a command in the log is not known here: {error}")


def _source(what: str, seed: int | None) -> tuple[RoomRow, list[Entry]]:
    if scenario := SCENARIOS.get(what):
        return RoomRow(what, ENGINE_VERSION, what, 1 if seed is None else seed, scenario.ends_us), []
    if not Path(what).is_file():
        fail(f"{what!r} is neither a scenario (`quorumscope scenarios` lists them) nor a file")
    if seed is not None:
        fail("--seed is for a scenario; a log has its own")
    try:
        with Path(what).open("rb") as file:
            return read_log(file, what)
    except (LogFileError, OSError) as error:
        fail(str(error))


def _configure(settings: tuple[str, ...]) -> Configure:
    """What --set asks for."""
    asked: dict[str, str | int | bool] = {"type": "configure"}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in Configure.__struct_fields__:
            fail(f"--set {setting!r} is not NAME=VALUE; the names are {', '.join(Configure.__struct_fields__)}")
        words: dict[str, bool] = {"true": True, "on": True, "false": False, "off": False}
        is_switch = name in ("sloppy", "follower_reads")
        asked[name] = words.get(value, value) if is_switch else int(value) if value.lstrip("-").isdigit() else value
    try:
        return msgspec.convert(asked, Configure)
    except msgspec.ValidationError as error:
        refused = invalid(error)
        fail(f"--set {refused.field}: {sentence('refused.invalid', refused.facts)}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="An array of objects with name, title and claim.")
def scenarios(as_json: bool) -> None:
    """List the scenarios that ship, each with the claim that it shows. `quorumscope run NAME` runs one."""
    if as_json:
        told = [{"name": one.name, "title": one.title, "claim": one.claim} for one in SCENARIOS.values()]
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    width = max(map(len, SCENARIOS))
    for scenario in SCENARIOS.values():
        click.echo(f"{scenario.name:{width}}  {scenario.claim}")
