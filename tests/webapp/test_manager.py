"""What happens between the slices of a replay, when others ask for the same room, go away, or fork too."""

import gc
import json
import threading
import urllib.request
import weakref
from pathlib import Path

import pytest

from engine.commands import Configure, Write
from engine.outcomes import Refused
from tests.server import Server
from tests.webapp.clients import Client
from tests.webapp.site import Site, busy_room
from webapp.protocol import Fork, Frame
from webapp.rooms.manager import SLEEP_AFTER_S
from webapp.rooms.memory import BRANCHES_MAX
from webapp.rooms.pace import Pause, SetSpeed, Step


def test_a_room_is_replayed_once_however_many_wait_for_it(site: Site) -> None:
    room = busy_room(site)
    site.rooms.close()
    again = Site(site.path.parent)
    slices: list[str] = []
    second_replays = threading.Event()

    def breathe() -> None:
        slices.append(threading.current_thread().name)
        if second.name in slices:
            second_replays.set()
        if len(slices) == 1:
            second.start()
            second_replays.wait(0.3)

    again.rooms.breathe = breathe
    second = threading.Thread(target=lambda: again.rooms.peek(room), name="second")
    first = again.rooms.peek(room)
    second.join()
    assert set(slices) == {threading.current_thread().name}
    assert again.rooms.peek(room) == first


def test_a_room_that_sleeps_leaves_memory_without_the_collector(site: Site) -> None:
    room = busy_room(site)
    actors = [weakref.ref(actor) for actor in site.rooms.look_at(room).first.simulation._cluster.actors.values()]
    gc.collect()
    gc.disable()
    try:
        site.rooms.leave(room)
        site.pass_time(SLEEP_AFTER_S + 1, tick_s=1)
        assert not site.rooms.is_awake(room)
        assert not any(actor() for actor in actors)
    finally:
        gc.enable()


def test_who_is_gone_when_a_room_is_there_is_no_viewer(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.submit(room, "t", SetSpeed(1.0))

    def gone(frame: Frame) -> None:
        raise Refused("not_in_a_room")

    with pytest.raises(Refused, match="not_in_a_room"):
        site.rooms.join(room, gone)
    before = site.whole(room)
    site.pass_time(1)
    assert site.whole(room) == before, "nobody watches: it stands still"


def test_two_forks_at_once_do_not_overfill_a_family(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    for _ in range(BRANCHES_MAX - 2):
        site.families.fork(room, "t", Fork(0))
    made: list[str] = []

    def breathe() -> None:
        site.rooms.breathe = lambda: None
        made.append(site.families.fork(room, "other", Fork(0)))

    site.rooms.breathe = breathe
    with pytest.raises(Refused, match="too_many_branches"):
        site.families.fork(room, "t", Fork(0))
    assert made
    assert len(site.families.branches(room).branches) == BRANCHES_MAX


def test_after_a_crash_a_room_that_nobody_has_woken_stands_at_its_last_command(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.submit(room, "t", Pause())
    site.rooms.submit(room, "t", Write("A", "x", "one"))
    for _ in range(5):
        site.rooms.submit(room, "t", Step())
    before = site.rooms.digest(room)
    assert before.at_us > 0
    # No mark of the clock was made, as none is when the process is killed.
    after = Site(site.path.parent)
    assert after.families.branches(room).branches[0].clock_us == before.at_us
    assert after.rooms.digest(after.sharing.copy(room, None, "guest")) == before
    assert after.rooms.log(room)[1] == site.rooms.log(room)[1]


def test_a_connection_that_closes_while_its_room_is_replayed_leaves_no_viewer_behind(tmp_path: Path) -> None:
    site = Site(tmp_path)
    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    site.rooms.submit(room, "t", SetSpeed(1.0))
    site.rooms.submit(room, "t", Configure(gossip_every_us=20))
    site.pass_time(12)
    site.rooms.close()
    with Server(tmp_path) as server:
        address = f"{server.address}socket.io/?EIO=4&transport=polling"

        def post(text: str) -> bytes:
            request = urllib.request.Request(f"{address}&sid={sid}", text.encode(), method="POST")
            with urllib.request.urlopen(request, timeout=20) as response:
                return bytes(response.read())

        with urllib.request.urlopen(address, timeout=20) as response:
            sid = json.loads(response.read()[1:])["sid"]
        post("40")
        joining = threading.Thread(target=post, args=("421" + json.dumps(["join", {"room": room}]),))
        joining.start()
        with Client(server) as other:
            other.open()
            post("1")
            joining.join()
            clocks = [other.ask("peek", {"room": room})["frame"]["now_us"]]
            # Meanwhile the server ticks: another room goes on.
            other.do("set_speed", speed=1.0)
            other.do("write", client="A", key="x", value="one")
            other.until(lambda: any(operation["outcome"] == "ok" for operation in other.operations()))
            clocks.append(other.ask("peek", {"room": room})["frame"]["now_us"])
        assert clocks[0] == clocks[1], "nobody watches it"
        assert "Traceback" not in server.errors, server.errors
