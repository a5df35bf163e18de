"""What a lesson asks of a run, as patterns of its entities: goals that can be met, and numbers that are read off."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec import inspect as shapes

from engine.changes import STATES
from engine.outcomes import Word

# Both kinds together. With them, what a stranger's scenario costs is bounded.
GOALS_MAX = 100

Kind: TypeAlias = Literal[
    "client",
    "cluster",
    "coordination",
    "hint",
    "link",
    "message",
    "node",
    "note",
    "operation",
    "record",
    "verdict",
    "workload",
]
What: TypeAlias = Literal["count", "last", "mean", "max", "min", "sum", "share"]

GoalId: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}\Z")]
Field: TypeAlias = Annotated[str, Meta(min_length=1, max_length=60)]

_Number: TypeAlias = Annotated[int, Meta(ge=-(2**53), le=2**53)] | float
Scalar: TypeAlias = bool | _Number | Annotated[str, Meta(max_length=64)] | None


class Bounds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"other_than": "not"}):
    """What a field must be: a number from ``min`` to ``max``, and not ``other_than`` (``not`` in JSON and YAML).

    What is left out bounds nothing. A field without a value is other than any value.
    """

    min: _Number | UnsetType = UNSET
    max: _Number | UnsetType = UNSET
    other_than: Scalar | UnsetType = UNSET


Test: TypeAlias = Scalar | Annotated[tuple[Scalar, ...], Meta(max_length=50)] | Bounds
Where: TypeAlias = Annotated[dict[Field, Test], Meta(max_length=10)]


class Pattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Entities of one kind of which every field named in ``where`` passes its test.

    A test is a value, several of which any will do, or Bounds. Fields are those of docs/PROTOCOL.md. ``id`` is the
    entity's id, a dot leads inside (``version.counter``), and ``.count`` is the length of a list. DERIVED fields
    come on top. An entity counts if it has matched once or, with ``together``, while it matches. Only what happens
    after the goal ``after`` is met counts, and only until the goal ``until`` is; operations count from their
    invocation. What happens with the change that meets a goal is before it is met.
    """

    kind: Kind
    where: Where = {}
    after: GoalId | None = None
    until: GoalId | None = None
    together: bool = False


class Goal(Pattern, frozen=True, kw_only=True):
    """It is met once as many entities count, and stays met."""

    id: GoalId
    at_least: Annotated[int, Meta(ge=1, le=100_000)] = 1


class Measure(Pattern, frozen=True, kw_only=True):
    """A number: how many entities count, or what the field ``of`` of those comes to that have a value there.

    ``last`` is that of the entity that came last, and may be a text. ``share``: the ratio of those that pass
    ``where`` to all that pass ``among``, from 0 to 1.
    """

    id: GoalId
    what: What
    of: Field | None = None
    among: Where | None = None


Saw: TypeAlias = Word | Literal["nothing"]

# Fields that are in no state, and are worked out while the run is watched (engine.checks.patterns).
DERIVED: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "operation": {"acks": int, "took_ms": float, "stale": int, "behind_ms": float, "saw": Saw, "copies": int},
        "coordination": {"acks": int},
    }
)

Problem: TypeAlias = tuple[str, str]


def problems(goals: Sequence[Goal], measures: Sequence[Measure]) -> list[Problem]:
    """What is wrong with goals and measures besides the form of each: where (``goals[0].after``), and why."""
    found: list[Problem] = []
    if len(goals) + len(measures) > GOALS_MAX:
        found.append(("goals", f"goals and measures are more than {GOALS_MAX}"))
    patterns: list[tuple[str, Goal | Measure]] = [
        *((f"goals[{place}]", goal) for place, goal in enumerate(goals)),
        *((f"measures[{place}]", measure) for place, measure in enumerate(measures)),
    ]
    references = {goal.id: goal for goal in goals}
    seen: set[tuple[type, str]] = set()
    for path, pattern in patterns:
        if (type(pattern), pattern.id) in seen:
            found.append((f"{path}.id", f"there are two {pattern.id}"))
        seen.add((type(pattern), pattern.id))
        for name in ("after", "until"):
            reference = getattr(pattern, name)
            if reference is not None and reference not in references:
                found.append((f"{path}.{name}", f"there is no goal {reference}"))
        if isinstance(pattern, Goal) and _waits_for_itself(pattern, references):
            found.append((path, f"{pattern.id} would have to be met before itself"))
        found += ((f"{path}.where.{field}", reason) for field, reason in _where_problems(pattern.kind, pattern.where))
        if isinstance(pattern, Measure):
            found += ((f"{path}.{field}", reason) for field, reason in _measure_problems(pattern))
    return found


