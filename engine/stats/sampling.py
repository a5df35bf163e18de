"""Many latencies at once: the models of engine.kernel.latency in numpy."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.kernel.latency import Constant, Exponential, Mixture, Model, Pareto, Simple, Uniform

Floats: TypeAlias = NDArray[np.float64]


def sample_ms(model: Model, rng: np.random.Generator, count: int) -> Floats:
    """``count`` independent latencies in milliseconds, shape (count,)."""
    if not isinstance(model, Mixture):
        return _simple_ms(model, rng, count)
    # How many come from the first part, then that many of each, then their places: as random as a choice for each,
    # and no number is drawn in vain.
    is_first = rng.random(count) < model.weight
    firsts = int(np.count_nonzero(is_first))
    drawn = np.empty(count)
    drawn[is_first] = _simple_ms(model.first, rng, firsts)
    drawn[~is_first] = _simple_ms(model.second, rng, count - firsts)
    return drawn


def _simple_ms(model: Simple, rng: np.random.Generator, count: int) -> Floats:
    match model:
        case Constant(ms):
            return np.full(count, ms)
        case Uniform(low, high):
            return low + (high - low) * rng.random(count)
        case Exponential(rate):
            return rng.standard_exponential(count) / rate
        case Pareto(xm, alpha):
            # A power of a uniform number is the exponential of an exponential one.
            return xm * np.exp(rng.standard_exponential(count) / alpha)
