"""A cluster whose every message takes exactly 1 ms, and what it tells."""

from typing import Any

import msgspec
import pytest

from engine import SCENARIOS, Simulation
from engine.changes import Change, NoteState
from engine.commands import Command, Configure

MS = 1000


@pytest.fixture
def sim() -> Simulation:
    return Simulation(msgspec.structs.replace(SCENARIOS["five-masters"], settings=Configure(latency="EVEN")), seed=1)


class Story:
    """Drives a simulation and keeps all that it said."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self.changes: list[Change] = []

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.sim.apply(command)

    def wait(self, ms: float) -> None:
        self.sim.run_until(self.sim.now_us + round(ms * MS))

    def state(self, kind: str, name: str) -> Any:
        return {(c.kind, c.id): c.fields for c in self.sim.snapshot()}.get((kind, name))

    def versions(self, key: str = "x") -> list[int]:
        """The number that each node holds for a key; 0 where it holds nothing."""
        found = (self.state("record", f"n{place}/{key}") for place in range(1, 6))
        return [record.version.counter if record else 0 for record in found]

    def notes(self, *codes: str) -> list[tuple[float, str]]:
        """(ms, code) of what was said, all or only these codes."""
        self.changes += self.sim.take_changes()
        told = [(c.at_us / MS, c.fields.code) for c in self.changes if isinstance(c.fields, NoteState)]
        return [(at, code) for at, code in told if not codes or code in codes]


@pytest.fixture
def story(sim: Simulation) -> Story:
    return Story(sim)
