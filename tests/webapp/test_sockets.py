"""The socket layer as a browser meets it: a real server, real connections."""

import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import websocket

from tests.server import Server
from tests.webapp.clients import Client, Raw, fold, lasting
from tests.webapp.conftest import entries, export

Make = Callable[..., Client]

# How often a signal is sent into the midst of things.
ATTEMPTS = 3


def _wait_for_ok(client: Client, count: int = 1) -> None:
    client.until(lambda: sum(o["outcome"] == "ok" for o in client.operations()) >= count)


def test_a_new_room_shows_five_nodes(client: Make) -> None:
    viewer = client()
    viewer.open()
    whole = viewer.frames[0]
    assert whole["whole"]
    assert whole["now_us"] == 0
    assert whole["pace"] == {"running": True, "speed": 0.001}
    nodes = [change for change in whole["changes"] if change["kind"] == "node"]
    assert [node["id"] for node in nodes] == ["n1", "n2", "n3", "n4", "n5"]
    assert all(node["fields"]["status"] == "up" for node in nodes)


def test_a_write_is_accepted_and_told_until_it_is_ok(client: Make) -> None:
    viewer = client()
    viewer.open()
    answer = viewer.command("write", client="A", key="x", value="hello")
    assert answer["accepted"] is True
    assert answer["seq"] == 1
    viewer.do("set_speed", speed=0.1)
    _wait_for_ok(viewer)  # which folds the frames, and asserts that they have no gap
    (operation,) = viewer.operations()
    assert operation["value"] == "hello"
    assert sum(told["says"] == "ack" for told in operation["answers"]) >= operation["needed"] == 3
    assert {f["room"] for f in viewer.frames} == {viewer.room}


def test_a_seed_makes_the_same_run(client: Make) -> None:
    worlds = []
    for _ in range(2):
        viewer = client()
        viewer.open(seed=99)
        viewer.do("pause")
        viewer.do("write", client="A", key="x", value="1")
        for _ in range(2):
            viewer.do("step")
        whole = viewer.resync()
        start = next(o["invoked_us"] for o in viewer.operations())
        messages = [c["fields"] for c in whole["changes"] if c["kind"] == "message"]
        worlds.append([(m["source"], m["target"], m["due_us"] - start) for m in messages])
    assert worlds[0] == worlds[1]


def test_two_viewers_of_a_room_see_the_same_in_the_same_order(client: Make) -> None:
    first, second = client(), client()
    room = first.open()
    second.join(room)
    first.do("set_speed", speed=0.1)
    first.do("write", client="A", key="x", value="1")
    second.do("write", client="B", key="x", value="2")
    first.do("read", client="A", key="x")
    second.do("crash", node="n2")
    for viewer in (first, second):
        _wait_for_ok(viewer, 3)
    first.do("pause")
    for viewer in (first, second):
        viewer.until(lambda viewer=viewer: not viewer.frames[-1]["pace"]["running"])
    joined = next(f for f in second.frames if f["whole"])
    told = [
        [f for f in viewer.frames if not f["whole"] and f["number"] > joined["number"]] for viewer in (first, second)
    ]
    assert told[0] == told[1] != []
    seqs = [entry["seq"] for entry in entries(export_of(first))]
    assert seqs == [1, 2, 3, 4, 5, 6]


def export_of(viewer: Client) -> bytes:
    return export(viewer.server, viewer.room)


def test_both_viewers_are_named_in_the_log(client: Make) -> None:
    first, second = client(), client()
    second.join(first.open())
    first.do("crash", node="n1")
    second.do("crash", node="n2")
    actors = [entry["actor"] for entry in entries(export_of(first))]
    assert len(set(actors)) == 2


