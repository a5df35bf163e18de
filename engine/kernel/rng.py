"""Named streams of random numbers, each a pure function of (seed, name, how many were drawn).

A stream of its own for each link and purpose means that changing w, or the strategy, does not change
another link's luck. The numbers come from BLAKE2b, not from a generator with a state: a fork copies a
few counters, and no two names can share a sequence.
"""

import hashlib
import struct

_BLOCK = struct.Struct("<8Q")
_UNIT = 2.0**-53


class Streams:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._blocks_drawn: dict[tuple[str, ...], int] = {}
        self._ready: dict[tuple[str, ...], list[float]] = {}

    def uniform(self, *name: str) -> float:
        """The stream's next number, in [0, 1)."""
        ready = self._ready.get(name)
        if not ready:
            ready = self._ready[name] = self._draw_block(name)
        return ready.pop()

    def below(self, bound: int, *name: str) -> int:
        """The stream's next whole number in [0, bound)."""
        return int(self.uniform(*name) * bound)

    def _draw_block(self, name: tuple[str, ...]) -> list[float]:
        block = self._blocks_drawn.get(name, 0)
        self._blocks_drawn[name] = block + 1
        text = "\x1f".join((str(self.seed), *name, str(block)))
        digest = hashlib.blake2b(text.encode(), digest_size=64).digest()
        return [(word >> 11) * _UNIT for word in _BLOCK.unpack(digest)]

    def fork(self) -> "Streams":
        copy = Streams(self.seed)
        copy._blocks_drawn = self._blocks_drawn.copy()
        copy._ready = {name: ready.copy() for name, ready in self._ready.items()}
        return copy
