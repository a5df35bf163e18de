"""A key that was not made for it opens nothing, by no way that a key can be shown; and no key is written down.

What keys are is tested in tests/classroom; here they are shown to a real server.
"""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer

from tests.classroom.people import Person, call, code_of, new_class
from tests.security.asking import ask
from tests.server import Server
from webapp.classroom.keys import KEY_MAX, Keys, Seat

Make = Callable[..., Person]


class School:
    """Two classes with everybody who can be in one, and a third that was deleted."""

    def __init__(self, server: Server, person: Make) -> None:
        self.one, self.other, gone = new_class(server), new_class(server), new_class(server)
        owner = person(self.one.key)
        self.keys = {
            "owner": self.one.key,
            "assistant": owner.does("invite", link="assistant")["key"],
            "viewer": owner.does("invite", link="viewer")["key"],
            "student": self.one.join("Anna"),
        }
        self.others = [self.other.key, self.other.join("Anna")]
        self.of_deleted = [gone.key, gone.join("Anna")]
        assert call(server, "DELETE", f"classes/{gone.id}", key=gone.key).status == 200
        self.revoked = self.keys["assistant"]
        self.keys["assistant"] = owner.does("revoke", link="assistant")["key"]
        self.removed = self.one.join("Ben")
        owner.does("remove", member="m2")


@pytest.fixture
def school(server: Server, person: Make) -> School:
    return School(server, person)


def payload(key: str) -> Any:
    text = key.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def with_payload(key: str, told: Any) -> str:
    text = base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{text}.{key.rpartition('.')[2]}"


def forged(school: School) -> Iterator[str]:
    """Keys that nobody has made, each nearly one that somebody has."""
    keys, here = school.keys, school.one.id
    student, owner = keys["student"], keys["owner"]
    # Whoever has a student's key makes oneself another student, an assistant, the owner; or goes next door.
    for told in ([here, "m", "m3"], [here, "o", 0], [here, "a", 1], [school.other.id, "m", "m1"], [here, "m", "owner"]):
        assert told != payload(student)
        yield with_payload(student, told)
    yield with_payload(keys["assistant"], [here, "a", 0])
    yield with_payload(keys["viewer"], [here, "o", 0])
    # One's payload with another's signature.
    yield f"{owner.partition('.')[0]}.{student.rpartition('.')[2]}"
    yield f"{student.partition('.')[0]}.{school.others[1].rpartition('.')[2]}"
    # Cut, lengthened, written otherwise.
    yield from (
        owner[:-1],
        owner[:-8],
        owner[1:],
        owner.partition(".")[0],
        f"{owner.partition('.')[0]}.",
        owner.swapcase(),
    )
    yield from (owner + "A", f"{owner}.{owner}", owner.replace(".", ".."), f".{owner}", "x" * KEY_MAX)
    # Of another site's secret, of none, and of the right form for another purpose.
    for secret in (b"", b"another site's secret", b"class", b"\0" * 32):
        yield Keys(secret).of(Seat(here, "owner"))
    yield str(URLSafeSerializer("dev").dumps([here, "o", 0]))
    yield base64.urlsafe_b64encode(json.dumps([here, "o", 0]).encode()).decode()


def over_http(server: Server, school: School, key: str) -> tuple[int, str]:
    """Everything that a class hands out is asked for; the one answer to all of it."""
    answers = set()
    for method, what in (
        ("GET", "report.json"),
        ("GET", "export"),
        ("GET", "rooms"),
        ("POST", "replay"),
        ("DELETE", ""),
    ):
        answer = call(server, method, f"classes/{school.one.id}/{what}".rstrip("/"), key=key)
        answers.add((answer.status, str(answer.error["code"])))
    (answer_of_all,) = answers
    return answer_of_all


def test_a_forged_key_opens_nothing(server: Server, person: Make, school: School) -> None:
    nobody, bystander = person(), person(school.keys["student"])
    for key in forged(school):
        assert code_of(nobody.sit(key)) == "bad_key", key
        assert over_http(server, school, key) == (403, "bad_key"), key
        # Nor does whoever tries lose the seat that was theirs.
    assert code_of(bystander.sit(with_payload(school.keys["student"], [school.one.id, "o", 0]))) == "bad_key"
    assert bystander.does("hand", up=True)["accepted"]
    assert bystander.refused("title", title="Mine now") == "teachers_only"
    assert nobody.refused("hand", up=True) == "not_in_class"


def test_a_key_that_is_no_longer_good_says_why(server: Server, person: Make, school: School) -> None:
    nobody = person()
    for key, code, status in (
        (school.revoked, "revoked", 403),
        (school.removed, "removed", 403),
        *((key, "unknown_class", 404) for key in school.of_deleted),
    ):
        assert code_of(nobody.sit(key)) == code
        assert over_http(server, school, key) == (status, code)
    known = json.loads(
        call(server, "POST", "classes/mine", {"keys": [school.revoked, school.keys["assistant"]]}).content
    )
    assert [one.get("role") or one["error"]["code"] for one in known] == ["revoked", "assistant"]


def test_a_good_key_opens_what_it_was_made_for(server: Server, person: Make, school: School) -> None:
    for role, key in school.keys.items():
        assert person(key).own["role"] == role
    for key in school.others:
        assert over_http(server, school, key) == (403, "bad_key")
    # The teachers' documents are not for all who are in the class.
    for role in ("student", "viewer"):
        status, code = over_http(server, school, school.keys[role])
        assert (status, code) in {(403, "teachers_only"), (403, "owner_only"), (403, "viewers_look")}, role


def test_a_key_is_shown_in_one_way_only(server: Server, school: School) -> None:
    """Not in an address, which logs and other people see, nor in a cookie, which any page's request would bring."""
    key = school.keys["owner"]
    report = f"classes/{school.one.id}/report.json"
    assert ask(server, report, Authorization=f"Bearer {key}").status == 200
    for path in (f"{report}?key={key}", f"{report}?owner={key}", f"{report}?access_token={key}"):
        assert ask(server, path).status in (400, 403), path
    for headers in (
        {"Cookie": f"key={key}; owner={key}; session={key}; quorumscope_session={key}"},
        {"Authorization": key},
        {"Authorization": f"Basic {base64.b64encode(f'owner:{key}'.encode()).decode()}"},
        {"Authorization": f"bearer{key}"},
        {"X_Key": key},
    ):
        assert ask(server, report, **headers).status == 403, headers


def test_no_key_is_written_down(server: Server, school: School) -> None:
    secrets = [*school.keys.values(), *school.others, *school.of_deleted, school.revoked, school.removed]
    for key in secrets:
        call(server, "GET", f"classes/{school.one.id}/report.json", key=key)
        call(server, "POST", "classes/mine", {"keys": [key], "more": 1})
    assert not [key for key in secrets if key in server.errors]
    # Whoever reads the database finds who is in which class, but no key: keys are made anew each time.
    kept = b"".join(path.read_bytes() for path in Path(server.data_dir).iterdir() if path.is_file())
    assert kept
    assert not [key for key in secrets if key.rpartition(".")[2].encode() in kept]
