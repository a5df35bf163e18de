"""One exchange of gossip: find a peer that is up, at random, and pull what was missed.

A node does not know who is down. It asks a random peer, and where the peer's host refuses, another
one, until somebody answers or nobody is left.
"""

from collections.abc import Callable


class Exchange:
    def __init__(self, untried: list[str]) -> None:
        self.asked: str | None = None
        self._untried = untried

    def next_peer(self, pick: Callable[[int], int]) -> str | None:
        """A peer not asked before in this exchange, or None if there is none. ``pick(k)`` is in [0, k)."""
        self.asked = self._untried.pop(pick(len(self._untried))) if self._untried else None
        return self.asked

    def fork(self) -> "Exchange":
        copy = Exchange(self._untried.copy())
        copy.asked = self.asked
        return copy
