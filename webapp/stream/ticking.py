"""Everything that goes on by itself is brought to the present again and again: the stream's beat."""

import logging
import time
from collections.abc import Callable, Sequence

_log = logging.getLogger(__name__)

TICK_S = 0.03
# So long the others are let do their work between two ticks, however late it is.
REST_S = 0.01


class Ticking:
    """Calls each of ``ticks``, and then ``ticked``. ``late`` hears by how many seconds each time came too late."""

    def __init__(
        self,
        ticks: Sequence[Callable[[], None]],
        ticked: Callable[[], None],
        late: Callable[[float], None],
        sleep: Callable[[float], object],
    ) -> None:
        self._ticks = ticks
        self._ticked = ticked
        self._late = late
        self._sleep = sleep

    def for_ever(self) -> None:
        due_s = time.monotonic()
        while True:
            now_s = time.monotonic()
            self._late(max(0.0, now_s - due_s))
            try:
                for tick in self._ticks:
                    tick()
                self._ticked()
            except Exception:
                # Time goes on for everybody else, and the next tick may be well.
                _log.exception("a tick failed")
            # What the tick took is part of the time until the next one.
            due_s = max(now_s + TICK_S, time.monotonic() + REST_S)
            self._sleep(due_s - time.monotonic())
