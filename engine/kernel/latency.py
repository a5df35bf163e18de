"""How long a message takes: distributions, and named profiles of the four legs of a quorum operation.

The legs are those of the WARS model (Bailis et al., "Probabilistically Bounded Staleness for
Practical Partial Quorums", VLDB 2012): W a write request, A its acknowledgement, R a read request, S
its response. A model is in milliseconds, as in the paper's Table 3; a sample is in microseconds.
"""

import math
from typing import Literal, TypeAlias

from msgspec import Struct

Leg = Literal["W", "A", "R", "S"]


class Constant(Struct, frozen=True):
    """Always the same."""

    ms: float

    def sample_ms(self, choice: float, u: float) -> float:
        return self.ms


class Uniform(Struct, frozen=True):
    """Anything from ``low`` to ``high`` milliseconds, all alike."""

    low: float
    high: float

    def sample_ms(self, choice: float, u: float) -> float:
        return self.low + (self.high - self.low) * u


class Exponential(Struct, frozen=True):
    """Mean 1 / rate milliseconds."""

    rate: float

    def sample_ms(self, choice: float, u: float) -> float:
        return -math.log1p(-u) / self.rate


class Pareto(Struct, frozen=True):
    """At least ``xm`` milliseconds, with a heavy tail: P(X > x) = (xm / x) ** alpha."""

    xm: float
    alpha: float

    def sample_ms(self, choice: float, u: float) -> float:
        # mypy types float ** float as Any, since a negative base could give a complex number.
        return self.xm * math.pow(1.0 - u, -1.0 / self.alpha)


Simple: TypeAlias = Constant | Uniform | Exponential | Pareto


class Mixture(Struct, frozen=True):
    """``first`` with probability ``weight`` (0 to 1), otherwise ``second``."""

    weight: float
    first: Simple
    second: Simple

    def sample_ms(self, choice: float, u: float) -> float:
        return (self.first if choice < self.weight else self.second).sample_ms(choice, u)


Model: TypeAlias = Simple | Mixture


class Profile(Struct, frozen=True):
    """A model for each leg. Gossip asks and answers like a read.

    A sample always takes two numbers, whatever the model, so that a link's luck stays the same across profiles.

    With several ``sites`` (data centres), node number i stands in site i mod sites, each operation
    begins in a site chosen at random, and ``far_ms`` is added, one way, between two sites.
    """

    name: str
    W: Model
    A: Model
    R: Model
    S: Model
    sites: int = 1
    far_ms: float = 0.0


_SSD = Mixture(0.9122, Pareto(0.235, 10), Exponential(1.66))
_DISK_WRITE = Mixture(0.38, Pareto(1.05, 1.51), Exponential(0.183))
_YMMR_WRITE = Mixture(0.939, Pareto(3, 3.35), Exponential(0.0028))
_YMMR = Mixture(0.982, Pareto(1.5, 3.8), Exponential(0.0217))
_EVEN = Constant(1.0)
_UNIFORM = Uniform(0.5, 1.5)
_EXPONENTIAL = Exponential(1.0)
_PARETO = Pareto(0.5, 2.0)


def _alike(name: str, model: Model) -> Profile:
    return Profile(name, model, model, model, model)


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("LNKD-DISK", _DISK_WRITE, _SSD, _SSD, _SSD),
        _alike("LNKD-SSD", _SSD),
        Profile("YMMR", _YMMR_WRITE, _YMMR, _YMMR, _YMMR),
        Profile("WAN", _DISK_WRITE, _SSD, _SSD, _SSD, sites=3, far_ms=75.0),
        _alike("EVEN", _EVEN),
        _alike("UNIFORM", _UNIFORM),
        _alike("EXPONENTIAL", _EXPONENTIAL),
        _alike("PARETO", _PARETO),
    )
}
