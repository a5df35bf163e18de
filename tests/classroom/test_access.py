"""Nothing of a class gets out to whoever is not in it, by any way there is; what was shared is open to all."""

from collections.abc import Callable

import pytest

from tests.classroom.people import Person, call, code_of, new_class
from tests.server import UNLIMITED, Server

Make = Callable[..., Person]

# Over HTTP, what tells of a room.
TELLING = (
    "r/{room}/history",
    "r/{room}/log.jsonl",
    "r/{room}/operations.jsonl",
    "r/{room}/inspect?node=n1",
    "staleness?room={room}&trials=10",
)

# Hundreds of commands at once, for a log that is too long for a link.
SETTINGS = UNLIMITED


@pytest.fixture
def rooms(server: Server, person: Make) -> dict[str, str]:
    """A class's stage, Anna's copy, a branch of that, and their keys, with a write in each that nobody else may see."""
    one = new_class(server)
    owner = person(one.key)
    owner.join(owner.seen["stage"])
    owner.do("write", client="A", key="x", value="secret")
    anna, ben = one.join("Anna"), one.join("Ben")
    student = person(anna)
    owner.mode("own_copy")
    copy = student.takes_place()
    branch = student.enter("fork", at_us=0)["room"]
    return {
        "class": one.id,
        "stage": owner.seen["stage"],
        "copy": copy,
        "branch": branch,
        "owner": one.key,
        "anna": anna,
        "ben": ben,
        "viewer": owner.does("invite", link="viewer")["key"],
    }


def reads(server: Server, path: str, key: str | None) -> str:
    """What somebody gets to read there: the code of the refusal, or nothing."""
    answer = call(server, "GET", path, key=key)
    if answer.status == 200:
        return ""
    assert answer.status in (401, 403), (path, answer.status)
    assert "secret" not in answer.text
    return str(answer.error["code"])


def test_over_http_a_room_is_read_with_a_key_that_leads_there(server: Server, rooms: dict[str, str]) -> None:
    stranger = new_class(server)
    other = stranger.join("Anna")
    for place in ("stage", "copy", "branch"):
        for path in TELLING:
            asked = path.format(room=rooms[place])
            for nobody in (None, other, stranger.key):
                assert reads(server, asked, nobody) == "not_in_class", (asked, nobody)
            assert reads(server, asked, "garbage") == "bad_key"
        # One way is like another; the rest is asked of the cheapest.
        asked = f"r/{rooms[place]}/log.jsonl"
        assert reads(server, asked, rooms["owner"]) == ""
        assert reads(server, asked, rooms["anna"]) == ""
        for who in ("ben", "viewer"):
            assert reads(server, asked, rooms[who]) == ("" if place == "stage" else "not_your_room")
    for path in TELLING:
        assert reads(server, path.format(room=rooms["stage"]), rooms["ben"]) == "", path


def test_pages_say_nothing_of_what_is_in_a_room(server: Server, rooms: dict[str, str]) -> None:
    for place in ("stage", "copy"):
        answer = call(server, "GET", f"r/{rooms[place]}")
        assert (answer.status, answer.headers["location"]) == (302, f"/class/{rooms['class']}")
        for path in ("embed", "run"):
            assert "secret" not in call(server, "GET", f"{path}/{rooms[place]}").text
    for path in ("teach/{}", "class/{}", "class/{}/board"):
        answer = call(server, "GET", path.format(rooms["class"]))
        assert answer.status == 200
        assert "secret" not in answer.text
        assert "Anna" not in answer.text
        assert call(server, "GET", path.format("nosuchclass")).status == 404


def test_over_the_socket_nobody_comes_in_from_outside(server: Server, person: Make, rooms: dict[str, str]) -> None:
    stranger = new_class(server)
    for outsider in (person(), person(stranger.key), person(stranger.join("Anna"))):
        for place in ("stage", "copy", "branch"):
            for event in ("join", "peek", "copy"):
                assert code_of(outsider.ask(event, {"room": rooms[place]})) == "not_in_class"
        assert not outsider.frames
    free = person()
    free.open()
    for event in ("join", "peek", "copy"):
        assert code_of(free.ask(event, {"room": rooms["stage"]})) == "not_in_class"
    # A family is asked of from within.
    assert code_of(free.ask("rename", {"room": rooms["branch"], "name": "x"})) == "other_family"
    owner = person(stranger.key)
    assert code_of(owner.asks("stage", room=rooms["stage"])) == "not_of_the_class"
    assert code_of(owner.asks("stage", room=free.room)) == "not_of_the_class"


