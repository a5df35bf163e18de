"""Goals and numbers that say nothing are found before anything runs."""

import msgspec
import pytest

from engine.changes import STATES
from engine.goals import DERIVED, GOALS_MAX, Goal, Kind, Measure, problems

OPERATION = {"kind": "operation"}
NODE = {"kind": "node"}


def goals(*given: dict[str, object]) -> tuple[Goal, ...]:
    return msgspec.convert([{"id": f"g{place}"} | one for place, one in enumerate(given)], tuple[Goal, ...])


def measures(*given: dict[str, object]) -> tuple[Measure, ...]:
    return msgspec.convert([{"id": f"m{place}"} | one for place, one in enumerate(given)], tuple[Measure, ...])


def test_kinds_are_those_of_the_engine_but_for_the_two_that_are_made_of_them() -> None:
    assert {*Kind.__args__} == {state.kind for state in STATES} - {"goal", "measure"}  # type: ignore[attr-defined]
    assert set(DERIVED) <= {*Kind.__args__}  # type: ignore[attr-defined]


def test_what_is_in_order() -> None:
    assert (
        problems(
            goals(
                NODE | {"where": {"status": ["up", "down"], "role": None, "term": {"min": 1}}},
                OPERATION | {"where": {"saw": "fail", "acks": 2, "answers.count": 3, "version.counter": 1}},
                OPERATION | {"where": {"id": "op1", "via": {"not": None}}, "after": "g0", "until": "g1"},
                {"kind": "link", "where": {"cut": True, "source": "n1"}},
                {"kind": "coordination", "where": {"acks": 1}},
                {"kind": "cluster", "where": {"strategy": "leader", "w": {"max": 3}}, "after": "g2"},
                {"kind": "verdict", "where": {"facts.read": "op3", "witness.count": 2}},
                {"kind": "record", "where": {"id": "n2/x"}, "together": True, "at_least": 100_000},
            ),
            measures(
                OPERATION | {"id": "g0", "what": "count"},
                OPERATION | {"what": "mean", "of": "took_ms"},
                OPERATION | {"what": "last", "of": "value", "after": "g1"},
                OPERATION | {"what": "last", "of": "outcome"},
                OPERATION | {"what": "share", "among": {"type": "read"}, "where": {"stale": {"min": 1}}},
            ),
        )
        == []
    )


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        ([NODE | {"where": {"stat": "up"}}], "goals[0].where.stat", "no field stat"),
        ([NODE | {"where": {"acks": 1}}], "goals[0].where.acks", "no field acks"),
        ([NODE | {"where": {"status": "dead"}}], "goals[0].where.status", "down, frozen, leaving, up, never dead"),
        ([NODE | {"where": {"status": ["up", "dead"]}}], "goals[0].where.status", "never dead"),
        ([NODE | {"where": {"status": {"not": "dead"}}}], "goals[0].where.status", "never dead"),
        ([NODE | {"where": {"status": None}}], "goals[0].where.status", "never None"),
        ([OPERATION | {"where": {"saw": "nobody"}}], "goals[0].where.saw", "never nobody"),
        ([{"kind": "link", "where": {"cut": "yes"}}], "goals[0].where.cut", "never yes"),
        ([OPERATION | {"where": {"version.number": 1}}], "goals[0].where.version.number", "no field"),
        ([OPERATION | {"where": {"code.count": 1}}], "goals[0].where.code.count", "no field"),
        ([NODE | {"after": "g7"}], "goals[0].after", "no goal g7"),
        ([NODE | {"until": "g7"}], "goals[0].until", "no goal g7"),
        ([NODE | {"after": "g0"}], "goals[0]", "before itself"),
        ([NODE | {"after": "g1"}, NODE | {"after": "g0"}], "goals[1]", "before itself"),
        ([NODE | {"until": "g1"}, NODE | {"after": "g0"}], "goals[0]", "before itself"),
        ([NODE, NODE | {"id": "g0"}], "goals[1].id", "two g0"),
    ],
)
def test_goals_that_say_nothing(given: list[dict[str, object]], path: str, says: str) -> None:
    found = problems(goals(*given), ())
    assert path in [where for where, _ in found]
    assert says in dict(found)[path]


@pytest.mark.parametrize(
    ("given", "path", "says"),
    [
        (OPERATION | {"what": "mean"}, "measures[0].of", "is of a field"),
        (OPERATION | {"what": "count", "of": "acks"}, "measures[0].of", "is of a field"),
        (OPERATION | {"what": "sum", "of": "value"}, "measures[0].of", "value is no number"),
        (OPERATION | {"what": "last", "of": "answers"}, "measures[0].of", "answers is no number"),
        (OPERATION | {"what": "max", "of": "speed"}, "measures[0].of", "no field speed"),
        ({"kind": "link", "what": "max", "of": "cut"}, "measures[0].of", "cut is no number"),
        (OPERATION | {"what": "share"}, "measures[0].among", "among some"),
        (OPERATION | {"what": "count", "among": {}}, "measures[0].among", "among some"),
        (OPERATION | {"what": "share", "among": {"typ": "read"}}, "measures[0].among.typ", "no field typ"),
        (OPERATION | {"what": "count", "after": "m0"}, "measures[0].after", "no goal m0"),
    ],
)
def test_numbers_that_say_nothing(given: dict[str, object], path: str, says: str) -> None:
    found = problems((), measures(given))
    assert path in [where for where, _ in found]
    assert says in dict(found)[path]


def test_there_can_be_too_many() -> None:
    assert problems(goals(*[NODE] * GOALS_MAX), ()) == []
    found = problems(goals(*[NODE] * GOALS_MAX), measures(NODE | {"what": "count"}))
    assert [path for path, _ in found] == ["goals"]


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "goal"},
        {"kind": "nodes"},
        {},
        NODE | {"id": "G"},
        NODE | {"id": "1st"},
        NODE | {"id": "a\n"},
        NODE | {"id": "a" * 41},
        NODE | {"at_least": 0},
        NODE | {"at_least": 100_001},
        NODE | {"wher": {}},
        NODE | {"where": {"status": {"min": 1, "most": 2}}},
        NODE | {"where": {"status": {"min": "a"}}},
        NODE | {"where": {"status": [["up"]]}},
        NODE | {"where": {"status": "a" * 65}},
        NODE | {"where": {f"f{n}": 1 for n in range(11)}},
        NODE | {"where": {"slow": [1] * 51}},
        NODE | {"where": {"slow": 2**60}},
        NODE | {"where": {"": 1}},
        NODE | {"together": "yes"},
    ],
)
def test_what_has_not_the_form_of_a_goal(given: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        goals(given)


def test_what_is_written_is_read_again() -> None:
    given = goals(
        NODE | {"where": {"status": ["up", None, 1, 1.5, True], "slow": {"min": 1, "not": None}}, "after": "g1"}, NODE
    )
    assert msgspec.json.decode(msgspec.json.encode(given), type=tuple[Goal, ...]) == given
    assert b'"not":null' in msgspec.json.encode(given)
