"""Kills, full disks and older files: what a class was told to be in is there, and nothing twice."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import websocket

from tests.classroom.people import Person, call, new_class
from tests.classroom.test_state import School
from tests.server import Server
from tests.webapp import test_store
from tests.webapp.clients import Raw

SAMPLES = Path(test_store.__file__).parent / "samples"
STUDENTS = 12
# So many answers are accepted at least before the kill, however busy the machine is.
LEAST = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("data")).start()
    try:
        yield server
    finally:
        server.kill()
    assert "Traceback" not in server.errors


class Answering(threading.Thread):
    """A student who answers, and thinks again, until the line breaks."""

    def __init__(self, server: Server, key: str, enough: threading.Semaphore) -> None:
        super().__init__(daemon=True)
        self.accepted: list[int] = []
        self.under_way: int | None = None
        self._line, self._enough = Raw(server), enough
        assert self._line.ask("enter", {"key": key})["accepted"]

    def run(self) -> None:
        with suppress(websocket.WebSocketException, OSError):
            for number in range(100_000):
                self.under_way = number % 3
                answer = self._line.ask("class", {"command": {"type": "answer", "poll": "q1", "choice": number % 3}})
                assert answer["accepted"], answer
                self.accepted.append(number % 3)
                self._enough.release()


def answers_of(server: Server, class_id: str) -> list[tuple[str, int]]:
    """Who answered what, in the order of the log, whose seqs have no gaps."""
    with sqlite3.connect(server.data_dir / "rooms.sqlite3") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = db.execute("SELECT seq, event FROM class_log WHERE class = ? ORDER BY seq", (class_id,)).fetchall()
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    events: list[dict[str, Any]] = [json.loads(event) for _, event in rows]
    return [(event["member"], event["choice"]) for event in events if event["type"] == "answered"]


def test_no_accepted_answer_is_lost_and_none_is_there_twice(server: Server) -> None:
    one = new_class(server)
    keys = {f"m{number}": one.join(f"Student {number}") for number in range(1, STUDENTS + 1)}
    with Person(server, one.key) as owner:
        owner.does("ask", question="Which value?", choices=["old", "new", "both"])
        before = owner.seen
    accepted: dict[str, list[int]] = {member: [] for member in keys}
    for _ in range(2):
        enough = threading.Semaphore(0)
        students = {member: Answering(server, key, enough) for member, key in keys.items()}
        for student in students.values():
            student.start()
        for _ in range(LEAST):
            assert enough.acquire(timeout=20)
        server.kill()
        for student in students.values():
            student.join(10)
            assert not student.is_alive()
        server.start()
        log = answers_of(server, one.id)
        for member, student in students.items():
            kept = [choice for who, choice in log if who == member]
            told = accepted[member] + student.accepted
            # One at most was kept whose answer did not get out any more. Whoever says the same again is not kept.
            possible = [told, [*told, student.under_way]]
            assert kept in [[one for at, one in enumerate(each) if at == 0 or each[at - 1] != one] for each in possible]
            accepted[member] = kept
    last = Counter(choices[-1] for choices in accepted.values() if choices)
    with Person(server, one.key) as owner:
        assert owner.seen["poll"]["answers"] == sum(last.values())
        assert (owner.seen["stage"], owner.seen["code"]) == (before["stage"], before["code"])
        owner.does("reveal")
        owner.until(lambda: owner.seen["poll"]["phase"] == "revealed")
        assert owner.seen["poll"]["counts"] == [last[choice] for choice in range(3)]


def test_after_a_kill_everybody_is_where_they_were(server: Server) -> None:
    one = new_class(server)
    keys = [one.join(name) for name in ("Anna", "Ben", "Cleo")]
    with Person(server, one.key) as owner, Person(server, keys[0]) as anna, Person(server, keys[1]) as ben:
        owner.mode("own_copy")
        copies = [anna.takes_place(), ben.takes_place()]
        anna.do("crash", node="n1")
        ben.does("hand", up=True)
        owner.does("call_back", member="m2")
        owner.does("remove", member="m3")
        ben.until(lambda: ben.own["called_back"] and ben.own["hand"])
        owner.until(lambda: len(owner.rows) == 2 and owner.rows[1]["called_back"])
        owner.until(lambda: (owner.seen["members"], owner.seen["here"]) == (2, 2))
        before = (owner.seen, owner.rows, anna.own, ben.own)
    server.kill()
    server.start()
    with Person(server, one.key) as owner, Person(server, keys[0]) as anna, Person(server, keys[1]) as ben:
        owner.until(lambda: [row["here"] for row in owner.rows] == [True, True])
        anna.until(lambda: anna.seen["here"] == ben.seen["here"] == owner.seen["here"] == 2)
        assert (owner.seen, owner.rows, anna.own, ben.own) == before
        whole = anna.join(copies[0])
        down = [change["id"] for change in whole["changes"] if change["fields"].get("status") == "down"]
        assert down == ["n1"]
        answer = call(server, "GET", f"r/{copies[0]}/log.jsonl", key=keys[2])
        assert answer.error["code"] == "removed"


def test_a_file_of_schema_2_gets_classes(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "rooms.sqlite3")
    db.executescript((SAMPLES / "schema_2.sql").read_text())
    db.close()
    school = School(tmp_path)
    store = school.site.store
    rows = [row for row, _ in store.family("v2-first")]
    assert [(row.id, row.name, row.class_id) for row in rows] == [
        ("v2-first", "as it was", None),
        ("v2-branch", "n1 down", None),
    ]
    shared = store.room("v2-shared")
    assert shared is not None
    assert shared.sealed
    school.site.rooms.join("v2-branch", lambda frame: None)
    # What was no class's stays open to all, and a class begins beside it.
    class_id, owner, _ = school.open()
    assert school.site.rooms.row(school.classes.state(class_id).stage).class_id == class_id
    school.classes.delete(owner.class_id)
    assert store.room("v2-branch") == rows[1]
    school.close()


def test_what_is_deleted_is_not_in_the_file_any_more(tmp_path: Path) -> None:
    school = School(tmp_path)
    class_id, _, code = school.open()
    school.classes.join(code, "Wilhelmina")
    kept, _, _ = school.open()
    school.classes.delete(class_id)
    tables = ("classes", "class_log", "class_runs", "rooms", "log")
    left = {table: school.site.count(table) for table in tables}
    assert left == {"classes": 1, "class_log": 1, "class_runs": 0, "rooms": 1, "log": 0}
    for file in tmp_path.iterdir():
        assert b"Wilhelmina" not in file.read_bytes(), file
    assert school.classes.state(kept).title == "Quorums"
    school.close()