def _waits_for_itself(goal: Goal, goals: dict[str, Goal]) -> bool:
    seen: set[str] = set()
    waiting = [goal.after, goal.until]
    while waiting:
        name = waiting.pop()
        if name == goal.id:
            return True
        if name in goals and name not in seen:
            seen.add(name)
            waiting += [goals[name].after, goals[name].until]
    return False


def _measure_problems(measure: Measure) -> Iterator[Problem]:
    if (measure.among is None) == (measure.what == "share"):
        yield "among", "a share, and nothing else, is among some"
    for field, reason in _where_problems(measure.kind, measure.among or {}):
        yield f"among.{field}", reason
    if (measure.of is None) != (measure.what in ("count", "share")):
        yield "of", "a number other than count and share, and no other, is of a field"
    elif measure.of is not None:
        shape = _shape_of(measure.kind, measure.of)
        if shape is None:
            yield "of", f"{measure.kind} has no field {measure.of}"
        elif not _can_be(shape, (shapes.IntType, shapes.FloatType)) and not (
            measure.what == "last" and _can_be(shape, (shapes.StrType, shapes.LiteralType))
        ):
            yield "of", f"{measure.of} is no number"


def _where_problems(kind: str, where: Where) -> Iterator[Problem]:
    for field, test in where.items():
        shape = _shape_of(kind, field)
        if shape is None:
            yield field, f"{kind} has no field {field}"
            continue
        words = _words(shape)
        for wanted in _scalars(test):
            if words is not None and wanted not in words:
                yield field, f"{field} is one of {', '.join(sorted(map(str, words)))}, never {wanted}"


def _scalars(test: Test) -> tuple[Scalar, ...]:
    if isinstance(test, Bounds):
        return () if test.other_than is UNSET else (test.other_than,)
    return test if isinstance(test, tuple) else (test,)


def _shape_of(kind: str, field: str) -> shapes.Type | None:
    """The type of a field of a kind of entity; None: there is no such field."""
    first, *rest = field.split(".")
    if first == "id":
        shape: shapes.Type | None = shapes.type_info(str)
    elif first in DERIVED.get(kind, {}):
        shape = shapes.type_info(DERIVED[kind][first])
    else:
        state = next(state for state in STATES if state.kind == kind)
        shape = _inside(shapes.type_info(state), first)
    for name in rest:
        shape = _inside(shape, name) if shape is not None else None
    return shape


def _inside(shape: shapes.Type, name: str) -> shapes.Type | None:
    for member in _members(shape):
        if isinstance(member, shapes.StructType):
            for field in member.fields:
                if field.name == name:
                    return field.type
        elif isinstance(member, shapes.DictType):
            return member.value_type
        elif isinstance(member, shapes.VarTupleType) and name == "count":
            return shapes.type_info(int)
    return None


def _members(shape: shapes.Type) -> Iterator[shapes.Type]:
    """What a value of this type can be, without annotations."""
    if isinstance(shape, shapes.Metadata):
        yield from _members(shape.type)
    elif isinstance(shape, shapes.UnionType):
        for member in shape.types:
            yield from _members(member)
    else:
        yield shape


def _can_be(shape: shapes.Type, kinds: tuple[type[shapes.Type], ...]) -> bool:
    return any(isinstance(member, kinds) for member in _members(shape))


def _words(shape: shapes.Type) -> set[Scalar] | None:
    """All values that a field can have, where they are few; None: they are not."""
    words: set[Scalar] = set()
    for member in _members(shape):
        if isinstance(member, shapes.LiteralType):
            words |= set(member.values)
        elif isinstance(member, shapes.BoolType):
            words |= {True, False}
        elif isinstance(member, shapes.NoneType):
            words.add(None)
        else:
            return None
    return words
