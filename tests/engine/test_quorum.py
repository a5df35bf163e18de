"""Writes and reads by quorum: acknowledgements are messages, and nothing else is."""

import pytest

from engine.commands import Configure, Crash, Gossip, Read, Restart, Write
from engine.outcomes import Refused
from tests.engine.conftest import Story


def test_a_write_is_ok_at_the_wth_acknowledgement_and_the_late_ones_still_come(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(1)
    assert story.versions() == [1] * 5
    assert story.state("operation", "op1").outcome == "pending"
    story.wait(1)
    assert story.notes() == [
        (0, "write_begins"),
        (2, "ack"),
        (2, "ack"),
        (2, "ack"),
        (2, "write_ok"),
        (2, "late_ack"),
        (2, "late_ack"),
    ]
    assert story.state("operation", "op1").responded_us == 2000


def test_a_read_returns_the_largest_version_and_names_who_gave_it(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    story.do(Crash("n1"), Crash("n2"), Write("A", "x", "pear"))
    story.wait(5)
    story.do(Restart("n1"), Restart("n2"), Crash("n3"), Crash("n4"), Read("B", "x"))
    story.wait(5)
    read = story.state("operation", "op3")
    assert (read.outcome, read.value, read.winner, read.write) == ("ok", "pear", "n5", "op2")
    assert sorted((a.node, a.says) for a in read.answers) == [
        ("n1", "value"),
        ("n2", "value"),
        ("n3", "refused"),
        ("n4", "refused"),
        ("n5", "value"),
    ]


def test_with_three_down_a_write_fails_by_their_refusals_and_two_copies_exist_all_the_same(story: Story) -> None:
    story.do(Crash("n1"), Crash("n2"), Crash("n3"), Write("A", "x", "plum"))
    story.wait(1.5)
    assert story.state("operation", "op1").outcome == "pending", "nobody knows before the refusals are there"
    story.wait(1)
    write = story.state("operation", "op1")
    assert (write.outcome, write.code) == ("fail", "quorum_impossible")
    assert story.versions() == [0, 0, 0, 1, 1]
    story.do(Restart("n1"), Restart("n2"), Restart("n3"))
    for _ in range(20):
        story.do(Gossip())
        story.wait(2)
    assert story.versions() == [1] * 5, "the value of a failed write surfaces"


def test_a_message_in_flight_to_a_node_that_crashes_is_refused_there(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(0.5)
    story.do(Crash("n1"))
    story.wait(0.5)
    assert story.versions() == [0, 1, 1, 1, 1]
    story.wait(1)
    answers = {a.node: a.says for a in story.state("operation", "op1").answers}
    assert answers["n1"] == "refused"


def test_an_acknowledgement_outlives_the_node_that_sent_it(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(1.5)
    story.do(*(Crash(f"n{place}") for place in range(1, 6)))
    story.wait(1)
    assert story.state("operation", "op1").outcome == "ok"


def test_a_write_that_gets_no_quorum_in_time_fails_and_says_so(story: Story) -> None:
    story.do(Configure(timeout_us=1500), Write("A", "x", "apple"))
    story.wait(1.5)
    write = story.state("operation", "op1")
    assert (write.outcome, write.code, write.responded_us) == ("fail", "timeout", 1500)
    assert story.versions() == [1] * 5
    story.wait(1)
    assert story.state("operation", "op1").outcome == "fail", "late acknowledgements do not change the outcome"
    assert len(story.state("operation", "op1").answers) == 5


def test_a_key_lives_on_n_nodes(story: Story) -> None:
    story.do(Configure(n=3, w=2, r=2), Write("A", "x", "apple"))
    story.wait(5)
    assert sorted(story.versions()) == [0, 0, 1, 1, 1]
    assert len(story.state("operation", "op1").asked) == 3


def test_the_condition_is_worked_out(story: Story) -> None:
    assert story.state("cluster", "cluster").overlap
    story.do(Configure(w=2))
    assert not story.state("cluster", "cluster").overlap
    story.do(Configure(n=3, w=2, r=2))
    assert story.state("cluster", "cluster").overlap


def test_a_writer_who_lags_goes_another_round_and_every_success_moves_the_number_up(story: Story) -> None:
    story.do(Write("A", "x", "apple"))
    story.wait(5)
    story.do(Write("A", "x", "pear"))
    story.wait(5)
    story.do(Write("B", "x", "plum"))
    story.wait(10)
    write = story.state("operation", "op3")
    assert (write.outcome, write.round, write.version.counter) == ("ok", 2, 3)
    assert story.versions() == [3] * 5
    story.do(Write("A", "x", "fig"))
    story.wait(10)
    assert story.versions() == [4] * 5


def test_two_writers_at_once_both_end_and_their_numbers_differ(story: Story) -> None:
    story.do(Write("A", "x", "apple"), Write("B", "x", "pear"))
    story.wait(50)
    one, other = story.state("operation", "op1"), story.state("operation", "op2")
    assert {one.outcome, other.outcome} == {"ok"}
    assert one.version.counter != other.version.counter
    assert story.versions() == [max(one.version.counter, other.version.counter)] * 5


def test_a_client_may_have_twenty_operations_under_way(story: Story) -> None:

    for _ in range(20):
        story.do(Read("A", "x"))
    with pytest.raises(Refused, match="too_many_pending"):
        story.do(Read("A", "x"))
    story.do(Read("B", "x"))
    story.wait(5)
    story.do(Read("A", "x"))
