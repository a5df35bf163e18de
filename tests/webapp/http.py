"""Plain HTTP for tests: as a browser would ask, and whatever bytes come back."""

import contextlib
import gzip
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import brotli
from msgspec import Struct

from tests.server import Server

ANSWER_WITHIN_S = 20.0


class Answer(Struct):
    """``body`` is as it came over the wire; ``content`` is unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> bytes:
        match self.headers.get("content-encoding"):
            case "gzip":
                return gzip.decompress(self.body)
            case "br":
                return bytes(brotli.decompress(self.body))
        return self.body

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.content.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = json.loads(self.content)["error"]
        return error


def fetch(server: Server, path: str, body: bytes | None = None, accept: str = "gzip, br") -> Answer:
    """GET a path (or POST, with a body), which begins without a slash or is a whole path."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=ANSWER_WITHIN_S)
    with contextlib.closing(connection):
        method = "GET" if body is None else "POST"
        # Who is refused because of a body that is too long is told so before all of it has been read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, f"/{path.lstrip('/')}", body, {"Accept-Encoding": accept})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if 300 <= answer.status < 400:
            return fetch(server, headers["location"], accept=accept)
        return Answer(answer.status, headers, answer.read())
