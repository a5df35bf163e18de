"""What runs and models say in numbers."""

from engine.stats.histogram import Histogram
from engine.stats.staleness import Staleness, k_staleness, staleness
from engine.stats.traffic import Summary, Traffic

__all__ = ["Histogram", "Staleness", "Summary", "Traffic", "k_staleness", "staleness"]
