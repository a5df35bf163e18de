"""A scenario: a hand-shaped starting point, typed."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from engine.commands import Command, Configure, Count
from engine.goals import GOALS_MAX, Goal, Measure
from engine.settings import CLIENTS_MAX
from engine.units import Us
from engine.values import ClientId

# What JavaScript counts exactly.
_Time: TypeAlias = Annotated[Us, Meta(ge=0, le=2**53 - 1)]


class Scripted(Struct, frozen=True, forbid_unknown_fields=True):
    """A command that the scenario itself gives, at its time. One that cannot be carried out then is skipped."""

    at_us: _Time
    command: Command


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A cluster and what happens to it.

    ``settings`` names those that are not the usual ones; where it names no n, every node keeps a copy,
    and w and r are a majority of n. ``claim`` is the one thing it shows, ``text`` a paragraph about it.
    ``ends_us`` is where a run from the shell stops if nobody says otherwise.
    ``goals`` and ``measures`` change nothing that happens: whoever watches a run sees them beside it.
    """

    name: str
    title: str
    claim: str
    text: str = ""
    nodes: Count = 5
    clients: Annotated[tuple[ClientId, ...], Meta(min_length=1, max_length=CLIENTS_MAX)] = ("A", "B")
    settings: Configure = Configure()
    script: tuple[Scripted, ...] = ()
    ends_us: _Time = 0
    goals: Annotated[tuple[Goal, ...], Meta(max_length=GOALS_MAX)] = ()
    measures: Annotated[tuple[Measure, ...], Meta(max_length=GOALS_MAX)] = ()
