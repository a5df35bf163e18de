"""What nobody uses any more is deleted after so many days, where the settings say so."""

import logging
import time
from collections.abc import Callable

from msgspec import Struct

from engine.outcomes import Refused
from webapp.classroom.classes import Classes
from webapp.rooms.manager import Rooms
from webapp.settings import Settings
from webapp.store.class_store import ClassStore
from webapp.store.log_store import LogStore, StoreFailed

SWEEP_EVERY_S = 3_600.0

# So many are deleted at a time, while everybody else waits; and so long the others go on before the next. After so many
# times the store is asked anew what is due: within less than a second, nobody comes and is forgotten again.
ROOMS_AT_ONCE = 20
BATCHES = 15
BETWEEN_S = 0.05

DAY_MS = 24 * 3_600 * 1_000

_log = logging.getLogger(__name__)


class Swept(Struct, frozen=True):
    """How many were deleted."""

    rooms: int = 0
    runs: int = 0
    classes: int = 0


class Keeping:
    """``sleep`` lets others go on for so many seconds; ``wall_ms`` is the time of day."""

    def __init__(
        self,
        settings: Settings,
        logs: LogStore,
        store: ClassStore,
        rooms: Rooms,
        classes: Classes,
        sleep: Callable[[float], object],
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._settings = settings
        self._logs = logs
        self._store = store
        self._rooms = rooms
        self._classes = classes
        self._wall_ms = wall_ms
        self._sleep = sleep

    @property
    def is_needed(self) -> bool:
        asked = self._settings
        return bool(asked.keep_rooms_days or asked.keep_runs_days or asked.keep_classes_days)

    def for_ever(self) -> None:
        """Sweep every hour; returns where everything is kept."""
        while self.is_needed:
            try:
                swept = self.sweep()
            except (StoreFailed, Refused) as failed:
                _log.warning("what nobody uses is not deleted for now: %s", failed)
            else:
                # Only how many: an id opens its room.
                if swept != Swept():
                    _log.info("deleted: %d rooms, %d runs, %d classes", swept.rooms, swept.runs, swept.classes)
            self._sleep(SWEEP_EVERY_S)

    def sweep(self) -> Swept:
        """Delete what is due, a few at a time. Nothing that is in memory goes. Raises StoreFailed, or Refused."""
        asked = self._settings
        return Swept(
            rooms=self._delete(asked.keep_rooms_days, sealed=False),
            runs=self._delete(asked.keep_runs_days, sealed=True),
            classes=self._delete_classes(asked.keep_classes_days),
        )

    def _delete(self, days: int, *, sealed: bool) -> int:
        before_ms = self._wall_ms() - days * DAY_MS
        return self._few_by_few(
            bool(days), lambda: self._logs.unused(before_ms, sealed=sealed), self._delete_rooms, ROOMS_AT_ONCE
        )

    def _delete_rooms(self, few: list[str]) -> int:
        # Whoever came to one of them meanwhile is in it still, here or in another process.
        due = [room for room in few if not self._rooms.is_awake(room) and self._logs.owner_of(room) is None]
        self._logs.delete_rooms(due)
        return len(due)

    def _delete_classes(self, days: int) -> int:
        before_ms = self._wall_ms() - days * DAY_MS
        return self._few_by_few(bool(days), lambda: self._store.unused_classes(before_ms), self._delete_class, 1)

    def _delete_class(self, few: list[str]) -> int:
        due = [class_id for class_id in few if not self._classes.is_awake(class_id)]
        for class_id in due:
            self._classes.delete(class_id)
        return len(due)

    def _few_by_few(
        self, is_asked: bool, unused: Callable[[], list[str]], delete: Callable[[list[str]], int], size: int
    ) -> int:
        deleted = 0
        while is_asked:
            with self._rooms.lock:
                # No more than can be deleted while whoever comes to one of them is still there.
                due = unused()[: size * BATCHES]
            before = deleted
            for start in range(0, len(due), size):
                with self._rooms.lock:
                    deleted += delete(due[start : start + size])
                self._sleep(BETWEEN_S)
            is_asked = deleted > before
        return deleted
