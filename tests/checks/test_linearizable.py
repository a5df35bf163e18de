"""Small stories, legal and illegal; the reason and the witness of each illegal one."""

import gzip
from pathlib import Path

import msgspec
import pytest

from engine.checks import HistoryError, Monitor, Operation, Verdict, check, from_json, linearizable, linearizable_by_key
from tests.checks.stories import story
from webapp.words import sentence

DATA = Path(__file__).parents[2].parent / "shared" / "data"

LEGAL = {
    "nothing happened": [],
    "a read before any write": story("r() 0-1 by A"),
    "a read after the write": story("w(1) 0-5 by A, r(1) 6-9 by B"),
    "a concurrent read may see the old": story("w(1) 0-9 by A, r() 2-4 by B"),
    "a concurrent read may see the new": story("w(1) 0-9 by A, r(1) 2-4 by B"),
    "times that touch are concurrent": story("w(1) 0-5 by A, r() 5-9 by B"),
    "and either way round": story("w(1) 0-5 by A, w(2) 5-9 by A, r(1) 10-12 by B"),
    "a read that ends when the write begins": story("r(1) 0-5 by A, w(1) 5-9 by B"),
    "concurrent writes, one wins for all": story("w(1) 0-9 by A, w(2) 0-9 by B, r(1) 10-11 by A, r(1) 12-13 by B"),
    "a write without answer may never happen": story("w(1) 0-? by A, r() 50-60 by B"),
    "or long after": story("w(1) 0-? by A, r() 50-60 by B, r(1) 70-80 by B"),
    "read before it is acknowledged": story("w(1) 0-100 by A, r(1) 5-9 by B, r(1) 11-15 by C"),
    "a read without answer says nothing": story("w(1) 0-5 by A, r(7) 10-? by B"),
    "each key by itself": story("w(1) 0-5 by A on x, r() 6-9 by B on y, w(1) 10-12 by B on y"),
    "two zones that touch": story("w(1) 0-4 by A, r(1) 10-12 by A, w(2) 8-10 by B, r(2) 13-20 by B"),
}

