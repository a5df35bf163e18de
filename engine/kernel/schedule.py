"""The heap of events and the virtual clock."""

import heapq
from typing import Final

from engine.units import Us

# At one instant a delivery goes before a timer, so that an answer due exactly at the timeout counts.
DELIVERY: Final = 0
TIMER: Final = 1
SCRIPT: Final = 2


class Schedule:
    """Events by (at_us, priority, seq). Events are data, never closures: a fork copies a list."""

    def __init__(self) -> None:
        self.now_us: Us = 0
        self._heap: list[tuple[Us, int, int, object]] = []
        self._seq = 0

    def push(self, at_us: Us, priority: int, event: object) -> None:
        self._seq += 1
        heapq.heappush(self._heap, (at_us, priority, self._seq, event))

    def next_us(self) -> Us | None:
        """When the next event is due; None if nothing is scheduled."""
        return self._heap[0][0] if self._heap else None

    def peek(self) -> object | None:
        return self._heap[0][3] if self._heap else None

    def discard(self) -> None:
        """Take out the next event as if it had never been planned: the clock stands still."""
        heapq.heappop(self._heap)

    def pop_until(self, at_us: Us) -> object | None:
        """The next event that is due by ``at_us``; None if there is none. The clock moves before its handler runs."""
        if not self._heap or self._heap[0][0] > at_us:
            return None
        self.now_us, _, _, event = heapq.heappop(self._heap)
        return event

    def fork(self) -> "Schedule":
        copy = Schedule()
        copy.now_us = self.now_us
        copy._heap = self._heap.copy()
        copy._seq = self._seq
        return copy
