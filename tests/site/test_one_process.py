"""One process behind nginx with TLS, as the recipe has it."""

import contextlib
import http.client
import time
from collections.abc import Iterator
from itertools import islice

import pytest
import websocket

from tests.site.audit import writes
from tests.site.line import Line, new_room
from tests.site.site import ANSWER_WITHIN_S, OneProcess
from tests.site.visitors import Visitor
from tests.webapp.http import fetch


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    with OneProcess(tmp_path_factory.mktemp("site")).running() as site:
        yield site
        assert "Traceback" not in site.server.errors, site.server.errors


def test_pages_come_over_tls_and_say_to_stay_with_it(site: OneProcess) -> None:
    status, headers, page = site.call("GET", "")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'<script type="module"' in page
    assert int(headers["strict-transport-security"].partition("=")[2].partition(";")[0]) > 86_400
    # Without it, one is sent there.
    plain = http.client.HTTPConnection("127.0.0.1", site.http_port, timeout=ANSWER_WITHIN_S)
    with contextlib.closing(plain):
        plain.request("GET", "/join/CODE42")
        answer = plain.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"{site.address}join/CODE42")


def test_sockets_pass_and_what_is_done_is_seen(site: OneProcess) -> None:
    room = new_room(site, "", seed=1)
    writing = Visitor(site, room, commands=islice(writes("one"), 6), acts_every_s=0.02)
    watching = Visitor(site, room)
    for visitor in (writing, watching):
        visitor.start()
    deadline = time.monotonic() + 20
    while not any(kind == "operation" for kind, _ in watching.world) and time.monotonic() < deadline:
        time.sleep(0.02)
    for visitor in (writing, watching):
        visitor.leave()
    assert any(kind == "operation" for kind, _ in watching.world)
    assert watching.faults == []


def test_a_page_of_another_site_cannot_reach_the_sockets(site: OneProcess) -> None:
    address = f"{site.address.replace('http', 'ws', 1)}socket.io/?EIO=4&transport=websocket"
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(address, sslopt={"context": site.trust}, origin="https://elsewhere.example")
    assert refused.value.status_code == 403
    websocket.create_connection(address, sslopt={"context": site.trust}, origin=site.address.rstrip("/")).close()


def test_who_cannot_have_a_socket_polls(site: OneProcess) -> None:
    status, _, opened = site.call("GET", "socket.io/?EIO=4&transport=polling")
    assert (status, opened[:6]) == (200, b'0{"sid')


def test_a_stream_comes_as_it_is_made(site: OneProcess) -> None:
    with contextlib.closing(site.open("GET", "staleness?n=5&trials=1000000&seed=1")) as line:
        answer = line.getresponse()
        first, rest = answer.read1(65_536), answer.read()
    assert b'"progress"' in first
    assert b'"done"' not in first
    assert b'"done"' in rest


def test_links_have_the_address_of_the_site(site: OneProcess) -> None:
    made = site.ask("POST", "classes", {"title": "Quorums"})
    status, _, drawn = site.call("GET", f"join/{made['code']}/qr.svg")
    assert status == 200
    assert f"{site.address}join/{made['code']}".encode() in drawn


def test_figures_are_not_for_the_outside(site: OneProcess) -> None:
    assert fetch(site.server, "/metrics").status == 200
    assert site.call("GET", "metrics")[0] == 404
    assert site.call("GET", "healthz")[0] == 200


def test_another_host_is_refused(site: OneProcess) -> None:
    assert site.call("GET", "", Host="elsewhere.example")[0] == 400


def test_the_log_tells_neither_rooms_nor_people(site: OneProcess) -> None:
    room = new_room(site, "", seed=2)
    assert site.call("GET", f"r/{room}?secret=word", User_Agent="Somebody's")[0] == 200
    line = Line(site, room)
    assert line.ask("join", {"room": room})["accepted"]
    line.close()
    log = site.folder / "etc" / "quorumscope.log"
    deadline = time.monotonic() + 10
    while " r 200 " not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    said = log.read_text() + (site.folder / "etc" / "quorumscope-error.log").read_text()
    for secret in (room, "secret", "127.0.0.1", "Somebody", "?"):
        assert secret not in said
    assert {line.split()[2] for line in log.read_text().splitlines()} >= {"start", "r", "socket.io"}
