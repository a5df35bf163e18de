"""The classes in memory, and whose they are.

A class's state is in memory while somebody is in it, and is a fold of its log. A class in memory is this process's, as
rooms are (webapp/rooms/memory.py); whoever only looks takes it from nobody.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from engine.outcomes import Refused
from webapp.classroom.classroom import Classroom, Tell
from webapp.classroom.state import ClassState
from webapp.rooms.manager import MARK_EVERY_S, Rooms
from webapp.store.class_store import ClassRow, ClassStore
from webapp.store.log_store import StoreFailed

# A class in which nobody is any more leaves memory.
SLEEP_AFTER_S = 60.0

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Memory:
    """``tell`` sends; ``clock`` is the rooms' clock. All locking is the rooms'."""

    def __init__(
        self, store: ClassStore, rooms: Rooms, tell: Tell, clock: Callable[[], float], sleep_after_s: float
    ) -> None:
        self.store = store
        # Hears which connections are in a class that another process has taken.
        self.on_lost: Callable[[list[str]], None] = lambda _sids: None
        self._rooms = rooms
        self._tell = tell
        self._clock = clock
        self._sleep_after_s = sleep_after_s
        self._classes: dict[str, Classroom] = {}
        # As the store had them a moment ago: to look at only.
        self._looked_at: dict[str, Classroom] = {}
        self._next_look_s = 0.0

    def row(self, class_id: str) -> ClassRow:
        return self._seen(class_id).row

    def state(self, class_id: str) -> ClassState:
        return self._seen(class_id).state

    def look_anew(self, class_id: str) -> None:
        """What was so a moment ago may be so no more."""
        self._looked_at.pop(class_id, None)

    def here(self, class_id: str) -> int:
        return len(self._seen(class_id).members_here)

    def is_awake(self, class_id: str) -> bool:
        return class_id in self._classes

    @property
    def awake(self) -> int:
        """How many classes are in memory."""
        return len(self._classes)

    def _class(self, class_id: str) -> Classroom:
        """The class, which is this process's from here on. Raises Refused("unknown_class")."""
        with self._rooms.lock:
            found = self._classes.get(class_id)
            if found is None:
                found = self._classes[class_id] = self._take(class_id)
            return found

    def _own_state(self, class_id: str) -> ClassState:
        """For whoever goes on from it."""
        return self._class(class_id).state

    def _seen(self, class_id: str) -> Classroom:
        """The class to look at; who has it in memory keeps it. Raises Refused("unknown_class")."""
        with self._rooms.lock:
            found = self._classes.get(class_id) or self._looked_at.get(class_id)
            if found is None:
                found = self._looked_at[class_id] = self._load(class_id)
            return found

    def _take(self, class_id: str) -> Classroom:
        """First it is taken, then its log is read. Raises Refused("unknown_class")."""
        self._stored(lambda: self.store.take_class(class_id))
        self._looked_at.pop(class_id, None)
        return self._load(class_id)

    def _load(self, class_id: str) -> Classroom:
        """As the log has it. Raises Refused("unknown_class")."""
        row = self._stored(lambda: self.store.class_row(class_id))
        if row is None:
            raise Refused("unknown_class", "class")
        entries = self._stored(lambda: self.store.class_entries(class_id))
        return Classroom(row, entries, self._tell, self._clock())

    def kept(self, ask: Callable[[ClassStore], T]) -> T:
        """What the store knows. Raises Refused("not_stored")."""
        with self._rooms.lock:
            return self._stored(lambda: ask(self.store))

    # Time

    def tick(self) -> None:
        with self._rooms.lock:
            wall_s = self._clock()
            for found in list(self._classes.values()):
                try:
                    found.tick(wall_s)
                except Exception:
                    # A fault in one class must not stop the others, nor the rooms.
                    _log.exception("a class is not told")
            asleep = [
                class_id
                for class_id, found in self._classes.items()
                if not found.here and wall_s - found.idle_since_s > self._sleep_after_s
            ]
            if asleep:
                self._let_go(asleep)
            if wall_s < self._next_look_s:
                return
            self._next_look_s = wall_s + MARK_EVERY_S
            self._looked_at.clear()
        self._leave_lost()

    def _leave_lost(self) -> None:
        """Classes that another process has taken leave memory, and those who are in them hear of it."""
        with self._rooms.lock:
            lost = [self._classes.pop(class_id) for class_id in self._lost()]
        if sids := [sid for found in lost for sid in found.here]:
            self.on_lost(sids)

    def _lost(self) -> list[str]:
        """Which classes another process has taken."""
        with suppress(StoreFailed):  # They will be found the next time.
            return list(self.store.lost_classes(self._classes)) if self._classes else []
        return []

    def _let_go(self, class_ids: list[str]) -> None:
        for class_id in class_ids:
            del self._classes[class_id]
        with suppress(StoreFailed):
            # Else it is nobody's after a while.
            self.store.release_classes(class_ids)

    def close(self) -> None:
        """Leave the classes to whoever comes; before the rooms' ``close``. They must not be used afterwards."""
        with self._rooms.lock:
            self._let_go(list(self._classes))

    @staticmethod
    def _stored(act: Callable[[], T]) -> T:
        try:
            return act()
        except StoreFailed as failed:
            raise Refused("not_stored", reason=str(failed)) from failed
