"""Whether an entity is what a pattern asks for, and the fields of operations that are worked out for that."""

from bisect import bisect_right, insort
from collections.abc import Callable, Collection, Sequence
from functools import partial
from math import inf
from operator import attrgetter, eq, is_, itemgetter
from typing import Any, TypeAlias

from msgspec import UNSET

from engine.changes import STATES, Change, ClusterState, CoordinationState, OperationState, RecordState, State
from engine.goals import DERIVED, Bounds, Saw, Scalar, Test, Where
from engine.units import Us
from engine.values import Version

# What a field of an entity, given by its id and state, is at present.
Read: TypeAlias = Callable[[str, Any], Any]
Holds: TypeAlias = Callable[[Any], bool]
Matches: TypeAlias = Callable[[str, State], bool]

_Rank: TypeAlias = tuple[int, str]

_LOWEST: _Rank = (-(2**60), "")
_POSITIVE = ("ack", "value")


class _Acknowledged:
    """The acknowledged writes of one key: their ranks in order, and again as time went on.

    ``tops`` are the highest rank so far each time that there was a higher one, and when that was.
    """

    def __init__(self) -> None:
        self.ranks: list[_Rank] = []
        self.told: list[tuple[Us, _Rank]] = []
        self.tops: list[tuple[_Rank, Us]] = []

    def add(self, at_us: Us, rank: _Rank) -> None:
        insort(self.ranks, rank)
        self.told.append((at_us, rank))
        if not self.tops or rank > self.tops[-1][0]:
            self.tops.append((rank, at_us))

    def newer(self, rank: _Rank, before_us: Us) -> int:
        """How many with a higher rank had been acknowledged before a time, which is not long ago."""
        count = len(self.ranks) - bisect_right(self.ranks, rank)
        for at_us, later in reversed(self.told):
            if at_us < before_us:
                break
            count -= later > rank
        return count

    def since_us(self, rank: _Rank) -> Us | None:
        """When the first with a higher rank was acknowledged."""
        place = bisect_right(self.tops, rank, key=itemgetter(0))
        return self.tops[place][1] if place < len(self.tops) else None


class Derived:
    """Watches all changes of a run for the fields that are in no state; only for those that are ``wanted``.

    ``acks``: positive answers in the present round. ``took_ms``: from the invocation to the response. Of a read
    that is OK, ``stale``: how many newer writes of its key had been acknowledged before it began; ``behind_ms``: how
    long before it began the first of them was, 0 if there is none; and ``saw``: how the write that it returned stood
    when the read ended. All are None where it returned siblings, and the first two also where versions are in no
    order. ``copies``: how many nodes hold what a write wrote.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self._wants_stale = not {"stale", "behind_ms"}.isdisjoint(wanted)
        self._wants_saw = "saw" in wanted
        self._wants_copies = "copies" in wanted
        self._ordered = True
        self._acknowledged: dict[str, _Acknowledged] = {}
        self._ranks: dict[str, _Rank] = {}
        self._stale: dict[str, int | None] = {}
        self._behind_ms: dict[str, float | None] = {}
        self._outcomes: dict[str, Saw] = {}
        self._saw: dict[str, Saw | None] = {}
        self._held: dict[str, tuple[str, ...]] = {}
        self._copies: dict[str, int] = {}
        self._writes: dict[str, OperationState] = {}

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of entity that ``observe`` must hear of."""
        kinds = {"operation"} if self._wants_stale or self._wants_saw or self._wants_copies else set()
        kinds |= {"record"} if self._wants_copies else set()
        return frozenset(kinds | ({"cluster"} if self._wants_stale else set()))

    def observe(self, change: Change) -> Sequence[tuple[str, OperationState]]:
        """One change; answers the writes that other nodes hold now than before."""
        fields = change.fields
        if isinstance(fields, OperationState):
            self._operation(change.id, fields)
        elif change.kind == "record":
            return self._record(change.id, fields)
        elif isinstance(fields, ClusterState):
            self._ordered = fields.versions != "vector"
        return ()

    def _operation(self, operation: str, state: OperationState) -> None:
        if state.type == "write":
            if self._wants_copies:
                self._writes[operation] = state
            self._outcomes[operation] = state.outcome
            if self._wants_stale and state.outcome == "ok" and operation not in self._ranks:
                self._acknowledge(operation, state)
        elif state.outcome == "ok":
            if self._wants_saw and operation not in self._saw:
                saw: Saw = "nothing" if state.write is None else self._outcomes.get(state.write, "unknown")
                self._saw[operation] = None if len(state.siblings) > 1 else saw
            if self._wants_stale and operation not in self._stale:
                self._stale[operation], self._behind_ms[operation] = self._newer(state)

    def _acknowledge(self, operation: str, state: OperationState) -> None:
        if state.responded_us is not None:
            rank = self._ranks[operation] = _rank(state.version)
            self._acknowledged.setdefault(state.key, _Acknowledged()).add(state.responded_us, rank)

    def _newer(self, read: OperationState) -> tuple[int | None, float | None]:
        """``stale`` and ``behind_ms`` of a read."""
        if not self._ordered or len(read.siblings) > 1:
            return None, None
        # A write that was sent in several rounds has a version in each.
        rank = max(_rank(read.version), self._ranks.get(read.write or "", _LOWEST))
        known = self._acknowledged.get(read.key)
        newer = known.newer(rank, read.invoked_us) if known else 0
        since_us = known.since_us(rank) if known and newer else None
        return newer, 0.0 if since_us is None else (read.invoked_us - since_us) / 1000

    def _record(self, record: str, state: State | None) -> Sequence[tuple[str, OperationState]]:
        before = self._held.get(record, ())
        now = tuple(_writes(state)) if isinstance(state, RecordState) else ()
        if now == before:
            return ()
        self._held[record] = now
        changed = [write for write in before if write not in now]
        for write in changed:
            self._copies[write] -= 1
        for write in now:
            if write not in before:
                self._copies[write] = self._copies.get(write, 0) + 1
                changed.append(write)
        return [(write, self._writes[write]) for write in changed if write in self._writes]

    def read(self, field: str) -> Read:
        """What gives a derived field."""
        reads: dict[str, Read] = {
            "acks": _acks,
            "took_ms": _took_ms,
            "stale": lambda operation, _: self._stale.get(operation),
            "behind_ms": lambda operation, _: self._behind_ms.get(operation),
            "saw": lambda operation, _: self._saw.get(operation),
            "copies": lambda operation, state: self._copies.get(operation, 0) if state.type == "write" else None,
        }
        return reads[field]


