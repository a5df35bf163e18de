"""A server as whoever keeps it sees it: its health, its numbers, and a log in which nobody is."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import websocket
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from tests.classroom.people import Class, Person, call, code_of, new_class
from tests.server import Server
from tests.webapp.clients import Client, Raw
from tests.webapp.http import fetch
from webapp.cli import main

# Words that nothing but the people of this class would write.
TITLE, NAME, QUESTION, VALUE, AGENT = "Tulpenklas", "Zwaantje", "Waarom-paars", "fluitketel", "Breedbeeld/7"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("data")
    with Server(folder, QUORUMSCOPE_LOG="json", QUORUMSCOPE_METRICS="on", QUORUMSCOPE_WRONG_CODES="3/hour") as server:
        yield server


def numbers(server: Server) -> dict[str, float]:
    """All that is measured: the name, with the label if there is one, and the value."""
    answer = fetch(server, "metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        " ".join([sample.name, *(value for name, value in sample.labels.items() if name == "code")]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def test_a_healthy_site_says_so(server: Server) -> None:
    alive, ready = fetch(server, "healthz"), fetch(server, "readyz")
    assert (alive.status, json.loads(alive.content)) == (200, {"alive": True})
    assert (ready.status, json.loads(ready.content)) == (200, {"ready": True, "faults": []})
    assert ready.headers["cache-control"] == "no-store"


def test_what_happens_is_counted(server: Server) -> None:
    before = numbers(server)
    with Client(server) as first, Client(server) as second:
        second.join(first.open())
        first.do("write", client="A", key="x", value="1")
        assert first.command("crash", node="n77")["error"]["code"] == "unknown_node"
        first.do("pause")
        second.until(lambda: not second.frames[-1]["pace"]["running"])
        during = numbers(server)
    grown = {name: during[name] - before.get(name, 0) for name in during}
    assert grown["quorumscope_connections"] == grown["quorumscope_viewers"] == 2
    assert grown["quorumscope_rooms_awake"] == 1
    assert grown["quorumscope_requests_accepted_total"] == 2
    assert grown["quorumscope_requests_refused_total unknown_node"] == 1
    assert grown["quorumscope_store_append_seconds_count"] == 2
    assert grown["quorumscope_store_flush_seconds_count"] >= 2
    assert grown["quorumscope_frames_sent_total"] >= len(first.frames) + len(second.frames) - 2
    sizes = [len(json.dumps(frame)) for frame in (*first.frames, *second.frames)]
    assert 0.3 * sum(sizes) < grown["quorumscope_frame_bytes_sent_total"] < 2 * sum(sizes)
    assert grown["quorumscope_tick_late_seconds_count"] > 0
    assert during["quorumscope_viewers_behind"] == 0
    assert during["process_resident_memory_bytes"] > 10_000_000
    assert during["process_open_fds"] > 5
    first.close()
    second.close()


def test_greenlets_are_counted_for_who_asks(server: Server) -> None:
    assert "greenlets" not in fetch(server, "metrics").text
    with Client(server) as client:
        client.open()
        found = re.search(r"^quorumscope_greenlets (\d+)$", fetch(server, "metrics?greenlets=1").text, re.M)
        assert found is not None
        assert int(found[1]) >= 2


def test_no_label_has_a_name_that_somebody_chose(server: Server) -> None:
    with Raw(server) as raw:
        raw.ask("ask-for-the-moon", {})
        raw.ask("join", {"room": "nowhere-at-all"})
    allowed = {"code", "le", "generation"}
    for family in text_string_to_metric_families(fetch(server, "metrics").text):
        for sample in family.samples:
            assert set(sample.labels) <= allowed
            assert not re.search("moon|nowhere", str(sample))


def test_a_room_that_is_deleted_from_the_shell_is_gone_for_those_who_are_in_it(server: Server) -> None:
    with Client(server) as client:
        again: list[dict[str, Any]] = []
        client._socket.on("again", again.append)
        room = client.open()
        done = CliRunner().invoke(main, ["rooms", "delete", room], input="y\n", env=server.environment)
        assert "Delete 1 rooms for good (1 in memory)?" in done.output
        assert done.exit_code == 0, done.output
        client.until(lambda: bool(again))
        assert code_of(client.ask("join", {"room": room})) == "unknown_room"


def _database(server: Server, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(server.data_dir / "rooms.sqlite3", timeout=10, isolation_level=None)) as database:
        database.execute(statement, values)


def _act(server: Server, taught: Class) -> list[str]:
    """A lesson, with all that goes wrong in one. Answers the rooms in which it was."""
    key = taught.join(NAME)
    with Person(server, taught.key) as teacher, Person(server, key) as student:
        room = str(teacher.seen["stage"])
        teacher.join(room)
        student.join(room)
        teacher.does("ask", question=QUESTION, choices=["ja", "nee"])
        assert teacher.command("write", client="A", key="x", value=VALUE)["accepted"]
        assert code_of(student.command("write", client="A", key="x", value=VALUE)) == "look_only"
        teacher.mode("own_copy")
        copy = student.takes_place()
        assert student.command("write", client="A", key="x", value=VALUE)["accepted"]
    assert call(server, "GET", f"classes/{taught.id}/report.json", key=taught.key).status == 200
    assert call(server, "GET", f"classes/{taught.id}/report.json?key={taught.key}", key=key + "x").status == 403
    assert fetch(server, f"r/{room}?name={NAME}#{key}").status in (200, 403)
    return [room, copy]


def test_nobody_is_in_the_log(server: Server) -> None:
    taught = new_class(server, TITLE)
    rooms = _act(server, taught)
    key = taught.join(NAME + "2")
    # Codes are guessed until that is one too many.
    told = [call(server, "POST", "classes/find", {"code": f"ZZZ{n}"}).status for n in range(9)]
    assert 429 in told
    # Another site's page reaches for the sockets.
    address = server.address.replace("http://", "ws://") + f"socket.io/?EIO=4&transport=websocket&at={rooms[0]}"
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(
            address, timeout=5, origin="http://boerenkool.example", header={"User-Agent": AGENT}
        )
    # A log that cannot be replayed: a fault that has a traceback.
    with Client(server) as client:
        broken = client.open()
        client.do("write", client="A", key="x", value=VALUE)
    _database(server, "UPDATE log SET command = ? WHERE room = ?", f'{{"type": "{VALUE}"}}', broken)
    # The database fails, and is well again.
    with Client(server) as client:
        client.open()
        _database(server, "ALTER TABLE log RENAME TO gone")
        assert client.command("write", client="A", key="x", value=VALUE)["error"]["code"] == "not_stored"
        assert json.loads(fetch(server, "healthz").content) == {"alive": True}
        _database(server, "ALTER TABLE gone RENAME TO log")
        client.do("write", client="A", key="x", value=VALUE)

    assert server.stop() == 0
    server.start()
    # After a start it is not in memory any more.
    with Client(server) as client:
        assert code_of(client.ask("join", {"room": broken})) == "internal"

    assert server.stop() == 0
    lines = [json.loads(line) for line in server.errors.splitlines()]
    events = [line["event"] for line in lines]
    assert any("Traceback" in line.get("traceback", "") for line in lines), server.errors
    for event in ("started", "stopping", "stopped", "refused", "store_failed", "store_recovered"):
        assert event in events, server.errors
    assert {line["code"] for line in lines if line["event"] == "refused"} >= {"too_many_guesses", "cross_site"}
    private = [TITLE, NAME, QUESTION, VALUE, AGENT, "boerenkool", "127.0.0.1", taught.id, taught.code, broken, *rooms]
    private += [taught.key, key, *taught.key.split("."), *key.split(".")]
    for word in private:
        assert word not in server.errors, word
