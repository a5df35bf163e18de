"""Plain HTTP for tests: as a browser would ask, and whatever bytes come back."""

import gzip
import json
import urllib.error
import urllib.request
from typing import Any

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
    request = urllib.request.Request(server.address + path.lstrip("/"), body, {"Accept-Encoding": accept})
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S) as answer:
            return _answer(answer.status, answer)
    except urllib.error.HTTPError as error:
        return _answer(error.code, error)


def _answer(status: int, answer: Any) -> Answer:
    return Answer(status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
