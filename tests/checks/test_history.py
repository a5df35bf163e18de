"""Where histories come from: the changes of a run, and lines of JSON."""

import msgspec
import pytest

from engine import Scenario, Simulation
from engine.changes import Change, OperationState
from engine.checks import HistoryError, Monitor, Operation, check, from_changes, from_json, to_json
from engine.checks.history import REFUSED
from engine.checks.verdict import REASONS
from engine.commands import Configure, Crash, Workload, Write
from engine.outcomes import OUTCOMES
from engine.values import Version
from tests.test_tidy import facts
from webapp.words import catalogue, sentence

DEFINITE_FAILS = [code for code, outcome in OUTCOMES.items() if outcome.word == "fail" and outcome.definite]


def change(
    at_us: int, name: str, kind: str, value: str | None, code: str = "pending", write: str | None = None
) -> Change:
    """A state of an operation that began at 10 times the number in its name."""
    outcome = OUTCOMES[code].word
    state = OperationState(
        client="A",
        type="write" if kind == "write" else "read",
        key="x",
        value=value,
        version=Version(1, "A") if value else None,
        write=name if kind == "write" else write,
        asked=("n1",),
        needed=1,
        round=1,
        answers=(),
        outcome=outcome,
        code=code,
        winner=None,
        invoked_us=10 * int(name[2:]),
        responded_us=None if outcome == "pending" else at_us,
    )
    return Change(at_us, "operation", name, state)


BEGUN = change(10, "op1", "write", "apple")
ACKED = change(15, "op1", "write", "apple", "quorum_reached")
FAILED = change(15, "op1", "write", "apple", "timeout")
SEEN = change(25, "op2", "read", "apple", "quorum_reached", "op1")
EMPTY = change(25, "op2", "read", None, "quorum_reached")


def test_an_acknowledged_write_and_what_was_read() -> None:
    assert from_changes([BEGUN, ACKED, change(20, "op2", "read", None), SEEN]) == [
        Operation("op1", "A", "write", "x", "op1", 10, 15, "apple", Version(1, "A")),
        Operation("op2", "A", "read", "x", "op1", 20, 25, "apple", Version(1, "A")),
    ]


def test_the_last_state_of_an_operation_counts_and_late_answers_change_nothing() -> None:
    late = Change(99, "operation", "op1", ACKED.fields)
    assert from_changes([BEGUN, ACKED, late]) == from_changes([ACKED])


def test_a_write_that_failed_may_surface_later() -> None:
    (write,) = from_changes([BEGUN, FAILED])
    assert write.end_us is None
    assert check(from_changes([BEGUN, FAILED, EMPTY])).word == "ok"
    assert check(from_changes([BEGUN, FAILED, SEEN])).word == "ok"


def test_a_read_without_an_outcome_or_that_failed_is_left_out() -> None:
    assert from_changes([change(20, "op2", "read", None)]) == []
    assert from_changes([change(20, "op2", "read", None, "timeout")]) == []


@pytest.mark.skipif(not DEFINITE_FAILS, reason="no failure is definite in this engine")
def test_a_write_that_definitely_failed_never_was() -> None:
    refused = change(15, "op1", "write", "apple", DEFINITE_FAILS[0] if DEFINITE_FAILS else "")
    assert from_changes([BEGUN, refused]) == []
    monitor = Monitor()
    verdicts = [monitor.observe_change(change) for change in (BEGUN, refused, SEEN)]
    assert [verdict.code for verdict in verdicts] == ["linearizable", "linearizable", "value_from_nowhere"]


def test_a_monitor_of_changes_agrees_with_the_history_of_the_changes() -> None:
    run = [
        BEGUN,
        ACKED,
        change(20, "op2", "read", None),
        EMPTY,
        Change(26, "operation", "op2", EMPTY.fields),
        change(30, "op3", "read", None),
        change(35, "op3", "read", "apple", "quorum_reached", "op1"),
    ]
    monitor = Monitor()
    for count, one in enumerate(run, start=1):
        assert monitor.observe_change(one) == check(from_changes(run[:count]))
    assert monitor.verdict.code == "stale_read_initial"
    assert monitor.verdict_of("x") == monitor.verdict
    assert monitor.verdict_of("y").word == "ok"


def test_a_write_read_before_it_is_acknowledged() -> None:
    monitor = Monitor()
    early = change(25, "op2", "read", "apple", "quorum_reached", "op1")
    acked = change(28, "op1", "write", "apple", "quorum_reached")
    old = change(35, "op3", "read", None, "quorum_reached")
    codes = [monitor.observe_change(one).code for one in (BEGUN, early, acked, old)]
    assert codes == ["linearizable", "linearizable", "linearizable", "stale_read_initial"]


def test_responses_come_in_order_of_time() -> None:
    monitor = Monitor()
    monitor.observe(Operation("2", "A", "read", "x", None, 5, 9))
    with pytest.raises(HistoryError, match="time_runs_forward"):
        monitor.observe(Operation("1", "B", "read", "x", None, 0, 8))
    with pytest.raises(HistoryError, match="no_response"):
        monitor.observe(Operation("3", "B", "read", "x", None, 0, None))


@pytest.mark.parametrize(
    ("code", "kind", "value", "start_us", "end_us"),
    [
        ("unknown_op", "erase", 1, 0, 1),
        ("write_of_nothing", "write", None, 0, 1),
        ("ends_before_start", "read", 1, 5, 4),
        ("out_of_range", "read", 1, -(2**53), 4),
        ("out_of_range", "read", 1, 0, 2**53),
    ],
)
def test_an_operation_that_cannot_be(code: str, kind: str, value: int | None, start_us: int, end_us: int) -> None:
    with pytest.raises(HistoryError) as refused:
        Operation("1", "A", kind, "x", value, start_us, end_us)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert sentence(f"check.refused.{code}", refused.value.facts)


