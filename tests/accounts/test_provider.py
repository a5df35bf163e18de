"""Signing in at an OpenID provider: a process of its own, over real HTTP, with real keys."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from tests.accounts.conftest import MakeSite
from tests.accounts.people import Person
from tests.accounts.provider import CLIENT, SECRET
from webapp.accounts.accounts import send_out

WITHIN_S = 20


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.accounts.provider"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Authlib's server is told that this is no network.
        env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        address = process.stdout.readline().strip()
        assert address, "the provider did not start"
        yield address
        process.stdin.close()
        assert process.wait(WITHIN_S) == 0


@pytest.fixture(scope="module")
def oidc(make_site: MakeSite, provider: str) -> MakeSite:
    def make(**settings: Any) -> Flask:
        told = {"oidc_issuer": provider, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        return make_site(accounts="oidc", **told | settings)

    return make


@pytest.fixture(scope="module")
def site(oidc: MakeSite) -> Flask:
    return oidc()


def be(provider: str, **wrong: Any) -> None:
    """How the provider is the next time."""
    assert requests.post(f"{provider}/next", json=wrong, timeout=WITHIN_S).ok


def sent(person: Person, then: str = "") -> str:
    """Over to the provider; answers where that sends them back to."""
    answer = person.get(f"/account/elsewhere?then={then}")
    assert answer.status_code == 302, person.problem
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"] and asked["state"]
    assert "account" in asked["redirect_uri"][0]
    back = requests.get(answer.location, allow_redirects=False, timeout=WITHIN_S)
    assert back.status_code == 302, back.text
    return back.headers["Location"].removeprefix("http://localhost")


def test_who_has_been_at_the_provider_is_signed_in_and_back(site: Flask, provider: str) -> None:
    be(provider)
    ada = Person(site)
    assert f"Sign in at {urlsplit(provider).netloc}" in ada.get("/account").text
    answer = ada.get(sent(ada, "/r/abc"))
    assert (answer.status_code, answer.location) == (303, "/r/abc")
    assert ada.name == "ada"
    made = ada.start_class()
    # Elsewhere it is the same account.
    again = Person(site)
    assert again.get(sent(again)).location == "/teach"
    assert set(again.classes()) == {made["class_id"]}
    # Somebody else with the same name is somebody else, and told apart.
    be(provider, claims={"sub": "another id"})
    other = Person(site)
    assert other.get(sent(other)).status_code == 303
    assert other.name == "ada 2"
    assert other.classes() == {}


FAULTS = {
    "nonce": {"claims": {"nonce": "of another sign-in"}},
    "no nonce": {"forget": ["nonce"]},
    "audience": {"claims": {"aud": ["another site"]}},
    "audience, asked for by us": {"claims": {"aud": ["another site"], "azp": CLIENT}},
    "no audience": {"forget": ["aud"]},
    "authorized party": {"claims": {"aud": [CLIENT, "another site"], "azp": "another site"}},
    "issuer": {"claims": {"iss": "https://evil.example"}},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "no end": {"forget": ["exp"]},
    "not yet": {"claims": {"nbf": 4_000_000_000}},
    "nobody": {"forget": ["sub"]},
    "no name for anybody": {"claims": {"sub": ""}},
    "no text": {"claims": {"sub": 7}},
    "signature": {"key": "other"},
    "signed with what both know": {"key": "hmac"},
    "not signed": {"key": "none"},
}


@pytest.mark.parametrize("wrong", FAULTS.values(), ids=FAULTS)
def test_a_token_that_is_not_as_it_must_be_signs_nobody_in(site: Flask, provider: str, wrong: dict[str, Any]) -> None:
    be(provider, **wrong)
    person = Person(site)
    answer = person.get(sent(person))
    assert answer.status_code == 403
    assert "did not say who you are" in person.problem
    assert person.name is None


def test_an_answer_is_good_once_and_only_for_who_has_asked(site: Flask, provider: str) -> None:
    be(provider)
    victim, attacker = Person(site), Person(site)
    # The attacker has the victim take up a sign-in that the attacker has begun.
    theirs = sent(attacker)
    assert victim.get(theirs).status_code == 403
    assert victim.name is None
    sent(victim)
    assert victim.get(theirs).status_code == 403
    assert attacker.get(theirs).status_code == 303
    # Once more, with the session as it was then, and without.
    assert attacker.get(theirs).status_code == 403
    back = sent(victim)
    kept = victim.client.get_cookie("quorumscope_session")
    assert victim.get(back).status_code == 303
    thief = Person(site)
    thief.client.set_cookie("quorumscope_session", kept.value)
    assert thief.get(back).status_code == 403
    assert thief.name is None


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied&state=x"])
def test_who_comes_back_without_having_been_there_is_told_so(site: Flask, query: str) -> None:
    person = Person(site)
    assert person.get(f"/account/elsewhere/back{query}").status_code == 403
    assert person.problem
    assert person.name is None


def test_what_the_provider_says_of_itself_must_be_about_it(oidc: MakeSite, provider: str) -> None:
    person = Person(oidc(oidc_issuer=f"{provider}/realms/another"))
    assert person.get("/account/elsewhere").status_code == 503
    assert "does not answer" in person.problem
    silent = Person(oidc(oidc_issuer="http://127.0.0.1:9"))
    assert silent.get("/account/elsewhere").status_code == 503


def test_the_first_time_needs_an_invitation_where_the_site_wants_one(oidc: MakeSite, provider: str) -> None:
    be(provider, user="grace")
    site = oidc(sign_up="invited")
    known = site.extensions["accounts"]
    person = Person(site)
    assert person.get(sent(person)).status_code == 403
    assert "no invitation" in person.problem
    token = send_out(known._store, known._wall_ms(), 7)
    person.get("/account/sign-up")
    assert person.post("/account/sign-up", invitation=token).location == "/account/sign-up"
    assert "/account/elsewhere" in person.get("/account/sign-up").text
    assert person.get(sent(person)).status_code == 303
    assert person.name == "grace"
    # It is used up; she needs none any more.
    again = Person(site)
    assert again.get(sent(again)).status_code == 303
    be(provider, user="mallory")
    second = Person(site)
    second.get("/account/sign-up")
    second.post("/account/sign-up", invitation=token)
    assert second.get(sent(second)).status_code == 403
    # A closed account lets nobody in, whatever the provider says.
    be(provider, user="grace")
    known._store.close_account(known._store.account_named("grace").id, closed=True)
    assert again.name is None
    assert again.get(sent(again)).status_code == 403
    assert "closed" in again.problem


def test_an_account_without_a_password_is_deleted_by_who_is_sure(site: Flask, provider: str) -> None:
    be(provider, user="leaver")
    person = Person(site)
    person.get(sent(person))
    person.get("/account")
    assert 'type="password"' not in person.page
    assert person.post("/account/delete").status_code == 400
    assert person.name == "leaver"
    assert person.post("/account/delete", sure="on").status_code == 303
    assert person.name is None
    # There is no signing in with a password here, nor a page for it.
    assert person.client.post("/account", data={}).status_code == 405
    assert person.get("/account/new-password").status_code == 404
