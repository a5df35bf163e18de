"""Goals and numbers as entities among the changes of a run."""

import msgspec
import pytest

from engine import SCENARIOS, Simulation
from engine.changes import Change, GoalState, HintState, MeasureState, NodeState, NoteState, State
from engine.checks.goals import LiveGoals
from engine.checks.live import LiveVerdict
from engine.commands import Configure, Workload
from engine.goals import Goal, Measure
from engine.scenario import Scenario
from engine.values import Version

EMPTY = Scenario(name="t", title="", claim="")


def goal(**fields: object) -> Goal:
    return msgspec.convert({"id": "g", "kind": "node"} | fields, Goal)


def measure(**fields: object) -> Measure:
    return msgspec.convert({"id": "m", "kind": "node", "what": "count"} | fields, Measure)


def watching(*patterns: Goal | Measure) -> LiveGoals:
    return LiveGoals(
        msgspec.structs.replace(
            EMPTY,
            goals=tuple(one for one in patterns if isinstance(one, Goal)),
            measures=tuple(one for one in patterns if isinstance(one, Measure)),
        )
    )


def node(at_us: int, name: str, status: str = "up", **fields: object) -> Change:
    return Change(
        at_us, "node", name, msgspec.convert({"kind": "node", "place": 0, "status": status} | fields, NodeState)
    )


def note(at_us: int, number: int, code: str) -> Change:
    return Change(at_us, "note", f"note{number}", NoteState(code, {"node": "n1", "records": number}))


def told(changes: list[Change], entity: str) -> list[tuple[int, State | None]]:
    return [(change.at_us, change.fields) for change in changes if change.id == entity]


def final(live: LiveGoals, entity: str) -> State | None:
    return next(change.fields for change in live.present() if change.id == entity)


def done(state: State | None) -> tuple[int | None, str | None]:
    assert isinstance(state, GoalState)
    return state.done_us, state.by


def number(state: State | None) -> float | str | None:
    assert isinstance(state, MeasureState)
    return state.value


# How they are told


def test_first_all_are_told_and_then_each_right_after_what_it_comes_from() -> None:
    live = watching(goal(where={"status": "down"}, at_least=2), measure(), measure(id="s", what="sum", of="slow"))
    changes = [node(5, "n1"), node(7, "n1", "down"), node(9, "n2", "down")]
    watched = live.watch(changes)
    assert [(change.at_us, change.kind, change.id) for change in watched] == [
        (5, "goal", "g"),
        (5, "measure", "m"),
        (5, "measure", "s"),
        (5, "node", "n1"),
        (5, "measure", "m"),
        (5, "measure", "s"),
        (7, "node", "n1"),
        (7, "goal", "g"),
        (9, "node", "n2"),
        (9, "goal", "g"),
        (9, "measure", "m"),
        (9, "measure", "s"),
    ]
    assert [state for _, state in told(watched, "g")] == [
        GoalState(None, None, 0, 2),
        GoalState(None, None, 1, 2),
        GoalState(9, "n2", 2, 2),
    ]
    assert [state for _, state in told(watched, "s")] == [
        MeasureState(None, 0),
        MeasureState(1, 1),
        MeasureState(2, 2),
    ]
    assert [change for change in watched if change.kind == "node"] == changes
    assert [change.fields for change in live.present()] == [
        GoalState(9, "n2", 2, 2),
        MeasureState(2, 2),
        MeasureState(2, 2),
    ]


def test_a_scenario_without_goals_costs_nothing() -> None:
    live = watching()
    changes = [node(0, "n1")]
    assert live.watch(changes) is changes
    assert live.present() == []
    assert live.looked == 0


def test_a_goal_that_is_met_stays_met_and_is_looked_at_no_more() -> None:
    live = watching(goal(where={"status": "down"}, together=True))
    live.watch([node(1, "n1", "down")])
    looked = live.looked
    assert live.watch([node(2, "n1", "up"), node(3, "n2", "down")]) == [node(2, "n1", "up"), node(3, "n2", "down")]
    assert done(final(live, "g")) == (1, "n1")
    assert live.looked == looked


