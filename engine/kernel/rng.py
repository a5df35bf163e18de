"""Named streams of random numbers, each a pure function of (seed, name, how many were drawn).

A stream of its own for each link and purpose means that changing w, or the strategy, does not change
another link's luck. The numbers come from SHAKE-128, not from a generator with a state: a fork copies
a few references, and no two names can share a sequence.
"""

import hashlib
import struct

_NUMBERS = 32
_BLOCK = struct.Struct(f"<{_NUMBERS}Q")
_UNIT = 2.0**-53


class Streams:
    """Every number is in [0, 1), with 53 bits."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._blocks_drawn: dict[tuple[str, ...], int] = {}
        self._ready: dict[tuple[str, ...], list[float]] = {}

    def uniform(self, name: tuple[str, ...]) -> float:
        """The stream's next number."""
        ready = self._ready.get(name)
        if not ready:
            ready = self._ready[name] = self._draw_block(name)
        return ready.pop()

    def pair(self, name: tuple[str, ...]) -> tuple[float, float]:
        """The stream's next two numbers. A stream is drawn from in pairs or singly, never both."""
        ready = self._ready.get(name)
        if not ready:
            ready = self._ready[name] = self._draw_block(name)
        return ready.pop(), ready.pop()

    def below(self, bound: int, name: tuple[str, ...]) -> int:
        """The stream's next whole number in [0, bound)."""
        return int(self.uniform(name) * bound)

    def fixed(self, name: tuple[str, ...]) -> float:
        """A number that belongs to the name itself: always the same one."""
        return self._numbers(name, 0)[0]

    def _draw_block(self, name: tuple[str, ...]) -> list[float]:
        block = self._blocks_drawn.get(name, 0)
        self._blocks_drawn[name] = block + 1
        return self._numbers(name, block)

    def _numbers(self, name: tuple[str, ...], block: int) -> list[float]:
        text = "\x1f".join((str(self.seed), *name, str(block)))
        digest = hashlib.shake_128(text.encode()).digest(_BLOCK.size)
        return [(word >> 11) * _UNIT for word in _BLOCK.unpack(digest)]

    def fork(self) -> "Streams":
        copy = Streams(self.seed)
        copy._blocks_drawn = self._blocks_drawn.copy()
        copy._ready = {name: ready.copy() for name, ready in self._ready.items()}
        return copy
