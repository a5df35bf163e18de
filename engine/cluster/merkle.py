"""A Merkle tree over the versions that a node holds: two trees differ only where the data do.

A key falls into a leaf by its hash. A node of the tree is the exclusive or of the hashes of all keys
below it, so that it does not depend on their order. 16 children a node, 4,096 leaves.
"""

import hashlib
from collections.abc import Iterable

from engine.values import Version

LEVELS = 3
_BITS = 4


def leaf(key: str) -> int:
    """The leaf into which a key falls."""
    digest = hashlib.blake2b(key.encode(), digest_size=2).digest()
    return int.from_bytes(digest, "big") >> (16 - _BITS * LEVELS)


def children(nodes: Iterable[int]) -> list[int]:
    """The nodes one level down."""
    return [(node << _BITS) + child for node in nodes for child in range(1 << _BITS)]


class Tree:
    """Levels 0 (the root) to LEVELS (the leaves), of the keys in ``versions``."""

    def __init__(self, versions: dict[str, tuple[Version, ...]]) -> None:
        self._hashes: list[dict[int, int]] = [{} for _ in range(LEVELS + 1)]
        for key, held in versions.items():
            text = "\x1f".join((key, *(f"{version.counter}@{version.writer}" for version in held)))
            # 48 bits: a JSON number that any language reads exactly.
            digest = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")
            place = leaf(key)
            for level in range(LEVELS, -1, -1):
                hashes = self._hashes[level]
                hashes[place] = hashes.get(place, 0) ^ digest
                place >>= _BITS

    def leaves(self) -> dict[int, int]:
        """The hashes of the leaves that have keys."""
        return dict(sorted(self._hashes[LEVELS].items()))

    def hashes(self, level: int, nodes: Iterable[int]) -> dict[int, int]:
        """The hashes of these nodes; 0 where there is nothing below."""
        known = self._hashes[level]
        return {node: known.get(node, 0) for node in nodes}

    def differing(self, level: int, theirs: dict[int, int]) -> tuple[int, ...]:
        """The nodes whose hash is another here."""
        known = self._hashes[level]
        return tuple(node for node, digest in theirs.items() if known.get(node, 0) != digest)
