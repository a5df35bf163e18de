"""Who may do what: the table has all that can be asked, and the socket keeps to it, whoever asks, whenever, where."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct

from tests.classroom.people import Person, call, code_of, new_class
from tests.server import UNLIMITED, Server
from webapp.classroom.commands import CLASS_COMMANDS
from webapp.classroom.roles import ROLES, TABLE, YES, Situation, why_not
from webapp.errors import ALL_REFUSALS
from webapp.protocol import REQUESTS, ROOM_COMMANDS

# All that there is to ask is asked at once, faster than anybody may.
SETTINGS = UNLIMITED

# What is asked, and how: nothing of it changes the class where it may be done, except for those in CHANGING.
ROOM_ASKS: dict[str, dict[str, Any]] = {
    "crash": {"node": "n1"},
    "restart": {"node": "n1"},
    "wipe": {"node": "n1"},
    "freeze": {"node": "n1"},
    "thaw": {"node": "n1"},
    "slow": {"node": "n1", "factor": 2},
    "skew": {"actor": "n1", "skew_us": 10},
    "partition": {"groups": [["n1"], ["n2"]]},
    "link": {"source": "n1", "target": "n2", "cut": True},
    "heal": {},
    "hold": {"message": "none"},
    "release": {"message": "none"},
    "drop": {"message": "none"},
    "duplicate": {"message": "none"},
    "deliver": {"message": "none"},
    "gossip": {},
    "promote": {"node": "n1"},
    "workload": {"rate": 0},
    "add_client": {},
    "add_node": {},
    "remove_node": {"node": "n99"},
    "configure": {"w": 50},
    "compare": {"settings": {"w": 50}},
    "run": {},
    "pause": {},
    "step": {},
    "set_speed": {"speed": 0.001},
}

CLASS_ASKS: dict[str, dict[str, Any]] = {
    "title": {"title": "Quorums"},
    "mode": {"mode": "follow"},
    "stage": {"room": "nosuchroom"},
    "look": {},
    "show": {"board": "stage"},
    "ask": {"question": "Which?", "choices": ["a", "A"]},
    "close": {},
    "reveal": {},
    "put_away": {},
    "lesson": {"slug": "no-such-lesson"},
    "lock": {"on": True},
    "freeze": {"on": False},
    "remove": {"member": "m99"},
    "rename": {"member": "m99", "name": "Ben"},
    "call_back": {"member": "m99"},
    "comment": {"text": "Well done", "member": "m99"},
    "lower_hand": {"member": "m99"},
    "invite": {"link": "viewer"},
    "revoke": {"link": "viewer"},
    "end": {},
    "take_place": {},
    "answer": {"poll": "q99", "choice": 0},
    "hand": {"up": False},
    "name": {"name": "Anna"},
    "progress": {"slug": "no-such-lesson", "place": 0, "reached": 0},
}
CHANGING = {"class.mode", "class.revoke", "class.end", "class.freeze"}

INSIDE: dict[str, dict[str, Any]] = {
    "resync": {},
    "branches": {},
    "digest": {},
    "share": {"at_us": 0},
    "open": {"scenario": "no-such"},
    "lesson": {"slug": "no-such-lesson", "step": "x"},
    "unpack": {"packed": "eJw"},
    "fork": {"at_us": 0, "command": {"type": "restart", "node": "n1"}},
    "rename": {"room": "nosuchroom", "name": "x"},
}
ELSEWHERE = ("join", "peek", "copy")
OVER_HTTP = ("history", "report", "replay", "export", "delete")

# All that the table can answer.
CODES = {
    rule if isinstance(rule, str) else rule(Situation(mode=mode, hands=hands, where=where, frozen=frozen, ended=ended))
    for rules in TABLE.values()
    for rule in rules.values()
    for mode in ("follow", "hands_on", "own_copy")
    for hands in ("clients", "nodes")
    for where in ("stage", "own", "other")
    for frozen in (False, True)
    for ended in (False, True)
} - {YES}


def test_the_table_has_all_that_can_be_asked() -> None:
    # Who says how far they have read asks for nothing.
    asked = {event for event in REQUESTS if event not in ("enter", "class", "command", "seen")}
    asked |= {f"command.{one.__struct_config__.tag}" for one in ROOM_COMMANDS}
    asked |= {f"class.{one.__struct_config__.tag}" for one in CLASS_COMMANDS}
    assert set(TABLE) == asked | set(OVER_HTTP)
    assert all(set(rules) == set(ROLES) for rules in TABLE.values())
    assert set(ALL_REFUSALS) >= CODES


def test_these_tests_ask_all_that_can_be_asked() -> None:
    tried = {f"command.{kind}" for kind in (*ROOM_ASKS, "read", "write")} | {f"class.{kind}" for kind in CLASS_ASKS}
    assert tried | set(INSIDE) | set(ELSEWHERE) | set(OVER_HTTP) == set(TABLE)


def test_nobody_from_outside_may_do_anything_in_a_class() -> None:
    assert {why_not("anonymous", asked, Situation()) for asked in TABLE} == {"not_in_class"}


def test_staff_are_never_held_up_by_a_frozen_class() -> None:
    for role in ("owner", "assistant"):
        for asked in TABLE:
            assert why_not(role, asked, Situation(frozen=True)) == why_not(role, asked, Situation()), asked


class Place(Struct):
    """A connection, and where it is as the table says it."""

    person: Person
    where: str
    room: str


class Trial:
    """Everything that one role can ask for, in one situation, from several places."""

    def __init__(self, role: str, now: Situation, rooms: dict[str, str]) -> None:
        self.role, self.now, self.rooms = role, now, rooms
        self.tried = 0

    def check(self, asked: str, answer: dict[str, Any], **more: Any) -> None:
        self.tried += 1
        now = Situation(**{name: getattr(self.now, name) for name in Situation.__struct_fields__} | more)
        expected = why_not(self.role, asked, now)  # type: ignore[arg-type]
        got = YES if answer["accepted"] else answer["error"]["code"]
        if expected == YES:
            assert got not in CODES | {"invalid", "internal"}, (self.role, asked, now, got)
        else:
            assert got == expected, (self.role, asked, now, got)

    def inside(self, place: Place, client: str | None) -> None:
        for event, arguments in INSIDE.items():
            self.check(event, place.person.ask(event, arguments), where=place.where)
        for kind, fields in ROOM_ASKS.items():
            self.check(f"command.{kind}", place.person.command(kind, **fields), where=place.where)
        for mine in (True, False):
            who = client if mine else ("B" if client == "A" else "A")
            if who is not None:
                more = {"where": place.where, "is_mine": mine}
                self.check("command.write", place.person.command("write", client=who, key="x", value="v"), **more)
                self.check("command.read", place.person.command("read", client=who, key="x"), **more)

    def of_the_class(self, person: Person) -> None:
        for kind, fields in CLASS_ASKS.items():
            asked = f"class.{kind}"
            if asked in CHANGING and why_not(self.role, asked, self.now) == YES:  # type: ignore[arg-type]
                continue
            self.check(asked, person.asks(kind, **fields))

    def elsewhere(self, person: Person, key: str | None) -> None:
        for where, room in self.rooms.items():
            self.check("peek", person.ask("peek", {"room": room}), where=where)
            self.check("join", person.ask("join", {"room": room}), where=where)
            answer = call(person.server, "GET", f"r/{room}/log.jsonl", key=key)
            told = {"accepted": answer.status == 200} | ({} if answer.status == 200 else {"error": answer.error})
            self.check("history", told, where=where)


Make = Callable[..., Person]


# The mode, how often hands are laid on clusters, and what is held.
SITUATIONS = [
    ("follow", {}, Situation()),
    ("hands_on", {"groups": 1}, Situation("hands_on")),
    ("hands_on", {"groups": 2}, Situation("hands_on")),
    ("hands_on", {"groups": 2, "hands": "nodes"}, Situation("hands_on", "nodes")),
    ("hands_on", {"groups": 2, "hands": "nodes"}, Situation("hands_on", "nodes", frozen=True)),
    ("own_copy", {}, Situation("own_copy")),
    ("own_copy", {}, Situation("own_copy", frozen=True)),
]


def test_students_may_do_what_the_table_says(server: Server, person: Make) -> None:
    one = new_class(server)
    key = one.join("Anna")
    owner = person(one.key)
    stage = str(owner.seen["stage"])
    elsewhere, here, there = (person(key) for _ in range(3))
    owner.mode("own_copy")
    # This tab stays in a copy that is no longer the member's.
    other = elsewhere.takes_place()
    tried = 0
    for mode, fields, now in SITUATIONS:
        owner.mode("follow")
        owner.mode(mode, **fields)
        owner.does("freeze", on=now.frozen)
        here.until(lambda mode=mode: here.own["mode"] == mode)
        here.until(lambda now=now: here.seen["frozen"] == now.frozen)
        own = here.takes_place()
        # Whoever copies anything has another room of their own then.
        rooms = ({"own": own} if own != stage else {}) | {"stage": stage, "other": other}
        trial = Trial("student", now, rooms)
        there.join(stage)
        where = "own" if own == stage and mode != "follow" else "stage"
        # The stage is where those who follow belong; for them the table makes no difference.
        for place in [Place(there, where, stage), Place(elsewhere, "other", other)]:
            trial.inside(place, here.own["client"] or "A")
        if own != stage:
            trial.inside(Place(here, "own", own), here.own["client"] or "A")
        trial.of_the_class(here)
        trial.elsewhere(there, key)
        for where, room in rooms.items():
            answer = here.ask("copy", {"room": room, "at_us": 0})
            if why_not("student", "peek", Situation(mode=now.mode, where=where)) == YES:
                trial.check("copy", answer, where=where)
            else:
                assert answer["error"]["code"] == "not_your_room"
        tried += trial.tried
    assert tried > 1_000
    # The other tabs stood where they were all the time.
    assert owner.seen["stage"] == stage


def test_a_student_who_was_called_back_only_looks(server: Server, person: Make) -> None:
    one = new_class(server)
    key = one.join("Anna")
    owner, student = person(one.key), person(key)
    owner.mode("own_copy")
    copy = student.takes_place()
    owner.does("call_back", member="m1", on=True)
    student.until(lambda: student.own["called_back"])
    trial = Trial("student", Situation("follow"), {"stage": owner.seen["stage"], "other": copy})
    trial.inside(Place(student, "other", copy), "A")
    trial.elsewhere(student, key)
    owner.does("call_back", member="m1", on=False)
    student.until(lambda: not student.own["called_back"])
    assert student.own["room"] == copy, "looking at the stage has cost the copy"
    student.join(copy)
    assert student.command("crash", node="n2")["accepted"]


@pytest.mark.parametrize("role", ["owner", "assistant", "viewer"])
def test_staff_and_viewers_may_do_what_the_table_says(server: Server, person: Make, role: str) -> None:
    one = new_class(server)
    owner, student = person(one.key), person(one.join("Anna"))
    key = one.key if role == "owner" else str(owner.does("invite", link=role)["key"])
    stage = str(owner.seen["stage"])
    owner.mode("own_copy")
    copy = student.takes_place()
    asker = person(key)
    for frozen in (False, True):
        owner.does("freeze", on=frozen)
        trial = Trial(role, Situation("own_copy", frozen=frozen), {"other": copy, "stage": stage})
        trial.elsewhere(asker, key)
        trial.inside(Place(asker, "stage", stage), "A")
        trial.of_the_class(asker)
        answer = asker.ask("copy", {"room": copy, "at_us": 0})
        if role == "viewer":
            assert answer["error"]["code"] == "not_your_room"
        else:
            trial.check("copy", answer, where="other")
            asker.join(stage)
            asker.does("stage", room=stage)
    owner.does("end")
    owner.until(lambda: owner.seen["ended"])
    trial = Trial(role, Situation(ended=True), {"other": copy, "stage": stage})
    trial.elsewhere(asker, key)
    trial.of_the_class(asker)


def test_students_of_a_class_that_has_ended_only_look(server: Server, person: Make) -> None:
    one = new_class(server)
    key = one.join("Anna")
    owner, student = person(one.key), person(key)
    owner.mode("own_copy")
    copy = student.takes_place()
    owner.does("end")
    student.until(lambda: student.seen["ended"])
    trial = Trial("student", Situation(ended=True), {"other": copy, "stage": owner.seen["stage"]})
    trial.inside(Place(student, "other", copy), "A")
    trial.elsewhere(student, key)
    trial.inside(Place(student, "stage", owner.seen["stage"]), "A")
    trial.of_the_class(student)


def test_from_outside_nothing_reaches_a_class(server: Server, person: Make) -> None:
    one = new_class(server)
    stage = person(one.key).seen["stage"]
    stranger = person()
    trial = Trial("anonymous", Situation(), {"stage": stage})
    trial.elsewhere(stranger, None)
    trial.check("copy", stranger.ask("copy", {"room": stage}))
    trial.of_the_class(stranger)
    # Nobody is inside a room of a class who may not join one.
    for event, arguments in INSIDE.items():
        if event not in ("open", "lesson", "unpack"):
            assert stranger.ask(event, arguments)["error"]["code"] == "not_in_a_room"
    for kind, fields in ROOM_ASKS.items():
        assert stranger.command(kind, **fields)["error"]["code"] == "not_in_a_room"


def test_the_owner_alone_ends_a_class_and_changes_its_locks(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    assistant = person(str(owner.does("invite", link="assistant")["key"]))
    for kind, fields in (("end", {}), ("revoke", {"link": "viewer"}), ("invite", {"link": "assistant"})):
        assert assistant.refused(kind, **fields) == "owner_only"
    assert assistant.asks("mode", mode="own_copy")["accepted"]
    assert owner.asks("revoke", link="assistant")["accepted"]
    assistant.until(lambda: bool(assistant.outs))
    assert assistant.refused("mode", mode="follow") == "not_in_class"
    assert owner.asks("end")["accepted"]
    assert owner.refused("mode", mode="own_copy") == "class_ended"


def test_what_is_kept_of_a_class_is_given_to_whom_the_table_says(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, student = person(one.key), one.join("Anna")
    keys = {"owner": one.key, "student": student, "anonymous": None} | {
        link: owner.does("invite", link=link)["key"] for link in ("assistant", "viewer")
    }
    ways = {
        "report": [("GET", "report.json"), ("GET", "report.csv"), ("GET", "rooms")],
        "replay": [("POST", "replay")],
        "export": [("GET", "export")],
        # The owner comes last: then it is gone.
        "delete": [("DELETE", "")],
    }
    for asked, paths in ways.items():
        for role in reversed(ROLES):
            for method, path in paths:
                address = f"classes/{one.id}/{path}".rstrip("/")
                answer = call(server, method, address, {} if method == "POST" else None, key=keys[role])
                expected = why_not(role, asked, Situation())
                got = YES if answer.status == 200 else answer.error["code"]
                assert answer.status in (200, 403)
                assert got == expected, (role, asked, path)
    owner.until(lambda: bool(owner.outs))
    assert code_of(owner.sit(one.key)) == "unknown_class"
