"""``quorumscope classes``: the classes that the site keeps."""

from typing import Any

import click
import msgspec

from webapp.classroom.events import read_event
from webapp.classroom.state import fold
from webapp.cli.fail import fail
from webapp.cli.opened import day, opened, tell
from webapp.store.class_store import ClassRow
from webapp.store.sql_classes import SqlClassStore


@click.group()
def classes() -> None:
    """The classes that the site keeps, without who is in them. The server may be running."""


@classes.command("list")
@click.option("--json", "as_json", is_flag=True, help="An array of objects.")
def list_(as_json: bool) -> None:
    """All of them, the oldest first: when something last happened, how many rooms, and the code until it has ended."""
    with opened() as (_, store, _):
        told = [_facts(store, row) for row in store.all_classes()]
    if as_json:
        click.echo(msgspec.json.encode(told))
        return
    for facts in told:
        click.echo(f"{facts['id']}  {facts['last']}  {facts['rooms']:>5} rooms  {facts['code'] or 'ended'}")


@classes.command()
@click.argument("class_id", metavar="CLASS")
@click.option("--json", "as_json", is_flag=True, help="One object.")
def show(class_id: str, as_json: bool) -> None:
    """What is known of a class; of its members, how many there are."""
    with opened() as (_, store, _):
        facts = _facts(store, _known(store, class_id))
        entries = store.class_entries(class_id)
    state = fold([read_event(entry.event) for entry in entries])
    facts |= {"title": state.title, "members": len(state.members), "polls": len(state.polls), "events": len(entries)}
    tell(facts, as_json)


@classes.command()
@click.argument("ids", metavar="CLASS...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(ids: tuple[str, ...], yes: bool) -> None:
    """Delete classes with all they hold, their rooms among it, for good. Whoever is in one is told."""
    with opened() as (_, store, _):
        found = [_known(store, class_id) for class_id in dict.fromkeys(ids)]
        if not yes:
            rooms = sum(store.class_extent(row.id).rooms for row in found)
            click.confirm(f"Delete {len(found)} classes with {rooms} rooms for good?", abort=True)
        for row in found:
            store.delete_class(row.id)
    click.echo(f"{len(found)} classes are deleted.")


def _known(store: SqlClassStore, class_id: str) -> ClassRow:
    row = store.class_row(class_id)
    if row is None:
        fail(f"there is no class {class_id}", code=1)
    return row


def _facts(store: SqlClassStore, row: ClassRow) -> dict[str, Any]:
    extent = store.class_extent(row.id)
    return {
        "id": row.id,
        "code": row.code,
        "made": row.created_at[:16],
        "last": day(extent.last_ms),
        "rooms": extent.rooms,
        "runs": extent.runs,
    }
