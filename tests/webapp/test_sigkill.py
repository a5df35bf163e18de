"""20 kills at random moments under a stream of commands: nothing accepted is lost, no log is corrupted."""

import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import websocket

from tests.server import CONSOLE, Server
from tests.webapp.clients import Client, Raw, fold, lasting
from tests.webapp.conftest import entries, export
from webapp.protocol import RoomCommand

KILLS = 20
# At least so many commands are accepted before each kill, however busy the machine is.
LEAST = 21
SEED = 20_261_124
ACCEPTED_WITHIN_S = 20.0


def _commands(luck: random.Random) -> Iterator[dict[str, Any]]:
    """Commands of every kind; most of them are accepted, whatever went before."""
    while True:
        node, client, key = f"n{luck.randint(1, 5)}", luck.choice("AB"), luck.choice("xyz")
        yield luck.choice(
            [
                {"type": "write", "client": client, "key": key, "value": f"v{luck.randint(0, 999)}"},
                {"type": "write", "client": client, "key": key, "value": "Grüße, 世界 \"'\\ 🙂"},
                {"type": "read", "client": client, "key": key},
                {"type": "crash", "node": node},
                {"type": "restart", "node": node},
                {"type": "gossip"},
                {"type": "gossip", "node": node},
                {"type": "configure", "w": luck.randint(1, 5), "r": luck.randint(1, 5)},
                {"type": "configure", "timeout_us": luck.randint(1_000, 200_000)},
                {"type": "run"},
                {"type": "pause"},
                {"type": "step"},
                {"type": "set_speed", "speed": luck.choice([0.001, 0.1, 1.0])},
                {"type": "compare", "settings": luck.choice([None, {"w": luck.randint(1, 5)}])},
            ]
        )


class _Stream(threading.Thread):
    """Sends commands, one on the answer to the other, until the connection breaks."""

    def __init__(self, socket: Raw, luck: random.Random) -> None:
        super().__init__(daemon=True)
        self.accepted: list[tuple[int, int, dict[str, Any]]] = []
        self._socket, self._luck = socket, luck

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + ACCEPTED_WITHIN_S
        while len(self.accepted) < count:
            assert time.monotonic() < deadline, f"only {len(self.accepted)} commands were accepted"
            time.sleep(0.001)

    def run(self) -> None:
        with suppress(websocket.WebSocketException, OSError):
            for command in _commands(self._luck):
                answer = self._socket.ask("command", {"command": command})
                if answer["accepted"]:
                    self.accepted.append((answer["seq"], answer["at_us"], command))


def _check_database(server: Server) -> None:
    db = sqlite3.connect(server.data_dir / "rooms.sqlite3")
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        db.close()


def _check_replay(server: Server, log: bytes) -> None:
    file = server.data_dir / "exported.jsonl"
    file.write_bytes(log)
    done = subprocess.run([CONSOLE, "run", file, "--digest"], capture_output=True, timeout=30, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) == 32


def _typed(command: dict[str, Any]) -> RoomCommand:
    """What was sent leaves out what is usual; what is in the log says it."""
    return msgspec.convert(command, RoomCommand)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data").start()
    try:
        yield server
    finally:
        server.kill()
    assert "Traceback" not in server.errors


def test_no_accepted_command_is_lost(server: Server) -> None:
    luck = random.Random(SEED)
    accepted: list[tuple[int, int, dict[str, Any]]] = []
    room = ""
    for kill in range(1, KILLS + 1):
        with Raw(server) as socket:
            joined = socket.ask("join", {"room": room}) if room else socket.ask("open", {"seed": SEED})
            assert joined["accepted"], joined
            room = joined["room"]
            stream = _Stream(socket, luck)
            stream.start()
            after_s = luck.uniform(0.05, 0.4)
            time.sleep(after_s)
            stream.wait_for(LEAST)
            server.kill()
            stream.join(10)
        assert not stream.is_alive()
        accepted += stream.accepted
        print(f"seed {SEED}, kill {kill} after {after_s:.3f} s: {len(stream.accepted)} accepted")
        server.start()
        _check_database(server)
        exported = export(server, room)
        if kill % 5 == 0:
            # The server has replayed it each time, or it could not be joined.
            _check_replay(server, exported)
        log = entries(exported)
        assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
        assert [entry["at_us"] for entry in log] == sorted(entry["at_us"] for entry in log)
        # At most one was written whose answer did not get out any more, at each kill.
        assert len(accepted) <= len(log) <= len(accepted) + kill
        for seq, at_us, command in accepted:
            entry = log[seq - 1]
            assert (entry["at_us"], _typed(entry["command"])) == (at_us, _typed(command))
    assert len(accepted) > 20 * KILLS
    with Raw(server) as socket:
        assert socket.ask("join", {"room": room})["accepted"]
        answer = socket.ask("command", {"command": {"type": "configure", "timeout_us": 150_000}})
        assert answer["accepted"]
        assert answer["seq"] == len(log) + 1


