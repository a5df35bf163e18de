"""The session's cookie: when there is one, what it is good for, and when it ends."""

import time
from pathlib import Path

import pytest
from flask import Flask

from tests.accounts.conftest import MakeSite
from tests.accounts.people import Person
from webapp.accounts.accounts import Accounts
from webapp.accounts.sessions import COOKIE, IDLE_DAYS, local


def accounts(site: Flask) -> Accounts:
    found: Accounts = site.extensions["accounts"]
    return found


def cookie(person: Person) -> str | None:
    found = person.client.get_cookie(COOKIE)
    return None if found is None else found.value


def test_without_accounts_there_is_no_cookie_no_link_and_no_page(make_site: MakeSite) -> None:
    visitor = Person(make_site(accounts="none"))
    for path in ("/", "/teach", "/lessons", "/join", "/account", "/account/classes", "/account/sign-up"):
        answer = visitor.get(path)
        assert answer.status_code == (404 if path.startswith("/account") else 200), path
        assert not answer.headers.getlist("Set-Cookie"), path
        assert 'href="/account' not in answer.text, path
    started = visitor.ask("/classes", "POST", title="Monday")
    assert started.status_code == 200
    assert not started.headers.getlist("Set-Cookie")
    assert visitor.ask(f"/classes/{started.json['class_id']}/account", "POST", started.json["key"]).status_code == 404


def test_who_only_looks_gets_no_cookie(site: Flask) -> None:
    visitor = Person(site)
    for path in ("/", "/teach", "/lessons", "/join", "/static/icon.svg"):
        assert not visitor.get(path).headers.getlist("Set-Cookie"), path


@pytest.mark.parametrize(
    ("settings", "base", "secure"),
    [
        ({}, "http://localhost", False),
        ({"site": "https://q.example"}, "https://q.example", True),
        ({}, "https://localhost", True),
    ],
)
def test_the_cookie_is_kept_from_scripts_other_sites_and_open_lines(
    make_site: MakeSite, settings: dict, base: str, secure: bool
) -> None:
    answer = make_site(**settings).test_client().get("/account", base_url=base)
    [told] = answer.headers.getlist("Set-Cookie")
    flags = {part.strip().partition("=")[0]: part.strip().partition("=")[2] for part in told.split(";")[1:]}
    assert flags["SameSite"] == "Lax"
    assert "HttpOnly" in flags
    assert ("Secure" in flags) is secure
    assert "Domain" not in flags
    assert answer.headers["Cache-Control"] == "no-store"


def test_signing_in_begins_a_session_that_nobody_knows_from_before(site: Flask) -> None:
    victim, attacker = Person(site), Person(site)
    attacker.get("/account")
    planted, token = cookie(attacker), attacker.form_token
    # Somebody has put their own session into the victim's browser.
    victim.client.set_cookie(COOKIE, planted)
    victim.sign_up("Fixed")
    assert victim.name == "Fixed"
    assert cookie(victim) != planted
    assert victim.form_token != token
    attacker.client.set_cookie(COOKIE, planted)
    assert attacker.name is None


def test_signing_out_everywhere_ends_every_session_and_changing_the_password_all_others(site: Flask) -> None:
    here, there = Person(site), Person(site)
    here.sign_up("Everywhere")
    there.sign_in("Everywhere")
    here.get("/account")
    answer = here.post("/account/password", password="not the one", new="a new password")
    assert answer.status_code == 403
    assert here.problem == "That is not your password."
    answer = here.post("/account/password", password="correct horse battery", new="a new password")
    assert answer.status_code == 303
    assert here.name == "Everywhere"
    assert there.name is None
    there.sign_in("Everywhere", "a new password")
    assert there.name == "Everywhere"
    assert there.post("/account/sign-out-everywhere").status_code == 303
    assert (here.name, there.name) == (None, None)


