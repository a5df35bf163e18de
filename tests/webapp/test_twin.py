"""Side by side: the second cluster is what the same log gives with other settings, from the beginning."""

from collections.abc import Callable, Iterable

import msgspec
import pytest

from engine import SCENARIOS, Simulation
from engine.changes import Change, ClusterState
from engine.commands import AddNode, Command, Configure, Crash, Drop, Gossip, Read, Restart, Write
from engine.outcomes import Refused
from tests.webapp.clients import Client, fold, lasting
from tests.webapp.site import Site, busy_room
from webapp.protocol import Frame
from webapp.rooms.pace import Pause, SetSpeed, Step
from webapp.rooms.replay import BATCH, digest, run_of, stream
from webapp.rooms.room import TWIN_CHANGES_MAX
from webapp.rooms.run import Run
from webapp.rooms.twin import Compare
from webapp.store.log_store import Entry, RoomRow

OTHERS = Configure(w=1, r=1)


def begun(site: Site, scenario: str = "five-masters") -> str:
    room = site.rooms.open(scenario, 42)
    site.rooms.join(room, lambda frame: None)
    site.rooms.submit(room, "t", SetSpeed(0.1))
    return room


def do(site: Site, room: str, *commands: Command | Compare) -> None:
    for command in commands:
        site.rooms.submit(room, "t", command)
        site.pass_time(0.3, tick_s=0.013)


def twins(frames: Iterable[Frame]) -> list[list[Change]]:
    """The changes of each second cluster that there was."""
    told: list[list[Change]] = []
    before = None
    for frame in frames:
        if frame.twin is not None:
            if before is None:
                told.append([])
            told[-1].extend(frame.twin)
        before = frame.twin
    return told


def history(row: RoomRow, entries: list[Entry], settings: Configure | None = None) -> list[Change]:
    """All changes of the first cluster."""
    return [change for changes, _ in run_of(row, entries, run=Run(row, settings)) for change in changes]


def without_verdict(changes: Iterable[Change]) -> list[Change]:
    return [change for change in changes if change.kind != "verdict"]


def test_it_is_a_fresh_run_with_these_settings(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Crash("n2"), Write("B", "x", "two"), Read("A", "x"))
    do(site, room, Compare(OTHERS), Write("A", "x", "three"), Restart("n2"), Gossip(), AddNode(), Read("B", "x"))
    (told,) = twins(site.frames)
    row, entries = site.rooms.log(room)
    fresh = history(row, [one for one in entries if "compare" not in one.command], OTHERS)
    assert told == fresh
    assert told != history(row, entries)
    assert told[0].at_us == 0


def test_the_first_cluster_does_not_notice(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Compare(OTHERS), Write("B", "x", "two"), Compare(None), Read("A", "x"))
    row, entries = site.rooms.log(room)
    alone = [one for one in entries if "compare" not in one.command]
    assert site.rooms.digest(room).digest == digest(row, alone) == digest(row, entries)


def test_what_it_refuses_is_skipped_and_what_is_compared_stays(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Compare(Configure(w=5, strategy="coordinator")))
    do(site, room, Configure(n=3), Configure(w=2, timeout_us=50_000), Configure(w=1), Write("A", "x", "two"))
    settings = [change.fields for change in twins(site.frames)[0] if isinstance(change.fields, ClusterState)]
    assert {(state.n, state.w, state.strategy) for state in settings} == {(5, 5, "coordinator")}
    assert settings[-1].timeout_us == 50_000
    first = next(change.fields for change in site.whole(room).changes if change.kind == "cluster")
    assert isinstance(first, ClusterState)
    assert (first.n, first.w) == (3, 1)


def test_what_is_done_to_a_message_is_done_to_the_same_one_only(site: Site) -> None:
    room = begun(site)
    site.rooms.submit(room, "t", Compare(Configure(strategy="coordinator")))
    site.rooms.submit(room, "t", Pause())
    # In the first cluster m1 to m5 go from client A to the nodes; in the second m1 alone goes to a coordinator.
    site.rooms.submit(room, "t", Write("A", "x", "apple"))
    first, second = (
        {change.id: change.fields for change in changes if change.kind == "message"}
        for changes in (site.whole(room).changes, site.whole(room).twin or [])
    )
    assert (len(first), len(second)) == (5, 1)
    assert first["m1"].type != second["m1"].type
    site.rooms.submit(room, "t", Drop("m1"))
    assert "m1" not in {change.id for change in site.whole(room).changes}
    assert second["m1"] in [change.fields for change in site.whole(room).twin or []]


