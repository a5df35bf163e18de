"""How long a message takes: distributions, and named profiles of the four legs of a quorum operation.

The legs are those of the WARS model (Bailis et al., "Probabilistically Bounded Staleness for
Practical Partial Quorums", VLDB 2012): W a write request, A its acknowledgement, R a read request, S
its response. A model is in milliseconds, as in the paper's Table 3; a sample is in microseconds.
"""

import math
from typing import Literal, TypeAlias

from msgspec import Struct

from engine.units import MS, Us

Leg = Literal["W", "A", "R", "S"]


class Constant(Struct, frozen=True):
    """Always the same."""

    ms: float

    def sample_ms(self, choice: float, u: float) -> float:
        return self.ms


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


class Mixture(Struct, frozen=True):
    """``first`` with probability ``weight`` (0 to 1), otherwise ``second``."""

    weight: float
    first: Pareto
    second: Exponential

    def sample_ms(self, choice: float, u: float) -> float:
        return (self.first if choice < self.weight else self.second).sample_ms(choice, u)


Model: TypeAlias = Constant | Exponential | Pareto | Mixture


class Profile(Struct, frozen=True):
    """A model for each leg. Gossip asks and answers like a read."""

    name: str
    W: Model
    A: Model
    R: Model
    S: Model

    def sample_us(self, leg: Leg, choice: float, u: float) -> Us:
        """One latency, at least 1 us, from two numbers in [0, 1).

        It always takes two, whatever the model, so that a link's luck stays the same across profiles.
        """
        model: Model = getattr(self, leg)
        return max(1, round(model.sample_ms(choice, u) * MS))


_SSD = Mixture(0.9122, Pareto(0.235, 10), Exponential(1.66))
_DISK_WRITE = Mixture(0.38, Pareto(1.05, 1.51), Exponential(0.183))
_EVEN = Constant(1.0)

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("LNKD-DISK", _DISK_WRITE, _SSD, _SSD, _SSD),
        Profile("LNKD-SSD", _SSD, _SSD, _SSD, _SSD),
        Profile("EVEN", _EVEN, _EVEN, _EVEN, _EVEN),
    )
}