OP = b'{"client": 0, "op": "w", "value": 1, "start": 0, "end": 5}'


def test_a_line_of_json() -> None:
    history = from_json(
        b'{"id": "h1", "ops": [%s, {"client": "B", "op": "r", "value": null, "start": 6, "end": null, "key": "y"}]}'
        % OP
    )
    assert history.id == "h1"
    assert history.operations == [
        Operation("ops[0]", "0", "write", "x", 1, 0, 5),
        Operation("ops[1]", "B", "read", "y", None, 6, None),
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"", "this is no history: Input data was truncated"),
        (b"[]", "this is no history: Expected `object`, got `array`"),
        (b'{"ops": []}', "this is no history: Object missing required field `id`"),
        (b'{"id": "h", "ops": 3}', "ops: Expected `array`, got `int`"),
        (b'{"id": "h", "ops": [{"client": 0}]}', "ops[0]: Object missing required field `op`"),
        (OP.replace(b"0,", b"0.5,", 1), "ops[0].client: Expected `int | str`, got `float`"),
        (OP.replace(b"5", b'"5"'), "ops[0].end: Expected `int | null`, got `str`"),
        (OP.replace(b'"end": 5', b'"end": 9007199254740992'), "ops[0].end: Expected `int` <= 9007199254740991"),
        (OP.replace(b'"w"', b'"cas"'), "ops[0].op is cas; it must be one of r, w"),
        (
            OP.replace(b'"start": 0', b'"start": 6'),
            "ops[0].end is 5, before the start at 6; it must be null or at least 6",
        ),
        (
            OP.replace(b'"value": 1', b'"value": null'),
            "ops[0].value is null, which stands for the initial value; a write must have a value of its own",
        ),
        (OP + b", " + OP, "ops[1].value is 1, which ops[0] writes too; no two writes may write the same value"),
        (b'"\xff"', "this is no history: "),
    ],
)
def test_a_line_that_is_no_history(line: bytes, told: str) -> None:
    if line.startswith(b'{"client"'):
        line = b'{"id": "h", "ops": [' + line + b"]}"
    with pytest.raises(HistoryError) as refused:
        from_json(line)
    said = sentence(f"check.refused.{refused.value.code}", refused.value.facts)
    assert said.startswith(told) if told.endswith(" ") else said == told


def test_every_reason_has_a_sentence_of_its_own_facts_and_no_other() -> None:
    words = {code: text for code, text in catalogue().items() if code.startswith("check.")}
    known = {f"check.{code}": names for code, names in REASONS.items()}
    known |= {f"check.refused.{code}": names for code, names in REFUSED.items()}
    assert set(words) == set(known)
    for code, text in words.items():
        assert facts(text) <= set(known[code]), code


# To a line of JSON


def test_a_line_has_the_checkers_fields_and_no_end() -> None:
    done = from_changes([BEGUN, ACKED, change(20, "op2", "read", None), SEEN, change(30, "op3", "write", "pear")])
    assert to_json("run 7", done).decode() == (
        '{"id":"run 7","ops":['
        '{"client":"A","op":"w","value":"op1","start":10,"end":15,"key":"x","shown":"apple"},'
        '{"client":"A","op":"r","value":"op1","start":20,"end":25,"key":"x","shown":"apple"},'
        '{"client":"A","op":"w","value":"op3","start":30,"end":null,"key":"x","shown":"pear"}]}'
    )


@pytest.mark.parametrize(
    "settings",
    [Configure(w=1, r=1), Configure(), Configure(versions="vector", retries=1)],
    ids=["stale", "strict", "siblings"],
)
def test_what_is_read_back_is_judged_alike(settings: Configure) -> None:
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=3, settings=settings), seed=1)
    sim.apply(Workload(200, 0.5, 2))
    sim.run_until(100_000)
    sim.apply(Crash("n1"))
    sim.apply(Crash("n2"))
    sim.run_until(200_000)
    sim.apply(Write("A", "x", "last"))
    told = from_changes(sim.take_changes())
    back = from_json(to_json(3, told))
    assert back.id == 3
    plain = [msgspec.structs.replace(one, id=f"ops[{place}]", version=None) for place, one in enumerate(told)]
    assert back.operations == plain
    assert {one.end_us is None for one in plain} == {True, False}
    verdict, again = check(told), check(back.operations)
    assert (verdict.word, verdict.code, verdict.facts) == (again.word, again.code, again.facts)


def test_the_same_value_written_twice_is_two_writes_in_the_line() -> None:
    twice = [
        Operation("op1", "A", "write", "x", "op1", 0, 5, "apple"),
        Operation("op2", "A", "write", "x", "op2", 6, 9, "apple"),
    ]
    assert [one.shown for one in from_json(to_json(1, twice)).operations] == ["apple", "apple"]


@pytest.mark.parametrize(("extra", "field"), [('"shown": 1.5', "ops[0].shown"), ('"siblings": 0', "ops[0].siblings")])
def test_what_is_shown_has_its_form_too(extra: str, field: str) -> None:
    line = f'{{"id": 1, "ops": [{{"client": "A", "op": "r", "value": null, "start": 1, "end": 2, {extra}}}]}}'
    with pytest.raises(HistoryError) as refused:
        from_json(line.encode())
    assert (refused.value.code, refused.value.field) == ("malformed", field)
