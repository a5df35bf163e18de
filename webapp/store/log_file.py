"""A room's log as a file of JSON lines: a header, then one line an entry. ``export`` writes it, ``run`` reads it."""

from collections.abc import Iterable, Iterator
from typing import IO, Annotated, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from engine.units import Us
from webapp.store.log_store import Entry, RoomRow


class LogFileError(Exception):
    """The file is no log: ``line`` and ``reason`` say where and why, and the message says both."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}, line {line}: {reason}")
        self.line = line
        self.reason = reason


T = TypeVar("T")

_Time: TypeAlias = Annotated[Us, Meta(ge=0, le=2**53 - 1)]


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry; ``command`` is the command itself, not a string of it."""

    seq: int
    at_us: _Time
    actor: Annotated[str, Meta(max_length=64)]
    command: msgspec.Raw


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """The first line. ``quorumscope_log`` is the version of this format."""

    quorumscope_log: int
    engine_version: int
    scenario: str
    seed: int
    clock_us: _Time


def write_log(room: RoomRow, entries: Iterable[Entry]) -> Iterator[bytes]:
    yield msgspec.json.encode(Header(1, room.engine_version, room.scenario, room.seed, room.clock_us)) + b"\n"
    for entry in entries:
        command = msgspec.Raw(entry.command.encode())
        yield msgspec.json.encode(Line(entry.seq, entry.at_us, entry.actor, command)) + b"\n"


def read_log(file: IO[bytes], name: str) -> tuple[RoomRow, list[Entry]]:
    """Raises LogFileError where the file is not such a log."""
    header = _decode(file.readline(), Header, name, 1, "not the header of a log: ")
    if header.quorumscope_log != 1:
        raise LogFileError(name, 1, f"log format {header.quorumscope_log} is not known here, only 1")
    entries: list[Entry] = []
    at_us = 0
    for number, text in enumerate(file, start=2):
        line = _decode(text, Line, name, number)
        if line.seq != len(entries) + 1:
            raise LogFileError(name, number, f"seq is {line.seq}, expected {len(entries) + 1}")
        if line.at_us < at_us:
            raise LogFileError(name, number, f"at_us is {line.at_us}, before the line above")
        at_us = line.at_us
        entries.append(Entry(line.seq, at_us, line.actor, bytes(line.command).decode()))
    return RoomRow(name, header.engine_version, header.scenario, header.seed, header.clock_us), entries


def _decode(text: bytes, kind: type[T], name: str, number: int, about: str = "") -> T:
    try:
        # What is no UTF-8 would only be found where the command is read.
        text.decode()
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LogFileError(name, number, f"{about}{error}") from None
