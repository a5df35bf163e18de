"""Convergence and durability: what the records in a snapshot show."""

from engine.changes import Change, RecordState, Sibling
from engine.checks import Verdict, converged, durable
from engine.values import Version
from tests.checks.stories import story
from webapp.words import sentence


def disk(node: str, write: str, counter: int, key: str = "x") -> Change:
    record = RecordState(node=node, key=key, value=write, version=Version(counter, "A"), write=write)
    return Change(0, "record", f"{node}/{key}", record)


def three(key: str) -> tuple[str, ...]:
    return ("n1", "n2", "n3")


def test_nothing_is_held_anywhere() -> None:
    assert converged([], three) == Verdict("ok", "converged")
    assert converged([Change(0, "record", "n1/x", None)], three).word == "ok"


def test_all_replicas_hold_the_same_and_others_what_they_like() -> None:
    same = [disk("n1", "2", 2), disk("n2", "2", 2), disk("n3", "2", 2), disk("n4", "1", 1)]
    assert converged(same, three).word == "ok"


def test_a_replica_is_behind() -> None:
    verdict = converged([disk("n1", "2", 2), disk("n2", "1", 1), disk("n3", "2", 2)], three)
    assert (verdict.code, verdict.witness) == ("diverged", ("2", "1"))
    assert verdict.facts == {"key": "x", "nodes": "n1, n3", "others": "n2"}


def test_a_replica_holds_nothing() -> None:
    verdict = converged([disk("n1", "2", 2), disk("n3", "2", 2)], three)
    assert (verdict.code, verdict.witness) == ("missing", ("2",))
    assert sentence("check.missing", verdict.facts) == (
        "The replicas of x differ: n1, n3 holds the newest version, n2 holds nothing."
    )


def test_the_same_version_of_two_writes_is_not_the_same() -> None:
    assert converged([disk("n1", "1", 1), disk("n2", "2", 1), disk("n3", "2", 1)], three).code == "diverged"


def test_the_first_key_by_name_is_told() -> None:
    verdict = converged([disk("n1", "2", 1, "b"), disk("n1", "1", 1, "a")], three)
    assert verdict.facts["key"] == "a"


def test_siblings_are_compared_whole() -> None:
    first = Sibling(value="1", version=Version(1, "A"), write="1")
    second = Sibling(value="2", version=Version(1, "B"), write="2")

    def both(node: str, *siblings: Sibling) -> Change:
        record = RecordState(node, "x", "2", Version(1, "B"), "2", siblings)
        return Change(0, "record", f"{node}/x", record)

    assert converged([both(node, first, second) for node in three("x")], three).word == "ok"
    verdict = converged([both("n1", first, second), both("n2", second), both("n3", first, second)], three)
    assert (verdict.code, verdict.witness) == ("diverged", ("1",))
    assert verdict.facts["others"] == "n2"
    held = story("w(1)@1 0-5 by A, w(2)@1 0-5 by B")
    assert durable(held, [both("n1", first, second)]).word == "ok"


# Durability

TWO = story("w(1)@1 0-5 by A, w(2)@2 6-9 by A")


def test_the_newest_is_on_one_disk() -> None:
    assert durable(TWO, [disk("n3", "2", 2)]) == Verdict("ok", "durable")
    assert durable([], []).word == "ok"


def test_each_write_is_on_a_disk() -> None:
    assert durable(TWO, [disk("n1", "1", 1), disk("n2", "2", 2)]).word == "ok"


def test_only_something_older_is_left() -> None:
    verdict = durable(TWO, [disk("n1", "1", 1)])
    assert (verdict.code, verdict.witness) == ("lost_from_disk", ("2",))
    assert sentence("check.lost_from_disk", verdict.facts) == (
        "The write of x = 2 by client A was acknowledged, but no disk holds it or anything newer."
    )


def test_nothing_is_left() -> None:
    assert durable(TWO, []).witness == ("1",)


def test_another_key_does_not_replace_it() -> None:
    assert durable(TWO, [disk("n1", "9", 9, "y")]).word == "violated"


def test_a_write_without_acknowledgement_may_be_gone() -> None:
    assert durable(story("w(1)@1 0-? by A"), []).word == "ok"


def test_who_is_newer_may_be_told() -> None:
    assert durable(TWO, [disk("n1", "2", 2)], newer=lambda a, b: False).witness == ("1",)


def test_without_a_version_nobody_can_know() -> None:
    verdict = durable(story("w(1) 0-5 by A"), [disk("n1", "2", 2)])
    assert (verdict.word, verdict.code, verdict.witness) == ("unknown", "no_versions", ("1",))
    assert durable(story("w(1) 0-5 by A"), []).word == "violated"
