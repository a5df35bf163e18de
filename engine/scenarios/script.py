"""How the scripts of the scenarios are written."""

from engine.commands import Command
from engine.scenario import Scripted
from engine.units import MS


def timed(*steps: tuple[float, Command]) -> tuple[Scripted, ...]:
    """A script from (milliseconds, command)."""
    return tuple(Scripted(round(at_ms * MS), command) for at_ms, command in steps)
