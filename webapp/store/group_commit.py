"""What SQLite has committed reaches the disk here, for all who wait for it at once, while everybody else goes on.

A disk may take a tenth of a second. Under the rooms' lock, all of them would stand still for as long. What tells of
something waits here until that is on the disk, and the answer comes after it: nobody hears of what a power cut could
undo (output commit).
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar

from engine.outcomes import Refused
from webapp.store.database import Database
from webapp.store.log_store import StoreFailed

# So often the write-ahead log is brought into the file, and emptied: by then what nobody waits for is on the disk, too.
CHECKPOINT_EVERY_S = 30.0

# What is written with nobody waiting for it keeps others no longer than this.
FLUSH_EVERY_S = 0.5

_log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

Act: TypeAlias = Callable[[], None]


def at_once(act: Act) -> None:
    act()


def _unwatched(_name: str, act: Act) -> Act:
    return act


class GroupCommit:
    """``apart`` does what waits for the disk, and comes back when it is done; all others go on meanwhile. ``watched``
    sees how a flush goes.

    Nobody who has the rooms' lock may wait here. PostgreSQL sees to all this by itself.
    """

    def __init__(
        self,
        database: Database,
        apart: Callable[[Act], object] = at_once,
        watched: Callable[[str, Act], Act] = _unwatched,
    ) -> None:
        self._database = database
        self._apart = apart
        self._flush_apart = watched("flush", self._wait_for_disk)
        self._turn = threading.Lock()
        self._begun = 0
        self._done = 0
        self._is_doubtful = False
        # What is to be told, in order, and how much has to be on the disk before.
        self._held: list[tuple[int, Act]] = []
        self._times_held = 0
        self._told_until = 0
        self._is_telling = False

    def around(self, act: Callable[P, T]) -> Callable[P, T]:
        """The same, but that it comes back only when all that it has stored is on the disk. Raises Refused."""

        def kept(*args: P.args, **named: P.kwargs) -> T:
            with self.kept():
                return act(*args, **named)

        return kept

    @contextmanager
    def kept(self) -> Iterator[None]:
        """At its end, all that was stored within is on the disk, and what was to be told within has been told. Raises
        Refused("in_doubt")."""
        written, times_held = self._database.written, self._times_held
        try:
            yield
        finally:
            if self._database.written > max(written, self._told_until) or self._times_held > times_held:
                try:
                    self.flush()
                except StoreFailed as failed:
                    raise Refused("in_doubt", reason=str(failed)) from failed

    def tell(self, act: Act, room: str | None = None) -> None:
        """``act`` when all that was stored of a room is on the disk, or all that was stored at all: at once, if it is.
        What is told of the same room, or of none, is told in this order."""
        until = self._database.written if room is None else self._database.unflushed.get(room, 0)
        if until <= self._told_until and not self._is_telling:
            act()
        else:
            self._held.append((until, act))
            self._times_held += 1

    def flush(self) -> None:
        """All that is committed by now reaches the disk, and what tells of it is told. Raises StoreFailed: it may not
        have, and is told all the same, since the rooms have gone on."""
        # One that is under way may have begun too early. The next is for all who come until it begins.
        wanted = self._begun + 1
        with self._turn:
            if self._done < wanted:
                self._begun += 1
                written = self._database.written
                try:
                    self._flush_apart()
                    self._done = self._begun
                finally:
                    self._tell_until(written)

    def _tell_until(self, written: int) -> None:
        self._told_until = written
        self._database.forget_flushed(written)
        self._is_telling = True
        try:
            # What is said meanwhile comes after what was said before.
            while due := [one for one in self._held if one[0] <= written]:
                self._held = [one for one in self._held if one[0] > written]
                for _, act in due:
                    try:
                        act()
                    except Exception:
                        _log.exception("something is not told")
        finally:
            self._is_telling = False

    def for_ever(self, sleep: Callable[[float], object]) -> None:
        """Flush what nobody waits for, and now and then empty the log; returns where the database has been closed, or
        needs none of this."""
        times = 0
        while self._database.is_flushed_apart:
            with suppress(StoreFailed):  # The next time may do.
                if times % round(CHECKPOINT_EVERY_S / FLUSH_EVERY_S) == 0:
                    self._apart(self._checkpoint)
                elif self._database.written > self._told_until:
                    self.flush()
            times += 1
            sleep(FLUSH_EVERY_S)

    def _wait_for_disk(self) -> None:
        self._apart(self._flush)

    # In a thread of the system, perhaps: these touch nothing but the files.

    def _flush(self) -> None:
        try:
            if not self._is_doubtful:
                self._is_doubtful = True
                with Path(f"{self._database.file}-wal").open("rb") as log:
                    os.fdatasync(log.fileno())
            # What a flush has failed to write, the next one would not write either: the system takes it for written.
            # What stands in the log can still be read, and brought into the file.
            elif not self._emptied():
                raise StoreFailed("what was written may not be on the disk, and somebody else is reading it")
        except (OSError, sqlite3.Error) as error:
            raise StoreFailed(str(error)) from error
        self._is_doubtful = False

    def _checkpoint(self) -> None:
        try:
            self._emptied()
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error

    def _emptied(self) -> bool:
        """Bring the log into the file, and empty it; where somebody is reading, only the first of it."""
        with closing(sqlite3.connect(self._database.file, timeout=0)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            # Others may write meanwhile; what is left for the second is short.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            [(busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy
