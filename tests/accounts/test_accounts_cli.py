"""``quorumscope accounts``, for who keeps the site: in this process, as `main` is called by the shell's command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.accounts.conftest import MakeSite
from tests.accounts.people import PASSWORD, Person
from webapp.cli import main

SITE = "https://quorum.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def site(make_site: MakeSite, folder: Path) -> Flask:
    return make_site(folder, sign_up="invited")


def accounts(folder: Path, *arguments: str, **environment: str) -> Result:
    told = {"QUORUMSCOPE_DATA": str(folder), "QUORUMSCOPE_ACCOUNTS": "password", "QUORUMSCOPE_SITE": SITE} | environment
    return CliRunner().invoke(main, ["accounts", *arguments], env=told)


def test_links_are_printed_and_good(site: Flask, folder: Path) -> None:
    link = accounts(folder, "invite", "--days", "3").stdout.strip()
    address, _, token = link.partition("#")
    assert address == f"{SITE}/account/sign-up"
    person = Person(site)
    assert person.sign_up("Ada", invitation=token).status_code == 303
    person.start_class()
    [told] = json.loads(accounts(folder, "list", "--json").stdout)
    assert (told["name"], told["signs_in"], told["classes"], told["closed"]) == ("Ada", "password", 1, False)
    assert "Ada" in accounts(folder, "list").stdout

    address, _, token = accounts(folder, "reset", "ADA").stdout.strip().partition("#")
    assert address == f"{SITE}/account/new-password"
    again = Person(site)
    again.get("/account/new-password")
    assert again.post("/account/new-password", invitation=token, password="another password").status_code == 303
    assert (again.name, person.name) == ("Ada", None)

    assert accounts(folder, "close", "Ada").exit_code == 0
    assert again.name is None
    assert accounts(folder, "reopen", "Ada").exit_code == 0
    assert again.sign_in("Ada", "another password").status_code == 303
    assert accounts(folder, "delete", "Ada", "--yes").exit_code == 0
    assert again.name is None
    assert json.loads(accounts(folder, "list", "--json").stdout) == []
    assert PASSWORD not in accounts(folder, "list").output


def test_what_cannot_be_is_one_clear_line(folder: Path) -> None:
    for arguments in (("reset", "Nobody"), ("close", "Nobody"), ("delete", "Nobody", "--yes")):
        failed = accounts(folder, *arguments)
        assert failed.exit_code == 2
        assert failed.stderr == "quorumscope: there is no account 'Nobody'\n"
    failed = accounts(folder, "invite", QUORUMSCOPE_ACCOUNTS="none")
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert failed.stderr.count("\n") == 1
    assert accounts(folder, "invite", "--days", "0").exit_code == 2
