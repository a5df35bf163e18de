"""What is fetched over HTTP: runs, logs, histories, the inside of a node, staleness; and what is refused."""

import http.client
import json
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from flask import Flask

from engine.checks.history import from_json
from tests.server import CONSOLE, Server
from tests.webapp.clients import Client, fold, lasting
from tests.webapp.http import fetch
from tests.webapp.test_work import children_of, wait_until
from webapp.downloads import downloads
from webapp.pages import pages
from webapp.rooms import replay
from webapp.rooms.packing import pack
from webapp.store.log_file import read_log
from webapp.store.log_store import Entry, RoomRow

Make = Callable[..., Client]


def played(viewer: Client) -> str:
    """A room in which something has happened, and whose clock stands."""
    room = viewer.open()
    viewer.do("set_speed", speed=1)
    viewer.do("write", client="A", key="x", value="apple")
    viewer.do("crash", node="n2")
    viewer.do("write", client="B", key="x", value="pear")
    viewer.do("read", client="A", key="x")
    viewer.until(lambda: sum(op["outcome"] == "ok" for op in viewer.operations()) == 3)
    viewer.do("pause")
    return room


def log_of(server: Server, room: str) -> tuple[RoomRow, list[Entry]]:
    return read_log(BytesIO(fetch(server, f"/r/{room}/log.jsonl").content), room)


def as_sent(row: RoomRow, entries: list[Entry]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(list(replay.stream(row, entries))))
    return sent


def changes_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [change for line in lines for change in line.get("changes", ())]


def test_a_rooms_history_is_its_log_replayed_and_leads_to_its_present(server: Server, client: Make) -> None:
    viewer = client()
    room = played(viewer)
    answer = fetch(server, f"/r/{room}/history")
    assert answer.headers["content-type"] == "application/x-ndjson"
    *lines, last = answer.lines
    row, entries = log_of(server, room)
    assert changes_of(lines) == as_sent(row, entries)
    assert last["digest"] == replay.digest(row, entries) == viewer.ask("digest", {})["digest"]
    assert last["pace"] == {"running": False, "speed": 1}
    assert last["at_us"] == row.clock_us
    world: dict[tuple[str, str], Any] = {}
    for change in changes_of(lines):
        world[change["kind"], change["id"]] = change["fields"]
    present = fold([viewer.resync()])
    assert lasting({key: fields for key, fields in world.items() if fields}) == lasting(present)


def test_a_history_ends_where_it_is_told_to(server: Server, client: Make) -> None:
    room = played(client())
    row, entries = log_of(server, room)
    middle_us = entries[-2].at_us + 1
    *lines, last = fetch(server, f"/r/{room}/history?until={middle_us}").lines
    assert changes_of(lines) == as_sent(msgspec.structs.replace(row, clock_us=middle_us), entries[:-1])
    assert last["at_us"] == middle_us
    # What has not happened yet is not told.
    *_, last = fetch(server, f"/r/{room}/history?until={2**53 - 1}").lines
    assert last["at_us"] == row.clock_us
    *_, last = fetch(server, f"/r/{room}/history?seq=2").lines
    assert last["digest"] == replay.digest(row, entries[:2])


def test_a_second_cluster_is_told_beside_the_first(server: Server, client: Make) -> None:
    viewer = client()
    room = played(viewer)
    assert {line["twin"] is None for line in fetch(server, f"/r/{room}/history").lines[:-1]} == {True}
    viewer.do("compare", settings={"type": "configure", "w": 1, "r": 1})
    lines = fetch(server, f"/r/{room}/history").lines[:-1]
    beside = [change for line in lines for change in line["twin"] or ()]
    (cluster, *_) = [change for change in beside if change["kind"] == "cluster"]
    assert (cluster["fields"]["w"], cluster["fields"]["r"]) == (1, 1)
    assert max(len(line[of] or ()) for line in lines for of in ("changes", "twin")) <= 500


def test_a_shared_run_and_its_packed_log_have_the_same_history(server: Server, client: Make) -> None:
    viewer = client()
    room = played(viewer)
    shared = viewer.ask("share", {})
    *lines, last = fetch(server, "/history", shared["packed"].encode()).lines
    *of_room, _ = fetch(server, f"/r/{room}/history").lines
    assert changes_of(lines) == changes_of(of_room)
    assert last["digest"] == shared["digest"]


