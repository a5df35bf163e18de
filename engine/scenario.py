"""A scenario: a hand-shaped starting point, typed."""

from typing import Annotated

from msgspec import Meta, Struct

from engine.commands import Command, Configure, Count
from engine.settings import CLIENTS_MAX
from engine.units import Us
from engine.values import ClientId


class Scripted(Struct, frozen=True):
    """A command that the scenario itself gives, at its time. One that cannot be carried out then is skipped."""

    at_us: Annotated[Us, Meta(ge=0)]
    command: Command


class Scenario(Struct, frozen=True, kw_only=True):
    """A cluster and what happens to it.

    ``settings`` names those that are not the usual ones; where it names no n, every node keeps a copy,
    and w and r are a majority of n. ``claim`` is the one thing it shows, ``text`` a paragraph about it.
    ``ends_us`` is where a run from the shell stops if nobody says otherwise.
    """

    name: str
    title: str
    claim: str
    text: str = ""
    nodes: Count = 5
    clients: Annotated[tuple[ClientId, ...], Meta(min_length=1, max_length=CLIENTS_MAX)] = ("A", "B")
    settings: Configure = Configure()
    script: tuple[Scripted, ...] = ()
    ends_us: Annotated[Us, Meta(ge=0)] = 0
