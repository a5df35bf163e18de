"""A scenario: a hand-shaped starting point, typed."""

from typing import Annotated

from msgspec import Meta, Struct

from engine.commands import TIMEOUT_DEFAULT_US, Command, Count
from engine.units import Us


class Scripted(Struct, frozen=True):
    """A command that the scenario itself gives, at its time."""

    at_us: Us
    command: Command


class Scenario(Struct, frozen=True, kw_only=True):
    """A cluster and what happens to it. ``w`` and ``r`` None mean a majority of n; ``n`` None means all nodes.

    ``ends_us`` is where a run from the shell stops if nobody says otherwise.
    """

    name: str
    title: str
    claim: str
    nodes: Count = 5
    clients: tuple[str, ...] = ("A", "B")
    n: Count | None = None
    w: Count | None = None
    r: Count | None = None
    timeout_us: Us = TIMEOUT_DEFAULT_US
    gossip_every_us: Annotated[Us, Meta(ge=0)] = 0
    latency: str = "LNKD-DISK"
    script: tuple[Scripted, ...] = ()
    ends_us: Us = 0


def majority(n: int) -> int:
    """The smallest number of n nodes of which any two sets overlap."""
    return n // 2 + 1
