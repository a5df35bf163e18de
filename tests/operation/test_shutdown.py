"""The server is stopped and started again under those who watch: nobody loses their place."""

import contextlib
import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.server import Server
from tests.webapp.clients import Client

VIEWERS = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data")) as server:
        yield server


class Watcher(Client):
    """A viewer who hears that it is to come again."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.again: list[dict[str, Any]] = []
        self._socket.on("again", self.again.append)


class Proxy(threading.Thread):
    """Asks all the time whether people should be sent there, as a proxy does, and tries a page."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._at = urlsplit(server.address).netloc
        self.heard: list[tuple[str, int, bytes]] = []
        self.start()

    def run(self) -> None:
        while True:
            for path in ("/readyz", "/lessons"):
                try:
                    connection = http.client.HTTPConnection(self._at, timeout=5)
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    self.heard.append((path, answer.status, answer.read()))
                except (OSError, http.client.HTTPException):
                    return  # No longer there.
                finally:
                    connection.close()


class UnderWay:
    """A request whose body has yet to come; the server reads it when this is made."""

    _BODY = b'{"title": "Kept"}'

    def __init__(self, server: Server) -> None:
        at = urlsplit(server.address)
        self._socket = socket.create_connection((at.hostname, at.port), timeout=10)
        head = f"POST /classes HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(self._BODY)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        self._socket.sendall(head.encode())
        assert self._socket.recv(100).startswith(b"HTTP/1.1 100 Continue")

    def finish(self) -> bytes:
        self._socket.sendall(self._BODY)
        return self.answer()

    def answer(self) -> bytes:
        """Empty where the server has gone."""
        told = b""
        with self._socket, contextlib.suppress(ConnectionError):
            while more := self._socket.recv(4096):
                told += more
        return told


def test_viewers_find_their_room_where_it_was(server: Server) -> None:
    watchers = [Watcher(server) for _ in range(VIEWERS)]
    room = watchers[0].open()
    for watcher in watchers[1:]:
        watcher.join(room)
    watchers[0].do("set_speed", speed=1.0)
    watchers[0].do("write", client="A", key="x", value="kept")
    for watcher in watchers:
        watcher.until(lambda watcher=watcher: any(o["outcome"] == "ok" for o in watcher.operations()))
    asked = UnderWay(server)
    proxy = Proxy(server)
    now_us = watchers[0].resync()["now_us"]

    os.kill(server.pid, signal.SIGTERM)
    _until_it_is_stopping(server)
    told = asked.finish()
    assert server.end() == 0

    # Whoever was being answered has been, to the end.
    assert told.startswith(b"HTTP/1.1 200"), told
    # Everybody has heard when to come again, and not all at once.
    for watcher in watchers:
        assert len(watcher.again) == 1
        assert watcher.again[0]["at"] == room
    assert len({watcher.again[0]["in_ms"] for watcher in watchers}) > VIEWERS // 2
    # A proxy was told to send people elsewhere before nobody answered any more.
    proxy.join(10)
    assert ("/readyz", 200, b'{"ready":true,"faults":[]}') in proxy.heard
    assert ("/readyz", 503, b'{"ready":false,"faults":["stopping"]}') in proxy.heard
    assert ("/lessons", 503, b"") in proxy.heard
    assert {status for path, status, _ in proxy.heard if path == "/lessons"} <= {200, 503}
    assert server.complaints == ""

    for watcher in watchers:
        watcher.close()
    server.start()
    back = [Watcher(server) for _ in range(VIEWERS)]
    wholes = [watcher.join(room) for watcher in back]
    assert all(whole["now_us"] >= now_us for whole in wholes), "no moment that somebody has seen is lost"
    assert all(o["value"] == "kept" and o["outcome"] == "ok" for watcher in back for o in watcher.operations())
    assert back[0].do("pause") == 3
    for watcher in back:
        watcher.until(lambda watcher=watcher: not watcher.frames[-1]["pace"]["running"])
        watcher.close()


def test_a_second_signal_ends_it_at_once(server: Server) -> None:
    if not server.is_running:
        server.start()
    asked = UnderWay(server)
    os.kill(server.pid, signal.SIGTERM)
    _until_it_is_stopping(server)
    os.kill(server.pid, signal.SIGTERM)
    assert server.end() == 128 + signal.SIGTERM
    assert asked.answer() == b""


def _until_it_is_stopping(server: Server) -> None:
    give_up_s = time.monotonic() + 10
    while "stopping" not in server.errors.rpartition("info started")[2]:
        assert time.monotonic() < give_up_s, server.errors
        time.sleep(0.01)
