"""A store that is watched: how long what it does takes, and when it fails and is well again."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from webapp.operation import logs
from webapp.operation.metrics import Metrics
from webapp.store.log_store import StoreFailed

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Watch:
    """One for all parts of a database: where one of them fails, the database does."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._clock = clock
        self._failed_s: float | None = None
        # What is done for every command, and every event of a class.
        self._timed = {"append": metrics.appended, "append_to_class": metrics.appended, "flush": metrics.flushed}

    def over(self, store: T) -> T:
        """The same store, watched."""
        return cast(T, _Watched(store, self))

    def around(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        timed = self._timed.get(name)

        @wraps(method)
        def watched(*args: Any, **named: Any) -> Any:
            began_s = self._clock()
            try:
                answer = method(*args, **named)
            except StoreFailed as failed:
                self._fails(str(failed))
                raise
            if timed is not None:
                timed(self._clock() - began_s)
            if self._failed_s is not None:
                self._recovers()
            return answer

        return watched

    def _fails(self, reason: str) -> None:
        self._metrics.store_failed()
        if self._failed_s is None:
            self._failed_s = self._clock()
            logs.tell(_log, "store_failed", logging.ERROR, reason=reason)

    def _recovers(self) -> None:
        assert self._failed_s is not None
        logs.tell(_log, "store_recovered", after_s=round(self._clock() - self._failed_s, 1))
        self._failed_s = None


class _Watched:
    def __init__(self, store: object, watch: Watch) -> None:
        self._store = store
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not callable(found):
            return found
        # From now on it is found at once.
        watched = self.__dict__[name] = self._watch.around(name, found)
        return watched