def test_a_scenario_has_a_history_without_a_room(server: Server) -> None:
    *_, last = fetch(server, "/scenarios/sleeping-node/history?seed=5").lines
    assert last["digest"] == run_digest("sleeping-node", "--seed", "5")
    assert (last["scenario"], last["seed"]) == ("sleeping-node", 5)
    *_, last = fetch(server, "/scenarios/sleeping-node/history?until=1500").lines
    assert (last["at_us"], last["seed"]) == (1500, 1)


def run_digest(*arguments: str) -> str:
    done = subprocess.run(
        [str(CONSOLE), "run", *arguments, "--digest"], capture_output=True, text=True, timeout=20, check=True
    )
    return done.stdout.strip()


def test_lines_come_plain_to_whoever_does_not_unpack(server: Server) -> None:
    plain = fetch(server, "/scenarios/overlap/history", accept="identity")
    packed = fetch(server, "/scenarios/overlap/history", accept="gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.content == packed.content
    assert len(packed.body) < len(plain.body) / 4


def test_the_log_file_is_what_the_shell_exports_and_replays(server: Server, client: Make, tmp_path: Any) -> None:
    room = played(client())
    answer = fetch(server, f"/r/{room}/log.jsonl")
    assert answer.headers["content-disposition"] == f"attachment; filename={room}.log.jsonl"
    file = tmp_path / "log.jsonl"
    file.write_bytes(answer.content)
    assert run_digest(str(file)) == fetch(server, f"/r/{room}/history").lines[-1]["digest"]
    row, entries = log_of(server, room)
    cut = fetch(server, f"/r/{room}/log.jsonl?until={entries[1].at_us}")
    row, left = read_log(BytesIO(cut.content), room)
    assert left == [entry for entry in entries if entry.at_us <= entries[1].at_us]
    assert row.clock_us == entries[1].at_us


def test_the_operations_are_what_the_checker_reads(server: Server, client: Make) -> None:
    room = played(client())
    answer = fetch(server, f"/r/{room}/operations.jsonl")
    (line,) = answer.content.splitlines()
    history = from_json(line)
    assert history.id == room
    assert [operation.kind for operation in history.operations] == ["write", "write", "read"]
    assert len({operation.value for operation in history.operations[:2]}) == 2


def test_a_node_is_looked_into_now_and_then(server: Server, client: Make) -> None:
    room = played(client())
    now = json.loads(fetch(server, f"/r/{room}/inspect?node=n1").content)
    row, entries = log_of(server, room)
    assert (now["node"], now["at_us"], now["keys"]) == ("n1", row.clock_us, 1)
    first = json.loads(fetch(server, f"/r/{room}/inspect?node=n1&at_us={entries[1].at_us}").content)
    assert (first["at_us"], first["keys"]) == (entries[1].at_us, 0)


def test_staleness_by_the_model_and_as_a_room_measured_it(server: Server, client: Make) -> None:
    room = played(client())
    answer = fetch(server, f"/staleness?latency=LNKD-SSD&n=4&r=2&w=1&trials=5000&room={room}")
    lines = answer.lines
    assert len([cell for line in lines for cell in line.get("cells", ())]) == 16
    (curve,) = [line["curve"] for line in lines if "curve" in line]
    assert all(0 <= share <= 1 and margin >= 0 for _, share, margin in curve)
    (measured,) = [line["measured"] for line in lines if "measured" in line]
    assert all(set(read) == {"since_us", "fresh", "read"} for read in measured)
    assert lines[-1] == {"done": True}


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        ("/r/none/history", 404, "unknown_room", "room"),
        ("/r/none/log.jsonl", 404, "unknown_room", "room"),
        ("/r/none/operations.jsonl", 404, "unknown_room", "room"),
        ("/r/none/inspect?node=n1", 404, "unknown_room", "room"),
        ("/r/{room}/inspect?node=n9", 404, "unknown_node", "node"),
        ("/r/{room}/inspect", 400, "invalid", None),
        ("/r/{room}/inspect?node=n1&at_us=x", 400, "invalid", "at_us"),
        ("/r/{room}/history?seq=-1", 400, "invalid", "seq"),
        ("/r/{room}/history?until=soon", 400, "invalid", "until"),
        ("/r/{room}/history?until=99999999999999999999", 400, "invalid", "until"),
        ("/r/{room}/history?since=1", 400, "invalid", None),
        ("/scenarios/none/history", 404, "unknown_scenario", "scenario"),
        ("/scenarios/overlap/history?seed=-1", 400, "invalid", "seed"),
        ("/scenarios/overlap/history?until=3600000001", 400, "invalid", "until"),
        ("/staleness?n=10", 400, "invalid", "n"),
        ("/staleness?n=3&r=4", 400, "out_of_range", "r"),
        ("/staleness?trials=1000001", 400, "invalid", "trials"),
        ("/staleness?latency=NONE", 400, "unknown_latency", "latency"),
        ("/staleness?room=none", 404, "unknown_room", "room"),
    ],
)
def test_what_cannot_be_is_refused_with_a_code_a_sentence_and_the_field(
    server: Server, client: Make, path: str, status: int, code: str, field: str | None
) -> None:
    room = client().open() if "{room}" in path else ""
    answer = fetch(server, path.replace("{room}", room))
    assert answer.status == status
    error = answer.error
    assert (error["code"], error["field"]) == (code, field)
    assert error["sentence"].endswith(".")


