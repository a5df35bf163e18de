"""What runs and models say in numbers."""

from engine.stats.histogram import Histogram
from engine.stats.panel import Cell, Curve, cells, curve
from engine.stats.staleness import Staleness, k_staleness, staleness
from engine.stats.traffic import Summary, Traffic

__all__ = [
    "Cell",
    "Curve",
    "Histogram",
    "Staleness",
    "Summary",
    "Traffic",
    "cells",
    "curve",
    "k_staleness",
    "staleness",
]