def test_the_world_of_a_paused_room_survives(server: Server) -> None:
    with Client(server) as client:
        room = client.open(seed=3)
        client.do("set_speed", speed=0.01)
        client.do("write", client="A", key="x", value="one")
        client.until(lambda: any(operation["outcome"] == "ok" for operation in client.operations()))
        client.do("crash", node="n4")
        client.do("pause")
        client.do("write", client="B", key="x", value="two")
        client.do("read", client="A", key="x")
        client.do("step")
        before = client.resync()
    assert any(kind == "message" for kind, _ in lasting(fold([before]))), "messages must be in flight"
    # A clock that stands is marked once a second; the last command alone must bring the room back.
    server.kill()
    server.start()
    with Client(server) as client:
        after = client.join(room)
        assert after["pace"] == before["pace"] == {"running": False, "speed": 0.01}
        assert after["changes"] == before["changes"]
        assert (after["now_us"], after["quiet_until_us"]) == (before["now_us"], before["quiet_until_us"])
        assert after["epoch"] != before["epoch"]
        client.do("run")
        client.until(lambda: all(operation["outcome"] != "pending" for operation in client.operations()))


def test_branches_their_names_and_comparisons_survive(server: Server) -> None:
    with Client(server) as client:
        room = client.open(seed=3)
        client.do("set_speed", speed=0.1)
        client.do("write", client="A", key="x", value="one")
        client.until(lambda: any(operation["outcome"] == "ok" for operation in client.operations()))
        client.do("pause")
        client.do("compare", settings={"w": 1})
        fork = {"type": "crash", "node": "n1"}
        branch = client.enter("fork", at_us=1_000, command=fork, running=False, name="n1 down")["room"]
        client.do("compare", settings={"r": 5})
        assert client.ask("rename", {"room": room, "name": "as it was"})["accepted"]
        before = [client.resync(), client.join(room)]
        branches, shared = client.ask("branches", {}), client.ask("share", {})
    server.kill()
    server.start()
    _check_database(server)
    with Client(server) as client:
        after = [client.join(branch), client.join(room)]
        for field in ("changes", "twin", "seq", "now_us", "quiet_until_us", "pace"):
            assert [frame[field] for frame in after] == [frame[field] for frame in before], field
        assert all(frame["twin"] for frame in after)
        assert client.ask("branches", {}) == branches
        assert [one["name"] for one in branches["branches"]] == ["as it was", "n1 down"]
        assert client.ask("share", {}) == shared


def test_a_kill_between_rooms_keeps_each(server: Server) -> None:
    """Several rooms written at once: each log is whole on its own."""
    streams, sockets, rooms = [], [], []
    for number in range(3):
        sockets.append(Raw(server))
        rooms.append(sockets[-1].ask("open", {"seed": number})["room"])
        streams.append(_Stream(sockets[-1], random.Random(number)))
    for stream in streams:
        stream.start()
    time.sleep(0.3)
    for stream in streams:
        stream.wait_for(1)
    server.kill()
    for stream, socket in zip(streams, sockets, strict=True):
        stream.join(10)
        socket.close()
    server.start()
    _check_database(server)
    for room, stream in zip(rooms, streams, strict=True):
        exported = export(server, room)
        _check_replay(server, exported)
        log = entries(exported)
        assert stream.accepted
        assert len(stream.accepted) <= len(log) <= len(stream.accepted) + 1
        for seq, at_us, command in stream.accepted:
            assert (log[seq - 1]["at_us"], _typed(log[seq - 1]["command"])) == (at_us, _typed(command))
