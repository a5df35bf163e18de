"""Handing runs on: what somebody else gets is the same run, and nobody can change what was shared."""

import json
import random
from collections.abc import Callable

import pytest

from engine.commands import Configure, Write
from engine.outcomes import Refused
from tests.server import UNLIMITED, Server
from tests.webapp.clients import Client, fold, lasting
from tests.webapp.conftest import export
from tests.webapp.site import Site, busy_room
from webapp.protocol import LINK_MAX, Fork
from webapp.rooms.pace import Pause, SetSpeed
from webapp.rooms.replay import digest
from webapp.rooms.twin import Compare

Make = Callable[..., Client]

# Hundreds of commands at once, for a log that is too long for a link.
SETTINGS = UNLIMITED


def test_a_short_log_goes_into_a_link_and_comes_out_the_same(site: Site) -> None:
    room = busy_room(site)
    row, log = site.rooms.log(room)
    shared = site.sharing.share(room, None)
    assert shared.packed is not None
    assert shared.run is None
    assert len(shared.packed) <= LINK_MAX
    assert (shared.at_us, shared.entries, shared.digest) == (row.clock_us, len(log), site.rooms.digest(room).digest)
    copy = site.sharing.unpack(shared.packed, "guest")
    came = site.rooms.digest(copy)
    assert (came.digest, came.at_us) == (shared.digest, shared.at_us)
    assert site.whole(copy).changes == site.whole(room).changes
    assert not site.whole(copy).pace.running
    assert site.rooms.row(copy).family == copy


def test_a_run_can_be_cut(site: Site) -> None:
    room = busy_room(site)
    row, log = site.rooms.log(room)
    at_us = log[50].at_us
    shared = site.sharing.share(room, at_us)
    assert shared.packed is not None
    assert (shared.at_us, shared.digest) == (at_us, digest(row, log, until_us=at_us))
    for copy in (site.sharing.unpack(shared.packed, "guest"), site.sharing.copy(room, at_us, "guest")):
        assert site.rooms.digest(copy).digest == shared.digest
        assert site.rooms.log(copy)[1][: shared.entries] == log[: shared.entries]
    assert site.sharing.share(room, row.clock_us * 3).digest == site.rooms.digest(room).digest


def long_room(site: Site) -> str:
    luck = random.Random(3)
    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    site.rooms.submit(room, "t", SetSpeed(1.0))
    for _ in range(400):
        site.rooms.submit(room, "t", Write("A", "x", f"{luck.getrandbits(200):x}"))
        site.pass_time(0.1)
    return room


def test_a_long_log_is_kept_here_sealed(site: Site) -> None:
    room = long_room(site)
    shared = site.sharing.share(room, None)
    assert shared.packed is None
    assert shared.run is not None
    row, log = site.rooms.log(shared.run)
    assert row.sealed
    assert digest(row, log) == shared.digest
    with pytest.raises(Refused, match="sealed"):
        site.rooms.join(shared.run, lambda frame: None)
    copies = [site.sharing.copy(shared.run, at_us, "guest") for at_us in (None, log[100].at_us)]
    assert site.rooms.digest(copies[0]).digest == shared.digest
    assert site.rooms.digest(copies[1]).digest == digest(row, log, until_us=log[100].at_us)
    assert site.rooms.peek(shared.run).changes == site.whole(copies[0]).changes
    assert site.families.branches(room).branches[0].room == room
    assert len(site.families.branches(room).branches) == 1, "a shared run is no branch"