ASKED: list[Goal | Measure] = [
    goal(id="ok", kind="operation", where={"type": "write", "outcome": "ok"}, at_least=3),
    goal(id="then", kind="operation", where={"type": "read", "outcome": ["ok", "fail"]}, after="ok"),
    goal(id="everywhere", kind="record", where={"version.counter": {"min": 2}}, together=True, at_least=3),
    goal(id="spread", kind="operation", where={"copies": {"min": 3}}),
    goal(id="old", kind="operation", where={"stale": {"min": 1}}, until="then"),
    goal(id="broken", kind="verdict", where={"word": {"not": "ok"}}),
    goal(id="told", kind="note", where={"code": "ack"}, at_least=7),
    measure(id="acks", kind="operation", where={"type": "write"}, what="last", of="acks"),
    measure(id="mean", kind="operation", where={"outcome": "ok"}, what="mean", of="took_ms"),
    measure(id="flying", kind="message", where={"fate": "in_flight"}, together=True),
    measure(id="stale", kind="operation", where={"stale": {"min": 1}}, what="share", among={"saw": ["ok", "fail"]}),
    measure(id="fewest", kind="operation", where={"type": "write"}, what="min", of="copies", after="ok"),
]


def busy(name: str) -> list[Change]:
    """A scenario's own run, and on in it under a workload."""
    sim = Simulation(SCENARIOS[name], seed=3)
    sim.run_until(SCENARIOS[name].ends_us)
    sim.apply(Workload(300, 0.5, 2))
    sim.run_until(SCENARIOS[name].ends_us + 200_000)
    return LiveVerdict().watch(sim.take_changes())


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_does_not_matter_in_which_pieces_the_changes_come(name: str) -> None:
    changes = busy(name)
    whole, single, pieces = watching(*ASKED), watching(*ASKED), watching(*ASKED)
    watched = whole.watch(changes)
    assert [change for change in watched if change.kind not in ("goal", "measure")] == changes
    assert watched == [told for change in changes for told in single.watch([change])]
    assert watched == [told for at in range(0, len(changes), 37) for told in pieces.watch(changes[at : at + 37])]
    assert whole.present() == single.present() == pieces.present()
    last = {change.id: change for change in watched if change.kind in ("goal", "measure")}
    assert {change.id: change for change in whole.present()} == last


def test_goals_change_nothing_that_happens() -> None:
    bare = msgspec.structs.replace(EMPTY, settings=Configure(w=1, r=1))
    goals = tuple(one for one in ASKED if isinstance(one, Goal))
    digests = set()
    for scenario in (bare, msgspec.structs.replace(bare, goals=goals)):
        sim = Simulation(scenario, seed=4)
        sim.apply(Workload(200))
        sim.run_until(100_000)
        digests.add(sim.digest())
    assert len(digests) == 1


# What matches

NODES = [
    node(0, "n1", slow=1),
    node(0, "n2", "down", slow=5, role="leader", term=3),
    node(0, "n3", "frozen", slow=9, skew_us=-4),
]


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({}, 3),
        ({"status": "down"}, 1),
        ({"status": ["down", "frozen"]}, 2),
        ({"status": []}, 0),
        ({"status": {"not": "down"}}, 2),
        ({"slow": 5}, 1),
        ({"slow": 5.0}, 1),
        ({"slow": "5"}, 0),
        ({"slow": True}, 0),
        ({"slow": {"min": 5}}, 2),
        ({"slow": {"max": 5}}, 2),
        ({"slow": {"min": 2, "max": 8}}, 1),
        ({"slow": {"min": 1, "not": 5}}, 2),
        ({"skew_us": {"max": -0.5}}, 1),
        ({"role": None}, 2),
        ({"role": ["leader", None]}, 3),
        ({"role": {"not": None}}, 1),
        ({"role": {"not": "leader"}}, 2),
        ({"term": {"min": 0}}, 1),
        ({"status": {"min": 0}}, 0),
        ({"id": "n2"}, 1),
        ({"id": ["n1", "n2", "n9"]}, 2),
        ({"id": "n2", "status": "up"}, 0),
        ({"status": "down", "slow": {"min": 5}}, 1),
        ({"no_such": 1}, 0),
        ({"__class__": {"not": None}}, 0),
        ({"status.upper": {"not": None}}, 0),
        ({"term.real": 3}, 0),
    ],
)
def test_every_test_of_a_field(where: dict[str, object], count: int) -> None:
    live = watching(measure(where=where))
    live.watch(NODES)
    assert number(final(live, "m")) == count


