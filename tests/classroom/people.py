"""Those who are in a class, on real sockets and over real HTTP."""

import contextlib
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from tests.server import Server
from tests.webapp.clients import Client
from tests.webapp.http import ANSWER_WITHIN_S, Answer


class Class(Struct):
    """A class, its code and its owner's key."""

    server: Server
    id: str
    code: str
    key: str

    def join(self, name: str) -> str:
        """The key of a new member."""
        answer = call(self.server, "POST", f"classes/{self.id}/members", {"code": self.code, "name": name})
        assert answer.status == 200, answer.text
        return str(json.loads(answer.content)["key"])


def new_class(server: Server, title: str = "Quorums") -> Class:
    answer = call(server, "POST", "classes", {"title": title})
    assert answer.status == 200, answer.text
    told = json.loads(answer.content)
    return Class(server, told["class_id"], told["code"], told["key"])


def call(server: Server, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
    """A request with somebody's key; its answer, redirected or not."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=ANSWER_WITHIN_S)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    sent = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        sent = json.dumps(body).encode()
    with contextlib.closing(connection):
        connection.request(method, f"/{path.lstrip('/')}", sent, headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


class Person(Client):
    """A connection in a class. What it was told last is in ``seen``, ``own``, ``rows`` and ``looks``."""

    def __init__(self, server: Server, key: str | None = None) -> None:
        self.seen: dict[str, Any] = {}
        self.own: dict[str, Any] = {}
        self.rows: list[dict[str, Any]] = []
        self.looks: list[dict[str, Any]] = []
        self.outs: list[dict[str, Any]] = []
        super().__init__(server)
        self._socket.on("class", lambda seen: self._hear("seen", seen))
        self._socket.on("seat", lambda own: self._hear("own", own))
        self._socket.on("roster", lambda told: self._hear("rows", told["rows"]))
        self._socket.on("look", lambda look: self._hear("looks", [*self.looks, look]))
        self._socket.on("out", lambda out: self._hear("outs", [*self.outs, out]))
        if key is not None:
            answer = self.sit(key)
            assert answer["accepted"], answer
            self.until(lambda: bool(self.seen and self.own))

    def _hear(self, what: str, value: Any) -> None:
        with self._news:
            setattr(self, what, value)
            self._news.notify_all()

    def sit(self, key: str) -> dict[str, Any]:
        return self.ask("enter", {"key": key})

    def asks(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Something of the class; the answer."""
        return self.ask("class", {"command": {"type": kind, **fields}})

    def does(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Something of the class, which must be accepted."""
        answer = self.asks(kind, **fields)
        assert answer["accepted"], answer
        return answer

    def refused(self, kind: str, /, **fields: Any) -> str:
        """Something of the class, which must be refused; the code."""
        return code_of(self.asks(kind, **fields))

    def takes_place(self) -> str:
        """The room where one belongs now, once it has been joined."""
        self.does("take_place")
        self.until(lambda: self.own["room"] is not None)
        room = str(self.own["room"])
        self.join(room)
        return room

    def mode(self, mode: str, **fields: Any) -> None:
        """Another mode, once it has been told."""
        self.does("mode", mode=mode, **fields)
        self.until(lambda: self.seen["mode"] == mode)


def code_of(answer: dict[str, Any]) -> str:
    """Why something was refused."""
    assert not answer["accepted"], answer
    return str(answer["error"]["code"])
