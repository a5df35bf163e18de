"""Nobody can use the site up: how much one connection, and one address, may ask for.

Windows are fixed: they begin with the first request and end by themselves, however many are refused meanwhile. So a
refusal can say exactly when to try again. What the figures are made for: docs/decisions/0020-limits.md.
"""

import ipaddress
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil

from limits import RateLimitItem, RateLimitItemPerSecond, parse_many
from limits.strategies import FixedWindowRateLimiter

from engine.outcomes import Refused
from webapp.counters import Counters, SharedCounters
from webapp.settings import Settings

# When a connection or a calculation will end cannot be known.
RETRY_CONNECTION_S = 10
RETRY_JOB_S = 2

# Two calculations run, and eight may wait (webapp.work.pool): however many one address asks for, others find a place.
JOBS_AT_ONCE = 6

# A session of a client that polls, and does so no longer, is forgotten after so long.
SESSION_S = 20

# Whoever is refused and goes on to so many times as much as was allowed does not listen.
FLOOD = 3


class Limits:
    """Each method counts one thing that is asked for, and raises Refused where that is one too many.

    Facts of the refusal: ``max`` are allowed in ``within_s`` seconds, and will be again in ``retry_s``. An ``address``
    stands for its network (``network``).
    """

    def __init__(
        self, settings: Settings, storage_uri: str = "memory://", clock: Callable[[], float] = time.time
    ) -> None:
        """``storage_uri``: where several processes count together what they make; ``clock``: in seconds since 1970."""
        # Two, so that many addresses push no connection out.
        self._connections = Counters(clock)
        self._of_connection = FixedWindowRateLimiter(self._connections)
        self._of_address = FixedWindowRateLimiter(Counters(clock))
        is_alone = storage_uri == "memory://"
        self._of_all = self._of_address if is_alone else FixedWindowRateLimiter(SharedCounters(storage_uri))
        self._clock = clock
        self._commands = _items(settings.commands)
        self._commands_of_address = _items(settings.commands_of_address)
        self._bytes = _items(settings.kilobytes, times=1_000)
        self._requests = _items(settings.requests)
        self._rooms_made = _items(settings.rooms_made)
        self._wrong_codes = _items(settings.wrong_codes)
        self._connections_max = settings.connections
        self._sessions = [RateLimitItemPerSecond(settings.connections, SESSION_S)] if settings.connections else []
        self._connected: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._jobs: Counter[str] = Counter()

    # Connections

    def connected(self, address: str) -> None:
        """A socket connects. Each that was not refused must be ``disconnected``."""
        _one_more(self._connected, address, self._connections_max, "too_many_connections", RETRY_CONNECTION_S)

    def disconnected(self, address: str) -> None:
        _one_less(self._connected, address)

    def asked(self, connection: str, address: str | None, size: int) -> None:
        """A connection sends a request of ``size`` bytes. ``address`` None: not held against its neighbours."""
        self._hit(self._of_connection, self._bytes, "too_much", connection, size)
        self._hit(self._of_connection, self._commands, "too_fast", connection)
        # What is refused to one connection is not held against its neighbours.
        if address is not None:
            self._hit(self._of_address, self._commands_of_address, "too_fast_together", network(address))

    def floods(self, connection: str) -> bool:
        """Whether a connection goes on however often it is refused: to answer it costs more than to close it."""
        return any(
            self._connections.get(item.key_for(code, connection)) > FLOOD * item.amount
            for code, items in (("too_much", self._bytes), ("too_fast", self._commands))
            for item in items
        )

    def forget(self, connection: str) -> None:
        """The connection is gone."""
        for code, items in (("too_much", self._bytes), ("too_fast", self._commands)):
            for item in items:
                self._connections.clear(item.key_for(code, connection))

    # What is kept

    def made(self, address: str) -> None:
        """A room, a class, a shared run or a member is about to be made."""
        self._hit(self._of_all, self._rooms_made, "too_many_rooms", network(address))

    def may_guess(self, address: str) -> None:
        """Somebody is about to show a code. Whether it was a wrong one, ``missed`` says afterwards."""
        for item in self._wrong_codes:
            if not self._of_all.test(item, "too_many_guesses", network(address)):
                self._refuse(self._of_all, item, "too_many_guesses", network(address))

    def missed(self, address: str) -> None:
        for item in self._wrong_codes:
            self._of_all.hit(item, "too_many_guesses", network(address))

    # Over HTTP

    def requested(self, address: str) -> None:
        """Something is asked for over HTTP that has to be made."""
        self._hit(self._of_address, self._requests, "too_many_requests", network(address))

    def began(self, address: str) -> None:
        """A request, or a WebSocket, is open. Each that was not refused must have ``ended``."""
        _one_more(self._open, address, 2 * self._connections_max, "too_many_connections", RETRY_CONNECTION_S)

    def ended(self, address: str) -> None:
        _one_less(self._open, address)

    def polls(self, address: str) -> None:
        """A client that polls begins a session."""
        self._hit(self._of_address, self._sessions, "too_many_connections", network(address))

    def works(self, address: str) -> None:
        """A calculation is asked for. Each that was not refused must have ``worked``."""
        _one_more(self._jobs, address, JOBS_AT_ONCE if self._requests else 0, "too_many_jobs", RETRY_JOB_S)

    def worked(self, address: str) -> None:
        _one_less(self._jobs, address)

    def _hit(
        self, limiter: FixedWindowRateLimiter, items: Sequence[RateLimitItem], code: str, who: str, cost: int = 1
    ) -> None:
        for item in items:
            if not limiter.hit(item, code, who, cost=cost):
                self._refuse(limiter, item, code, who)

    def _refuse(self, limiter: FixedWindowRateLimiter, item: RateLimitItem, code: str, who: str) -> None:
        ends_s = limiter.get_window_stats(item, code, who).reset_time
        retry_s = max(1, ceil(ends_s - self._clock()))
        within_s = item.get_expiry()
        raise Refused(
            code,
            max=item.amount,
            within_s=within_s,
            within_min=ceil(within_s / 60),
            retry_s=retry_s,
            retry_min=ceil(retry_s / 60),
        )


@lru_cache(maxsize=4_096)
def network(address: str) -> str:
    """Whom an address stands for: of IPv6, one household or machine has a whole /64."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        # A socket of the file system has none; whatever else it is, it is not kept at length.
        return address[:64]
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return f"{ipaddress.IPv6Address(read.packed[:8] + bytes(8))}/64"


def _items(limit: str, times: int = 1) -> list[RateLimitItem]:
    """The limits that a setting names, the shortest first; none where it is empty."""
    read = sorted(parse_many(limit)) if limit else []
    return [type(item)(item.amount * times, item.multiples) for item in read]


def _one_more(counted: Counter[str], address: str, most: int, code: str, retry_s: int) -> None:
    who = network(address)
    if most and counted[who] >= most:
        raise Refused(code, max=most, retry_s=retry_s)
    counted[who] += 1


def _one_less(counted: Counter[str], address: str) -> None:
    who = network(address)
    counted[who] -= 1
    if counted[who] <= 0:
        del counted[who]
