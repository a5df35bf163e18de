"""Signing up and in with a password."""

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask

from tests.accounts.conftest import MakeSite
from tests.accounts.people import PASSWORD, Person
from webapp.accounts.accounts import DAY_MS, Accounts, send_out
from webapp.accounts.tries import Tries
from webapp.classroom.texts import likeness


def accounts(site: Flask) -> Accounts:
    found: Accounts = site.extensions["accounts"]
    return found


def row(site: Flask, name: str):
    found = accounts(site)._store.account_named(likeness(name))
    assert found is not None
    return found


def test_who_signs_up_is_signed_in_and_can_come_back(site: Flask) -> None:
    ada = Person(site)
    answer = ada.sign_up("Ada Lovelace")
    assert (answer.status_code, answer.location) == (303, "/teach")
    assert ada.name == "Ada Lovelace"
    assert ada.post("/account/sign-out").location == "/account"
    assert ada.name is None
    # Capitals and spaces do not matter, where one can hardly remember them.
    assert ada.sign_in("  ada   LOVELACE ").status_code == 303
    assert ada.name == "Ada Lovelace"
    kept = row(site, "Ada Lovelace").password
    assert kept.startswith("$argon2id$")
    assert PasswordHasher().verify(kept, PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("Short", "ninechars", "at least 10 characters"),
        ("Long", "x" * 201, "at most 200 characters"),
        ("", PASSWORD, "Write something there"),
        ("Hid\u202eden", PASSWORD, "characters"),
        ("N" * 81, PASSWORD, "80 characters at most"),
    ],
)
def test_what_cannot_be_is_said_in_the_form_and_no_account_is_made(
    site: Flask, name: str, password: str, said: str
) -> None:
    person = Person(site, "10.0.0.2")
    before = len(accounts(site)._store.all_accounts())
    answer = person.sign_up(name, password)
    assert answer.status_code == 400
    assert said in person.problem
    # What one has typed stands there still, the password does not.
    assert f'value="{name}"' in person.page
    assert password not in person.page
    assert len(accounts(site)._store.all_accounts()) == before
    assert person.name is None


def test_a_password_may_be_long_and_of_any_script(site: Flask) -> None:
    person = Person(site)
    long = "пароль из многих слов é " * 8
    assert person.sign_up("Anna", long).status_code == 303
    # The accent as two characters, as another keyboard may send it.
    assert Person(site).sign_in("Anna", long.replace("é", "e\u0301")).status_code == 303
    assert Person(site).sign_in("Anna", long[:-1]).status_code == 403


