"""Branches: a fork is the same run up to its moment, and goes its own way; the original never notices."""

from collections.abc import Callable

import pytest

from engine.commands import Configure, Crash, Read, Write
from engine.outcomes import Refused
from tests.webapp.clients import Client, fold, lasting
from tests.webapp.conftest import entries, export
from tests.webapp.site import Site, busy_room
from webapp.protocol import Fork, RoomCommand
from webapp.rooms.memory import BRANCHES_MAX
from webapp.rooms.pace import Pause, SetSpeed, Step
from webapp.rooms.replay import digest
from webapp.rooms.twin import Compare

Make = Callable[..., Client]


def test_a_fork_is_the_same_run_up_to_its_moment(site: Site) -> None:
    room = busy_room(site)
    row, log = site.rooms.log(room)
    live = site.rooms.digest(room)
    for at_us in (0, log[40].at_us, row.clock_us // 2, row.clock_us, row.clock_us * 2):
        branch = site.families.fork(room, "t", Fork(at_us))
        came = site.rooms.digest(branch)
        assert came.digest == digest(row, log, until_us=min(at_us, row.clock_us))
        assert came.at_us == min(at_us, row.clock_us)
        forked, past = site.rooms.log(branch)
        assert past == [entry for entry in log if entry.at_us <= at_us]
        assert (forked.parent, forked.root, forked.forked_us) == (room, room, came.at_us)
    assert came.digest == live.digest
    assert site.rooms.digest(room) == live


def test_a_fork_goes_its_own_way_and_the_original_its_own(site: Site) -> None:
    room = busy_room(site)
    at_us = site.rooms.log(room)[1][60].at_us
    before = site.rooms.digest(room)
    branch = site.families.fork(room, "t", Fork(at_us, Write("A", "y", "other"), running=True))
    site.rooms.join(branch, lambda frame: None)
    site.rooms.submit(branch, "t", SetSpeed(1.0))
    site.rooms.leave(room)
    site.pass_time(1)
    assert site.rooms.digest(room) == before
    assert site.rooms.digest(branch).at_us > at_us
    row, log = site.rooms.log(branch)
    assert site.rooms.digest(branch).digest == digest(row, log)
    assert log[-1].command == '{"type":"set_speed","speed":1.0}'


def test_a_fork_of_a_fork_is_of_the_same_family(site: Site) -> None:
    room = busy_room(site)
    first = site.families.fork(room, "t", Fork(1_000, name="one"))
    second = site.families.fork(first, "t", Fork(500, name="two"))
    other = site.rooms.open("five-masters", 1)
    told = site.families.branches(first).branches
    assert [(one.room, one.parent, one.name, one.forked_us) for one in told] == [
        (room, None, None, None),
        (first, room, "one", 1_000),
        (second, first, "two", 500),
    ]
    assert [one.entries for one in told] == [len(site.store.entries(one.room)) for one in told]
    assert told[0].clock_us == site.whole(room).now_us
    assert [one.room for one in site.families.branches(other).branches] == [other]


def test_a_branch_from_before_a_comparison_goes_on_comparing(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    site.pass_time(1)
    site.rooms.submit(room, "t", Compare(Configure(w=1)))
    branch = site.families.fork(room, "t", Fork(10, Write("A", "x", "apple")))
    first = site.rooms.log(branch)[1][0]
    assert first.command == '{"type":"compare","settings":{"type":"configure","w":1}}'
    assert site.whole(branch).twin is not None
    site.rooms.submit(room, "t", Compare(None))
    assert site.whole(site.families.fork(room, "t", Fork(10))).twin is None


@pytest.mark.parametrize("was_running", [True, False])
@pytest.mark.parametrize("running", [None, True, False])
def test_whether_its_clock_runs_can_be_said(site: Site, was_running: bool, running: bool | None) -> None:
    room = site.rooms.open("five-masters", 1)
    if not was_running:
        site.rooms.submit(room, "t", Pause())
    branch = site.families.fork(room, "t", Fork(0, Write("A", "x", "one"), running))
    assert site.whole(branch).pace.running is (was_running if running is None else running)
    log = site.store.entries(branch)
    assert len(log) == 1 + (not was_running) + (running not in (None, was_running))


def test_a_step_is_a_way_to_begin(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.submit(room, "t", Write("A", "x", "one"))
    branch = site.families.fork(room, "t", Fork(0, Step()))
    row, log = site.rooms.log(branch)
    assert row.clock_us == log[-1].at_us > 0
    assert row.forked_us == 0


def test_a_comparison_is_forked_too_and_a_fork_can_begin_one(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.submit(room, "t", Write("A", "x", "one"))
    without = site.families.fork(room, "t", Fork(0))
    site.rooms.submit(room, "t", Compare(Configure(w=1)))
    branches = [
        site.families.fork(room, "t", Fork(0)),
        site.families.fork(without, "t", Fork(0, Compare(Configure(w=1)))),
    ]
    assert site.whole(without).twin is None
    assert [site.whole(branch).twin for branch in branches] == [site.whole(room).twin] * 2


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (Crash("n9"), "unknown_node", "node"),
        (Read("Z", "x"), "unknown_client", "client"),
        (Step(), "nothing_scheduled", None),
        (Compare(Configure(w=9)), "out_of_range", "settings.w"),
    ],
)
def test_a_fork_whose_command_is_refused_is_not_made(
    site: Site, command: RoomCommand, code: str, field: str | None
) -> None:
    room = site.rooms.open("five-masters", 1)
    with pytest.raises(Refused) as refused:
        site.families.fork(room, "t", Fork(0, command, name="x"))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert [row.id for row, _ in site.store.family(room)] == [room]


def test_a_family_has_a_limit(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    for _ in range(BRANCHES_MAX - 1):
        site.families.fork(room, "t", Fork(0))
    with pytest.raises(Refused, match="too_many_branches"):
        site.families.fork(room, "t", Fork(0))
    assert len(site.families.branches(room).branches) == BRANCHES_MAX


def _ready(client: Make) -> tuple[Client, Client, str]:
    """Two who watch a room in which something has happened."""
    first, second = client(), client()
    room = first.open()
    second.join(room)
    first.do("set_speed", speed=0.1)
    first.do("write", client="A", key="x", value="one")
    first.until(lambda: any(o["outcome"] == "ok" for o in first.operations()))
    first.do("pause")
    return first, second, room


def test_who_forks_is_in_the_branch_and_the_others_stay(client: Make) -> None:
    first, second, room = _ready(client)
    before, log = second.resync(), export(second.server, room)
    digest_before = second.ask("digest", {})
    whole = first.enter("fork", at_us=before["now_us"], command={"type": "crash", "node": "n1"}, name="n1 down")
    assert whole["room"] != room
    assert (whole["seq"], whole["now_us"]) == (before["seq"] + 1, before["now_us"])
    assert fold([whole])["node", "n1"]["status"] == "down"
    first.do("run")
    first.do("write", client="B", key="x", value="two")
    first.until(lambda: len(first.operations()) == 2)
    assert lasting(fold([second.resync()])) == lasting(fold([before]))
    assert second.ask("digest", {}) == digest_before
    assert entries(export(second.server, room)) == entries(log)
    assert {frame["room"] for frame in second.frames} == {room}


def test_everybody_in_the_family_hears_of_branches_and_names(client: Make) -> None:
    first, second, _ = _ready(client)
    stranger = client()
    stranger.open()
    branch = first.enter("fork", at_us=0, running=False, name="one")["room"]
    for viewer in (first, second):
        viewer.until(lambda viewer=viewer: len(viewer.branches) == 1)
        assert [one["name"] for one in viewer.branches[0]["branches"]] == [None, "one"]
    answer = second.ask("rename", {"room": branch, "name": "Zwei 二"})
    assert [one["name"] for one in answer["branches"]] == [None, "Zwei 二"]
    for viewer in (first, second):
        viewer.until(lambda viewer=viewer: len(viewer.branches) == 2)
        assert viewer.branches[1] == viewer.ask("branches", {}) == answer
    assert second.ask("rename", {"room": stranger.room, "name": "mine"})["error"] == {
        "code": "other_family",
        "sentence": "That room is no branch of the one you are in.",
        "field": "room",
        "retry_s": None,
    }
    assert stranger.ask("rename", {"room": "nosuchroom", "name": "x"})["error"]["code"] == "unknown_room"
    assert stranger.branches == []
    assert stranger.ask("branches", {})["branches"][0]["name"] is None


def test_a_fork_that_is_refused_leaves_everybody_where_they_are(client: Make) -> None:
    first, second, room = _ready(client)
    answer = first.ask("fork", {"at_us": 0, "command": {"type": "restart", "node": "n1"}})
    assert (answer["error"]["code"], answer["error"]["field"]) == ("already_up", "node")
    assert first.ask("fork", {"at_us": -1})["error"]["field"] == "at_us"
    assert first.resync()["room"] == room
    assert len(first.ask("branches", {})["branches"]) == 1
    assert first.branches == second.branches == []


def test_peeking_is_not_joining(client: Make) -> None:
    first, second, room = _ready(client)
    stranger = client()
    for _ in range(2):
        frame = stranger.ask("peek", {"room": room})["frame"]
        assert frame["whole"]
        assert frame == first.resync()
    own = stranger.open()
    frames = len(stranger.frames)
    first.do("write", client="A", key="x", value="two")
    first.do("step")
    second.until(lambda: second.frames[-1]["seq"] == first.resync()["seq"])
    assert {frame["room"] for frame in stranger.frames[frames:]} <= {own}
    assert stranger.ask("peek", {"room": "nosuchroom"})["error"]["code"] == "unknown_room"


def test_a_peeked_room_stands_still(client: Make) -> None:
    viewer, stranger = client(), client()
    room = viewer.open()
    viewer.do("set_speed", speed=1.0)
    viewer.close()
    stranger.until(lambda: True)
    clocks = [stranger.ask("peek", {"room": room})["frame"]["now_us"]]
    stranger.open()
    clocks.append(stranger.ask("peek", {"room": room})["frame"]["now_us"])
    assert clocks[1] - clocks[0] < 400_000
