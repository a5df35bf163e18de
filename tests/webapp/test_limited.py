"""A server with small limits: each is met over the wire, says when to try again, and holds nobody else up.

A proxy is said to stand before the server, so that each test comes from an address of its own.
"""

import contextlib
import http.client
import itertools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import websocket

from tests.server import Server
from tests.webapp.clients import Raw
from tests.webapp.http import ANSWER_WITHIN_S, Answer

_networks = itertools.count(1)

# A window is to be met, and to be over, within a test.
LIMITS = {
    "QUORUMSCOPE_PROXIES": "1",
    "QUORUMSCOPE_CONNECTIONS": "5",
    "QUORUMSCOPE_COMMANDS": "8/3 seconds",
    "QUORUMSCOPE_COMMANDS_OF_ADDRESS": "12/3 seconds",
    "QUORUMSCOPE_KILOBYTES": "20/3 seconds",
    "QUORUMSCOPE_ROOMS_MADE": "4/3 seconds",
    "QUORUMSCOPE_REQUESTS": "10/3 seconds",
    "QUORUMSCOPE_WRONG_CODES": "3/3 seconds",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data"), **LIMITS) as server:
        yield server
        assert server.is_running, server.errors
        assert server.stop() == 0
        assert "Traceback" not in server.errors, server.errors


class Network:
    """Somebody's address, and what is asked from there."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.address = f"203.0.113.{next(_networks)}"
        self.lines: list[Raw] = []

    @property
    def header(self) -> dict[str, str]:
        return {"X-Forwarded-For": self.address}

    def line(self) -> Raw:
        self.lines.append(Raw(self.server, header=self.header))
        return self.lines[-1]

    def request(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.server.address).netloc, timeout=ANSWER_WITHIN_S)
        headers = self.header | {"Content-Type": "application/json", "Accept": accept}
        with contextlib.closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


@pytest.fixture
def network(server: Server) -> Iterator[Callable[[], Network]]:
    """Makes networks, each with an address of its own, and closes their lines."""
    made: list[Network] = []

    def make() -> Network:
        made.append(Network(server))
        return made[-1]

    yield make
    for one in made:
        for line in one.lines:
            line.close()


def until_refused(ask: Callable[[], Any]) -> Any:
    """Ask until it is refused; why."""
    for _ in range(50):
        answer = ask()
        if not answer["accepted"]:
            return answer["error"]
    raise AssertionError("nothing was refused")


def wait(retry_s: int) -> None:
    assert 1 <= retry_s <= 3
    time.sleep(retry_s + 0.1)


def command(line: Raw, kind: str, **fields: Any) -> Any:
    return line.ask("command", {"command": {"type": kind, **fields}})


def test_a_connection_that_is_too_fast_is_refused_and_may_go_on_after_the_time_that_is_said(
    network: Callable[[], Network],
) -> None:
    here = network()
    fast, calm = here.line(), here.line()
    room = fast.ask("open", {"seed": 1})["room"]
    assert calm.ask("join", {"room": room})["accepted"]
    error = until_refused(lambda: command(fast, "write", client="A", key="x", value="1"))
    assert error["code"] == "too_fast"
    assert "8 in 3 s" in error["sentence"]
    assert f"again in {error['retry_s']} s" in error["sentence"]
    # What was refused has changed nothing, and whoever else is there is heard.
    assert calm.ask("digest", {})["seq"] == 7
    wait(error["retry_s"])
    accepted = command(fast, "crash", node="n1")
    assert (accepted["accepted"], accepted["seq"]) == (True, 8)


def test_many_connections_of_one_address_are_refused_together_and_no_others(network: Callable[[], Network]) -> None:
    here, elsewhere = network(), network()
    room = here.line().ask("open", {})["room"]
    lines = [here.lines[0], here.line(), here.line()]
    turn = itertools.cycle(lines)
    error = until_refused(lambda: next(turn).ask("join", {"room": room}))
    assert error["code"] == "too_fast_together"
    assert elsewhere.line().ask("join", {"room": room})["accepted"]
    wait(error["retry_s"])
    assert lines[0].ask("join", {"room": room})["accepted"]


def test_what_is_too_large_is_refused_before_it_is_read(network: Callable[[], Network]) -> None:
    line = network().line()
    assert line.ask("open", {})["accepted"]
    error = line.ask("unpack", {"packed": "x" * 30_000})["error"]
    assert error["code"] == "too_much"
    assert line.ask("digest", {})["error"]["code"] == "too_much"
    wait(error["retry_s"])
    assert line.ask("digest", {})["seq"] == 0


def test_whoever_makes_too_many_rooms_is_refused_and_stays_in_the_one_there_is(
    network: Callable[[], Network],
) -> None:
    here = network()
    lines = [here.line(), here.line()]
    made: list[str] = []

    def make() -> Any:
        answer = lines[len(made) % 2].ask("open", {})
        made.append(answer.get("room"))
        return answer

    error = until_refused(make)
    assert (error["code"], len(made)) == ("too_many_rooms", 5)
    assert "4 rooms" in error["sentence"]
    assert lines[0].ask("digest", {})["accepted"]
    # By other ways as well.
    for event, asked in (
        ("copy", {"room": made[0]}),
        ("fork", {"at_us": 0}),
        ("lesson", {"slug": "one-leader", "step": "one-write"}),
    ):
        refusal = lines[0].ask(event, asked)["error"]
        assert refusal["code"] == "too_many_rooms", event
    told = here.request("POST", "/classes", {"title": "One more"})
    assert (told.status, told.error["code"]) == (429, "too_many_rooms")
    assert network().line().ask("open", {})["accepted"]
    wait(error["retry_s"])
    assert lines[0].ask("open", {})["accepted"]


def test_one_address_has_so_many_connections_and_another_when_one_ends(
    server: Server, network: Callable[[], Network]
) -> None:
    here = network()
    lines = [here.line() for _ in range(5)]
    late = Raw(server, connect=False, header=here.header)
    here.lines.append(late)
    told = knock(late)
    assert told.startswith("44")
    error = json.loads(told[2:])["data"]
    assert (error["code"], error["retry_s"]) == ("too_many_connections", 10)
    assert "5 pages" in error["sentence"]
    assert lines[0].ask("open", {})["accepted"]
    assert network().line().ask("open", {})["accepted"]
    lines.pop().close()
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while told.startswith("44"):
        assert time.monotonic() < deadline
        told = knock(late)
    assert late.ask("open", {})["accepted"]


def knock(line: Raw) -> str:
    """Ask to be let in; the packet that says whether one is."""
    line.send("40")
    while not (told := str(line.socket.recv())).startswith(("40", "44")):
        pass
    return told


def test_lines_that_never_say_who_they_are_are_counted_as_well(server: Server, network: Callable[[], Network]) -> None:
    here = network()
    for _ in range(10):
        here.lines.append(Raw(server, connect=False, header=here.header))
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        Raw(server, connect=False, header=here.header)
    assert caught.value.status_code == 429
    assert caught.value.resp_headers is not None
    assert caught.value.resp_headers["retry-after"] == "10"
    refused = here.request("GET", "/glossary")
    assert (refused.status, refused.error["code"]) == (429, "too_many_connections")
    assert here.request("GET", "/healthz").status == 200
    assert network().line().ask("open", {})["accepted"]
    here.lines.pop().close()
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while here.request("GET", "/glossary").status == 429:
        assert time.monotonic() < deadline


def test_sessions_of_polling_clients_are_counted(network: Callable[[], Network]) -> None:
    here = network()
    begun = [here.request("GET", "/socket.io/?EIO=4&transport=polling") for _ in range(6)]
    assert [answer.status for answer in begun] == [200] * 5 + [429]
    assert 10 < int(begun[-1].headers["retry-after"]) <= 20
    assert network().request("GET", "/socket.io/?EIO=4&transport=polling").status == 200


def test_over_http_a_page_and_a_program_each_hear_it_in_their_way(network: Callable[[], Network]) -> None:
    here = network()
    statuses = [here.request("GET", "/glossary").status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    page = here.request("GET", "/glossary", accept="text/html")
    assert page.status == 429
    retry_s = int(page.headers["retry-after"])
    assert f"Try again in {retry_s} s" in page.text
    told = here.request("GET", "/r/nosuchroom/history")
    assert (told.status, told.error["code"]) == (429, "too_many_requests")
    assert told.error["retry_s"] == int(told.headers["retry-after"])
    assert network().request("GET", "/glossary").status == 200
    # Whoever looks after the site, and files that never change.
    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert here.request("GET", style).status == 200
    wait(told.error["retry_s"])
    assert here.request("GET", "/glossary").status == 200


def test_codes_cannot_be_guessed_for_long(network: Callable[[], Network]) -> None:
    teacher, guesser = network(), network()
    one = json.loads(teacher.request("POST", "/classes", {"title": "Quorums"}).content)
    right = {"code": one["code"]}
    for _ in range(3):
        wrong = guesser.request("POST", "/classes/find", {"code": "XXXXXX"})
        assert (wrong.status, wrong.error["code"]) == (404, "unknown_code")
    # Now even the right one says nothing.
    told = guesser.request("POST", "/classes/find", right)
    assert (told.status, told.error["code"]) == (429, "too_many_guesses")
    joining = guesser.request("POST", f"/classes/{one['class_id']}/members", right | {"name": "Ada"})
    assert joining.status == 429
    assert teacher.request("POST", "/classes/find", right).status == 200
    wait(told.error["retry_s"])
    assert guesser.request("POST", "/classes/find", right).status == 200


def test_one_address_leaves_calculations_to_others(server: Server, network: Callable[[], Network]) -> None:
    here, elsewhere = network(), network()

    askers = [here] * 7 + [elsewhere]
    with contextlib.ExitStack() as open_lines:
        asked = [http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=20) for _ in askers]
        for connection in asked:
            connection.connect()
            open_lines.callback(connection.close)
        # Before the first is done, all have asked.
        for connection, asker in zip(asked, askers, strict=True):
            connection.request("GET", "/staleness?n=9&r=5&w=5&trials=30000", headers=asker.header)
        *told, others = [connection.getresponse() for connection in asked]
        assert sorted(answer.status for answer in told) == [200] * 6 + [429]
        assert others.status == 200
        refused = next(answer for answer in told if answer.status == 429)
        assert refused.headers["retry-after"] == "2"
        assert json.loads(refused.read())["error"]["code"] == "too_many_jobs"
        for answer in told:
            answer.read()
    # What has ended is under way no more.
    assert here.request("GET", "/scenarios/five-masters/history").status == 200
