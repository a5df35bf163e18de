"""Where the limits count: in this process, or in Redis for several of them."""

import logging
import time
from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from limits.errors import StorageError
from limits.storage import Storage, storage_from_string

# An address takes about six. Whoever has more addresses than fit here is counted anew; memory stays as it is.
ENTRIES_MAX = 60_000

# Nobody waits longer than this for Redis. When it has not answered, it is not asked again for a while.
ANSWER_WITHIN_S = 0.5
ALONE_S = 5.0

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Counters(Storage):
    """A storage for the ``limits`` library. ``clock`` is in seconds, since whenever.

    The library's own keeps whatever it is given for as long as a window lasts, and looks through all of it in a thread,
    up to a hundred times a second.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.time, entries_max: int = ENTRIES_MAX) -> None:
        super().__init__()
        self._clock = clock
        self._entries_max = entries_max
        # Key to (count, when its window ends), those first whose windows began first.
        self._counts: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def base_exceptions(self) -> type[Exception]:
        """There is none that counting could raise."""
        return MemoryError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now_s = self._clock()
        count, ends_s = self._counts.get(key, (0, 0.0))
        if ends_s > now_s:
            self._counts[key] = (count + amount, ends_s)
            return count + amount
        self._counts.pop(key, None)
        if len(self._counts) >= self._entries_max:
            self._make_room(now_s)
        self._counts[key] = (amount, now_s + expiry)
        return amount

    def get(self, key: str) -> int:
        count, ends_s = self._counts.get(key, (0, 0.0))
        return count if ends_s > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._clock()))[1]

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    def check(self) -> bool:
        return True

    def _make_room(self, now_s: float) -> None:
        """Let go of the windows that are over; where there is no tenth of these, of the oldest ones."""
        self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now_s}
        too_many = len(self._counts) - self._entries_max * 9 // 10
        for key in list(islice(self._counts, max(0, too_many))):
            del self._counts[key]


class SharedCounters(Storage):
    """Counts in Redis, together with other processes; while Redis does not answer, each process counts alone."""

    STORAGE_SCHEME = None

    def __init__(self, uri: str) -> None:
        """``uri`` as REDIS_URL has it."""
        super().__init__()
        uri = f"redis+{uri}" if uri.startswith("unix:") else uri
        self._redis = storage_from_string(
            uri, wrap_exceptions=True, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S
        )
        assert isinstance(self._redis, Storage)
        self._own = Counters()
        self._alone_until_s = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """There is none that counting could raise."""
        return MemoryError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._ask(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        return self._ask(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        return self._ask(lambda storage: storage.get_expiry(key))

    def clear(self, key: str) -> None:
        self._ask(lambda storage: storage.clear(key))

    def reset(self) -> int | None:
        return self._ask(lambda storage: storage.reset())

    def check(self) -> bool:
        return self._ask(lambda storage: storage.check())

    def _ask(self, count: Callable[[Storage], T]) -> T:
        if time.monotonic() >= self._alone_until_s:
            try:
                assert isinstance(self._redis, Storage)
                return count(self._redis)
            except StorageError as error:
                _log.warning("Redis counts nothing for %g s: %s", ALONE_S, type(error.__cause__).__name__)
                self._alone_until_s = time.monotonic() + ALONE_S
        return count(self._own)
