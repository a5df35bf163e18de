"""The audit tells what is known to be bad from what is known to be well, and both from what nobody was asked about."""

import json

import pytest

from tests.audit import Looked, installed, locked, read_npm, read_pip, tell

PACKAGES = ["flask==3.1.3", "jinja2==3.1.6", "ruamel-yaml==0.19.1"]
WELL = {"name": "jinja2", "version": "3.1.6", "vulns": []}
BAD = {"name": "Flask", "version": "3.1.3", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.4"]}]}
NOT_THERE = {"name": "ruamel.yaml", "skip_reason": "Dependency not found on PyPI and could not be audited: ruamel.yaml"}

HOLE = {"title": "A hole", "url": "https://example.org/GHSA-1", "severity": "high"}


def pip(*told: dict) -> Looked:
    return read_pip(PACKAGES, json.dumps({"dependencies": told, "fixes": []}), "")


def npm(**concerned: dict) -> Looked:
    return read_npm(["a@1.0.0", "b@2.0.0"], json.dumps({"auditReportVersion": 2, "vulnerabilities": concerned}), "")


def test_what_we_stand_on_is_all_that_our_packages_ask_for() -> None:
    names = {package.partition("==")[0] for package in installed()}
    assert {"flask", "werkzeug", "markupsafe", "gevent", "pytest", "greenlet"} <= names
    assert "quorumscope" not in names
    assert {one.rpartition("@")[0] for one in locked()} >= {"d3-selection", "socket.io-client", "engine.io-client"}


def test_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell([pip(WELL, BAD | {"vulns": []}, {"name": "ruamel.yaml", "vulns": []}), npm()]) == 0
    out = capsys.readouterr().out
    assert "3 of 3 Python packages looked up, 0 known holes" in out
    assert "2 of 2 JavaScript packages looked up, 0 known holes" in out
    assert "NOT AUDITED" not in out


def test_a_known_hole_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell([pip(WELL, BAD, NOT_THERE), npm()]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "  flask==3.1.3: PYSEC-1 (mended in 3.1.4)" in lines
    assert lines[0] == "2 of 3 Python packages looked up, 1 known holes"
    assert lines[-1].startswith("NOT AUDITED: 1 Python packages (ruamel-yaml==0.19.1): Dependency not found on PyPI")
    through = {"via": ["b"], "severity": "high"}
    assert tell([pip(WELL, BAD | {"vulns": []}), npm(a=through, b={"via": [HOLE], "severity": "high"})]) == 1
    assert "  b: https://example.org/GHSA-1 (high)" in capsys.readouterr().out
    assert npm(a=through).holes == ["a: high"]


@pytest.mark.parametrize(
    ("out", "said", "reason"),
    [
        ("", "ConnectionError: no route", "ConnectionError: no route"),
        ("", "", "nothing was answered"),
        ("<html>", "", "nothing was answered"),
        ("[]", "", "nothing was answered"),
        ('{"message": "405 Method Not Allowed - POST https://registry"}', "npm error", "405 Method Not Allowed"),
    ],
)
def test_who_could_not_be_asked_says_nothing_of_any(
    out: str, said: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        tell([pip(WELL, BAD | {"vulns": []}, {"name": "ruamel.yaml", "vulns": []}), read_npm(["a@1"], out, said)]) == 0
    )
    assert capsys.readouterr().out.splitlines()[-1] == f"NOT AUDITED: 1 JavaScript packages (all): {reason}"
    nothing = read_pip(PACKAGES, "" if out.startswith("{") else out, said)
    assert list(nothing.left) == PACKAGES
