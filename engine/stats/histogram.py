"""Percentiles of a stream of latencies in little memory."""

import math
from collections import Counter

from engine.outcomes import Refused
from engine.units import Us

# Two neighbouring buckets differ by 2 %, so that a percentile is at most 1 % off.
_GROWTH = math.log(1.02)


class Histogram:
    """Counts by buckets of equal ratio. A percentile is within 1 % of the exact one, and half a microsecond."""

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.count = 0

    def add(self, latency_us: Us) -> None:
        """Count one latency. Raises Refused("out_of_range") for one below 0."""
        if latency_us < 0:
            raise Refused("out_of_range", "latency_us", min=0, max="any time", value=latency_us)
        self._buckets[round(math.log(latency_us) / _GROWTH) if latency_us else -1] += 1
        self.count += 1

    def percentile_us(self, share: float) -> Us | None:
        """What a ``share`` (0 to 1) of the latencies does not exceed; None if there are none."""
        if not 0 <= share <= 1:
            raise Refused("out_of_range", "share", min=0, max=1, value=str(share))
        left = max(1, math.ceil(share * self.count))
        for bucket in sorted(self._buckets):
            left -= self._buckets[bucket]
            if left <= 0:
                return 0 if bucket < 0 else round(math.exp(bucket * _GROWTH))
        return None
