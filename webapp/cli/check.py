"""``quorumscope check``: is a history linearizable?"""

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import click
import msgspec

from engine.checks import History, HistoryError, Verdict, from_changes, from_json, linearizable
from engine.outcomes import Refused
from webapp.cli.fail import fail
from webapp.cli.progress import Advance, progress
from webapp.rooms import replay
from webapp.store.log_file import LogFileError, read_log
from webapp.words import sentence

GZIP = b"\x1f\x8b"


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="JSON lines; this is what comes anyway.")
@click.option("--from-log", is_flag=True, help="Each FILE is the log of a room, from `quorumscope export`.")
def check(files: tuple[str, ...], as_json: bool, from_log: bool) -> None:
    """Say whether histories of reads and writes are linearizable.

    A history is linearizable if there is one order of all its operations in which each operation lies
    somewhere between its start and its end, and each read returns what the last write before it wrote:
    as if there were a single copy of the data.

    A FILE (which may be compressed with gzip) has one history on each line:

    \b
      {"id": "h1", "ops": [
        {"client": 0, "op": "w", "value": 7, "start": 0, "end": 5},
        {"client": 1, "op": "r", "value": null, "start": 6, "end": 9}]}

    (on one line). Times are whole numbers; operations whose times touch are concurrent. No two writes may
    write the same value. A read's value null is the initial value. An "end" of null says that the client
    never heard back: the write may take effect at any later time, or never. "key" names one of several
    registers and may be left out.

    For each history, one line of JSON comes out:

    \b
      {"id": "h1", "verdict": "violated", "reason": "Client 1 found nothing ..."}

    The verdict is ok, violated or unknown (a read returned several values at once). The reason is about
    the first response that no order explains. With --from-log the id is the name of the file, and the
    history is what the clients of the room saw.

    Exit code: 0 if every history could be read, whatever the verdicts; 2 if one could not.
    """
    if from_log:
        for file in files:
            _tell(file, _of_log(file))
        return
    with progress("Checking", sum(Path(file).stat().st_size for file in files)) as advance:
        for file in files:
            for history in _histories(file, advance):
                _tell(history.id, linearizable(history.operations))


def _tell(name: int | str, verdict: Verdict) -> None:
    reason = sentence(f"check.{verdict.code}", verdict.facts)
    told = {"id": name, "verdict": verdict.word, "reason": reason}
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")


def _histories(file: str, advance: Advance) -> Iterator[History]:
    """The histories in a file, line by line; ends the program at the first line that is none."""
    number = 0
    try:
        with Path(file).open("rb") as raw:
            read = 0
            for line in _lines(raw, file):
                number += 1
                if line.strip():
                    yield from_json(line)
                advance.more(raw.tell() - read)
                read = raw.tell()
    except HistoryError as error:
        fail(f"{file}, line {number}: {sentence(f'check.refused.{error.code}', error.facts)}")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        fail(f"{file}, after line {number}: the gzip data are broken: {error}")
    except OSError as error:
        fail(f"{file}: {error.strerror or error}")


def _lines(raw: IO[bytes], file: str) -> Iterable[bytes]:
    magic = raw.read(len(GZIP))
    raw.seek(0)
    return gzip.open(raw) if magic == GZIP or file.endswith(".gz") else raw


def _of_log(file: str) -> Verdict:
    try:
        with Path(file).open("rb") as log:
            row, entries = read_log(log, file)
        return linearizable(from_changes(replay.stream(row, entries)))
    except Refused as refused:
        fail(f"{file}: {sentence(f'refused.{refused.code}', refused.facts)}")
    except msgspec.ValidationError as error:
        fail(f"{file}: a command in the log is not known here: {error}")
    except (LogFileError, OSError) as error:
        fail(str(error))
