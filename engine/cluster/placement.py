"""Which nodes hold a key: consistent hashing (Karger et al. 1997), virtual nodes (DeCandia et al. 2007, 4.2)."""

import hashlib
from bisect import bisect_left
from functools import lru_cache


def _place(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")


class Ring:
    """``vnodes`` places for each node; a key belongs to the nodes that follow its own place clockwise."""

    def __init__(self, nodes: tuple[str, ...], vnodes: int) -> None:
        self.nodes = nodes
        places = sorted((_place(f"{node}#{number}"), node) for node in nodes for number in range(vnodes))
        self._places = [place for place, _ in places]
        self._owners = [node for _, node in places]
        self._orders: dict[str, tuple[str, ...]] = {}

    def order(self, key: str) -> tuple[str, ...]:
        """All nodes in the order in which they follow the key: its preference list, and then the stand-ins."""
        known = self._orders.get(key)
        if known is None:
            start = bisect_left(self._places, _place(key))
            known = tuple(dict.fromkeys(self._owners[start:] + self._owners[:start]))
            self._orders[key] = known
        return known

    def preference_list(self, key: str, n: int) -> tuple[str, ...]:
        """The n nodes that hold ``key`` (all, where there are fewer)."""
        return self.order(key)[:n]


@lru_cache(maxsize=64)
def ring(nodes: tuple[str, ...], vnodes: int) -> Ring:
    """The ring of these nodes. It is a pure function of them, so that all who look share one."""
    return Ring(nodes, vnodes)
