"""A lesson's scripts, played one after another: what its claims and numbers are checked against."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, structs

from engine import Scenario, Simulation
from engine.changes import Change, ClusterState, GoalState, MeasureState
from engine.outcomes import Refused
from engine.scenario import Scripted
from engine.units import MS, SECOND, Us
from webapp.lessons.experiment import Cue, Experiment, Step
from webapp.rooms.opening import Opening
from webapp.rooms.twin import Twin, Watched, route


class Moment(Struct, frozen=True):
    """Where the run stands: each goal and measure, and the settings."""

    goals: Mapping[str, GoalState]
    measures: Mapping[str, MeasureState]
    cluster: ClusterState


class RefusedCue(Exception):
    """The engine does not take a command of a script: ``step`` and ``cue`` are its places, from 0."""

    def __init__(self, step: int, cue: int, refused: Refused) -> None:
        super().__init__(step, cue, refused)
        self.step, self.cue, self.refused = step, cue, refused


class Played(Struct, frozen=True):
    """The whole run: ``begins[i]`` is how things stand as step i begins, ``ends[i]`` as it ends. ``beside`` is the
    run of the second cluster, where there is one."""

    begins: tuple[Moment, ...]
    ends: tuple[Moment, ...]
    changes: tuple[Change, ...]
    digest: str
    beside: "Played | None" = None

    @property
    def end(self) -> Moment:
        return self.ends[-1]


# Whoever asks to be shown a step sees the cluster stand for so long before anything happens: in wall time.
LEAD_S = 0.4


def begins_us(experiment: Experiment, place: int) -> Us:
    """When a step begins, where the scripts of those before it have been played."""
    return sum(_lead_us(experiment) + round(step.lasts_ms * MS) for step in experiment.steps[:place] if step.script)


def _lead_us(experiment: Experiment) -> Us:
    return round(LEAD_S * experiment.speed * SECOND)


def _cue_us(experiment: Experiment, place: int, cue: Cue) -> Us:
    return begins_us(experiment, place) + _lead_us(experiment) + round(cue.at_ms * MS)


def scenario(name: str, title: str, claim: str, experiment: Experiment) -> Scenario:
    """The lesson's cluster before anything happens."""
    setup = experiment.scenario
    return Scenario(
        name=f"lesson-{name}",
        title=title,
        claim=claim,
        nodes=setup.nodes,
        clients=setup.clients,
        settings=setup.settings,
        script=tuple(Scripted(0, command) for command in setup.prepared),
        ends_us=begins_us(experiment, len(experiment.steps)),
        goals=experiment.goals,
        measures=experiment.measures,
    )


def opening(bare: Scenario, experiment: Experiment, place: int, *, show: bool) -> Opening:
    """A room in which everything before a step has happened; ``show``: the step then happens by itself."""
    happens = tuple(
        Scripted(_cue_us(experiment, number, cue), cue.command)
        for number, step in enumerate(experiment.steps[: place + 1 if show else place])
        for cue in step.script
    )
    return Opening(
        scenario=structs.replace(bare, script=bare.script + happens),
        seed=experiment.seed,
        clock_us=begins_us(experiment, place),
        speed=experiment.speed,
        beside=experiment.scenario.beside,
    )


def play(bare: Scenario, experiment: Experiment, breathe: Callable[[], None] = lambda: None) -> Played:
    """Play all scripts; ``breathe`` is called every few milliseconds. Raises RefusedCue at the first command that the
    engine does not take, and Refused where the cluster itself cannot be."""
    first = Watched(Simulation(bare, experiment.seed))
    settings = experiment.scenario.beside
    twin = None if settings is None else Twin(bare, experiment.seed, settings)
    clusters = [_Seen(first), *([_Seen(twin)] if twin else [])]
    begins: list[list[Moment]] = []
    ends: list[list[Moment]] = []
    for place, step in enumerate(experiment.steps):
        begins.append([cluster.moment() for cluster in clusters])
        for _ in _play_step(first, twin, experiment, place, step):
            breathe()
        ends.append([cluster.moment() for cluster in clusters])
    played = [
        Played(
            tuple(moments[number] for moments in begins),
            tuple(moments[number] for moments in ends),
            tuple(cluster.changes),
            cluster.simulation.digest(),
        )
        for number, cluster in enumerate(clusters)
    ]
    return structs.replace(played[0], beside=played[1] if twin else None)


class _Seen:
    """A cluster, and all that has been seen of it so far."""

    def __init__(self, cluster: Watched) -> None:
        self._cluster = cluster
        self.simulation = cluster.simulation
        self.changes: list[Change] = []
        self._states: dict[tuple[str, str], object] = {}

    def moment(self) -> Moment:
        news = self._cluster.take()
        self.changes += news
        self._states |= {(change.kind, change.id): change.fields for change in news}
        cluster = self._states["cluster", "cluster"]
        assert isinstance(cluster, ClusterState)
        goals = {name: state for (_, name), state in self._states.items() if isinstance(state, GoalState)}
        measures = {name: state for (_, name), state in self._states.items() if isinstance(state, MeasureState)}
        return Moment(goals, measures, cluster)


def _play_step(first: Watched, twin: Twin | None, experiment: Experiment, place: int, step: Step) -> Iterator[int]:
    """Slice by slice, as ``Watched.go``."""
    end_us = begins_us(experiment, place + 1)
    for number, cue in enumerate(step.script):
        at_us = _cue_us(experiment, place, cue)
        if at_us > end_us:
            raise RefusedCue(place, number, Refused("time_runs_forward", "at_ms", now_us=end_us))
        yield from first.go(at_us)
        about = route(first.simulation, cue.command)
        try:
            first.simulation.apply(cue.command)
        except Refused as refused:
            raise RefusedCue(place, number, refused) from None
        if twin is not None:
            yield from twin.go(at_us)
            twin.do(cue.command, about)
    for cluster in (first, *([twin] if twin else [])):
        yield from cluster.go(end_us)