def _acks(_: str, state: OperationState | CoordinationState) -> int:
    present = state.round
    return sum(answer.round == present and answer.says in _POSITIVE for answer in state.answers)


def _took_ms(_: str, state: OperationState) -> float | None:
    return None if state.responded_us is None else (state.responded_us - state.invoked_us) / 1000


def _rank(version: Version | None) -> _Rank:
    return (version.counter, version.writer) if version else _LOWEST


def _writes(record: RecordState) -> dict[str, None]:
    """The writes whose values are in a record, each once."""
    return dict.fromkeys([sibling.write for sibling in record.siblings] or [record.write])


def matcher(kind: str, where: Where, derived: Derived) -> Matches:
    """Whether an entity of this kind passes; a field that there is not is as one without a value."""
    wanted = [test for field, test in where.items() if field == "id"]
    fields = [field for field in where if field != "id"]
    # What costs least first: most entities fail early.
    fields.sort(key=lambda field: (field in DERIVED.get(kind, {}), "." in field))
    names = [_holds(test) for test in wanted]
    simple = [(attrgetter(field), _holds(where[field])) for field in fields if _is_plain(kind, field)]
    others = [(reader(kind, field, derived), _holds(where[field])) for field in fields if not _is_plain(kind, field)]

    def matches(entity: str, state: State) -> bool:
        for get, holds in simple:
            if not holds(get(state)):
                return False
        return all(holds(entity) for holds in names) and all(holds(read(entity, state)) for read, holds in others)

    return matches


def reader(kind: str, field: str, derived: Derived) -> Read:
    """What gives a field of an entity, None where it has none."""
    if field == "id":
        return lambda entity, _: entity
    if field in DERIVED.get(kind, {}):
        return derived.read(field)
    first, *rest = field.split(".")
    if not _is_plain(kind, first):
        return lambda _, __: None
    get = attrgetter(first)
    return lambda _, state: _inside(get(state), rest)


def _is_plain(kind: str, field: str) -> bool:
    return any(field in state.__struct_fields__ for state in STATES if state.kind == kind)


def _inside(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, tuple):
            value = len(value) if name == "count" else None
        else:
            value = getattr(value, name) if name in getattr(value, "__struct_fields__", ()) else None
    return value


def _holds(test: Test) -> Holds:
    if isinstance(test, Bounds):
        return _within(test)
    if isinstance(test, tuple):
        return _any_of(test)
    if isinstance(test, str):
        return partial(eq, test)
    if test is None or isinstance(test, bool):
        return partial(is_, test)
    return lambda value: value == test and not isinstance(value, bool)


def _any_of(values: tuple[Scalar, ...]) -> Holds:
    """However many there are, it takes the same time."""
    texts = frozenset(value for value in values if isinstance(value, str))
    numbers = frozenset(value for value in values if is_number(value))
    others = [one for one in (None, True, False) if any(one is value for value in values)]

    def holds(value: Any) -> bool:
        if isinstance(value, str):
            return value in texts
        return value in numbers if is_number(value) else any(value is one for one in others)

    return holds


def _within(bounds: Bounds) -> Holds:
    low = -inf if bounds.min is UNSET else bounds.min
    high = inf if bounds.max is UNSET else bounds.max
    is_other: Holds = (lambda _: False) if bounds.other_than is UNSET else _holds(bounds.other_than)
    if bounds.min is UNSET and bounds.max is UNSET:
        return lambda value: not is_other(value)
    return lambda value: is_number(value) and low <= value <= high and not is_other(value)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