def test_what_a_scenario_configures_by_itself_leaves_what_is_compared(site: Site) -> None:
    scripted = [
        (name, one.command)
        for name, scenario in SCENARIOS.items()
        for one in scenario.script
        if isinstance(one.command, Configure) and one.command.w is not None
    ]
    for name, command in scripted:
        other = 1 if command.w != 1 else 2
        room = site.rooms.open(name, 1)
        site.rooms.join(room, lambda frame: None)
        site.rooms.submit(room, "t", Compare(Configure(w=other)))
        site.rooms.submit(room, "t", SetSpeed(1.0))
        site.pass_time(SCENARIOS[name].ends_us / 1e6)
        told = [f.twin for f in site.frames if f.room == room and f.twin]
        states = [change.fields for changes in told for change in changes if isinstance(change.fields, ClusterState)]
        assert {state.w for state in states} == {other}


def test_one_takes_the_place_of_another_and_null_ends_it(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"))
    count = len(site.frames)
    do(site, room, Compare(OTHERS))
    site.rooms.submit(room, "t", Compare(Configure(w=5)))
    assert [frame.twin is None for frame in site.frames[-2:]] == [True, False], "null comes between the two"
    do(site, room, Write("A", "x", "two"), Compare(None))
    assert site.frames[-1].twin is None
    first, second = twins(site.frames[count:])
    assert first[0].at_us == second[0].at_us == 0
    assert [told[1].fields.w for told in (first, second)] == [1, 5]
    assert site.whole(room).twin is None
    assert [frame.number for frame in site.frames] == list(range(1, len(site.frames) + 1))


def test_a_late_joiner_sees_it_as_it_is(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Compare(OTHERS), Crash("n1"), Write("B", "y", "two"))
    whole = site.whole(room)
    assert whole.twin is not None
    told = fold([{"whole": True, "epoch": "", "number": 0, "changes": msgspec.to_builtins(twins(site.frames)[0])}])
    seen = fold([{"whole": True, "epoch": "", "number": 0, "changes": msgspec.to_builtins(whole.twin)}])
    assert lasting(seen) == lasting(told)
    assert ("verdict", "verdict") in seen


def test_it_comes_back_with_its_room(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Compare(OTHERS), Write("B", "x", "two"), Pause(), Compare(Configure(w=4)))
    before = site.whole(room)
    site.rooms.leave(room)
    site.pass_time(70, tick_s=1)
    after = site.whole(room)
    assert after.epoch != before.epoch
    assert (after.changes, after.twin, after.seq, after.now_us) == (
        before.changes,
        before.twin,
        before.seq,
        before.now_us,
    )


def test_a_step_goes_to_the_next_moment_of_either(site: Site) -> None:
    room = begun(site)
    do(site, room, Compare(Configure(gossip_every_us=7_000)), Pause())
    now_us = site.whole(room).now_us
    accepted = site.rooms.submit(room, "t", Step())
    assert now_us < accepted.at_us <= now_us + 7_000


REFUSED: list[tuple[Compare, str, str | None]] = [
    (Compare(None), "nothing_compared", None),
    (Compare(Configure()), "nothing_to_change", "settings"),
    (Compare(Configure(w=6)), "out_of_range", "settings.w"),
    (Compare(Configure(n=50)), "out_of_range", "settings.n"),
    (Compare(Configure(latency="warp")), "unknown_latency", "settings.latency"),
]


@pytest.mark.parametrize(("command", "code", "field"), REFUSED)
def test_a_refused_comparison_changes_nothing(site: Site, command: Compare, code: str, field: str | None) -> None:
    room = begun(site)
    before = site.whole(room)
    with pytest.raises(Refused) as refused:
        site.rooms.submit(room, "t", command)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert site.whole(room) == before
    assert len(site.store.entries(room)) == 1


def test_a_second_cluster_in_which_too_much_would_have_happened_is_refused(site: Site) -> None:
    room = begun(site)
    site.rooms.submit(room, "t", SetSpeed(1.0))
    site.pass_time(2)
    with pytest.raises(Refused, match="too_long"):
        site.rooms.submit(room, "t", Compare(Configure(gossip_every_us=1)))
    assert site.whole(room).twin is None


def test_both_stop_at_the_same_moment_where_much_happens(site: Site) -> None:
    room = begun(site)
    site.rooms.submit(room, "t", SetSpeed(1.0))
    site.rooms.submit(room, "t", Compare(Configure(gossip_every_us=50)))
    clusters = site.rooms._rooms[room].run
    for _ in range(20):
        site.pass_time(0.05)
        assert clusters.twin is not None
        assert clusters.twin.simulation.now_us == clusters.now_us
    assert clusters.now_us < 1_000_000, "it is shown in slow motion"


def test_a_long_history_comes_in_several_frames(site: Site) -> None:
    room = begun(site)
    site.rooms.submit(room, "t", Configure(gossip_every_us=1_000))
    site.pass_time(8)
    count = len(site.frames)
    site.rooms.submit(room, "t", Compare(OTHERS))
    came = [frame for frame in site.frames[count:] if frame.twin is not None]
    assert len(came) > 1
    assert max(len(frame.twin or ()) for frame in came) == TWIN_CHANGES_MAX
    row, entries = site.rooms.log(room)
    assert twins(site.frames)[0] == history(row, entries[:-1], OTHERS)


def test_the_history_of_a_log_is_what_the_frames_told(site: Site) -> None:
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Compare(OTHERS), Write("B", "x", "two"))
    site.rooms.submit(room, "t", Compare(Configure(gossip_every_us=2_000)))
    do(site, room, Write("B", "x", "three"), Pause(), Compare(None), Read("A", "x"))
    row, entries = site.rooms.log(room)
    batches = list(run_of(row, entries))
    assert max(len(changes) for changes, _ in batches) <= BATCH
    assert max(len(twin or ()) for _, twin in batches) <= BATCH
    assert [change for changes, _ in batches for change in changes] == list(stream(row, entries))
    told: list[list[Change]] = []
    before = None
    for _, twin in batches:
        if twin is not None:
            if before is None:
                told.append([])
            told[-1].extend(twin)
        before = twin
    assert told == twins(site.frames)
    assert batches[-1][1] is None


