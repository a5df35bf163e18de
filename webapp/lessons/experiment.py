"""What a lesson is besides its prose: the file ``NN-slug.yaml``, typed."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from engine.commands import Command, Configure, Count
from engine.goals import Goal, Measure
from engine.outcomes import Refused
from engine.settings import CLIENTS_MAX
from engine.values import ClientId
from webapp.rooms.pace import SPEED_DEFAULT, Speed

Id: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}\Z")]
Ms: TypeAlias = Annotated[float, Meta(ge=0, le=600_000)]
Kind: TypeAlias = Literal["claim", "predict", "do", "number", "change", "why", "keep"]
Picture: TypeAlias = Literal["stage", "spacetime", "both"]

# The parts of the page that a step can bring in. ``settings:<name>`` brings in one of the further settings.
CONTROLS = (
    "branches",
    "clients",
    "compare",
    "conditions",
    "deliveries",
    "gossip",
    "how",
    "inspector",
    "lab",
    "log",
    "more-clients",
    "nodes",
    "nodes-count",
    "operations",
    "quorum",
    "spacetime",
    "time",
    "verdict",
    "workload",
)

# Whoever does not know says so; the page adds this to the choices of a prediction.
UNSURE = "unsure"

_FILE_NAMES = {"expected": "is", "expected_beside": "beside"}


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Setup(_Part, frozen=True, kw_only=True):
    """The cluster that a lesson begins with: a Scenario without its words. ``prepared`` happens at time 0.

    ``beside``: settings of a second cluster that stands beside the first in the whole lesson.
    """

    nodes: Count = 5
    clients: Annotated[tuple[ClientId, ...], Meta(min_length=1, max_length=CLIENTS_MAX)] = ("A", "B")
    settings: Configure = Configure()
    prepared: Annotated[tuple[Command, ...], Meta(max_length=50)] = ()
    beside: Configure | None = None


class Cue(_Part, frozen=True, kw_only=True):
    """A command of a step's script, so many virtual milliseconds after the step's beginning."""

    command: Command
    at_ms: Ms = 0


class Number(Measure, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=_FILE_NAMES.get):
    """A measure, and what it comes to at the end of its step when the scripts are played (None: not said).

    In the file, ``expected`` is ``is``, and ``expected_beside`` (in the second cluster) ``beside``.
    """

    expected: float | str | None = None
    expected_beside: float | str | None = None


class Step(_Part, frozen=True, kw_only=True):
    """One step. ``right`` is the right one of ``choices``; ``proof`` is a goal that shows it, met by the scripts.

    ``script`` does what the step asks for, and ``lasts_ms`` is how long that takes. ``proofs`` are goals that nobody is
    asked for, met by the end of the step. ``view`` is the picture that the step shows; what met the goal ``select`` is
    selected in it.
    """

    id: Id
    kind: Kind
    controls: tuple[str, ...] = ()
    choices: tuple[Id, ...] = ()
    right: Id | None = None
    proof: Id | None = None
    tasks: tuple[Goal, ...] = ()
    numbers: tuple[Number, ...] = ()
    proofs: tuple[Goal, ...] = ()
    script: tuple[Cue, ...] = ()
    lasts_ms: Ms = 0
    view: Picture | None = None
    select: Id | None = None


class Experiment(_Part, frozen=True, kw_only=True):
    """A lesson's file. ``stated`` names, for each number in the prose, the measures or settings that give it."""

    scenario: Setup = Setup()
    seed: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 1
    speed: Speed = SPEED_DEFAULT
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=20)]
    stated: dict[str, str | tuple[str, ...]] = {}

    def place(self, step: str) -> int:
        """Which step has that id. Raises Refused("unknown_step")."""
        for place, known in enumerate(self.steps):
            if known.id == step:
                return place
        raise Refused("unknown_step", "step")

    @property
    def goals(self) -> tuple[Goal, ...]:
        """Of all steps, those asked for and those that only prove."""
        return tuple(goal for step in self.steps for goal in (*step.tasks, *step.proofs))

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Of all steps, without what they should come to."""
        return tuple(
            Measure(**{field: getattr(number, field) for field in Measure.__struct_fields__})
            for step in self.steps
            for number in step.numbers
        )