def test_a_dot_leads_inside() -> None:
    hint = HintState("n1", "n2", "x", "pear", Version(4, "A"), "op1")
    change = Change(0, "hint", "n1/n2/x", hint)
    for where, count in (
        ({"version.counter": {"min": 4}}, 1),
        ({"version.counter": 5}, 0),
        ({"version.writer": "A"}, 1),
        ({"version.writer.count": 1}, 0),
        ({"version.none": None}, 1),
    ):
        live = watching(measure(kind="hint", where=where))
        live.watch([change])
        assert number(final(live, "m")) == count, where
    live = watching(measure(kind="note", where={"facts.records": {"min": 2}}))
    live.watch([note(0, 1, "moves"), note(0, 2, "moves")])
    assert number(final(live, "m")) == 1


# What counts, and when


def test_once_is_enough_unless_together() -> None:
    down = {"where": {"status": "down"}, "at_least": 2}
    live = watching(goal(id="ever", **down), goal(id="now", together=True, **down))
    live.watch([node(1, "n1", "down"), node(2, "n1", "up"), node(3, "n2", "down")])
    assert done(final(live, "ever")) == (3, "n2")
    assert final(live, "now") == GoalState(None, None, 1, 2)
    live.watch([Change(4, "node", "n2", None), node(5, "n1", "down")])
    assert final(live, "now") == GoalState(None, None, 1, 2), "what is gone is not there"
    live.watch([node(6, "n3", "down")])
    assert done(final(live, "now")) == (6, "n3")


def test_after_a_goal_what_was_before_does_not_count() -> None:
    live = watching(
        goal(id="b", where={"status": "down"}, after="a"),
        goal(id="a", where={"id": "n1", "status": "down"}),
        measure(where={"status": "down"}, after="a"),
    )
    live.watch([node(1, "n2", "down"), node(2, "n1", "down")])
    assert final(live, "b") == GoalState(None, None, 0, 1), "what meets a is not after it"
    assert final(live, "m") == MeasureState(0, 0)
    live.watch([node(3, "n2", "down", slow=2)])
    assert done(final(live, "b")) == (3, "n2")
    assert number(final(live, "m")) == 1


def test_what_is_together_may_be_there_already() -> None:
    live = watching(
        goal(id="c", where={"status": "up"}, together=True, after="b", at_least=2),
        goal(id="b", where={"status": "down"}, together=True, after="a"),
        goal(id="a", where={"id": "n9"}),
        measure(where={"status": "up"}, together=True, after="b"),
    )
    live.watch([node(1, "n1", "down"), node(2, "n2"), node(3, "n3")])
    assert final(live, "c") == GoalState(None, None, 0, 2)
    watched = live.watch([node(4, "n9")])
    assert [change.id for change in watched] == ["n9", "a", "b", "c", "m"]
    assert done(final(live, "b")) == (4, "n1")
    assert done(final(live, "c")) == (4, "n9")
    assert number(final(live, "m")) == 3


