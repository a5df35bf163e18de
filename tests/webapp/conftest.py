"""A server for the tests of a module; it must come out of them alive, and without a traceback."""

import json
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import CONSOLE, Server
from tests.webapp.clients import Client
from tests.webapp.site import Site


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Server]:
    """With the settings that the module names, if it does."""
    with Server(tmp_path_factory.mktemp("data"), **getattr(request.module, "SETTINGS", {})) as server:
        yield server
        assert server.is_running, server.errors
        assert server.stop() == 0
        # Eventlet says a line about a connection that broke off; a fault would say more.
        assert "Traceback" not in server.errors, server.errors


@pytest.fixture
def client(server: Server) -> Iterator[Callable[..., Client]]:
    """Makes clients of the server, and closes them."""
    made: list[Client] = []

    def make(transport: str = "websocket", query: str = "") -> Client:
        made.append(Client(server, transport, query))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def export(server: Server, room: str) -> bytes:
    """The log of a room, by the command that a user has for it."""
    done = subprocess.run(
        [str(CONSOLE), "export", room], env=server.environment, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def told_log(server: Server, room: str) -> bytes:
    """The same from its address, which takes a server no new process."""
    with urllib.request.urlopen(f"{server.address}r/{room}/log.jsonl", timeout=20) as answer:
        log: bytes = answer.read()
    return log


def entries(log: bytes) -> list[dict[str, Any]]:
    """The log's entries, without its header (whose clock goes on by itself)."""
    return [json.loads(line) for line in log.splitlines()[1:]]
