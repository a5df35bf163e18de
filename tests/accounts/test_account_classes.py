"""A class belongs to the account of whoever has started it, and to no other."""

from flask import Flask

from tests.accounts.conftest import MakeSite
from tests.accounts.people import Person
from webapp.classroom.commands import Revoke


def owner_sees(person: Person, key: str) -> dict:
    told = person.ask("/classes/mine", "POST", keys=[key]).json
    assert len(told) == 1
    return told[0]


def test_only_who_is_signed_in_starts_a_class(site: Flask) -> None:
    stranger = Person(site)
    answer = stranger.ask("/classes", "POST", title="Monday")
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "sign_in_first"
    assert site.extensions["classes"].store.all_classes() == []
    assert stranger.ask("/account/classes").json["error"]["code"] == "sign_in_first"
    assert stranger.enter("Starter").start_class()["key"]


def test_students_need_no_account(site: Flask) -> None:
    made = Person(site).enter("With students").start_class()
    student = Person(site)
    answer = student.ask(f"/classes/{made['class_id']}/members", "POST", code=made["code"], name="Mia")
    assert answer.status_code == 200
    assert answer.json["key"]
    assert student.client.get_cookie("quorumscope_session") is None


def test_on_another_device_the_classes_are_there_with_keys_that_open_them(site: Flask) -> None:
    first = Person(site).enter("Two devices")
    made = [first.start_class(title)["class_id"] for title in ("Monday", "Tuesday")]
    second = Person(site)
    assert second.sign_in("Two devices").status_code == 303
    answer = second.ask("/account/classes")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["account"]["name"] == "Two devices"
    found = second.classes()
    assert set(found) == set(made)
    told = [owner_sees(second, found[class_id]) for class_id in made]
    assert [(one["title"], one["role"]) for one in told] == [("Monday", "owner"), ("Tuesday", "owner")]
    assert second.ask(f"/classes/{made[0]}", "DELETE", found[made[0]]).status_code == 200
    assert set(first.classes()) == {made[1]}


def test_nobody_gets_the_classes_of_another_account(site: Flask) -> None:
    mine, other = Person(site).enter("Mine"), Person(site).enter("Other")
    made = mine.start_class()
    assert other.classes() == {}
    # Not even with a key that was given them: a link that is made useless later must be useless.
    answer = other.ask(f"/classes/{made['class_id']}/account", "POST", made["key"])
    assert answer.status_code == 409
    assert answer.json["error"]["code"] == "held_already"
    assert other.classes() == {}
    assert set(mine.classes()) == {made["class_id"]}


def test_the_account_has_the_owners_key_also_after_the_link_was_replaced(site: Flask) -> None:
    mine = Person(site).enter("Replaced")
    made, known = mine.start_class(), site.extensions["classes"]
    for _ in range(2):
        known.do(known.seat(mine.classes()[made["class_id"]]), Revoke("owner"))
        assert owner_sees(mine, made["key"])["error"]["code"] == "revoked"
        assert owner_sees(mine, mine.classes()[made["class_id"]])["role"] == "owner"
    known.do(known.seat(mine.classes()[made["class_id"]]), Revoke("assistant"))
    assert owner_sees(mine, mine.classes()[made["class_id"]])["role"] == "owner"


def test_a_class_that_was_only_in_a_browser_can_be_put_into_the_account(make_site: MakeSite, tmp_path) -> None:
    before = Person(make_site(tmp_path, accounts="none")).start_class()
    site = make_site(tmp_path)
    path, known = f"/classes/{before['class_id']}/account", site.extensions["classes"]
    assistant = known.keys.of(known.seat(before["key"]).__class__(before["class_id"], "assistant"))
    stranger, mine = Person(site), Person(site).enter("Adopter")
    assert stranger.ask(path, "POST", before["key"]).json["error"]["code"] == "sign_in_first"
    assert mine.ask(path, "POST").json["error"]["code"] == "not_in_class"
    assert mine.ask(path, "POST", "forged").json["error"]["code"] == "bad_key"
    assert mine.ask(path, "POST", assistant).json["error"]["code"] == "owner_only"
    assert mine.ask("/classes/another/account", "POST", before["key"]).json["error"]["code"] == "bad_key"
    assert mine.classes() == {}
    for _ in range(2):
        assert mine.ask(path, "POST", before["key"]).status_code == 200
    assert set(mine.classes()) == {before["class_id"]}


def test_a_page_of_another_site_cannot_put_a_class_into_somebodys_account(site: Flask) -> None:
    mine = Person(site).enter("Across")
    crossing = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for path in ("/classes", "/classes/x/account"):
        answer = mine.client.post(path, json={"title": "Theirs"}, headers=crossing)
        assert answer.status_code == 403
    plain = mine.client.post("/classes", data='{"title": "Theirs"}', content_type="text/plain")
    assert plain.status_code == 400
    assert mine.classes() == {}


def test_who_deletes_the_account_leaves_the_classes_to_those_with_a_key(site: Flask) -> None:
    mine = Person(site).enter("Leaving")
    made = mine.start_class()
    mine.get("/account")
    assert "1 class is in your account" in mine.page
    assert mine.post("/account/delete", password="not the one").status_code == 403
    assert mine.problem == "That is not your password."
    assert mine.post("/account/delete", password="correct horse battery").location == "/account"
    assert mine.name is None
    assert Person(site).sign_in("Leaving").status_code == 403
    assert owner_sees(mine, made["key"])["role"] == "owner"
    # The class is nobody's now, and the name is free.
    heir = Person(site).enter("Leaving")
    assert heir.classes() == {}
    assert heir.ask(f"/classes/{made['class_id']}/account", "POST", made["key"]).status_code == 200
