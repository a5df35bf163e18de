"""One connection to a site behind TLS. What is pushed is handed to ``hear`` while an answer is waited for."""

import json
import select
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import websocket

ANSWER_WITHIN_S = 8.0


class Reached(Protocol):
    """A site, as somebody outside knows it."""

    address: str

    @property
    def trust(self) -> ssl.SSLContext | None: ...


class Closed(Exception):
    """The server has closed the connection: it is to be made anew after a while."""


class Line:
    """Raises OSError, WebSocketException or Closed once the connection is no more."""

    def __init__(self, site: Reached, at: str, hear: Callable[..., None] = lambda *_: None) -> None:
        self._hear = hear
        self._asked = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._socket = websocket.create_connection(
            f"{site.address.replace('http', 'ws', 1)}socket.io/?EIO=4&transport=websocket&at={at}",
            timeout=ANSWER_WITHIN_S,
            skip_utf8_validation=True,
            sslopt={} if site.trust is None else {"context": site.trust},
        )
        self._socket.send("40")
        while not (text := str(self._socket.recv())).startswith("40"):
            if text == "" or text.startswith("44"):
                self.close()
                raise Closed

    def say(self, event: str, told: dict[str, Any]) -> None:
        """Something that wants no answer."""
        self._socket.send(f"42{json.dumps([event, told])}")

    def ask(self, event: str, asked: dict[str, Any]) -> dict[str, Any]:
        self._asked += 1
        self._socket.send(f"42{self._asked}{json.dumps([event, asked])}")
        until = time.monotonic() + ANSWER_WITHIN_S
        while self._asked not in self._answers:
            if time.monotonic() > until:
                raise TimeoutError(event)
            self.listen(0.05)
        return self._answers.pop(self._asked)

    def listen(self, for_s: float) -> None:
        """Take what comes next, if anything does in that time."""
        stream = self._socket.sock
        is_pending = isinstance(stream, ssl.SSLSocket) and stream.pending()
        if not is_pending and not select.select([stream], [], [], for_s)[0]:
            return
        text = str(self._socket.recv())
        if text == "":
            raise ConnectionError("closed")
        if text == "2":
            self._socket.send("3")
        elif text == "41":
            raise Closed
        elif text.startswith("43"):
            number = text[2 : text.index("[")]
            (self._answers[int(number)],) = json.loads(text[2 + len(number) :])
        elif text.startswith("42"):
            self._hear(*json.loads(text[2:]))

    def close(self) -> None:
        with suppress(Exception):
            self._socket.shutdown()


def new_room(site: Reached, at: str, seed: int, key: str | None = None) -> str:
    """A room that is made by the worker to which ``at`` is routed; its id."""
    line = Line(site, at)
    try:
        for event, asked in ([("enter", {"key": key})] if key else []) + [("open", {"seed": seed})]:
            answer = line.ask(event, asked)
            assert answer["accepted"], answer
        return str(answer["room"])
    finally:
        line.close()