ROW = RoomRow("log", 2, "five-masters", 7, 10_000)
BOMB = pack(ROW, [Entry(n, 0, "a" * 64, '{"type":"set_speed","speed":0.1}') for n in range(1, 9_000)])
WRONG = pack(ROW, [Entry(1, 0, "a", '{"type":"pause"}'), Entry(2, 5, "a", '{"type":"crash","node":"n9"}')])


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"", "bad_log"),
        (b"not a log", "bad_log"),
        (b"\xff\xfe\x00", "bad_log"),
        ((WRONG or "").encode(), "bad_log"),
        ((WRONG or "")[:-6].encode(), "bad_log"),
        (b"A" * 1_000_001, "too_long"),
    ],
)
def test_a_packed_log_that_is_none_is_refused(server: Server, packed: bytes, code: str) -> None:
    answer = fetch(server, "/history", packed)
    assert answer.status in (200, 400, 413)
    last = answer.lines[-1]
    assert (last["error"]["code"], last["error"]["field"]) == (code, "packed")


def test_a_packed_log_is_blamed_by_its_line(server: Server) -> None:
    assert WRONG is not None
    assert "Line 3" in fetch(server, "/history", WRONG.encode()).lines[-1]["error"]["sentence"]


def test_every_address_is_in_the_docs() -> None:
    app = Flask("docs")
    app.register_blueprint(downloads)
    app.register_blueprint(pages)
    told = (Path(__file__).parents[2] / "docs" / "HTTP.md").read_text()
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    assert {rule for rule in rules if f" {rule}" not in told.replace("`", " ")} == set()


def test_whoever_goes_away_in_the_middle_leaves_the_others_their_children(server: Server, client: Make) -> None:
    wait_until(lambda: len(children_of(server.pid)) == 2)
    address = urlsplit(server.address)
    for _ in range(4):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        connection.request("GET", "/staleness?n=9&r=4&w=5&trials=1000000")
        assert b"progress" in connection.getresponse().readline()
        connection.close()
    room = played(client())
    assert fetch(server, f"/r/{room}/operations.jsonl").status == 200
    assert fetch(server, "/staleness?trials=100").lines[-1] == {"done": True}
    wait_until(lambda: len(children_of(server.pid)) == 2)


def test_frames_keep_coming_while_a_long_calculation_goes_on(server: Server, client: Make) -> None:
    viewer = client()
    viewer.open()
    viewer.do("configure", gossip_every_us=1_000)
    viewer.do("set_speed", speed=0.1)
    address = urlsplit(server.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.request("GET", "/staleness?n=9&r=4&w=5&trials=1000000")
    answer = connection.getresponse()
    seen = []
    while line := answer.readline():
        if b"progress" in line:
            seen.append(len(viewer.frames))
    connection.close()
    assert len(seen) > 20
    # New frames again and again, and not all of them before or after the progress.
    assert len(set(seen)) > 3
