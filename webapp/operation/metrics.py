"""What is counted and measured, for Prometheus. No label has more values than there are codes in the source."""

import logging
from collections.abc import Callable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp.errors import ALL_REFUSALS
from webapp.operation.logs import Seldom

_log = logging.getLogger(__name__)

# When each number was begun: as many lines again, which nobody asks for.
disable_created_metrics()

PREFIX = "quorumscope_"

# What there is now, and what is said of it; whoever knows the number is given to ``Metrics.now``.
GAUGES: dict[str, str] = {
    "connections": "Connections of the stream.",
    "viewers": "Connections that watch a room.",
    "viewers_behind": "Viewers who get no frames until they have read what they were sent.",
    "rooms_awake": "Rooms in memory.",
    "classes_awake": "Classes in memory.",
    "jobs_waiting": "Requests that wait for a child process.",
}

# What is refused to those who are too fast, or have too much.
LIMITS = frozenset(
    {
        "too_fast",
        "too_fast_together",
        "too_many_connections",
        "too_many_guesses",
        "too_many_jobs",
        "too_many_requests",
        "too_many_rooms",
        "too_much",
    }
)

# Of these the log has a line now and then: a limit may be too low, and a proxy may be set up wrongly.
TOLD = LIMITS | {"cross_site", "other_host"}

_LATE_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_APPEND_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0)


class Metrics:
    """Its methods are called where things happen; each takes a microsecond or two."""

    def __init__(self) -> None:
        self._told = Seldom(_log, "refused")
        self.registry = CollectorRegistry()
        self._gauges = _Now()
        self.registry.register(self._gauges)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._frames = self._counter("frames_sent", "Frames that were sent, one for each who got it.")
        self._straight = self._counter("frames_straight", "Those of them that went straight to a socket.")
        self._bytes = self._counter("frame_bytes_sent", "Bytes of these frames.")
        self._behind = self._counter("fell_behind", "How often a viewer got too far behind.")
        self._late = self._histogram("tick_late_seconds", "How long after its time the rooms' clock ticked.", _LATE_S)
        self._accepted = self._counter("requests_accepted", "Requests of the stream that were carried out.")
        self._refused = self._counter("requests_refused", "Requests that were refused, by the code of why.", "code")
        self._limited = self._counter("limits_hit", "Requests beyond a limit, by the code of which.", "code")
        self._append = self._histogram("store_append_seconds", "How long it took to write an entry.", _APPEND_S)
        self._flush = self._histogram("store_flush_seconds", "How long SQLite's log took to reach the disk.", _APPEND_S)
        self._failed = self._counter("store_failures", "What the database could not do.")

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(PREFIX + name, says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(PREFIX + name, says, buckets=buckets, registry=self.registry)

    def now(self, name: str, number: Callable[[], float]) -> None:
        """Who knows one of the ``GAUGES``; asked when somebody looks."""
        self._gauges.known[name] = number

    def sent(self, size: int, straight: int, queued: int) -> None:
        """A frame of so many bytes went straight to the sockets of so many viewers, and into the queues of others."""
        self._frames.inc(straight + queued)
        self._straight.inc(straight)
        self._bytes.inc(size * (straight + queued))

    def fell_behind(self) -> None:
        self._behind.inc()

    def late(self, seconds: float) -> None:
        """The rooms' clock ticked so long after it should have."""
        self._late.observe(max(0.0, seconds))

    def accepted(self) -> None:
        self._accepted.inc()

    def refused(self, code: str) -> None:
        self._refused.labels(code if code in ALL_REFUSALS else "other").inc()
        if code in LIMITS:
            self._limited.labels(code).inc()
        if code in TOLD:
            self._told.tell(code)

    def appended(self, seconds: float) -> None:
        self._append.observe(seconds)

    def flushed(self, seconds: float) -> None:
        self._flush.observe(seconds)

    def store_failed(self) -> None:
        self._failed.inc()

    def told(self) -> list[tuple[str, str]]:
        """The name of each number, and what it is."""
        return [(_series(metric)[0], metric.documentation) for metric in self.registry.collect()]

    def names(self) -> set[str]:
        """All that a query can ask for."""
        return {name for metric in self.registry.collect() for name in _series(metric)}

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self.registry)


def _series(metric: Metric) -> list[str]:
    match metric.type:
        case "counter":
            return [f"{metric.name}_total"]
        case "histogram":
            return [f"{metric.name}_{part}" for part in ("bucket", "sum", "count")]
    return [metric.name]


class _Now(Collector):
    def __init__(self) -> None:
        self.known: dict[str, Callable[[], float]] = {}

    def collect(self) -> Iterator[Metric]:
        for name, says in GAUGES.items():
            # Who knows it may not be there yet.
            yield GaugeMetricFamily(PREFIX + name, says, value=self.known.get(name, float)())
