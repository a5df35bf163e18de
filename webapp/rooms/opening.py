"""A room that does not begin at its beginning: a lesson's step, say."""

from msgspec import Struct

from engine import Scenario
from engine.commands import Configure
from engine.units import Us
from webapp.rooms.pace import SPEED_DEFAULT, Speed


class Opening(Struct, frozen=True, kw_only=True):
    """``clock_us``: all that the scenario's script does by itself until then has happened already.

    ``beside``: the settings of a second cluster that stands beside it from the beginning.
    """

    scenario: Scenario
    seed: int
    clock_us: Us = 0
    speed: Speed = SPEED_DEFAULT
    beside: Configure | None = None
