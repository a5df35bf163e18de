"""What every answer allows the browser, and that the pages need no more than that."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from flask import session
from lxml import html

from tests.classroom.people import new_class
from tests.security.asking import ask
from tests.security.conftest import SITE
from tests.server import Server
from tests.webapp.clients import Client
from tests.webapp.http import Answer
from webapp.app import create_app
from webapp.settings import Settings

HOST = SITE.partition("//")[2]

PAGES = (
    "",
    "scenario/sleeping-node",
    "run",
    "lessons",
    "lessons/one-leader",
    "glossary",
    "lessons/review?seed=1",
    "teach",
    "join/kdm4tr",
)
OF_A_CLASS = ("teach/{}", "teach/{}/report", "class/{}", "class/{}/board", "teach/{}/lesson/one-leader")
EMBEDDED = ("embed", "embed/scenario/sleeping-node", "embed/lessons/one-leader", "embed/nosuchroom")
FAILED = (
    "nothing",
    "r/nosuchroom",
    "scenario/none",
    "class/none",
    "scenario/sleeping-node?seed=x",
    "embedded",
    "r/embed",
)

# Scripts that are only data.
DATA = "application/json"


def policy(answer: Answer) -> dict[str, list[str]]:
    told = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: allowed for name, *allowed in told}


def check_policy(answer: Answer) -> html.HtmlElement:
    """The page allows its own files, what stands in it, and nothing else."""
    allowed = policy(answer)
    page = html.fromstring(answer.text)
    inline = [s for s in page.iter("script") if s.get("src") is None and s.get("type") != DATA]
    digests = [base64.b64encode(hashlib.sha256((s.text or "").encode()).digest()).decode() for s in inline]
    assert allowed["script-src"] == ["'self'", *(f"'sha256-{digest}'" for digest in digests)]
    assert allowed["default-src"] == allowed["base-uri"] == allowed["object-src"] == ["'none'"]
    for name in ("style-src", "connect-src", "frame-src", "form-action"):
        assert allowed[name] == ["'self'"]
    assert allowed["img-src"] == ["'self'", "data:", "blob:"]
    told = " ".join(word for words in allowed.values() for word in words)
    assert not re.search(r"unsafe|nonce|\*|http|strict", told)
    return page


def check_page(page: html.HtmlElement) -> None:
    """There is nothing in it that the policy would stop."""
    assert not list(page.iter("style"))
    for element in page.iter():
        names = [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert not names, html.tostring(element)[:200]
        for name in ("href", "src", "action"):
            assert not re.match(r"\s*(javascript|data|//|http:)", element.get(name, "")), html.tostring(element)[:200]


def test_pages_allow_what_they_need_and_no_site_shows_them_in_a_frame(server: Server) -> None:
    class_id = new_class(server).id
    with Client(server) as viewer:
        room = viewer.open()
    for path in (*PAGES, *(path.format(class_id) for path in OF_A_CLASS), f"r/{room}", *FAILED):
        answer = ask(server, path, Accept="text/html")
        check_page(check_policy(answer))
        assert policy(answer)["frame-ancestors"] == ["'none'"], path
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_every_site_and_every_slide_shows_what_is_made_for_it(server: Server) -> None:
    for path in EMBEDDED:
        answer = ask(server, path, Accept="text/html")
        check_page(check_policy(answer))
        # Not even "*" would do: a page that is opened from a disk has no origin that it stands for.
        assert "frame-ancestors" not in policy(answer), path
        assert "x-frame-options" not in answer.headers


def test_what_is_no_page_loads_nothing(server: Server) -> None:
    icon = re.search(r'href="/(static/[^"]*/icon\.svg)"', ask(server, "").text)
    assert icon
    for path in (icon[1], "join/kdm4tr/qr.svg", "scenarios/five-masters/history", "classes/x/report.json"):
        answer = ask(server, path)
        assert "html" not in answer.headers["content-type"]
        allowed = policy(answer)
        assert (allowed["default-src"], allowed["frame-ancestors"]) == (["'none'"], ["'none'"])
        assert "script-src" not in allowed


def test_every_answer_says_how_it_may_be_used(server: Server, known: Server) -> None:
    for path in ("", "nothing", "join/kdm4tr/qr.svg", "classes/x/report.json", "scenarios/five-masters/history"):
        for place, host in ((server, {}), (known, {"Host": HOST})):
            told = ask(place, path, **host).headers
            assert told["x-content-type-options"] == "nosniff"
            assert told["referrer-policy"] == "same-origin"
            assert told["cross-origin-opener-policy"] == "same-origin"
            assert "microphone=()" in told["permissions-policy"]
            assert "access-control-allow-origin" not in told
            # Only where the site is reached by https, and that is known.
            assert ("strict-transport-security" in told) == (place is known)


@pytest.mark.parametrize(("site", "secure"), [(None, False), ("http://quorum.example.org", False), (SITE, True)])
def test_cookies_are_for_this_site_and_for_no_script(tmp_path: Path, site: str | None, secure: bool) -> None:
    app, _ = create_app(Settings(data_dir=tmp_path, site=site), "threading")
    app.secret_key = "of this test"

    @app.get("/remember")
    def remember() -> str:
        session["something"] = 1
        return "kept"

    browser, base = app.test_client(), site or "http://localhost"
    given = [
        browser.get(path, base_url=base).headers.getlist("Set-Cookie") for path in ("/remember", "/lessons?lang=en")
    ]
    for cookies in given:
        (cookie,) = cookies
        flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax"} <= flags, cookie
        assert ("secure" in flags) == secure, cookie
        assert not any(flag.startswith("domain=") for flag in flags)
