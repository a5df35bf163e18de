"""A drawn cluster, run to its end: where the answers come from."""

from collections.abc import Iterable

from msgspec.structs import replace

from engine.changes import HintState, NodeState, OperationState, RecordState
from engine.commands import Command, Configure, Read, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.settings import named
from engine.simulation import Simulation
from engine.units import MS, Us
from webapp.lessons.review.question import Choice, Question, Said

KEY = "x"

# What a run of the review is called where somebody plays on in it.
NAME = "review"
TITLE = "Review"


class Ran:
    """One run: how things stood when the question is asked, all that changed, and how it ended."""

    def __init__(self, scenario: Scenario, seed: int, asked_us: Us, beside: Configure | None = None) -> None:
        """``beside`` are settings that take the place of the scenario's. Raises Refused."""
        self.scenario = scenario
        self.seed = seed
        self.asked_us = asked_us
        if beside is not None:
            scenario = _with(scenario, beside)
        self.sim = Simulation(scenario, seed)
        self.sim.run_until(scenario.ends_us)
        self.changes = self.sim.take_changes()
        self._operations = {
            change.id: change.fields for change in self.changes if isinstance(change.fields, OperationState)
        }

    def operation(self, number: int) -> OperationState:
        """The number-th that a client asked for, from 1, as it ended."""
        return self._operations[f"op{number}"]

    def last(self) -> OperationState:
        return self._operations[f"op{len(self._operations)}"]

    def operations(self) -> list[OperationState]:
        return list(self._operations.values())

    def holder(self, value: str) -> list[str]:
        """The nodes that hold a value in the end."""
        return [node for node in self.nodes() if value in self.holds(node)]

    def holds(self, node: str, key: str = KEY) -> tuple[str, ...]:
        """What a node holds in the end: nothing, one value, or several side by side."""
        record = self.sim.get("record", f"{node}/{key}")
        return values(record) if isinstance(record, RecordState) else ()

    def counter(self, node: str, key: str = KEY) -> int:
        """The version that a node holds in the end; 0: none."""
        record = self.sim.get("record", f"{node}/{key}")
        return record.version.counter if isinstance(record, RecordState) else 0

    def nodes(self) -> list[str]:
        return [entity.id for entity in self.sim.snapshot() if isinstance(entity.fields, NodeState)]

    def held(self, value: str, until_us: Us) -> list[str]:
        """The nodes that held a value at a moment, hints not counted."""
        holding: dict[str, bool] = {}
        for change in self.changes:
            if change.at_us > until_us:
                break
            if change.kind == "record":
                fields = change.fields
                holding[change.id] = isinstance(fields, RecordState) and value in values(fields)
        return [record.partition("/")[0] for record, holds in sorted(holding.items()) if holds]

    def hints(self, target: str) -> list[HintState]:
        """The hints that were ever kept for a node."""
        return [
            change.fields
            for change in self.changes
            if isinstance(change.fields, HintState) and change.fields.target == target
        ]


def values(record: RecordState) -> tuple[str, ...]:
    return tuple(sibling.value for sibling in record.siblings) or (record.value,)


def drawn(
    nodes: int,
    settings: Configure,
    script: Iterable[tuple[float, Command]],
    ends_ms: float,
    clients: tuple[str, ...] = ("A", "B"),
) -> Scenario:
    """A cluster and its script, from (milliseconds, command). Messages take 1 ms, unless ``settings`` differs."""
    if settings.latency is None:
        settings = Configure(**named(settings), latency="EVEN")
    return Scenario(
        name=NAME,
        title=TITLE,
        claim="",
        nodes=nodes,
        clients=clients,
        settings=settings,
        script=timed(*script),
        ends_us=round(ends_ms * MS),
    )


def run(scenario: Scenario, seed: int, asked_ms: float, beside: Configure | None = None) -> Ran:
    return Ran(scenario, seed, round(asked_ms * MS), beside)


def write(client: str, value: str, via: str | None = None) -> Write:
    return Write(client, KEY, value, via)


def read(client: str, via: str | None = None) -> Read:
    return Read(client, KEY, via)


def took_us(operation: OperationState) -> Us | None:
    return None if operation.responded_us is None else operation.responded_us - operation.invoked_us


def acks(operation: OperationState) -> int:
    """The acknowledgements that had come when the operation ended."""
    ended_us = operation.responded_us
    return sum(answer.says == "ack" and (ended_us is None or answer.at_us <= ended_us) for answer in operation.answers)


def read_came_to(ran: Ran, new: str) -> str:
    """Which of ``question.reads`` the run's last operation, a read, makes right."""
    asked = ran.last()
    return "fail" if asked.outcome != "ok" else "new" if asked.value == new else "old"


def question(
    lesson: str,
    asks: Said,
    choices: tuple[Choice, ...],
    right: str,
    why: Said,
    ran: Ran,
    *summary: Said,
    past: tuple[Said, ...] = (),
    beside: Configure | None = None,
) -> Question:
    """The question about a run; the arguments are as in Question."""
    return Question(
        lesson=lesson,
        asks=asks,
        choices=choices,
        right=right,
        why=why,
        scenario=ran.scenario,
        seed=ran.seed,
        asked_us=ran.asked_us,
        summary=summary,
        past=past,
        beside=beside,
    )


def _with(scenario: Scenario, settings: Configure) -> Scenario:
    return replace(scenario, settings=replace(scenario.settings, **named(settings)))
