"""A room's log as a file of JSON lines: a header, then one line an entry. ``export`` writes it, ``run`` reads it."""

from collections.abc import Iterable, Iterator
from typing import IO

import msgspec
from msgspec import Struct

from webapp.store.log_store import Entry, RoomRow


class LogFileError(Exception):
    """The file is no log; the message says the line and the reason."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry; ``command`` is the command itself, not a string of it."""

    seq: int
    at_us: int
    actor: str
    command: msgspec.Raw


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line. ``quorumscope_log`` is the version of this format."""

    quorumscope_log: int
    engine_version: int
    scenario: str
    seed: int
    clock_us: int


def write_log(room: RoomRow, entries: Iterable[Entry]) -> Iterator[bytes]:
    yield msgspec.json.encode(Header(1, room.engine_version, room.scenario, room.seed, room.clock_us)) + b"\n"
    for entry in entries:
        command = msgspec.Raw(entry.command.encode())
        yield msgspec.json.encode(Line(entry.seq, entry.at_us, entry.actor, command)) + b"\n"


def read_log(file: IO[bytes], name: str) -> tuple[RoomRow, list[Entry]]:
    """Raises LogFileError where the file is not such a log."""
    try:
        header = msgspec.json.decode(file.readline(), type=Header)
    except msgspec.DecodeError as error:
        raise LogFileError(f"{name}, line 1: not the header of a log: {error}") from None
    if header.quorumscope_log != 1:
        raise LogFileError(f"{name}, line 1: log format {header.quorumscope_log} is not known here, only 1")
    entries: list[Entry] = []
    for number, text in enumerate(file, start=2):
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.DecodeError as error:
            raise LogFileError(f"{name}, line {number}: {error}") from None
        if line.seq != len(entries) + 1:
            raise LogFileError(f"{name}, line {number}: seq is {line.seq}, expected {len(entries) + 1}")
        entries.append(Entry(line.seq, line.at_us, line.actor, bytes(line.command).decode()))
    return RoomRow(name, header.engine_version, header.scenario, header.seed, header.clock_us), entries
