"""Which nodes hold a key."""

import zlib


def preference_list(key: str, nodes: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The n nodes that hold ``key``: clockwise round the ring from the place where the key falls."""
    start = zlib.crc32(key.encode()) % len(nodes)
    return tuple(nodes[(start + step) % len(nodes)] for step in range(min(n, len(nodes))))