def test_rooms_do_not_touch_each_other(client: Make) -> None:
    first, second = client(), client()
    assert first.open() != second.open()
    before = export_of(second)
    first.do("crash", node="n1")
    first.do("pause")
    first.do("write", client="A", key="x", value="1")
    whole = second.resync()
    assert whole["pace"]["running"]
    assert all(c["fields"]["status"] == "up" for c in whole["changes"] if c["kind"] == "node")
    assert second.operations() == []
    assert entries(export_of(second)) == entries(before) == []
    assert {f["room"] for f in second.frames} == {second.room}


def test_after_changing_rooms_nothing_comes_from_the_old_one(client: Make) -> None:
    mover, stayer = client(), client()
    old = mover.open()
    stayer.join(old)
    new = mover.open()
    count = len(mover.frames)
    stayer.do("crash", node="n3")
    stayer.until(lambda: stayer.world()["node", "n3"]["status"] == "down")
    mover.do("pause")
    mover.until(lambda: not mover.frames[-1]["pace"]["running"])
    assert {f["room"] for f in mover.frames[count:]} == {new}
    assert [e["command"]["type"] for e in entries(export(mover.server, old))] == ["crash"]


def test_a_late_joiner_sees_what_the_first_viewer_has_put_together(client: Make) -> None:
    first = client()
    room = first.open()
    first.do("set_speed", speed=0.1)
    for value in range(5):
        first.do("write", client="AB"[value % 2], key="xy"[value % 2], value=str(value))
    first.do("crash", node="n5")
    _wait_for_ok(first, 5)
    first.do("restart", node="n5")
    first.do("pause")
    first.do("read", client="A", key="x")
    first.do("gossip")
    first.do("step")
    late = client().join(room)
    first.until(lambda: first.frames[-1]["number"] == late["number"])
    seen = lasting(fold([late]))
    assert seen == lasting(first.world())
    assert {kind for kind, _ in seen} == {"cluster", "node", "client", "record", "operation", "message", "verdict"}
    assert late["epoch"] == first.frames[-1]["epoch"]
    # And the narration: the late joiner has the same notes.
    assert fold([late]) == {k: v for k, v in first.world().items() if k[0] == "note" or k in seen}


def test_resync_sends_the_present_and_frames_go_on_from_it(client: Make) -> None:
    viewer, other = client(), client()
    other.join(viewer.open())
    viewer.do("pause")
    viewer.do("write", client="A", key="x", value="1")
    number_before = viewer.resync()["number"]
    count = len(other.frames)
    whole = viewer.resync()
    assert whole["number"] == number_before, "a resync is not a frame of the room"
    viewer.do("step")
    viewer.until(lambda: viewer.frames[-1]["number"] > number_before)
    assert viewer.frames[-1]["number"] == number_before + 1
    assert lasting(viewer.world()) == lasting(fold([client().join(viewer.room)]))
    other.until(lambda: other.frames[-1]["number"] > number_before)
    assert not any(f["whole"] for f in other.frames[count:]), "a resync goes to the one who asked"


REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    ({"type": "write", "client": "Z", "key": "x", "value": "1"}, "unknown_client", "client"),
    ({"type": "read", "client": "Z", "key": "x"}, "unknown_client", "client"),
    ({"type": "crash", "node": "n6"}, "unknown_node", "node"),
    ({"type": "crash", "node": "n1"}, "already_down", "node"),
    ({"type": "restart", "node": "n2"}, "already_up", "node"),
    ({"type": "gossip", "node": "n1"}, "node_down", "node"),
    ({"type": "configure"}, "nothing_to_change", None),
    ({"type": "configure", "n": 6}, "out_of_range", "n"),
    ({"type": "configure", "w": 6}, "out_of_range", "w"),
    ({"type": "configure", "r": 50}, "out_of_range", "r"),
    ({"type": "configure", "latency": "warp"}, "unknown_latency", "latency"),
    ({"type": "configure", "w": 51}, "invalid", "command.w"),
    ({"type": "configure", "timeout_us": 0}, "invalid", "command.timeout_us"),
    ({"type": "set_speed", "speed": 1.5}, "invalid", "command.speed"),
    ({"type": "set_speed", "speed": 0}, "invalid", "command.speed"),
    ({"type": "write", "client": "A", "key": "", "value": "1"}, "invalid", "command.key"),
    ({"type": "write", "client": "A", "key": "x", "value": "v" * 65}, "invalid", "command.value"),
    ({"type": "pause"}, "already_paused", None),
    ({"type": "step"}, "nothing_scheduled", None),
]


