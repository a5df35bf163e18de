"""Side by side: the same cluster once more, with the same luck and the same commands, but other settings."""

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Self

from msgspec import Struct, structs

from engine import Scenario, Simulation
from engine.changes import Change, MessageState
from engine.checks.goals import LiveGoals
from engine.checks.live import LiveVerdict
from engine.commands import Command, Configure
from engine.outcomes import Refused
from engine.settings import named
from engine.units import Us

# So many events happen, or changes come of them, between two looks at what else there is to do: about a millisecond's
# work. Fewer where each is held against many patterns.
SLICE = 80
PATTERNS_PER_SLICE = 10

# To hold an entity against a goal's pattern costs so much less than to make a change.
LOOKS_PER_CHANGE = 4


class Compare(Struct, frozen=True, tag_field="type", tag="compare", forbid_unknown_fields=True, omit_defaults=True):
    """Put a second cluster beside the first: the same scenario, luck and commands from the beginning, but
    with these settings, whatever is configured later. It takes the place of an earlier one; null: it goes."""

    settings: Configure | None = None


Route = tuple[str, str, str, str | None]


def route(simulation: Simulation, command: object) -> Route | None:
    """Of the message that a command is about: type, source, target and operation. None: it is about no message."""
    message = simulation.get("message", getattr(command, "message", ""))
    if not isinstance(message, MessageState):
        return None
    return message.type, message.source, message.target, message.operation


class Watched:
    """A cluster, and among its changes the verdict on what its clients have seen, the goals and the numbers.

    ``work`` is how much it has cost: its changes, or the events that made none.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.work = 0
        self._verdict = LiveVerdict()
        self._goals = LiveGoals(simulation.scenario)
        self._looked = 0
        self._news: list[Change] = []

    def fork(self) -> Self:
        """An independent copy that goes on from here."""
        other = copy.copy(self)
        other.simulation = self.simulation.fork()
        other._verdict, other._goals = copy.deepcopy((self._verdict, self._goals))
        other._news = list(self._news)
        return other

    def go(self, at_us: Us) -> Iterator[int]:
        """Go on to a time, slice by slice, so that others get their turn; answers what each slice has cost.

        Between two slices it may be in the middle of a moment (see ``Simulation.go_on``).
        """
        scenario = self.simulation.scenario
        patterns = len(scenario.goals) + len(scenario.measures)
        slice_max = SLICE * PATTERNS_PER_SLICE // max(PATTERNS_PER_SLICE, patterns)
        there = False
        while not there:
            there = self.simulation.go_on(at_us, slice_max)
            cost = max(1 if there else slice_max, self._gather())
            self.work += cost
            yield cost

    def _gather(self) -> int:
        """Judge what has happened since the last time; answers what it has cost, as a number of changes."""
        changes = self._goals.watch(self._verdict.watch(self.simulation.take_changes()))
        self._news += changes
        looked, self._looked = self._looked, self._goals.looked // LOOKS_PER_CHANGE
        return len(changes) + self._looked - looked

    def take(self) -> list[Change]:
        """The changes since the last call, in the order in which they happened."""
        self._gather()
        news, self._news = self._news, []
        return news

    def present(self) -> list[Change]:
        """The latest version of every living entity."""
        self._gather()
        verdict = self._verdict.present()
        return [*self.simulation.snapshot(), *([verdict] if verdict else []), *self._goals.present()]


class Twin(Watched):
    """The second cluster. While it catches up, ``seq`` is how many entries of the log it has taken."""

    def __init__(self, scenario: Scenario, seed: int, settings: Configure) -> None:
        """Raises Refused where the settings do not go together, or name nothing."""
        if not named(settings):
            raise Refused("nothing_to_change", "settings")
        self._fixed: dict[str, None] = dict.fromkeys(named(settings))
        try:
            super().__init__(Simulation(self._of(scenario, settings), seed))
        except Refused as refused:
            field = f"settings.{refused.field}" if refused.field else "settings"
            raise Refused(refused.code, field, **refused.facts) from None
        self.seq = 0

    def _of(self, scenario: Scenario, settings: Configure) -> Scenario:
        script = tuple(
            structs.replace(scripted, command=self._without_fixed(scripted.command)) for scripted in scenario.script
        )
        return structs.replace(scenario, settings=structs.replace(scenario.settings, **named(settings)), script=script)

    def _without_fixed(self, command: Command) -> Command:
        return structs.replace(command, **self._fixed) if isinstance(command, Configure) else command

    def do(self, command: Command, about: Route | None) -> None:
        """What the first cluster has taken; what this one refuses is skipped, and so is what is done to one message
        (``about`` is its route there) where the message of that name goes another way here."""
        if about != route(self.simulation, command):
            return
        with suppress(Refused):
            self.simulation.apply(self._without_fixed(command))
