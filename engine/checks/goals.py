"""Goals and numbers while a run goes on, as entities among the others: they have versions, and each has its time."""

from collections.abc import Iterator

from engine.changes import Change, GoalState, MeasureState, State
from engine.checks.patterns import Derived
from engine.checks.tallies import GoalTally, MeasureTally
from engine.goals import DERIVED, Measure, Pattern
from engine.scenario import Scenario
from engine.units import Us

Tally = GoalTally | MeasureTally


class LiveGoals:
    """Watches all changes of a run, from its beginning and in order, the verdicts among them.

    ``looked`` is how often it has held an entity against a pattern: what it costs.
    """

    def __init__(self, scenario: Scenario) -> None:
        patterns: list[Pattern] = [*scenario.goals, *scenario.measures]
        wanted = {field for pattern in patterns for field in _fields(pattern)}
        self._derived = Derived(wanted)
        self._tallies: list[Tally] = [
            *(GoalTally(goal, self._derived) for goal in scenario.goals),
            *(MeasureTally(measure, self._derived) for measure in scenario.measures),
        ]
        self._of_kind: dict[str, list[Tally]] = {}
        self._of_copies: list[Tally] = []
        self._sort()
        # The place of each operation, needed only where something counts from a later one on.
        self._places: dict[str, int] | None = (
            {} if any(pattern.after and pattern.kind == "operation" for pattern in patterns) else None
        )
        self._present: dict[tuple[str, str], Change] = {}
        self.looked = 0

    def _sort(self) -> None:
        """Find again who looks at which kind of entity: a goal that is met looks no further."""
        going_on = [tally for tally in self._tallies if not tally.is_closed]
        kinds = {tally.pattern.kind for tally in going_on} | self._derived.kinds
        self._of_kind = {kind: [tally for tally in going_on if tally.pattern.kind == kind] for kind in kinds}
        self._of_copies = [tally for tally in going_on if "copies" in _fields(tally.pattern)]

    def watch(self, changes: list[Change]) -> list[Change]:
        """The same changes, each followed by what it makes of goals and numbers; before all, how those begin."""
        if not self._tallies:
            return changes
        watched: list[Change] = []
        if not self._present:
            watched += self._tell(changes[0].at_us if changes else 0, self._tallies)
        for change in changes:
            watched.append(change)
            tallies = self._of_kind.get(change.kind)
            if tallies is not None and (moved := self._look(change, tallies)):
                watched += self._settle(change.at_us, moved)
        return watched

    def _look(self, change: Change, tallies: list[Tally]) -> list[Tally]:
        """Show a change to those who look at its kind; answers those to whom it made a difference."""
        copied = self._derived.observe(change)
        entity, state = change.id, change.fields
        place = 0
        if self._places is not None and change.kind == "operation":
            place = self._places.setdefault(entity, len(self._places))
        moved = [tally for tally in tallies if tally.counts(place) and tally.see(entity, state)]
        self.looked += len(tallies)
        for write, its_state in copied:
            moved += self._look_again(write, its_state)
        return list(dict.fromkeys(moved)) if copied else moved

    def _look_again(self, operation: str, state: State) -> list[Tally]:
        """The same version of an operation, but more or fewer nodes hold what it wrote."""
        place = 0 if self._places is None else self._places[operation]
        self.looked += len(self._of_copies)
        return [tally for tally in self._of_copies if tally.counts(place) and tally.see(operation, state)]

    def _settle(self, at_us: Us, moved: list[Tally]) -> list[Change]:
        """Meet what can be met, and then what could only be met after that; answers what is new."""
        told: list[Change] = []
        while moved:
            met = [tally for tally in moved if isinstance(tally, GoalTally) and tally.is_open and tally.is_enough]
            for tally in met:
                tally.meet(at_us)
            told += self._tell(at_us, moved)
            moved = self._met({tally.goal.id for tally in met}) if met else []
        return told

    def _met(self, goals: set[str]) -> list[Tally]:
        """Some goals have been met: answers those that count from now on."""
        opened: list[Tally] = []
        for tally in self._tallies:
            if tally.pattern.until in goals:
                tally.is_closed = True
            if tally.pattern.after in goals:
                tally.open(len(self._places or ()))
                if not tally.is_closed:
                    opened.append(tally)
        self._sort()
        return opened

    def _tell(self, at_us: Us, tallies: list[Tally]) -> Iterator[Change]:
        for tally in tallies:
            state: GoalState | MeasureState = tally.state()
            kind, entity = state.kind, tally.goal.id if isinstance(tally, GoalTally) else tally.measure.id
            known = self._present.get((kind, entity))
            if known is None or known.fields != state:
                change = self._present[kind, entity] = Change(at_us, kind, entity, state)
                yield change

    def present(self) -> list[Change]:
        """The latest of each; nothing before anything was watched."""
        return list(self._present.values())


def _fields(pattern: Pattern) -> set[str]:
    """The derived fields that a pattern needs."""
    named = {*pattern.where}
    if isinstance(pattern, Measure):
        named |= {*(pattern.among or ()), *([pattern.of] if pattern.of else ())}
    return {field for field in named if field in DERIVED.get(pattern.kind, {})}