def test_a_form_of_another_site_or_session_does_nothing(site: Flask) -> None:
    owner, other = Person(site), Person(site)
    owner.enter("Forms")
    other.get("/account")
    paths = ["/account/sign-out", "/account/sign-out-everywhere", "/account/password", "/account/delete"]
    for path in paths:
        for fields in ({"form_token": ""}, {"form_token": other.form_token}, {"form_token": "ü"}):
            owner.get("/account")
            answer = owner.post(path, password="correct horse battery", new="a new password", sure="on", **fields)
            assert answer.status_code == 403, path
            assert "out of date" in owner.problem
    assert owner.name == "Forms"
    # Nor can one be signed in as somebody else without having asked for it.
    answer = other.client.post("/account", data={"name": "Forms", "password": "correct horse battery"})
    assert answer.status_code == 403
    assert other.name is None
    # A page of another site, even with all fields right.
    owner.get("/account")
    crossing = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = owner.client.post("/account/sign-out", data={"form_token": owner.form_token}, headers=crossing)
    assert answer.status_code == 403
    assert owner.name == "Forms"


def test_a_forged_cut_or_foreign_cookie_is_nobodys(site: Flask, make_site: MakeSite) -> None:
    owner = Person(site)
    owner.enter("Forger")
    good = cookie(owner)
    assert good is not None
    foreign = Person(make_site())
    foreign.enter("Forger", account_id=accounts(site)._store.account_named("forger").id)
    # Of its last letter only some bits count.
    said, _, signature = good.rpartition(".")
    forged = f"{said}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    for bad in (forged, good[: len(good) // 2], "", "x.y.z", cookie(foreign)):
        person = Person(site)
        person.client.set_cookie(COOKIE, bad or "")
        assert person.name is None, bad
    owner.client.set_cookie(COOKIE, good)
    assert owner.name == "Forger"


def test_a_session_that_nobody_uses_ends_by_itself(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(site)
    person.enter("Idle")
    first, real = cookie(person), time.time
    monkeypatch.setattr(time, "time", lambda: real() + (IDLE_DAYS - 1) * 86_400)
    # Used in time, it is renewed.
    assert person.name == "Idle"
    assert cookie(person) not in (None, first)
    renewed = cookie(person)
    monkeypatch.setattr(time, "time", lambda: real() + (2 * IDLE_DAYS - 2) * 86_400)
    assert person.name == "Idle"
    late = Person(site)
    for old in (first, renewed):
        monkeypatch.setattr(time, "time", lambda: real() + (2 * IDLE_DAYS) * 86_400)
        late.client.set_cookie(COOKIE, old or "")
        assert late.name is None


def test_two_workers_know_the_same_sessions(make_site: MakeSite, tmp_path: Path) -> None:
    one = make_site(tmp_path)
    two = make_site(tmp_path)
    person, elsewhere = Person(one), Person(two)
    person.enter("Shared")
    elsewhere.client.set_cookie(COOKIE, cookie(person) or "")
    assert elsewhere.name == "Shared"
    elsewhere.post("/account/sign-out-everywhere")
    assert person.name is None


def test_a_closed_or_deleted_account_is_out_at_once(site: Flask) -> None:
    person, store = Person(site), accounts(site)._store
    person.sign_up("Closed")
    account_id = store.account_named("closed").id
    store.close_account(account_id, closed=True)
    assert person.name is None
    assert Person(site).sign_in("Closed", "some other password").status_code == 403
    told = Person(site)
    assert told.sign_in("Closed").status_code == 403
    assert "has been closed" in told.problem
    store.close_account(account_id, closed=False)
    assert told.sign_in("Closed").status_code == 303
    store.delete_account(account_id)
    assert told.name is None


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/teach", True),
        ("/r/a?lang=de#x", True),
        ("teach", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/a\nb", False),
        ("https://evil.example/", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_address_of_this_site_leads_back(address: str | None, kept: bool) -> None:
    assert local(address) == (address if kept else None)