def test_a_refused_command_says_why_and_changes_nothing(client: Make) -> None:
    viewer = client()
    viewer.open()
    viewer.do("crash", node="n1")
    viewer.do("pause")
    before, log = viewer.resync(), export_of(viewer)
    for command, code, field in REFUSED:
        answer = viewer.ask("command", {"command": command})
        assert answer["accepted"] is False, command
        assert (answer["error"]["code"], answer["error"]["field"]) == (code, field), command
        assert answer["error"]["sentence"]
    viewer.do("run")
    assert viewer.command("run")["error"]["code"] == "already_running"
    viewer.do("pause")
    after = viewer.resync()
    assert lasting(fold([after])) == lasting(fold([before]))
    assert entries(export_of(viewer))[:-2] == entries(log)
    assert [e["command"]["type"] for e in entries(export_of(viewer))[-2:]] == ["run", "pause"]


def test_too_many_pending(client: Make) -> None:
    viewer = client()
    viewer.open()
    viewer.do("pause")
    answers = [viewer.command("write", client="A", key="x", value=str(n)) for n in range(25)]
    assert [a["accepted"] for a in answers] == [True] * 20 + [False] * 5
    assert answers[-1]["error"]["code"] == "too_many_pending"
    assert len(entries(export_of(viewer))) == 21


def test_pause_step_run_and_speed(client: Make) -> None:
    viewer = client()
    viewer.open()
    viewer.do("pause")
    viewer.do("write", client="A", key="x", value="1")
    still = viewer.resync()["now_us"]
    time.sleep(0.2)
    whole = viewer.resync()
    assert whole["now_us"] == still
    assert whole["quiet_until_us"] > still
    answer = viewer.command("step")
    assert answer["at_us"] == whole["quiet_until_us"], "a step goes to the next moment"
    assert viewer.resync()["now_us"] == answer["at_us"]
    viewer.do("set_speed", speed=0.5)
    assert viewer.resync()["pace"] == {"running": False, "speed": 0.5}
    viewer.do("run")
    _wait_for_ok(viewer)
    began, from_us = time.monotonic(), viewer.resync()["now_us"]
    time.sleep(0.5)
    until_us, took = viewer.resync()["now_us"], time.monotonic() - began
    assert 0.3 < (until_us - from_us) / 1e6 / took < 0.7
    viewer.do("set_speed", speed=0.0001)
    viewer.do("write", client="A", key="x", value="2")
    viewer.do("step")
    assert viewer.resync()["pace"]["running"] is False, "a step pauses"


def test_polling_works_too(client: Make) -> None:
    viewer = client("polling")
    assert viewer.transport == "polling"
    viewer.open()
    viewer.do("set_speed", speed=0.1)
    viewer.do("write", client="A", key="x", value="1")
    _wait_for_ok(viewer)
    assert viewer.command("crash", node="n9")["error"]["code"] == "unknown_node"


def test_leaving_and_coming_back(client: Make) -> None:
    first = client()
    room = first.open()
    first.do("set_speed", speed=0.1)
    first.do("write", client="A", key="x", value="1")
    _wait_for_ok(first)
    first.do("pause")
    before = first.resync()
    first.close()
    time.sleep(0.2)
    second = client()
    after = second.join(room)
    assert after["changes"] == before["changes"]
    assert after["now_us"] == before["now_us"]
    second.do("run")
    second.do("write", client="A", key="x", value="2")
    _wait_for_ok(second, 2)


