"""What SQLite has committed reaches the disk here, for all who wait for it at once, while everybody else goes on.

A disk may take a tenth of a second. Under the rooms' lock, all of them would stand still for as long.
"""

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
        self._flushed = 0
        self._is_doubtful = False

    def around(self, act: Callable[P, T]) -> Callable[P, T]:
        """The same, but that it comes back only when all that it has stored is on the disk. Raises Refused."""

        def kept(*args: P.args, **named: P.kwargs) -> T:
            with self.kept():
                return act(*args, **named)

        return kept

    @contextmanager
    def kept(self) -> Iterator[None]:
        """At its end, all that was stored within is on the disk. Raises Refused("in_doubt")."""
        before = self._database.written
        yield
        if self._database.written > max(before, self._flushed):
            try:
                self.flush()
            except StoreFailed as failed:
                raise Refused("in_doubt", reason=str(failed)) from failed

    def flush(self) -> None:
        """All that is committed by now reaches the disk. Raises StoreFailed."""
        # One that is under way may have begun too early. The next is for all who come until it begins.
        wanted = self._begun + 1
        with self._turn:
            if self._done < wanted:
                self._begun += 1
                written = self._database.written
                self._flush_apart()
                self._done, self._flushed = self._begun, written

    def for_ever(self, sleep: Callable[[float], object]) -> None:
        """Empty the log again and again; returns where the database has been closed, or needs none of this."""
        while self._database.is_flushed_apart:
            with suppress(StoreFailed):  # The next time may do.
                self._apart(self._checkpoint)
            sleep(CHECKPOINT_EVERY_S)

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
