"""One run of a scenario, as the golden tests look at it: what was said, what came of each operation, who held what."""

from pathlib import Path
from typing import Any

from engine import ENGINE_VERSION, SCENARIOS, Simulation
from engine.changes import Change, NoteState, OperationState, RecordState
from engine.checks import from_changes, linearizable
from engine.units import MS
from engine.world import World
from webapp.words import narrate

FOLDER = Path(__file__).parent
SEED = 1

Facts = dict[str, str | int]


class Run:
    """A scenario, to its end. Times are in milliseconds."""

    def __init__(self, name: str, seed: int = SEED) -> None:
        self.scenario = SCENARIOS[name]
        self.sim = Simulation(self.scenario, seed)
        self.sim.run_until(self.scenario.ends_us)
        self.digest = self.sim.digest()
        self.changes = self.sim.take_changes()
        self.operations = {c.id: c.fields for c in self.changes if isinstance(c.fields, OperationState)}

    # What was said

    def notes(self, code: str) -> list[Facts]:
        return [c.fields.facts for c in self.changes if isinstance(c.fields, NoteState) and c.fields.code == code]

    def note_ms(self, code: str) -> list[float]:
        return [c.at_us / MS for c in self.changes if isinstance(c.fields, NoteState) and c.fields.code == code]

    # Operations, by number: op(1) is the first that was invoked

    def op(self, number: int) -> OperationState:
        return self.operations[f"op{number}"]

    def took_ms(self, number: int) -> float:
        operation = self.op(number)
        assert operation.responded_us is not None
        return (operation.responded_us - operation.invoked_us) / MS

    def values(self, *numbers: int) -> list[str | None]:
        """What these operations, all OK, have written or read."""
        assert [self.op(number).outcome for number in numbers] == ["ok"] * len(numbers)
        return [self.op(number).value for number in numbers]

    def is_before(self, earlier: int, later: int) -> bool:
        """Whether one operation was OK before another was invoked."""
        responded_us = self.op(earlier).responded_us
        return (
            self.op(earlier).outcome == "ok" and responded_us is not None and responded_us < self.op(later).invoked_us
        )

    def answered(self, number: int, by_ms: float) -> list[str]:
        """The nodes whose answers had reached whoever asked."""
        return [answer.node for answer in self.op(number).answers if answer.at_us <= by_ms * MS]

    def linearizable(self) -> str:
        """The verdict of the checker on the whole run: its code."""
        return linearizable(from_changes(self.changes)).kind

    # The picture at a moment

    def at(self, at_ms: float | None = None) -> list[Change]:
        """Every entity as it stood then (None: at the end)."""
        world = World()
        for change in self.changes:
            if at_ms is None or change.at_us <= at_ms * MS:
                world.record(change)
        return world.entities()

    def entity(self, kind: str, name: str, at_ms: float | None = None) -> Any:
        return {(c.kind, c.id): c.fields for c in self.at(at_ms)}.get((kind, name))

    def held(self, key: str = "x", at_ms: float | None = None) -> dict[str, str]:
        """Node to the value that it holds (of siblings: the last)."""
        records = [c.fields for c in self.at(at_ms) if isinstance(c.fields, RecordState)]
        return {record.node: record.value for record in records if record.key == key}

    def messages(self, type_: str) -> list[Any]:
        """The messages of one type, each in its last state."""
        last: dict[str, Any] = {c.id: c.fields for c in self.changes if c.kind == "message"}
        return [message for message in last.values() if message.type == type_]

    # As a text

    def transcript(self) -> str:
        """What a person reads: a line for each note, and one for each operation."""
        lines = [f"{self.scenario.name}, seed {self.sim.seed}, engine {ENGINE_VERSION}, digest {self.digest}", ""]
        lines += [
            f"{c.at_us / MS:9.3f} ms  {narrate(c.fields.code, c.fields.facts)}"
            for c in self.changes
            if isinstance(c.fields, NoteState)
        ]
        lines += ["", *(self._line(name, operation) for name, operation in self.operations.items())]
        return "\n".join(lines).rstrip("\n") + "\n"

    @staticmethod
    def _line(name: str, operation: OperationState) -> str:
        nothing = "nothing" if operation.outcome == "ok" else "-"
        values = ", ".join(sibling.value for sibling in operation.siblings) or operation.value or nothing
        word = operation.outcome.upper()
        return f"{name}  {operation.client}  {operation.type:5}  {operation.key}  {word:7}  {values}"


def transcript_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"