def test_until_a_goal_and_no_further() -> None:
    live = watching(
        goal(id="late", where={"status": "down"}, until="a", at_least=3),
        goal(id="a", where={"id": "n2", "status": "down"}),
        measure(where={"status": "down"}, until="a"),
        measure(id="none", where={"status": "down"}, after="a", until="a"),
    )
    live.watch([node(at, f"n{at}", "down") for at in (1, 2, 3, 4)])
    assert final(live, "m") == MeasureState(2, 2), "what meets the goal still counts"
    assert final(live, "late") == GoalState(None, None, 2, 3)
    assert final(live, "none") == MeasureState(0, 0)


def test_a_goal_that_is_not_there_is_never_met() -> None:
    live = watching(goal(after="nowhere"))
    live.watch(NODES)
    assert final(live, "g") == GoalState(None, None, 0, 1)


# Numbers


def test_what_a_number_can_be() -> None:
    asked = [measure(id=what, what=what, of="slow") for what in ("last", "mean", "max", "min", "sum")]
    asked += [
        measure(id="among", what="share", where={"status": "down"}, among={"slow": {"min": 2}}),
        measure(id="lasting", what="share", where={"status": "down"}, among={"slow": {"min": 2}}, together=True),
        measure(id="text", what="last", of="status"),
        measure(id="truth", what="last", of="role"),
        measure(id="nobody", what="mean", of="slow", where={"id": "n9"}),
    ]
    live = watching(*asked)

    def values() -> list[float | str | None]:
        return [number(final(live, one.id)) for one in asked]

    live.watch([node(0, "n1", slow=4)])
    assert values() == [4, 4, 4, 4, 4, 0, 0, "up", None, None]
    live.watch([node(1, "n2", "down", slow=6), node(2, "n3", slow=2)])
    assert values() == [2, 4, 6, 2, 12, 0.333333, 0.333333, "up", None, None]
    live.watch([node(3, "n2", "up", slow=1)])
    assert values() == [1, 2.333333, 4, 1, 7, 0.333333, 0, "up", None, None]
    live.watch([node(4, "n1", "down", slow=9)])
    assert values() == [9, 4, 9, 1, 12, 0.666667, 0.5, "down", None, None]


def test_of_nodes_the_last_is_the_one_that_changed_and_of_notes_the_one_that_came() -> None:
    live = watching(measure(what="last", of="slow"), measure(id="n", kind="note", what="last", of="facts.records"))
    live.watch([node(0, "n1", slow=2), node(0, "n2", slow=3), note(0, 1, "moves"), note(0, 2, "moves")])
    live.watch([node(1, "n1", slow=4), note(1, 1, "moves")])
    assert (number(final(live, "m")), number(final(live, "n"))) == (4, 2)


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_those_of_a_fresh_count(seed: int) -> None:
    sim = Simulation(msgspec.structs.replace(EMPTY, settings=Configure(w=2, r=2)), seed)
    sim.apply(Workload(400, 0.4, 2))
    sim.run_until(300_000)
    changes = sim.take_changes()
    flying = {"kind": "message", "where": {"fate": "in_flight"}, "together": True, "of": "due_us"}
    ever = {"kind": "message", "of": "due_us"}
    asked = [measure(id=f"now-{what}", what=what, **flying) for what in ("mean", "max", "min", "sum")]
    asked += [measure(id=f"ever-{what}", what=what, **ever) for what in ("mean", "max", "min", "sum")]
    live = watching(*asked)
    last: dict[str, State | None] = {}
    for place, change in enumerate(changes):
        live.watch([change])
        last |= {change.id: change.fields} if change.kind == "message" else {}
        if place % 97:
            continue
        now = [state.due_us for state in last.values() if state.fate == "in_flight"]  # type: ignore[union-attr]
        ever_seen = [state.due_us for state in last.values()]  # type: ignore[union-attr]
        for name, due in (("now", now), ("ever", ever_seen)):
            for what, value in (
                ("mean", round(sum(due) / len(due), 6) if due else None),
                ("max", max(due, default=None)),
                ("min", min(due, default=None)),
                ("sum", sum(due) if due else None),
            ):
                assert number(final(live, f"{name}-{what}")) == value, (name, what, change.at_us)