def test_the_history_can_be_cut_at_an_entry_or_a_time(site: Site) -> None:
    room = busy_room(site)
    row, entries = site.rooms.log(room)
    whole = history(row, entries)
    until_us = row.clock_us // 2
    cut = [change for changes, _ in run_of(row, entries, until_us=until_us) for change in changes]
    assert cut == [change for change in whole if change.at_us <= until_us]
    seq = len(entries) // 2
    shorter = [
        change for changes, _ in run_of(row, entries, seq=seq, until_us=entries[seq].at_us) for change in changes
    ]
    assert shorter == list(stream(row, entries[:seq], until_us=entries[seq].at_us))


def test_a_twin_by_hand_is_the_same(site: Site) -> None:
    """Without any of the rooms' machinery: the scenario with other settings, and the commands at their times."""
    room = begun(site)
    do(site, room, Write("A", "x", "one"), Compare(OTHERS), Crash("n3"), Read("B", "x"))
    scenario = SCENARIOS["five-masters"]
    settings = msgspec.structs.replace(scenario.settings, w=1, r=1)
    simulation = Simulation(msgspec.structs.replace(scenario, settings=settings), 42)
    row, entries = site.rooms.log(room)
    for entry in entries:
        simulation.run_until(entry.at_us)
        if "compare" not in entry.command and "set_speed" not in entry.command:
            simulation.apply(msgspec.json.decode(entry.command, type=Write | Crash | Read))
    simulation.run_until(row.clock_us)
    assert without_verdict(twins(site.frames)[0]) == simulation.take_changes()


def test_viewers_see_both_clusters(client: Callable[..., Client]) -> None:
    first, second = client(), client()
    second.join(first.open())
    first.do("set_speed", speed=0.1)
    first.do("write", client="A", key="x", value="one")
    first.until(lambda: any(o["outcome"] == "ok" for o in first.operations()))
    assert all(frame["twin"] is None for frame in first.frames)
    first.do("compare", settings={"w": 1})
    for viewer in (first, second):
        viewer.until(lambda viewer=viewer: bool(viewer.frames[-1]["twin"]))
        history = next(frame["twin"] for frame in viewer.frames if frame["twin"])
        assert history[0]["at_us"] == 0
        assert history[1]["fields"]["w"] == 1
    assert client().join(first.room)["twin"]
    assert first.resync()["seq"] == 3
    first.do("compare", settings=None)
    first.until(lambda: first.frames[-1]["twin"] is None)
    assert first.command("compare")["error"]["code"] == "nothing_compared"