def test_a_run_in_which_very_much_happens_does_not_go_into_a_link(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    site.rooms.submit(room, "t", SetSpeed(1.0))
    site.rooms.submit(room, "t", Configure(gossip_every_us=20))
    site.pass_time(30)
    shared = site.sharing.share(room, None)
    assert (shared.packed is None, shared.run is None) == (True, False)
    assert site.rooms.digest(site.sharing.copy(shared.run or "", None, "guest")).digest == shared.digest


def test_a_room_that_was_paused_is_not_paused_twice(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.submit(room, "t", Pause())
    assert len(site.rooms.log(site.sharing.copy(room, None, "guest"))[1]) == 1


def test_others_go_on_while_a_log_is_replayed(site: Site) -> None:
    room, other = long_room(site), site.rooms.open("five-masters", 2)
    site.rooms.leave(room)
    site.rooms.join(other, lambda frame: None)
    site.rooms.submit(other, "t", SetSpeed(1.0))
    site.rooms.submit(other, "t", Configure(gossip_every_us=10_000))
    site.rooms.breathe = lambda: site.pass_time(0.05)
    for work in (lambda: site.sharing.copy(room, None, "guest"), lambda: site.families.fork(room, "t", Fork(10**9))):
        count = len(site.frames)
        work()
        assert {frame.room for frame in site.frames[count:]} == {other}
        assert len(site.frames) > count + 10
    count = len(site.frames)
    site.rooms.submit(room, "t", Compare(Configure(w=1)))
    assert len([frame for frame in site.frames[count:] if frame.room == other]) > 10
    twin = next(frame.twin for frame in site.frames[count:] if frame.room == room)
    assert twin is not None
    assert twin[0].at_us == 0


def _ready(client: Make) -> Client:
    viewer = client()
    viewer.open()
    viewer.do("set_speed", speed=0.1)
    viewer.do("write", client="A", key="x", value="one")
    viewer.do("compare", settings={"w": 1})
    viewer.until(lambda: any(o["outcome"] == "ok" for o in viewer.operations()))
    return viewer


def test_a_link_is_opened_elsewhere(client: Make, server: Server) -> None:
    teacher, student = _ready(client), client()
    teacher.do("pause")
    shared = teacher.ask("share", {})
    digest_of_all = teacher.ask("digest", {})
    assert (shared["digest"], shared["at_us"], shared["entries"]) == (
        digest_of_all["digest"],
        digest_of_all["at_us"],
        digest_of_all["seq"],
    )
    whole = student.enter("unpack", packed=shared["packed"])
    assert student.ask("digest", {}) == digest_of_all
    assert whole["twin"]
    assert lasting(fold([whole])) == lasting(fold([teacher.resync()]))
    before = teacher.resync()
    student.do("crash", node="n1")
    assert teacher.resync() == before
    header, *lines = export(server, student.room).splitlines()
    assert json.loads(header)["clock_us"] == shared["at_us"]
    assert len(lines) == shared["entries"] + 1


def test_a_room_is_copied_while_it_goes_on(client: Make) -> None:
    teacher, student = _ready(client), client()
    whole = student.enter("copy", room=teacher.room, at_us=0)
    assert whole["now_us"] == 0
    assert not whole["pace"]["running"]
    assert student.enter("copy", room=teacher.room)["now_us"] > 0
    assert teacher.resync()["pace"]["running"]
    assert student.ask("copy", {"room": "nosuchroom"})["error"]["code"] == "unknown_room"


def test_a_sealed_run_can_only_be_looked_at_and_copied(client: Make) -> None:
    viewer, other = client(), client()
    viewer.open()
    viewer.do("pause")
    luck = random.Random(4)
    for _ in range(120):
        viewer.do("write", client="A", key="x", value=f"{luck.getrandbits(240):x}")
        for _ in range(12):
            viewer.command("step")
    shared = viewer.ask("share", {})
    assert shared["packed"] is None
    assert other.ask("join", {"room": shared["run"]})["error"]["code"] == "sealed"
    assert other.ask("resync", {})["error"]["code"] == "not_in_a_room"
    peeked = other.ask("peek", {"room": shared["run"]})["frame"]
    assert lasting(fold([peeked])) == lasting(fold([viewer.resync()]))
    other.enter("copy", room=shared["run"])
    assert other.ask("digest", {})["digest"] == shared["digest"]
    assert other.ask("rename", {"room": shared["run"], "name": "mine"})["error"]["code"] == "other_family"
