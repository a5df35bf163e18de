"""Runs made for a picture: a log with the commands at exact times, as a link. The same run on every machine."""

import msgspec

from engine import ENGINE_VERSION
from engine.commands import (
    Configure,
    Crash,
    Freeze,
    Hold,
    Link,
    Partition,
    Read,
    Restart,
    Skew,
    Slow,
    Workload,
    Write,
)
from engine.units import MS
from tests.server import Server
from webapp.protocol import RoomCommand
from webapp.rooms.pace import Pause
from webapp.rooms.packing import pack
from webapp.store.log_store import Entry, RoomRow

__all__ = [
    "Configure",
    "Crash",
    "Freeze",
    "Hold",
    "Link",
    "Partition",
    "Read",
    "Restart",
    "Skew",
    "Slow",
    "Workload",
    "Write",
    "link",
]


def link(
    server: Server, *commands: tuple[float, RoomCommand], until_ms: float, scenario: str = "five-masters", seed: int = 7
) -> str:
    """The address of a run that stands paused at ``until_ms``; each command comes with its time in ms."""
    timed = [(0.0, Pause()), *commands]
    entries = [
        Entry(seq, round(at_ms * MS), "t", msgspec.json.encode(command).decode())
        for seq, (at_ms, command) in enumerate(timed, start=1)
    ]
    row = RoomRow("picture", ENGINE_VERSION, scenario, seed, round(until_ms * MS))
    packed = pack(row, entries)
    assert packed is not None
    return f"{server.address}run#{packed}"
