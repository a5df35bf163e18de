"""A log fed to the engine: live recovery, the history of a room, the command line and the tests come through here."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from engine.changes import Change
from engine.commands import Configure
from engine.outcomes import Refused
from engine.units import Us
from webapp.rooms.run import Run
from webapp.rooms.twin import Twin
from webapp.store.log_store import Entry, RoomRow

# A reader gets the changes of a run in batches of so many.
BATCH = 500

Batch = tuple[list[Change], list[Change] | None]


def _go_on() -> None:
    """Nobody else waits."""


def replay(
    room: RoomRow,
    entries: Iterable[Entry],
    seq: int | None = None,
    until_us: Us | None = None,
    breathe: Callable[[], None] = _go_on,
    work_max: int | None = None,
) -> Run:
    """The room as its log leaves it, with no changes to take; where it ends is as in ``run_of``.

    ``breathe`` is called every few milliseconds. Raises Refused; where the run costs more than
    ``work_max``, too_long.
    """
    run = Run(room)
    for _ in chain(_steps(run, room, entries, seq, until_us, present_only=True), run.settle()):
        run.take()
        _bound(run, work_max)
        breathe()
    run.take()
    return run


def run_of(
    room: RoomRow,
    entries: Iterable[Entry],
    seq: int | None = None,
    until_us: Us | None = None,
    run: Run | None = None,
    work_max: int | None = None,
) -> Iterator[Batch]:
    """The changes of both clusters, at most BATCH of each at a time; of the second, None while there is none.

    Entries after ``seq`` or ``until_us`` are not played; the run ends at ``until_us``, else where the
    room's clock stood, or at its last entry. A second cluster begins with its history from time 0, right
    after a batch that has none. Pass a ``run`` to look at it afterwards. Raises as ``replay`` does.
    """
    run = run or Run(room)
    told: Twin | None = None
    changes: list[Change] = []
    beside: list[Change] = []
    for _ in _steps(run, room, entries, seq, until_us, present_only=False):
        _bound(run, work_max)
        if run.twin is not told:
            yield from _batches(changes, beside if told else None)
            if told is not None:
                yield [], None
            told, changes, beside = run.twin, [], []
        news, second = run.take()
        changes += news
        beside += second or []
        if max(len(changes), len(beside)) >= BATCH:
            yield from _batches(changes, beside if told else None)
            changes, beside = [], []
    yield from _batches(changes, beside if told else None)


def _batches(changes: list[Change], beside: list[Change] | None) -> Iterator[Batch]:
    for start in range(0, max(len(changes), len(beside or ())), BATCH):
        end = start + BATCH
        yield changes[start:end], None if beside is None else beside[start:end]


def digest(
    room: RoomRow, entries: Iterable[Entry], until_us: Us | None = None, settings: Configure | None = None
) -> str:
    """The run's digest, at the moment where ``stream`` would end."""
    run = Run(room, settings)
    for _ in _steps(run, room, entries, None, until_us, present_only=True):
        run.take()
    return run.digest()


def stream(
    room: RoomRow, entries: Iterable[Entry], until_us: Us | None = None, settings: Configure | None = None
) -> Iterator[Change]:
    """The changes of a run's first cluster, one after another; it ends as ``run_of`` does."""
    run = Run(room, settings)
    for _ in _steps(run, room, entries, None, until_us, present_only=True):
        yield from run.take()[0]


def _steps(
    run: Run,
    room: RoomRow,
    entries: Iterable[Entry],
    seq: int | None,
    until_us: Us | None,
    *,
    present_only: bool,
) -> Iterator[None]:
    """Play the log entry by entry, and then on to the end."""
    for entry in entries:
        if (seq is not None and entry.seq > seq) or (until_us is not None and entry.at_us > until_us):
            break
        yield from run.play(entry, present_only=present_only)
        yield
    yield from run.stretch(max(room.clock_us, run.now_us) if until_us is None else until_us)


def _bound(run: Run, work_max: int | None) -> None:
    if work_max is not None and run.work > work_max:
        raise Refused("too_long", max=work_max)
