"""A log small enough for a link: its file, compressed, in letters that an address may have."""

import base64
import binascii
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from engine.outcomes import Refused
from webapp.protocol import RoomCommand
from webapp.rooms.replay import replay
from webapp.rooms.run import LOG_MAX, WORK_MAX, Run
from webapp.store.log_file import LogFileError, read_log, write_log
from webapp.store.log_store import Entry, RoomRow
from webapp.words import sentence

# A link's log, unpacked: a few letters can stand for very many.
UNPACKED_BYTES_MAX = 1_000_000

# Of a stranger's log, these are told as they are; any other refusal is about one of its lines.
_OF_THE_WHOLE = frozenset({"other_engine", "unknown_scenario", "too_long"})


def pack(room: RoomRow, entries: Iterable[Entry]) -> str | None:
    """None where ``unpack`` would refuse it for its size."""
    log = b"".join(write_log(room, entries))
    if len(log) > UNPACKED_BYTES_MAX:
        return None
    return base64.urlsafe_b64encode(zlib.compress(log, 9)).rstrip(b"=").decode()


def unpack(packed: str) -> tuple[RoomRow, list[Entry]]:
    """What ``pack`` was given; the row's id means nothing. Raises Refused: bad_log, too_long."""
    try:
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        stream = zlib.decompressobj()
        log = stream.decompress(data, UNPACKED_BYTES_MAX)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise _bad(1, f"not packed as a log is ({error})") from None
    if stream.unconsumed_tail:
        raise Refused("too_long", "packed", max=WORK_MAX)
    if not stream.eof or stream.unused_data:
        raise _bad(1, "not packed as a log is (its end is missing, or there is more behind it)")
    try:
        room, entries = read_log(io.BytesIO(log), "log")
    except LogFileError as error:
        raise _bad(error.line, error.reason) from None
    if len(entries) > LOG_MAX:
        raise Refused("too_long", "packed", max=WORK_MAX)
    return room, [_plain(entry, line) for line, entry in enumerate(entries, start=2)]


def _plain(entry: Entry, line: int) -> Entry:
    """The entry with its command written as the room itself would write it."""
    try:
        command = msgspec.json.encode(msgspec.json.decode(entry.command, type=RoomCommand))
    except msgspec.DecodeError as error:
        raise _bad(line, f"{error}.") from None
    return msgspec.structs.replace(entry, command=command.decode())


def replay_strictly(room: RoomRow, entries: list[Entry], breathe: Callable[[], None]) -> Run:
    """Replay what ``unpack`` gave. Raises Refused: bad_log with the line, too_long, other_engine, unknown_scenario."""
    with blaming_lines(entries) as numbered:
        return replay(room, numbered, breathe=breathe, work_max=WORK_MAX)


@contextmanager
def blaming_lines(entries: Iterable[Entry]) -> Iterator[Iterator[Entry]]:
    """The entries, to be played inside: what is refused there is told as ``replay_strictly`` does."""
    line = 1

    def numbered() -> Iterator[Entry]:
        nonlocal line
        for entry in entries:
            line += 1
            yield entry

    try:
        yield numbered()
    except Refused as refused:
        if refused.code in _OF_THE_WHOLE:
            raise Refused(refused.code, "packed", **refused.facts) from None
        told = sentence(f"refused.{refused.code}", refused.facts)
        # The form of a command is told with its field already; that of a scenario is not.
        raise _bad(line, f"{refused.field}: {told}" if refused.code == "invalid" else told) from None


def _bad(line: int, reason: str) -> Refused:
    return Refused("bad_log", "packed", line=line, reason=reason if len(reason) <= 200 else reason[:197] + "...")