def test_a_class_is_no_way_out_of_it(server: Server, person: Make, rooms: dict[str, str]) -> None:
    """A student does not make a class's room one that is everybody's."""
    student = person(rooms["anna"])
    made = student.enter("copy", room=rooms["copy"])["room"]
    branch = student.enter("fork", at_us=0)["room"]
    for room in (made, branch):
        assert reads(server, f"r/{room}/log.jsonl", None) == "not_in_class"
        assert code_of(person().ask("join", {"room": room})) == "not_in_class"


def test_whoever_was_sent_out_hears_nothing_more(server: Server, person: Make, rooms: dict[str, str]) -> None:
    owner, student, other_tab = person(rooms["owner"]), person(rooms["anna"]), person(rooms["anna"])
    for tab in (student, other_tab):
        tab.join(rooms["branch"])
    owner.does("remove", member="m1")
    for tab in (student, other_tab):
        tab.until(lambda tab=tab: bool(tab.outs))
        assert tab.outs[0]["code"] == "removed"
        assert code_of(tab.command("crash", node="n1")) == "not_in_a_room"
        assert tab.refused("hand", up=True) == "not_in_class"
        for event in ("join", "peek", "copy"):
            assert code_of(tab.ask(event, {"room": rooms["branch"]})) == "not_in_class"
        assert code_of(tab.sit(rooms["anna"])) == "removed"
    frames = len(student.frames)
    owner.join(rooms["branch"])
    owner.do("write", client="A", key="x", value="secret")
    owner.until(lambda: any(operation["value"] == "secret" for operation in owner.operations()))
    assert len(student.frames) == frames
    assert reads(server, f"r/{rooms['copy']}/log.jsonl", rooms["anna"]) == "removed"
    owner.until(lambda: [row["name"] for row in owner.rows] == ["Ben"])


def test_a_run_that_was_shared_is_open_to_all(server: Server, person: Make, rooms: dict[str, str]) -> None:
    owner = person(rooms["owner"])
    stage = owner.join(rooms["stage"])["room"]
    # No two are alike, and so the log is too long for a link.
    for number in range(2, 202):
        noise = {"loss": 1 / number, "duplicate": number**0.5 % 1, "reorder": number**0.3 % 1}
        owner.do("link", source="n1", target="n2", **noise)
    run = owner.ask("share", {})["run"]
    assert run is not None
    stranger = person()
    assert stranger.ask("peek", {"room": run})["accepted"]
    assert stranger.enter("copy", room=run)["room"] not in (run, stage)
    assert reads(server, f"r/{run}/log.jsonl", None) == ""
    assert code_of(stranger.ask("join", {"room": run})) == "sealed"
    # Also to those who are in the class or in another one.
    for key in (rooms["ben"], rooms["viewer"], new_class(server).key):
        assert person(key).ask("peek", {"room": run})["accepted"]
        assert reads(server, f"r/{run}/log.jsonl", key) == ""
    # Nobody can enter it, and so it is no stage.
    assert owner.refused("stage", room=run) == "sealed"
    assert code_of(owner.ask("join", {"room": run})) == "sealed"
    assert person(rooms["owner"]).seen["stage"] == stage


def test_a_viewer_sees_the_stage_and_nothing_else(server: Server, person: Make, rooms: dict[str, str]) -> None:
    viewer = person(rooms["viewer"])
    viewer.join(rooms["stage"])
    assert viewer.own["role"] == "viewer"
    assert viewer.rows == []
    for place in ("copy", "branch"):
        assert code_of(viewer.ask("peek", {"room": rooms[place]})) == "not_your_room"
    owner = person(rooms["owner"])
    owner.does("revoke", link="viewer")
    viewer.until(lambda: bool(viewer.outs))
    assert viewer.outs[0]["code"] == "revoked"
    assert code_of(viewer.ask("resync", {})) == "not_in_a_room"
    assert code_of(viewer.sit(rooms["viewer"])) == "revoked"


def test_who_changes_the_owners_lock_stays_and_all_others_go(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, other_tab = person(one.key), person(one.key)
    owner.join(owner.seen["stage"])
    key = owner.does("revoke", link="owner")["key"]
    other_tab.until(lambda: bool(other_tab.outs))
    assert code_of(person().sit(one.key)) == "revoked"
    assert owner.command("pause")["accepted"], "the room was left"
    owner.does("title", title="Reads")
    owner.until(lambda: owner.seen["title"] == "Reads")
    assert not owner.outs
    assert person(key).seen["title"] == "Reads"