def test_a_room_that_nobody_watches_stands_still(client: Make) -> None:
    first = client()
    room = first.open()
    first.do("set_speed", speed=1.0)
    began, now_us = time.monotonic(), first.resync()["now_us"]
    first.close()
    time.sleep(0.6)
    went_us = client().join(room)["now_us"] - now_us
    # At this speed it would have gone on as long as all of this took.
    assert went_us < (time.monotonic() - began - 0.3) * 1e6


def test_joining_the_same_room_twice_is_one_viewer(client: Make) -> None:
    viewer = client()
    room = viewer.open()
    viewer.join(room)
    count = len(viewer.frames)
    viewer.do("pause")
    viewer.until(lambda: len(viewer.frames) > count)
    time.sleep(0.2)
    assert len(viewer.frames) == count + 1


def test_a_page_of_an_unknown_room_is_not_found(server: Server) -> None:
    for path in ("r/unknown", "r/" + "x" * 3000, "r/%00", "nothing", "r/..%2f..%2fetc%2fpasswd"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(server.address + path, timeout=10)
        with caught.value as error:
            assert error.code == 404
            assert "<html" in error.read().decode()


def test_a_page_of_a_room_is_there(client: Make) -> None:
    viewer = client()
    room = viewer.open()
    with urllib.request.urlopen(f"{viewer.server.address}r/{room}", timeout=10) as page:
        assert page.status == 200
        assert room in page.read().decode()


def _handshake(server: Server, header: list[str] | None = None, origin: str | None = None) -> websocket.WebSocket:
    address = server.address.replace("http://", "ws://") + "socket.io/?EIO=4&transport=websocket"
    return websocket.create_connection(address, timeout=5, header=header or [], origin=origin)


def test_compression_is_never_negotiated(server: Server) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    socket = _handshake(server, header=[offer])
    try:
        assert "sec-websocket-extensions" not in socket.getheaders()
        assert json.loads(str(socket.recv())[1:])["sid"]
    finally:
        socket.close()


def _clock(server: Server, room: str) -> int:
    db = sqlite3.connect(server.data_dir / "rooms.sqlite3")
    try:
        (clock_us,) = db.execute("SELECT clock_us FROM rooms WHERE id = ?", (room,)).fetchone()
    finally:
        db.close()
    return int(clock_us)


def test_sigterm_stops_it_and_marks_the_clock(tmp_path: Path) -> None:
    with Server(tmp_path) as server, Client(server) as viewer:
        room = viewer.open()
        viewer.do("set_speed", speed=1.0)
        viewer.do("write", client="A", key="x", value="1")
        _wait_for_ok(viewer)
        time.sleep(1.1)
        now_us = viewer.resync()["now_us"]
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 3
        assert _clock(server, room) >= now_us
        assert server.complaints == ""


def test_sigterm_at_once_after_the_address_is_printed(tmp_path: Path) -> None:
    server = Server(tmp_path).start()
    assert server.stop() == 0
    assert server.complaints == ""


def test_sigterm_is_heeded_under_load(tmp_path: Path) -> None:
    """The signal comes while a request is being answered; nothing on its way may swallow it."""

    def hammer(server: Server) -> None:
        try:
            with Raw(server) as socket:
                socket.ask("open", {})
                for timeout_us in range(100_000, 200_000):
                    socket.ask("command", {"command": {"type": "configure", "timeout_us": timeout_us}})
        except (websocket.WebSocketException, OSError):
            return

    for attempt in range(ATTEMPTS):
        with Server(tmp_path / str(attempt)) as server:
            hammers = [threading.Thread(target=hammer, args=(server,), daemon=True) for _ in range(3)]
            for one in hammers:
                one.start()
            time.sleep(0.4)
            assert server.stop(within_s=5) == 0
            for one in hammers:
                one.join(10)
            assert "Traceback" not in server.errors