ILLEGAL = {
    "the newest acknowledged write is missed": (
        story("w(1) 0-5 by A, w(2) 6-9 by A, r(2) 10-12 by A, r(1) 20-22 by B"),
        "stale_read",
        "421",
        "Client B read x = 1 although 2, by client A, had been written and acknowledged before the read began.",
    ),
    "nothing is found after a read found something": (
        story("w(1) 0-5 by A, r(1) 6-7 by B, r() 8-9 by B"),
        "stale_read_initial",
        "31",
        "Client B found nothing in x although 1, by client A, had been written and acknowledged before the read began.",
    ),
    "a write that nobody ever sees": (
        story("w(1) 0-5 by A, w(2) 6-9 by B, r(1) 10-12 by B, r(1) 20-22 by A"),
        "lost_write",
        "321",
        "Client B read x = 1 although 2, by client B, had been acknowledged before the read began; "
        "no read has ever seen 2.",
    ),
    "the first write is lost": (
        story("w(1) 0-5 by A, r() 10-12 by B"),
        "lost_write_initial",
        "21",
        "Client B found nothing in x although 1, by client A, had been acknowledged before the read began; "
        "no read has ever seen 1.",
    ),
    "only stale, for a later read sees it": (
        story("w(1) 0-5 by A, r() 10-12 by B, r(1) 20-30 by B"),
        "stale_read_initial",
        "21",
        "",
    ),
    "new, then old, while the write is under way": (
        story("w(1) 0-5 by A, w(2) 6-100 by A, r(2) 10-12 by B, r(1) 20-22 by C"),
        "new_old_inversion",
        "4321",
        "Client C read x = 1 although client B had already read the newer 2: time seems to run backwards.",
    ),
    "new, then nothing, while the write is under way for ever": (
        story("w(1) 0-? by A, r(1) 10-12 by B, r() 20-22 by C"),
        "new_old_inversion_initial",
        "321",
        "Client C found nothing in x although client B had already read 1: time seems to run backwards.",
    ),
    "two concurrent writes change places": (
        story("w(1) 0-9 by A, w(2) 0-9 by B, r(1) 10-11 by C, r(2) 12-13 by D"),
        "new_old_inversion",
        "4312",
        "Client D read x = 2 although client C had already read the newer 1: time seems to run backwards.",
    ),
    "two readers do not agree who won": (
        story("w(1) 0-5 by A, w(2) 0-6 by B, r(1) 10-20 by C, r(2) 11-19 by D"),
        "disagreement",
        "3421",
        "Client C read x = 1 and client D read 2: the two reads cannot agree on which of these was written last.",
    ),
    "nobody wrote that": (
        story("w(1) 0-5 by A, r(7) 6-9 by B"),
        "value_from_nowhere",
        "2",
        "Client B read x = 7, but when the read ended nobody had begun to write that.",
    ),
    "read before it was written": (story("r(1) 0-5 by A, w(1) 6-9 by B"), "value_from_nowhere", "1", ""),
    "the key that is wrong": (
        story("w(1) 0-5 by A on x, w(1) 0-5 by A on y, r(1) 6-9 by B on x, r() 6-9 by B on y"),
        "lost_write_initial",
        "42",
        "",
    ),
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal(name: str) -> None:
    assert check(LEGAL[name]) == Verdict("ok", "linearizable")


@pytest.mark.parametrize("name", ILLEGAL)
def test_illegal(name: str) -> None:
    history, code, witness, told = ILLEGAL[name]
    verdict = check(history)
    assert (verdict.word, verdict.code) == ("violated", code)
    assert "".join(verdict.witness) == witness
    assert told in ("", sentence(f"check.{verdict.code}", verdict.facts))


def test_the_earliest_response_that_nothing_explains_is_named() -> None:
    history = story("w(1) 0-5 by A, w(2) 6-9 by A, r(2) 10-12 by A, r(1) 13-40 by B, r(1) 20-22 by C, r(1) 30-32 by D")
    assert check(history).witness[0] == "5"


def test_a_read_of_siblings_cannot_be_judged_but_what_is_wrong_without_it_is_wrong() -> None:
    history = story("w(1) 0-5 by A, w(2) 0-5 by B")
    both = Operation("3", "C", "read", "x", "2", 6, 9, siblings=2)
    verdict = check([*history, both])
    assert (verdict.word, verdict.code, verdict.witness) == ("unknown", "siblings", ("3",))
    assert sentence("check.siblings", verdict.facts).startswith("Client C got 2 values of x at once")
    lost = Operation("4", "C", "read", "x", None, 10, 12)
    assert check([*history, both, lost]).kind == "lost_write"
    assert check([*history, both, Operation("5", "C", "read", "y", "7", 10, 12)]).code == "value_from_nowhere"


def test_keys_are_judged_apart() -> None:
    history = story("w(1) 0-5 by A on x, w(1) 0-5 by A on y, r(1) 6-9 by B on x, r() 6-9 by B on y")
    assert {key: verdict.word for key, verdict in linearizable_by_key(history).items()} == {"x": "ok", "y": "violated"}


def test_a_history_that_is_none() -> None:
    with pytest.raises(HistoryError) as refused:
        check(story("w(1) 0-5 by A, w(1) 6-9 by B"))
    assert (refused.value.code, refused.value.field) == ("written_twice", "value")
    assert refused.value.facts == {"field": "value", "value": "1", "first": "1"}


def test_the_600_histories_that_porcupine_has_judged() -> None:
    with gzip.open(DATA / "register_histories.jsonl.gz") as lines:
        for line in lines:
            history = from_json(line)
            expected = msgspec.json.decode(line)["linearizable"]
            assert (linearizable(history.operations).word == "ok") == expected, history.id
            assert (_fed_by_time(history.operations).verdict.word == "ok") == expected, history.id


def _fed_by_time(history: list[Operation]) -> Monitor:
    """The monitor, told what a live run would tell: a write begins without an end."""
    monitor = Monitor()
    events = [(op.start_us, 0, op) for op in history] + [(op.end_us, 1, op) for op in history if op.end_us is not None]
    for _, ends, op in sorted(events, key=lambda event: event[:2]):
        if ends:
            monitor.observe(op)
        else:
            monitor.begin(Operation(op.id, op.client, op.kind, op.key, op.value, op.start_us, None))
    return monitor
