"""One operation's own w or r, in the place of the cluster's, whoever sends the requests."""

import pytest

from engine import Scenario, Simulation
from engine.commands import Configure, Crash, Freeze, Read, Write
from engine.outcomes import Refused
from tests.engine.conftest import Story


def cluster(**settings: object) -> Story:
    usual = Configure(latency="EVEN", **settings)  # type: ignore[arg-type]
    return Story(Simulation(Scenario(name="t", title="", claim="", nodes=5, settings=usual), seed=1))


def test_a_write_waits_for_as_many_as_it_says_and_the_next_for_as_many_as_the_cluster_says(story: Story) -> None:
    story.do(Write("A", "x", "apple", w=5), Write("B", "y", "pear"))
    assert [story.state("operation", name).needed for name in ("op1", "op2")] == [5, 3]
    story.do(Crash("n5"))
    story.wait(5)
    assert [story.state("operation", name).outcome for name in ("op1", "op2")] == ["fail", "ok"]
    assert story.state("cluster", "cluster").w == 3


def test_a_read_of_one_is_answered_where_the_clusters_r_would_not_be(story: Story) -> None:
    story.do(*(Freeze(f"n{place}") for place in range(2, 6)))
    story.do(Read("A", "x", r=1), Read("A", "x"))
    story.wait(5)
    assert [story.state("operation", name).outcome for name in ("op1", "op2")] == ["ok", "pending"]


def test_an_exact_quorum_draws_as_many_as_the_operation_says() -> None:
    story = cluster(write_to="exact", read_from="exact")
    story.do(Write("A", "x", "apple", w=2), Read("A", "x", r=4), Write("A", "x", "pear"))
    assert [len(story.state("operation", f"op{number}").asked) for number in (1, 2, 3)] == [2, 4, 3]


def test_a_read_that_says_how_many_asks_so_many_where_the_clusters_reads_ask_one() -> None:
    story = cluster(read_from="one")
    story.do(Read("A", "x"), Read("A", "x", r=2))
    states = [story.state("operation", name) for name in ("op1", "op2")]
    assert [(len(state.asked), state.needed) for state in states] == [(1, 1), (2, 2)]


def test_a_coordinator_is_told_how_many_are_enough() -> None:
    story = cluster(strategy="coordinator")
    story.do(Crash("n4"), Crash("n5"))
    story.do(Write("A", "x", "apple", via="n1", w=4), Write("B", "y", "pear", via="n2"), Read("A", "z", via="n3", r=1))
    story.wait(10)
    told = [story.state("coordination", name) for name in ("op1@n1", "op2@n2", "op3@n3")]
    assert [(state.needed, state.outcome) for state in told] == [(4, "fail"), (3, "ok"), (1, "ok")]
    assert story.state("operation", "op1").code == "quorum_impossible"


def test_a_coordinator_that_is_asked_again_still_knows_how_many_are_enough() -> None:
    story = cluster(strategy="coordinator", retries=2, timeout_us=20_000)
    story.do(Write("A", "x", "apple", via="n1", w=1))
    story.wait(0.5)
    story.do(Freeze("n1"))
    story.wait(1)
    story.do(Crash("n1"))
    story.wait(100)
    asked = {change.id: change.fields for change in story.sim.snapshot() if change.kind == "coordination"}
    assert [state.needed for state in asked.values()] == [1]
    assert story.state("operation", "op1").outcome == "ok"


def test_a_leader_waits_for_as_many_followers_as_a_write_says() -> None:
    story = cluster(strategy="leader", w=1)
    story.do(*(Freeze(f"n{place}") for place in range(3, 6)))
    story.do(
        Write("A", "x", "apple", via="n1"),
        Write("A", "y", "pear", via="n1", w=2),
        Write("A", "z", "plum", via="n1", w=3),
    )
    story.wait(10)
    assert [story.state("operation", f"op{number}").outcome for number in (1, 2, 3)] == ["ok", "ok", "pending"]
    assert [story.state("coordination", f"op{number}@n1").needed for number in (1, 2, 3)] == [1, 2, 3]


def test_a_leaders_cluster_has_no_r_and_no_w_beyond_its_nodes() -> None:
    story = cluster(strategy="leader", w=1)
    for command, code, field in (
        (Read("A", "x", r=1), "no_read_quorum", "r"),
        (Write("A", "x", "v", w=6), "out_of_range", "w"),
    ):
        with pytest.raises(Refused) as refused:
            story.do(command)
        assert (refused.value.code, refused.value.field) == (code, field)


def test_a_fork_knows_it_too() -> None:
    story = cluster(strategy="coordinator")
    story.do(Write("A", "x", "apple", w=5), Read("B", "x", r=5))
    fork = story.sim.fork()
    for sim in (story.sim, fork):
        sim.run_until(20_000)
    assert story.sim.digest() == fork.digest()


def test_what_a_message_weighs_has_not_changed_where_an_operation_has_no_quorum_of_its_own() -> None:
    def size(command: Write) -> int:
        story = cluster(strategy="coordinator")
        story.do(command)
        return story.state("message", "m1").bytes

    assert size(Write("A", "x", "apple", w=3)) - size(Write("A", "x", "apple")) == len(',"quorum":3')
