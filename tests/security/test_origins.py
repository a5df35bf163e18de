"""Which pages reach the sockets and change something: those of the site, and of no other."""

import json
import re
from collections.abc import Callable

import pytest

from tests.security.asking import HANDSHAKE, ask, shake_hands
from tests.security.conftest import SITE
from tests.server import Server

POLLING = f"{HANDSHAKE}polling"
HOST = SITE.partition("//")[2]

# What a browser says of where a page is from, and what a page of another site can have it say.
FOREIGN = (
    {"Origin": "http://evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "file://"},
    {"Origin": "http://evil.example", "X_Forwarded_Host": "evil.example"},
    {"Origin": "https://evil.example", "X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
)


def foreign_of(own: str) -> list[dict[str, str]]:
    """Besides those, what looks like the origin of this site, but is not."""
    scheme, _, host = own.partition("://")
    name = host.partition(":")[0]
    near = [
        f"{scheme}://{name}.evil.example",
        f"{scheme}://evil-{host}",
        f"{scheme}://{name}:1",
        f"{scheme}://x.{host}",
    ]
    near += [f"{scheme}://{host}@evil.example", f"{scheme}://{host}.", f"{scheme}://evil.example#{host}"]
    return [*FOREIGN, *({"Origin": one} for one in near), {"Origin": own, "Sec_Fetch_Site": "cross-site"}]


def own_of(server: Server) -> str:
    return server.address.rstrip("/")


def test_a_page_of_another_site_reaches_no_socket(server: Server) -> None:
    for headers in foreign_of(own_of(server)):
        assert shake_hands(server, **headers) == 403, headers
        answer = ask(server, POLLING, **headers)
        assert (answer.status, "access-control-allow-origin" in answer.headers) == (403, False), headers


def test_the_sites_own_pages_and_programs_reach_them(server: Server) -> None:
    own = own_of(server)
    for headers in (
        {},
        {"Origin": own},
        {"Origin": own, "Sec_Fetch_Site": "same-origin"},
        {"Origin": own.upper().replace("HTTP", "http")},
        {"Sec_Fetch_Site": "none"},
        # Of the proxies that nobody has told us of, one speaks https.
        {"Origin": own.replace("http", "https"), "X_Forwarded_Proto": "https"},
    ):
        assert shake_hands(server, **headers) == 101, headers
        answer = ask(server, POLLING, **headers)
        assert answer.status == 200
        # Allowed, and yet no page of another site gets to read it.
        assert "access-control-allow-origin" not in answer.headers


def test_a_connection_is_not_gone_on_with_by_another_sites_page(server: Server) -> None:
    """Not even by one that has got to know its id."""
    sid = json.loads(ask(server, POLLING).text[1:])["sid"]
    for method, body in (("GET", None), ("POST", b"40"), ("OPTIONS", None)):
        answer = ask(server, f"{POLLING}&sid={sid}", method, body, Origin="http://evil.example")
        assert (answer.status, "access-control-allow-origin" in answer.headers) == (403, False), method
    assert ask(server, f"{POLLING}&sid={sid}", "POST", b"40", Origin=own_of(server)).status == 200


def test_a_site_with_an_address_takes_that_origin_alone(known: Server) -> None:
    said = {"Host": HOST, "X_Forwarded_Proto": "https"}
    for headers in foreign_of(SITE):
        assert shake_hands(known, **(said | headers)) == 403, headers
        assert ask(known, POLLING, **(said | headers)).status == 403, headers
    for origin in (own_of(known), SITE.replace("https", "http"), f"{SITE}:8000"):
        assert shake_hands(known, **said, Origin=origin) == 403, origin
    assert shake_hands(known, **said, Origin=SITE) == 101
    assert shake_hands(known, **said) == 101


def changes(server: Server, **headers: str) -> int:
    body = json.dumps({"title": "Quorums"}).encode()
    return ask(server, "classes", "POST", body, Content_Type="application/json", **headers).status


def test_nothing_is_changed_for_another_sites_page(server: Server, known: Server) -> None:
    for headers in foreign_of(own_of(server)):
        assert changes(server, **headers) == 403, headers
    for headers in foreign_of(SITE):
        assert changes(known, **({"Host": HOST} | headers)) == 403, headers
    for headers in ({}, {"Origin": own_of(server), "Sec_Fetch_Site": "same-origin"}):
        assert changes(server, **headers) == 200, headers
    assert changes(known, Host=HOST, Origin=SITE) == 200
    # Not for a form either, which needs no leave to be sent.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = ask(server, "classes", "POST", b'{"title": "Quorums"}', Content_Type=kind)
        assert (answer.status, answer.error["code"]) == (400, "invalid"), kind
    for path, method in (("classes/x", "DELETE"), ("classes/mine", "POST"), ("history", "POST")):
        answer = ask(server, path, method, b"", Origin="http://evil.example")
        assert answer.status == 403, path


def test_a_refusal_is_in_the_form_that_was_asked_for(server: Server, known: Server) -> None:
    answer = ask(server, "classes", "POST", b"{}", Origin="http://evil.example")
    assert (answer.status, answer.error["code"]) == (403, "cross_site")
    page = ask(server, "classes", "POST", b"{}", Origin="http://evil.example", Accept="text/html")
    assert (page.status, page.headers["content-type"].partition(";")[0]) == (403, "text/html")
    # Who knows the site by another name is told its own.
    page = ask(known, "lessons")
    assert (page.status, SITE in page.text) == (400, True)


OTHER_HOSTS = (
    "evil.example",
    f"{HOST}.evil.example",
    f"evil@{HOST}",
    f"{HOST}:8000",
    f"{HOST}/",
    f"x?{HOST}",
    "[::1]",
    "[",
    "",
)


def test_a_site_with_an_address_answers_for_no_other_host(known: Server) -> None:
    for host in OTHER_HOSTS:
        for path in ("", "lessons", "join/kdm4tr/qr.svg", POLLING):
            answer = ask(known, path, Host=host)
            assert answer.status == 400, (host, path)
            assert "evil.example" not in answer.text
        assert shake_hands(known, Host=host or "x") == 400, host
        assert changes(known, Host=host) == 400, host
    for forwarded in (HOST, "evil.example"):
        assert ask(known, "lessons", Host="evil.example", X_Forwarded_Host=forwarded).status == 400
        assert ask(known, "lessons", Host=HOST, X_Forwarded_Host=forwarded).status == 200
    for host in (HOST, HOST.upper(), f"{HOST}:443"):
        assert ask(known, "lessons", Host=host).status == 200, host
    # Files that are everybody's, whatever the server is called.
    (icon,) = set(re.findall(r'href="(/static/[^"]*/icon\.svg)"', ask(known, "lessons", Host=HOST).text))
    assert ask(known, icon, Host="127.0.0.1").status == 200


@pytest.mark.parametrize("proto", ["http", "https", "javascript"])
def test_the_code_to_join_by_leads_to_the_site(server: Server, known: Server, proto: str) -> None:
    said = {"X_Forwarded_Proto": proto, "X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil"}
    title: Callable[[str], list[str]] = lambda svg: re.findall(r"<title>(.*?)</title>", svg)  # noqa: E731
    assert title(ask(known, "join/kdm-4tr/qr.svg", Host=HOST, **said).text) == [f"{SITE}/join/KDM4TR"]
    # Nobody said that there is a proxy: what looks like one's words is the asker's own.
    assert title(ask(server, "join/kdm-4tr/qr.svg", **said).text) == [f"{server.address}join/KDM4TR"]
