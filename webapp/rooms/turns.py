"""Who does something long lets others have their turn."""

import threading
from collections.abc import Callable

# Whoever has worked for so long lets others go on. A slice of work takes about as long again at most.
STRETCH_S = 0.001


class Turns:
    """Called again and again by all who do something long in the process that streams; often costs nothing.

    ``sleep(0)`` lets everybody else have a turn; ``clock`` gives seconds.
    """

    def __init__(self, sleep: Callable[[float], object], clock: Callable[[], float]) -> None:
        self._sleep = sleep
        self._clock = clock
        self._since_s = clock()
        # Between two turns of the stream only one of them works, however many there are.
        self._turn = threading.Lock()

    def __call__(self) -> None:
        if self._clock() - self._since_s < STRETCH_S:
            return
        with self._turn:
            self._sleep(0)
        # Somebody else may have had the processor until now; what follows is this one's stretch.
        self._since_s = self._clock()

    def rest(self) -> None:
        """The same for what people wait for now: it queues behind nobody."""
        if self._clock() - self._since_s >= STRETCH_S:
            self._sleep(0)
            self._since_s = self._clock()
