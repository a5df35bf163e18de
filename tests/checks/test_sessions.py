"""Session guarantees and staleness, legal and illegal."""

import pytest

from engine.checks import Operation, Verdict, sessions, staleness
from engine.checks.verdict import REASONS
from tests.checks.stories import story
from webapp.words import sentence

HELD = Verdict("ok", "session")

ALL = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")

LEGAL = {
    "nothing": [],
    "reads its own write": story("w(1)@1 0-5 by A, r(1)@1A 6-9 by A"),
    "or something newer": story("w(1)@1 0-5 by A, w(2)@2 0-5 by B, r(2)@2B 6-9 by A"),
    "another's write may be missed": story("w(1)@1 0-5 by A, r() 6-9 by B"),
    "one's own too, while it is under way": story("w(1)@1 0-5 by A, r() 5-9 by A"),
    "and after it failed": story("w(1)@1 0-? by A, r() 50-90 by A"),
    "another key": story("w(1)@1 0-5 by A on x, r() 6-9 by A on y"),
    "two readers, each forwards": story("r(2)@2W 0-5 by A, r(1)@1W 6-9 by B, r(2)@2W 10-12 by A"),
    "two reads at once": story("r(2)@2W 0-5 by A, r(1)@1W 3-9 by A"),
    "a write after what was read": story("r(1)@1W 0-5 by A, w(2)@2 6-9 by A"),
    "a write after nothing was read": story("r() 0-5 by A, w(1)@1 6-9 by A"),
    "sent in two rounds, seen from the first": story("w(1)@2 0-5 by A, r(1)@1A 6-9 by A"),
}

ILLEGAL = {
    "its own write is missing": (
        story("w(1)@1 0-5 by A, r() 6-9 by A"),
        "read_your_writes_initial",
        "21",
        "Client A found nothing in x although it had written 1 there itself.",
    ),
    "its own write is not there yet": (
        story("w(1)@1 0-5 by B, w(2)@2 0-5 by A, r(1)@1B 6-9 by A"),
        "read_your_writes",
        "32",
        "Client A read x = 1, which is older than the 2 that it had written itself.",
    ),
    "backwards": (
        story("r(2)@2W 0-5 by A, r(1)@1W 6-9 by A"),
        "monotonic_reads",
        "21",
        "Client A read x = 1 after it had read the newer 2.",
    ),
    "back to nothing": (
        story("r(2)@2W 0-5 by A, r() 6-9 by A, r() 10-12 by A"),
        "monotonic_reads_initial",
        "21",
        "Client A found nothing in x after it had read 2 there.",
    ),
    "its writes change places": (
        story("w(1)@5 0-5 by A, w(2)@4 6-9 by A"),
        "monotonic_writes",
        "21",
        "Client A wrote x = 2 after 1, but with a version that does not count as newer: nodes may keep 1.",
    ),
    "a write older than what was read": (
        story("r(1)@5W 0-5 by A, w(2)@4 6-9 by A"),
        "writes_follow_reads",
        "21",
        "Client A wrote x = 2 after it had read 1, but with a version that does not count as newer: "
        "others may see the two in the wrong order.",
    ),
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal(name: str) -> None:
    held = sessions(LEGAL[name])
    assert [getattr(held, guarantee) for guarantee in ALL] == [HELD] * 4


@pytest.mark.parametrize("name", ILLEGAL)
def test_illegal(name: str) -> None:
    history, code, witness, told = ILLEGAL[name]
    found = sessions(history)
    for guarantee in ALL:
        verdict = getattr(found, guarantee)
        assert verdict.word == ("violated" if code.startswith(guarantee) else "ok")
        if verdict.word == "violated":
            assert (verdict.code, "".join(verdict.witness), verdict.kind) == (code, witness, guarantee)
            assert sentence(f"check.{verdict.code}", verdict.facts) == told
            assert set(verdict.facts) == set(REASONS[code])


def test_what_has_no_place_in_the_order_leaves_a_doubt() -> None:
    no_version = sessions(story("w(1)@1 0-5 by A, r(1) 6-9 by A"))
    assert (no_version.read_your_writes.word, no_version.read_your_writes.code) == ("unknown", "no_versions")
    assert no_version.monotonic_writes == HELD
    both = Operation("2", "A", "read", "x", "1", 6, 9, siblings=2)
    assert sessions([*story("w(1)@1 0-5 by A"), both]).monotonic_reads.code == "siblings"


# Staleness


@pytest.mark.parametrize("by_version", [True, False])
def test_behind_by_how_many_versions_and_for_how_long(by_version: bool) -> None:
    history = story(
        "w(1)@1 0-5 by A, w(2)@2 10-15 by A, w(3)@3 20-25 by A,"
        "r(3)@3A 30-31 by B, r(1)@1A 40-41 by B, r() 50-51 by C, r(2)@2A 24-60 by C, r(2)@2A 25-70 by C"
    )
    found = staleness(history, by_version)
    assert [(read.read, read.versions, read.behind_us, read.missed) for read in found.reads] == [
        ("7", 0, 0, None),
        ("8", 0, 0, None),
        ("4", 0, 0, None),
        ("5", 2, 25, "2"),
        ("6", 3, 45, "1"),
    ]
    assert (found.stale, found.share) == (2, 0.4)
    assert (found.versions_max, found.versions_mean) == (3, 1.0)
    assert (found.behind_us_max, found.behind_us_mean) == (45, 14.0)


def test_concurrent_writes_are_ordered_by_version_only() -> None:
    history = "w(1){} 0-9 by A, w(2){} 0-9 by B, r(1){} 20-21 by C"
    assert staleness(story(history.format("@1", "@1", "@1A"))).stale == 1
    assert staleness(story(history.format("", "", ""))).stale == 0


def test_a_write_counts_from_its_acknowledgement_and_a_failed_one_never() -> None:
    assert staleness(story("w(1) 0-9 by A, r() 9-10 by B, w(2) 11-? by A, r(1) 50-60 by B")).stale == 0


def test_nothing_was_read() -> None:
    found = staleness(story("w(1) 0-9 by A"))
    assert (found.reads, found.share, found.versions_mean, found.behind_us_max) == ((), 0.0, 0.0, 0)


def test_keys_do_not_mix() -> None:
    found = staleness(story("w(1)@1 0-5 by A on x, r() 6-9 by B on y, w(2)@1 0-5 by A on y"))
    assert [(read.key, read.versions) for read in found.reads] == [("y", 1)]
