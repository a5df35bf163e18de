"""What a class leaves behind, over HTTP: who may have it, what is in it, and that it can be deleted for good."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.commands import Crash, Write
from webapp.app import create_app
from webapp.classroom.classes import Classes
from webapp.classroom.commands import Answer, Ask, Comment, Invite, Lesson, Reveal, Revoke, SetMode, TakePlace
from webapp.classroom.keys import Seat
from webapp.rooms.manager import Rooms
from webapp.settings import Settings

NAME = "Zerberine"
VALUE = "quetzalcoatl"


class Site:
    """The application without a server, and a class in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app, _ = create_app(Settings(data_dir=folder), "threading")
        self.classes: Classes = self.app.extensions["classes"]
        self.rooms: Rooms = self.app.extensions["rooms"]
        self.http: FlaskClient = self.app.test_client()
        row, self.owner = self.classes.create("Quorums", "five-masters")
        self.id, self.code = row.id, row.code or ""
        self.stage = self.classes.state(self.id).stage
        self.rooms.join(self.stage, lambda frame: None)

    def seat(self, key: str) -> Seat:
        return self.classes.seat(key)

    def member(self, name: str) -> str:
        return self.classes.join(self.code, name)[1]

    def invited(self, link: Any) -> str:
        return self.do(self.owner, Invite(link)) or ""

    def do(self, key: str, command: Any) -> str | None:
        return self.classes.do(self.seat(key), command)

    def ask(self, path: str, key: str | None = None, method: str = "GET", **more: Any) -> TestResponse:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return self.http.open(path, method=method, headers=headers, **more)

    def told(self, what: str, key: str | None = None, method: str = "GET", **more: Any) -> Any:
        answer = self.ask(f"/classes/{self.id}/{what}".rstrip("/"), key or self.owner, method, **more)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)

    def mine(self, *keys: str) -> Any:
        return json.loads(self.ask("/classes/mine", method="POST", json={"keys": keys}).text)

    def bytes_kept(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.iterdir())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def busy(site: Site) -> Site:
    """A class in which somebody with a name that is like no other word has written a value like no other."""
    student, other = site.member(NAME), site.member("Kim")
    site.do(site.owner, Ask(f"What will {NAME} read?", (VALUE, "nothing")))
    site.do(student, Answer("q1", 0))
    site.do(other, Answer("q1", 1))
    site.do(site.owner, Reveal(0))
    site.do(site.owner, Comment(f"Well done, {NAME}"))
    site.do(site.owner, SetMode("hands_on"))
    site.do(student, TakePlace())
    member = site.seat(student).member or ""
    client = site.classes.state(site.id).members[member].client or ""
    site.rooms.submit(site.stage, member, Write(client, "x", VALUE))
    site.rooms.submit(site.stage, member, Write(client, "y", f"{NAME} was here"))
    site.rooms.submit(site.stage, "owner", Crash("n1"))
    site.do(site.owner, SetMode("own_copy"))
    site.do(student, TakePlace())
    site.do(other, TakePlace())
    return site


def test_every_address_is_in_the_docs(site: Site) -> None:
    told = (Path(__file__).parents[2] / "docs" / "HTTP.md").read_text()
    ours = ("classes.", "class_documents.")
    rules = {rule.rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith(ours)}
    assert len(rules) > 15
    assert {rule for rule in rules if f" {rule}" not in told.replace("`", " ")} == set()


def test_a_key_to_another_class_opens_nothing(site: Site) -> None:
    _, other = site.classes.create("Another", "five-masters")
    for method, what in (("GET", "/report.json"), ("GET", "/export"), ("DELETE", "")):
        answer = site.ask(f"/classes/{site.id}{what}", other, method)
        assert (answer.status_code, json.loads(answer.text)["error"]["code"]) == (403, "bad_key")
    assert site.classes.row(site.id).id == site.id


