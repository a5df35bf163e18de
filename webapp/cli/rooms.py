"""``quorumscope export`` and ``quorumscope rooms``: the rooms that the site keeps."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from webapp.cli.fail import fail
from webapp.cli.opened import day, opened, tell
from webapp.store.log_file import write_log
from webapp.store.log_store import RoomHeld
from webapp.store.sql_logs import SqlLogStore
from webapp.words import sentence

DAY_MS = 24 * 3_600 * 1_000

# So many are deleted in one transaction: the server, if it runs, waits for that.
AT_ONCE = 100


@click.command()
@click.argument("room")
def export(room: str) -> None:
    """Print the log of a room as JSON lines: what `quorumscope run` takes. The server may be running."""
    with opened() as (store, _, _):
        row = store.room(room)
        if row is None:
            fail(sentence("refused.unknown_room"))
        for line in write_log(row, store.entries(room)):
            sys.stdout.buffer.write(line)


@click.group()
def rooms() -> None:
    """The rooms and shared runs that the site keeps. The server may be running."""


@rooms.command("list")
@click.option("--json", "as_json", is_flag=True, help="An array of objects.")
def list_(as_json: bool) -> None:
    """All of them, the oldest first: when somebody was last there, how long the log is, and what it began with."""
    with opened() as (store, _, _):
        if as_json:
            click.echo(msgspec.json.encode([_facts(one) for one in store.held()]))
            return
        for one in store.held():
            facts = _facts(one)
            about = [facts["scenario"], facts["kind"], *(["in memory"] if facts["in_memory"] else [])]
            click.echo(f"{facts['id']}  {facts['used']}  {facts['entries']:>6}  {', '.join(about)}")


@rooms.command()
@click.argument("room")
@click.option("--json", "as_json", is_flag=True, help="One object.")
def show(room: str, as_json: bool) -> None:
    """What is known of a room."""
    with opened() as (store, _, _):
        facts = _facts(_known(store, [room])[0])
    tell(facts, as_json)


@rooms.command()
@click.argument("ids", metavar="ROOM...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(ids: tuple[str, ...], yes: bool) -> None:
    """Delete rooms and their logs for good. Whoever is in one is told that it is no more; branches of it stay."""
    with opened() as (store, _, _):
        found = _known(store, list(ids))
        if not yes:
            inside = sum(one.owner is not None for one in found)
            click.confirm(f"Delete {len(found)} rooms for good ({inside} in memory)?", abort=True)
        _delete(store, [one.row.id for one in found])
    click.echo(f"{len(found)} rooms are deleted.")


@rooms.command()
@click.option("--days", type=click.IntRange(1, 36_500), help="Unused for so many days, instead of as the settings say.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def sweep(days: int | None, yes: bool) -> None:
    """Delete rooms and shared runs that nobody has used for as long as QUORUMSCOPE_KEEP_ROOMS and QUORUMSCOPE_KEEP_RUNS
    say. A running server does so by itself, every hour. Rooms of a class stay with it; so does what is in memory."""
    with opened() as (store, _, settings):
        rooms_days, runs_days = days or settings.keep_rooms_days, days or settings.keep_runs_days
        if not (rooms_days or runs_days):
            fail("QUORUMSCOPE_KEEP_ROOMS and QUORUMSCOPE_KEEP_RUNS are 0: all is kept, unless --days says how long")
        now_ms = time.time_ns() // 1_000_000
        due = [
            room
            for kept, sealed in ((rooms_days, False), (runs_days, True))
            if kept
            for room in store.unused(now_ms - kept * DAY_MS, sealed=sealed)
        ]
        if due and not yes:
            click.confirm(f"Delete {len(due)} rooms and runs for good?", abort=True)
        _delete(store, due)
    click.echo(f"{len(due)} rooms and runs are deleted.")


def _delete(store: SqlLogStore, ids: list[str]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        store.delete_rooms(ids[start : start + AT_ONCE])


def _known(store: SqlLogStore, ids: list[str]) -> list[RoomHeld]:
    """These rooms; one that is not known ends the command, before anything is done."""
    wanted = dict.fromkeys(ids)
    found = {one.row.id: one for one in _some(store, set(wanted))}
    for room in wanted:
        if room not in found:
            fail(f"there is no room {room}", code=1)
    return [found[room] for room in wanted]


def _some(store: SqlLogStore, wanted: set[str]) -> Iterator[RoomHeld]:
    return (one for one in store.held() if one.row.id in wanted)


def _facts(one: RoomHeld) -> dict[str, Any]:
    row = one.row
    kind = "shared run" if row.sealed else "room" if row.class_id is None else "room of a class"
    return {
        "id": row.id,
        "kind": kind,
        "name": row.name,
        "scenario": _name_of(row.scenario),
        "seed": row.seed,
        "made": one.created_at[:16],
        "used": day(one.used_ms),
        "entries": one.entries,
        "clock_ms": row.clock_us // 1_000,
        "parent": row.parent,
        "class": row.class_id,
        "in_memory": one.owner is not None,
    }


def _name_of(scenario: str) -> str:
    """Of one that ships, or by value; a room may have one that this version no longer knows."""
    if not scenario.startswith("{"):
        return scenario
    return str(msgspec.json.decode(scenario).get("name", "?"))