def test_of_two_names_that_look_the_same_there_is_one(site: Flask) -> None:
    assert Person(site).sign_up("Pascal").status_code == 303
    for same in ("pascal", "Pasca1".replace("1", "l"), "Раѕсаl"):
        second = Person(site)
        assert second.sign_up(same).status_code == 409
        assert "Another account has that name" in second.problem


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(site: Flask) -> None:
    Person(site).sign_up("Grace")
    wrong, unknown = Person(site, "10.0.0.3"), Person(site, "10.0.0.3")
    answers = [wrong.sign_in("Grace", "something else"), unknown.sign_in("Gracf", "something else")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert wrong.problem == unknown.problem == "The name or the password is wrong."
    pages = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert pages[0] == pages[1]
    assert wrong.name is None


def test_an_unknown_name_costs_as_much_as_a_wrong_password(site: Flask) -> None:
    """Not by a clock: the same work is done, with the parameters of today."""
    passwords = accounts(site).passwords
    assert passwords.check("something else", None) == (False, None)
    assert passwords.check("", None) == (False, None)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    assert passwords.check("something else", weak.hash(PASSWORD)) == (False, None)
    fits, anew = passwords.check(PASSWORD, weak.hash(PASSWORD))
    assert fits
    assert anew is not None
    assert not PasswordHasher().check_needs_rehash(anew)
    assert passwords.check(PASSWORD, "no hash") == (False, None)


def test_an_older_hash_is_made_anew_when_its_owner_signs_in(site: Flask) -> None:
    Person(site).sign_up("Edsger")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    accounts(site)._store.keep_password(row(site, "Edsger").id, weak)
    assert Person(site).sign_in("Edsger").status_code == 303
    assert row(site, "Edsger").password != weak
    assert Person(site).sign_in("Edsger").status_code == 303


def test_signing_in_leads_back_to_where_one_was_and_never_out_of_the_site(site: Flask) -> None:
    Person(site).sign_up("Barbara")
    back = Person(site)
    back.get("/account?then=/r/abc%3Flang%3Den")
    assert 'name="then" value="/r/abc?lang=en"' in back.page
    assert back.post("/account", name="Barbara", password=PASSWORD, then="/r/abc?lang=en").location == "/r/abc?lang=en"
    for out in ("//evil.example", "https://evil.example"):
        astray = Person(site)
        astray.get("/account")
        assert astray.post("/account", name="Barbara", password=PASSWORD, then=out).location == "/teach", out


def test_whoever_guesses_has_to_wait_and_nobody_else(make_site: MakeSite) -> None:
    site = make_site()
    accounts(site)._tries = Tries(of_name_here="2/minute", of_address="6/minute", of_name="20/hour")
    Person(site, "10.1.0.9").sign_up("Alan")
    guesser = Person(site, "10.1.0.1")
    assert [guesser.sign_in("Alan", f"wrong {n} password").status_code for n in range(3)] == [403, 403, 429]
    answer = guesser.sign_in("Alan")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert f"in {answer.headers['Retry-After']} s" in guesser.problem
    # The owner, at home, is not locked out.
    assert Person(site, "10.1.0.2").sign_in("Alan").status_code == 303
    # Names are many; one address may not try them all.
    assert [guesser.sign_in(f"Alan {n}", "wrong password").status_code for n in range(3)][-1] == 429


def test_by_invitation_one_can_sign_up_once_and_in_time(make_site: MakeSite) -> None:
    site = make_site(sign_up="invited")
    known, store = accounts(site), accounts(site)._store
    now_ms = known._wall_ms()
    good, old = send_out(store, now_ms, 7), send_out(store, now_ms - 8 * DAY_MS, 7)
    person = Person(site)
    for invitation in ("", "x" * 43, old):
        assert person.sign_up("Katherine", invitation=invitation).status_code == 403
        assert "no invitation that is good" in person.problem
    # Something else is wrong: it is not used up by that.
    assert person.sign_up("Katherine", "short", invitation=good).status_code == 400
    assert f'value="{good}"' in person.page
    assert person.sign_up("Katherine", invitation=good).status_code == 303
    assert person.name == "Katherine"
    second = Person(site)
    assert second.sign_up("Dorothy", invitation=good).status_code == 403
    another = send_out(store, now_ms, 7)
    assert second.sign_up("Katherine", invitation=another).status_code == 409
    assert second.sign_up("Dorothy", invitation=another).status_code == 303


def test_a_link_for_a_new_password_is_good_once_and_ends_all_sessions(site: Flask) -> None:
    tony, store = Person(site), accounts(site)._store
    tony.sign_up("Tony")
    token = send_out(store, accounts(site)._wall_ms(), 2, row(site, "Tony").id)
    elsewhere = Person(site)
    elsewhere.get("/account/new-password")
    assert elsewhere.post("/account/new-password", invitation=token, password="short").status_code == 400
    assert elsewhere.post("/account/new-password", invitation=token, password="another password").status_code == 303
    assert elsewhere.name == "Tony"
    assert tony.name is None
    assert Person(site).sign_in("Tony").status_code == 403
    assert Person(site).sign_in("Tony", "another password").status_code == 303
    again = Person(site)
    again.get("/account/new-password")
    assert again.post("/account/new-password", invitation=token, password="third password").status_code == 403
    assert "no longer good" in again.problem


def test_an_invitation_sets_no_password_and_a_reset_makes_no_account(make_site: MakeSite) -> None:
    site = make_site(sign_up="invited")
    store, now_ms = accounts(site)._store, accounts(site)._wall_ms()
    one = Person(site)
    assert one.sign_up("Margaret", invitation=send_out(store, now_ms, 7)).status_code == 303
    reset, invitation = send_out(store, now_ms, 2, row(site, "Margaret").id), send_out(store, now_ms, 7)
    stranger = Person(site)
    assert stranger.sign_up("Mallory", invitation=reset).status_code == 403
    stranger.get("/account/new-password")
    assert stranger.post("/account/new-password", invitation=invitation, password=PASSWORD).status_code == 403
    assert one.name == "Margaret"
