"""What must be true of a site when the faults are over: the logs against what people were promised, and see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from engine.changes import Change
from tests.site.visitors import Promise, Visitor
from tests.webapp.clients import Entity, lasting
from webapp.protocol import RoomCommand
from webapp.rooms.replay import run_of
from webapp.rooms.run import Run
from webapp.store.log_store import LogStore


def writes(who: str) -> Iterator[dict[str, Any]]:
    """Commands of somebody who is quick; each is like no other."""
    yield {"type": "set_speed", "speed": 1.0}
    number = 0
    while True:
        number += 1
        yield {"type": "write", "client": "AB"[number % 2], "key": "xyz"[number % 3], "value": f"{who}-{number}"}


def typed(command: dict[str, Any]) -> RoomCommand:
    """What was sent leaves out what is usual; what is in the log says it."""
    return msgspec.convert(command, RoomCommand)


def check_rooms(store: LogStore, visitors: Iterable[Visitor], late: Iterable[Promise] = ()) -> int:
    """Every log is gapless, has all that was accepted, at its place and word for word, and nothing that nobody sent;
    what each visitor sees at last is a replay of it. Answers how many commands there are.

    ``late`` were accepted of others than the visitors. The rooms stand still.
    """
    of_room: dict[str, list[Visitor]] = defaultdict(list)
    for visitor in visitors:
        assert visitor.faults == []
        of_room[visitor.room].append(visitor)
    total = 0
    for room, there in of_room.items():
        row = store.room(room)
        assert row is not None
        entries = store.entries(room)
        total += len(entries)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1)), room
        assert [entry.at_us for entry in entries] == sorted(entry.at_us for entry in entries), room
        log = [(entry.at_us, msgspec.json.decode(entry.command, type=RoomCommand)) for entry in entries]
        promises = [promise for visitor in there for promise in visitor.promises]
        promises += [promise for promise in late if promise.room == room]
        for promise in promises:
            assert log[promise.seq - 1] == (promise.at_us, typed(promise.command)), promise
        assert len({promise.seq for promise in promises}) == len(promises), "two commands were promised one place"
        doubtful = [typed(command) for visitor in there for command in visitor.doubtful]
        kept = {promise.seq for promise in promises}
        for entry, (_, command) in zip(entries, log, strict=True):
            assert entry.seq in kept or command in doubtful, f"nobody sent {command}"
        # Those who were there longer may know of more than those who come now, and it must be true as well.
        ever: dict[Entity, dict[str, Any]] = {}
        run = Run(row)
        for changes, _ in run_of(row, entries, run=run):
            _take(ever, changes)
        present: dict[Entity, dict[str, Any]] = {}
        _take(present, run.present()[0])
        for visitor in there:
            seen = lasting(visitor.world)
            wrong = {key: (fields, ever.get(key)) for key, fields in seen.items() if fields != ever.get(key)}
            assert wrong == {}, f"{room}: what is seen, and what was replayed: {wrong}"
            assert lasting(present).keys() <= seen.keys(), (
                f"{room}: {lasting(present).keys() - seen.keys()} is not seen"
            )
    return total


def _take(world: dict[Entity, dict[str, Any]], changes: Iterable[Change]) -> None:
    for change in changes:
        if change.fields is None:
            world.pop((change.kind, change.id), None)
        else:
            world[change.kind, change.id] = msgspec.json.decode(msgspec.json.encode(change.fields))
