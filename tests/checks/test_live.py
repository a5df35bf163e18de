"""The verdict as an entity among the changes of a run."""

from engine import Simulation
from engine.changes import Change, VerdictState
from engine.checks import LiveVerdict, Monitor, from_changes
from engine.checks import check as judge
from engine.commands import Configure, Crash, Read, Restart, Workload, Write
from engine.scenario import Scenario


def run(settings: Configure) -> list[Change]:
    """A write that only n1 gets to know, and a read that misses it."""
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=2, settings=settings), seed=1)
    sim.apply(Write("A", "x", "apple"))
    sim.run_until(10_000)
    sim.apply(Crash("n2"))
    sim.apply(Write("A", "x", "pear"))
    sim.run_until(20_000)
    for command in (Restart("n2"), Crash("n1"), Read("B", "x")):
        sim.apply(command)
    sim.run_until(30_000)
    return sim.take_changes()


STALE = run(Configure(latency="EVEN", w=1, r=1))


def verdicts(changes: list[Change]) -> list[tuple[int, str, str]]:
    states = [(change.at_us, change.fields) for change in changes if isinstance(change.fields, VerdictState)]
    return [(at_us, state.word, state.code) for at_us, state in states]


def test_first_it_is_ok_and_then_it_changes_when_the_read_ends() -> None:
    live = LiveVerdict()
    watched = live.watch(STALE)
    assert watched[0] == Change(0, "verdict", "verdict", VerdictState("ok", "linearizable", {}, ()))
    assert verdicts(watched) == [(0, "ok", "linearizable"), (22_000, "violated", "lost_write")]
    assert [change for change in watched if change.kind != "verdict"] == STALE
    place = next(number for number, change in enumerate(watched) if number and change.kind == "verdict")
    before = watched[place - 1]
    assert (before.kind, before.id, before.fields.outcome) == ("operation", "op3", "ok")  # type: ignore[union-attr]
    assert live.present() == watched[place]


def test_it_says_what_the_checker_says() -> None:
    live = LiveVerdict()
    live.watch(STALE)
    present, verdict = live.present(), judge(from_changes(STALE))
    assert present is not None and isinstance(present.fields, VerdictState)
    told = present.fields
    assert (told.word, told.code, told.facts, told.witness) == (
        verdict.word,
        verdict.code,
        verdict.facts,
        verdict.witness,
    )


def test_it_does_not_matter_in_which_pieces_the_changes_come() -> None:
    whole, pieces = LiveVerdict(), LiveVerdict()
    watched = [change for start in range(0, len(STALE), 7) for change in pieces.watch(STALE[start : start + 7])]
    assert watched == whole.watch(STALE)


def test_before_anything_has_happened_it_is_ok() -> None:
    live = LiveVerdict()
    assert live.present() is None
    assert live.watch([]) == [live.present()]
    assert live.watch([]) == []
    assert verdicts(live.watch(STALE)) == [(22_000, "violated", "lost_write")]


def test_siblings_cannot_be_judged() -> None:
    sim = Simulation(
        Scenario(name="t", title="", claim="", nodes=1, settings=Configure(latency="EVEN", versions="vector")), seed=1
    )
    for command in (Write("A", "x", "apple"), Write("B", "x", "pear")):
        sim.apply(command)
    sim.run_until(10_000)
    sim.apply(Read("A", "x"))
    sim.run_until(20_000)
    assert [word for _, word, _ in verdicts(LiveVerdict().watch(sim.take_changes()))] == ["ok", "unknown"]


def test_under_a_workload_it_agrees_with_a_monitor_at_every_change() -> None:
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=3, settings=Configure(w=1, r=1)), seed=2)
    sim.apply(Workload(300, 0.5, 3))
    sim.run_until(1_000_000)
    live, monitor = LiveVerdict(), Monitor()
    for change in sim.take_changes():
        verdict = monitor.observe_change(change)
        live.watch([change])
        present = live.present()
        assert present is not None and isinstance(present.fields, VerdictState)
        assert (present.fields.word, present.fields.witness) == (verdict.word, verdict.witness)
    assert monitor.verdict.word == "violated"
