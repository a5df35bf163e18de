"""Random small histories: the checker by zones agrees with a search through every order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checks import REASONS, Monitor, Operation, Verdict, linearizable
from tests.checks.brute import explained, prefix
from webapp.words import sentence


@st.composite
def histories(draw: st.DrawFn, operations_max: int = 7, keys: str = "x") -> list[Operation]:
    """Times are few, so ties are many; ends may be missing, and reads may see anything, or nothing."""
    history: list[Operation] = []
    count = draw(st.integers(0, operations_max))
    writes = draw(st.integers(0, count))
    for number in range(count):
        start_us = draw(st.integers(0, 12))
        end_us = draw(st.one_of(st.none(), *[st.integers(start_us, start_us + 6)] * 5))
        key = draw(st.sampled_from(keys))
        if number < writes:
            history.append(
                Operation(f"op{number}", draw(st.sampled_from("AB")), "write", key, number, start_us, end_us)
            )
        else:
            value = draw(st.one_of(st.none(), *[st.integers(0, max(0, writes - 1))] * 4))
            history.append(Operation(f"op{number}", draw(st.sampled_from("AB")), "read", key, value, start_us, end_us))
    return draw(st.permutations(history))


@settings(max_examples=1500, deadline=None)
@given(histories())
def test_the_zones_agree_with_the_search(history: list[Operation]) -> None:
    verdict = linearizable(history)
    assert (verdict.word == "ok") == explained(history)
    assert set(verdict.facts) == set(REASONS[verdict.code])


@settings(max_examples=500, deadline=None)
@given(histories(keys="xy"))
def test_with_two_keys(history: list[Operation]) -> None:
    assert (linearizable(history).word == "ok") == explained(history)


@settings(max_examples=1000, deadline=None)
@given(histories())
def test_the_witness_is_enough(history: list[Operation]) -> None:
    verdict = linearizable(history)
    if verdict.word == "violated":
        alone = [op for op in history if op.id in verdict.witness]
        assert len(alone) == len(verdict.witness)
        assert not explained(alone)
        assert sentence(f"check.{verdict.code}", verdict.facts)


@settings(max_examples=1000, deadline=None)
@given(histories())
def test_the_monitor_knows_after_each_response_what_the_prefix_shows(history: list[Operation]) -> None:
    monitor = Monitor()
    begun: set[str] = set()
    ended = sorted((op for op in history if op.end_us is not None), key=lambda op: op.end_us or 0)
    first: Verdict | None = None
    for count, operation in enumerate(ended, start=1):
        for op in prefix(history, count):
            if op.id not in begun:
                begun.add(op.id)
                monitor.begin(op)
        verdict = monitor.observe(operation)
        known = prefix(history, count)
        assert verdict == linearizable(known)
        assert (verdict.word == "ok") == explained(known)
        if verdict.word == "violated":
            first = first or verdict
            assert verdict.witness == first.witness
            assert first.witness[0] in {op.id for op in known}
