"""How often somebody may try to sign in."""

import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from engine.outcomes import Refused

# A name from one address: enough for a person, and far too little for a guesser.
OF_NAME_HERE = "10/5 minutes"
# All teachers of a school may sign in by one address.
OF_ADDRESS = "100/5 minutes"
# Who guesses by many addresses; it is more than one address may, so that nobody locks a name for all others.
OF_NAME = "100/hour"


class Tries:
    """Counted by each process for itself."""

    def __init__(self, of_name_here: str = OF_NAME_HERE, of_address: str = OF_ADDRESS, of_name: str = OF_NAME) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._of_name_here = parse(of_name_here)
        self._of_address = parse(of_address)
        self._of_name = parse(of_name)

    def count(self, address: str, name: str | None = None) -> None:
        """Raises Refused("too_many_tries"), with ``retry_s``."""
        self._hit(self._of_address, "address", address)
        if name is not None:
            self._hit(self._of_name_here, "here", address, name)
            self._hit(self._of_name, "name", name)

    def forget(self, address: str, name: str) -> None:
        """Who has signed in was right, and may be wrong as often again."""
        self._limiter.clear(self._of_name_here, "here", address, name)

    def _hit(self, item: RateLimitItem, *whose: str) -> None:
        if not self._limiter.hit(item, *whose):
            until_s = self._limiter.get_window_stats(item, *whose).reset_time
            raise Refused("too_many_tries", retry_s=max(1, round(until_s - time.time() + 0.5)))
