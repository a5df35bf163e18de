"""The audiences of classes at several workers: both sides, and what the workers say to each other."""

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from engine.outcomes import Refused
from webapp.audience.queue import Queue
from webapp.audience.sending import Sending
from webapp.audience.watching import Watching
from webapp.classroom.classes import Classes
from webapp.classroom.keys import Seat
from webapp.rooms.manager import Rooms

TICK_S = 0.05

_log = logging.getLogger(__name__)


class Audience:
    """``sending`` is for the classes that are here, ``watching`` for those that are elsewhere. It is made when the
    sockets have been wired to the classes. ``clock`` gives wall seconds."""

    def __init__(
        self,
        queue: Queue,
        rooms: Rooms,
        classes: Classes,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self.sending = Sending(queue, rooms, classes, clock)
        self.watching = Watching(queue, rooms, classes, clock)
        self._queue = queue
        self._sleep = sleep
        self._heard: deque[dict[str, Any]] = deque()
        queue.hear = self._heard.append
        queue.on_gap = lambda: self._heard.append({"kind": "gap"})
        self._send_out = self.watching.send_out = classes.send_out
        classes.send_out = self._put_out

    def for_ever(self) -> None:
        self._queue.initialize()
        while True:
            while self._heard:
                self._attempt(self._take, self._heard.popleft())
            self._attempt(self.sending.tick)
            self._attempt(self.watching.tick)
            self._sleep(TICK_S)

    def _take(self, word: dict[str, Any]) -> None:
        match word:
            case {"kind": "ask", "class": str(class_id), "sids": list(sids)}:
                self.sending.answer(class_id, sids)
            case {"kind": "here", "class": str(class_id), "sids": list(sids)}:
                self.watching.here(class_id, sids)
            case {"kind": "changed", "class": str(class_id)}:
                self.watching.changed(class_id)
            case {"kind": "gap"}:
                self.watching.gap()

    @staticmethod
    def _attempt(act: Callable[..., None], *arguments: Any) -> None:
        try:
            act(*arguments)
        except Refused:
            pass  # The store is away, say. It is asked for again.
        except Exception:
            # A fault in one audience must not stop the others.
            _log.exception("an audience is not served")

    def _put_out(self, sid: str, seat: Seat, refused: Refused) -> None:
        self.sending.put_out(sid)
        self._send_out(sid, seat, refused)