def test_a_browser_that_is_sent_to_what_it_has_no_key_to_gets_a_page(site: Site) -> None:
    answer = site.http.get(f"/classes/{site.id}/export", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (403, "text/html")


def test_the_list_tells_of_good_keys_and_says_what_is_wrong_with_others(busy: Site) -> None:
    old = busy.invited("assistant")
    new = busy.do(busy.owner, Revoke("assistant")) or ""
    mine, not_mine, assistant, nonsense = busy.mine(busy.owner, old, new, "nonsense")
    told = {key: mine[key] for key in ("role", "title", "ended", "members", "here", "rooms", "runs")}
    assert told == {
        "role": "owner",
        "title": "Quorums",
        "ended": False,
        "members": 2,
        "here": 0,
        "rooms": 3,
        "runs": 0,
    }
    assert mine["last_ms"] >= mine["opened_ms"] > 1_700_000_000_000
    assert assistant["role"] == "assistant"
    assert (not_mine["error"]["code"], nonsense["error"]["code"]) == ("revoked", "bad_key")
    assert busy.ask("/classes/mine", method="POST", json={"keys": ["x"] * 101}).status_code == 400


def test_its_rooms_are_told_with_their_use(busy: Site) -> None:
    held = busy.told("rooms")
    assert [(one["use"], one["member"]) for one in held] == [("stage", None), ("copy", NAME), ("copy", "Kim")]
    # Two writes and a crash; AddClient and the clock may be there as well.
    assert held[0]["commands"] >= 3


def test_the_report_counts_what_was_done_once_however_often_it_was_copied(busy: Site) -> None:
    told = busy.told("report.json")
    assert told["quorumscope_report"] == 1
    first, other = told["members"]
    assert first["commands"] == {"write": 2}
    assert other["commands"] == {}
    assert told["staff"] == {"owner": {"crash": 1}}
    assert told["questions"][0]["counts"] == [1, 1]
    assert told["questions"][0]["right_share"] == 0.5
    rows = list(csv.DictReader(io.StringIO(busy.ask(f"/classes/{busy.id}/report.csv", busy.owner).text[1:])))
    assert [(row["name"], row["answer"], row["right"], row["writes"]) for row in rows] == [
        (NAME, VALUE, "yes", "2"),
        ("Kim", "nothing", "no", "0"),
    ]


def test_a_lessons_question_is_reported_in_its_words(site: Site) -> None:
    lessons = site.app.extensions["lessons"]
    lesson = next(iter(lessons))
    step = next(step for step in lesson.experiment.steps if step.kind == "predict")
    site.do(site.owner, Lesson(lesson.slug, step.id))
    [question] = site.told("report.json")["questions"]
    assert question["lesson"] == lesson.slug
    assert len(question["choices"]) == len(step.choices) + 1
    assert " " in question["question"]
    assert not set(question["choices"]) & set(step.choices)


def test_an_export_has_all_that_the_class_holds(busy: Site) -> None:
    busy.told("replay", method="POST")
    told = busy.told("export")
    assert told["quorumscope_class"] == 1
    assert told["class"]["id"] == busy.id
    kinds = [line["event"]["type"] for line in told["log"]]
    assert kinds[:2] == ["opened", "joined"]
    assert {"asked", "answered", "revealed", "commented", "switched", "placed"} <= set(kinds)
    assert len(told["rooms"]) == 4
    stage = next(room for room in told["rooms"] if room["id"] == busy.stage)
    assert {"type": "crash", "node": "n1"} in [line["command"] for line in stage["log"]]
    assert len(told["replays"]) == 1


def test_a_replay_is_for_everybody_and_has_no_names(busy: Site) -> None:
    run = busy.told("replay", method="POST")["id"]
    page = busy.http.get(f"/class-run/{run}").text
    boot = json.loads(page.split('id="boot">')[1].split("</script>")[0])
    kinds = [moment["kind"] for moment in boot["moments"]]
    assert kinds == ["began", "question", "revealed", "mode", "mode"]
    question = boot["moments"][1]["poll"]
    assert (question["question"], question["counts"]) == ("What will student-1 read?", [1, 1])
    sealed = boot["run"]
    assert busy.rooms.row(sealed).sealed
    told = page + busy.http.get(f"/r/{sealed}/log.jsonl").text
    assert VALUE in told
    for secret in (NAME, "Kim", "Well done", busy.id, '"m1"'):
        assert secret not in told
    # It is the same run, but for the name.
    row, log = busy.rooms.log(sealed)
    assert busy.rooms.replayed(row, log).now_us == busy.rooms.now_us(busy.stage)
    assert busy.http.get("/class-run/nothing").status_code == 404


def test_what_is_deleted_is_nowhere_in_the_file_any_more(busy: Site) -> None:
    run = busy.told("replay", method="POST")["id"]
    _, other = busy.classes.create("Another", "five-masters")
    assert NAME.encode() in busy.bytes_kept()
    assert VALUE.encode() in busy.bytes_kept()
    out: list[str] = []
    busy.classes.send_out = lambda sid, seat, refused: out.append(f"{sid}: {refused.code}")
    busy.classes.arrive(busy.seat(busy.owner), "sid")
    assert busy.told("", method="DELETE") == {"deleted": busy.id}
    for gone in (NAME, VALUE, busy.id, run):
        assert gone.encode() not in busy.bytes_kept(), gone
    assert out == ["sid: unknown_class"]
    for path in (f"/teach/{busy.id}", f"/teach/{busy.id}/report", f"/class/{busy.id}", f"/class-run/{run}"):
        assert busy.http.get(path).status_code == 404, path
    [mine, others] = busy.mine(busy.owner, other)
    assert mine["error"]["code"] == "unknown_class"
    assert others["title"] == "Another"
