"""How wall time becomes virtual time. Speed never changes what happens, only when somebody sees it."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from engine.units import SECOND, Us

SPEED_MIN = 0.0001
SPEED_MAX = 1.0
SPEED_DEFAULT = 0.001

Speed: TypeAlias = Annotated[
    float,
    Meta(ge=SPEED_MIN, le=SPEED_MAX, description="Virtual seconds in a second of wall time: 0.001 shows 1 ms in 1 s."),
]


class _PaceCommand(Struct, frozen=True, tag_field="type", forbid_unknown_fields=True):
    pass


class Run(_PaceCommand, frozen=True, tag="run"):
    """Let the room's clock run."""


class Pause(_PaceCommand, frozen=True, tag="pause"):
    """Stop the room's clock. Commands are still taken; what they begin waits."""


class Step(_PaceCommand, frozen=True, tag="step"):
    """Pause, and go to the next moment at which something happens."""


class SetSpeed(_PaceCommand, frozen=True, tag="set_speed"):
    """Set how fast the room's clock runs."""

    speed: Speed


PaceCommand: TypeAlias = Run | Pause | Step | SetSpeed

PACE_COMMANDS: tuple[type[PaceCommand], ...] = (Run, Pause, Step, SetSpeed)


class Pace(Struct, frozen=True):
    """Whether the room's clock runs, and its speed in virtual seconds per second of wall time."""

    running: bool = True
    speed: Speed = SPEED_DEFAULT

    def after(self, command: PaceCommand) -> "Pace":
        match command:
            case Run():
                return Pace(True, self.speed)
            case Pause() | Step():
                return Pace(False, self.speed)
            case SetSpeed():
                return Pace(self.running, command.speed)


class Pacer:
    """Says how far virtual time should have got, from an anchor where both clocks were read."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self._anchor_s = 0.0
        self._anchor_us: Us = 0

    def anchor(self, wall_s: float, now_us: Us) -> None:
        """From here on, virtual time is ``now_us`` at ``wall_s``."""
        self._anchor_s, self._anchor_us = wall_s, now_us

    def target_us(self, wall_s: float, now_us: Us) -> Us:
        """Where virtual time should be at ``wall_s``; never before ``now_us``."""
        if not self.pace.running:
            return now_us
        elapsed_s = max(0.0, wall_s - self._anchor_s)
        return max(now_us, self._anchor_us + int(elapsed_s * self.pace.speed * SECOND))
