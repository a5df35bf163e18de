"""What one pattern has come to so far: a goal's tally, or a number."""

from collections.abc import Callable
from heapq import heappop, heappush

from engine.changes import GoalState, MeasureState, State
from engine.checks.patterns import Derived, is_number, matcher, reader
from engine.goals import Goal, Measure, Pattern
from engine.units import Us

Value = int | float | str

# Entities that come one after another. Of others, such as nodes, the last is the one that changed last.
_EVENTS = ("coordination", "message", "note", "operation")


class _Tally:
    """``is_open``: the goal that it waits for, if any, has been met. ``is_closed``: it counts no further."""

    def __init__(self, pattern: Pattern, derived: Derived) -> None:
        self.pattern = pattern
        self.is_open = pattern.after is None
        self.is_closed = False
        self._first = 0
        self._matches = matcher(pattern.kind, pattern.where, derived)

    def counts(self, begun: int) -> bool:
        """Whether what happens to an entity now is to be looked at; ``begun`` is the place of an operation."""
        if self.is_closed:
            return False
        if self.pattern.kind == "operation":
            return self.is_open and begun >= self._first
        # Where together, what there was before is there also afterwards.
        return self.is_open or self.pattern.together

    def open(self, begun: int) -> None:
        """From now on: operations from the place ``begun`` on."""
        self.is_open, self._first = True, begun


class GoalTally(_Tally):
    def __init__(self, goal: Goal, derived: Derived) -> None:
        super().__init__(goal, derived)
        self.goal = goal
        self._found: dict[str, None] = {}
        self._met: tuple[Us, str] | None = None

    def see(self, entity: str, state: State | None) -> bool:
        """One more version of an entity; answers whether its count is another now."""
        matches = state is not None and self._matches(entity, state)
        if matches == (entity in self._found) or not (matches or self.pattern.together):
            return False
        if matches:
            self._found[entity] = None
        else:
            del self._found[entity]
        return True

    @property
    def is_enough(self) -> bool:
        return len(self._found) >= self.goal.at_least

    def meet(self, at_us: Us) -> None:
        self._met = at_us, next(reversed(self._found))
        self.is_closed = True

    def state(self) -> GoalState:
        done_us, by = self._met or (None, None)
        return GoalState(done_us, by, len(self._found) if self.is_open else 0, self.goal.at_least)


class MeasureTally(_Tally):
    def __init__(self, measure: Measure, derived: Derived) -> None:
        super().__init__(measure, derived)
        self.measure = measure
        self._numbers: Numbers = KINDS[measure.what]()
        self._keeps_order = measure.kind in _EVENTS
        share = measure.what == "share"
        self._among = matcher(measure.kind, measure.among or {}, derived) if share else None
        self._read = None if measure.of is None else reader(measure.kind, measure.of, derived)
        self._told: MeasureState | None = None

    def see(self, entity: str, state: State | None) -> bool:
        value = None if state is None else self._value(entity, state)
        if value is not None:
            if self._among is not None and not self.pattern.together and self._numbers.get(entity):
                return False
            return self._numbers.put(entity, value, self._keeps_order)
        return self.pattern.together and self._numbers.drop(entity)

    def _value(self, entity: str, state: State) -> Value | None:
        """What an entity adds to the number as it stands; None: it does not count."""
        matches = self._matches(entity, state)
        if self._among is not None:
            return int(matches) if self._among(entity, state) else None
        if not matches:
            return None
        if self._read is None:
            return 1
        value: object = self._read(entity, state)
        if is_number(value) or (isinstance(value, str) and self.measure.what == "last"):
            return value  # type: ignore[return-value]
        return None

    def state(self) -> MeasureState:
        if not self.is_open:
            return MeasureState(KINDS[self.measure.what]().value(), 0)
        value = self._numbers.value()
        return MeasureState(round(value, 6) if isinstance(value, float) else value, len(self._numbers))


class Numbers:
    """The values of entities, by entity in the order in which they came."""

    def __init__(self) -> None:
        self._of: dict[str, Value] = {}

    def __len__(self) -> int:
        return len(self._of)

    def get(self, entity: str) -> Value | None:
        return self._of.get(entity)

    def put(self, entity: str, value: Value, keep_order: bool) -> bool:
        """Set an entity's value; answers whether anything is another now."""
        before = self._of.get(entity)
        if before is not None and not keep_order:
            del self._of[entity]
        self._of[entity] = value
        if before is None or before != value:
            self._changed(entity, before, value)
            return True
        return not keep_order

    def drop(self, entity: str) -> bool:
        before = self._of.pop(entity, None)
        if before is None:
            return False
        self._changed(entity, before, None)
        return True

    def _changed(self, entity: str, before: Value | None, value: Value | None) -> None:
        pass

    def value(self) -> Value | None:
        raise NotImplementedError


class _Count(Numbers):
    def value(self) -> Value | None:
        return len(self._of)


class _Last(Numbers):
    def value(self) -> Value | None:
        return next(reversed(self._of.values()), None)


class _Sum(Numbers):
    def __init__(self) -> None:
        super().__init__()
        self.total: int | float = 0

    def _changed(self, entity: str, before: Value | None, value: Value | None) -> None:
        self.total += _number(value) - _number(before)

    def value(self) -> Value | None:
        return self.total if self._of else None


class _Mean(_Sum):
    def value(self) -> Value | None:
        return self.total / len(self._of) if self._of else None


class _Least(Numbers):
    """A heap in which what is no longer so stays until it comes to the top."""

    sign = 1

    def __init__(self) -> None:
        super().__init__()
        self._heap: list[tuple[int | float, str]] = []

    def _changed(self, entity: str, before: Value | None, value: Value | None) -> None:
        if value is not None:
            heappush(self._heap, (self.sign * _number(value), entity))

    def value(self) -> Value | None:
        heap = self._heap
        while heap and (heap[0][1] not in self._of or self.sign * _number(self._of[heap[0][1]]) != heap[0][0]):
            heappop(heap)
        return self.sign * heap[0][0] if heap else None


class _Most(_Least):
    sign = -1


def _number(value: Value | None) -> int | float:
    return value if isinstance(value, int | float) else 0


KINDS: dict[str, Callable[[], Numbers]] = {
    "count": _Count,
    "last": _Last,
    "mean": _Mean,
    "max": _Most,
    "min": _Least,
    "sum": _Sum,
    "share": _Mean,
}
