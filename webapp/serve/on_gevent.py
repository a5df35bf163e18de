"""Serving on gevent. Importing this makes the standard library green."""

import gevent.monkey

gevent.monkey.patch_all()

import logging  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import gevent.event  # noqa: E402
import gevent.pywsgi  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from geventwebsocket import handler as library  # noqa: E402
from geventwebsocket.exceptions import WebSocketError  # noqa: E402
from geventwebsocket.websocket import Header, WebSocket  # noqa: E402

from webapp.packets import PACKET_BYTES_MAX  # noqa: E402
from webapp.serve.driver import WsgiApp  # noqa: E402
from webapp.serve.masking import unmasked  # noqa: E402


class OnGevent:
    mode = "gevent"

    def __init__(self) -> None:
        self._woken = gevent.event.Event()

    def prepare(self, socketio: SocketIO) -> None:
        """What is sent goes through Engine.IO's queues here."""

    def apart(self, act: Callable[[], None]) -> object:
        return gevent.get_hub().threadpool.apply(act)

    def take(self, listener: Any, app: WsgiApp) -> None:
        # The logs are told with the addresses of people.
        self._server = gevent.pywsgi.WSGIServer(
            listener, app, handler_class=library.WebSocketHandler, log=None, error_log=None
        )
        self._server.logger = logging.getLogger("geventwebsocket")
        self._server.start()

    def stop_taking(self) -> None:
        self._server.close()

    def wait(self) -> None:
        self._woken.wait()

    def wake(self) -> None:
        gevent.get_hub().loop.run_callback_threadsafe(self._woken.set)


class _WebSocket(WebSocket):
    """The library's own takes messages of any length, and looks at each byte of them in Python, three times."""

    __slots__ = ("_taken",)

    def read_message(self) -> str | bytearray | None:
        self._taken = 0
        message: str | bytearray | None = super().read_message()
        return message

    def read_frame(self) -> tuple[Any, bytes]:
        header = Header.decode_header(self.stream)
        self._taken += header.length
        if self._taken > PACKET_BYTES_MAX:
            raise WebSocketError("the message is too long")
        payload = self.raw_read(header.length)
        if header.flags or len(payload) != header.length:
            raise WebSocketError("the message is cut off, or packed")
        return header, unmasked(payload, header.mask) if header.mask else payload

    def validate_utf8(self, payload: bytes) -> None:
        """The whole is decoded in the end, and that is where it is seen."""


# The handler makes its sockets by this name.
library.WebSocket = _WebSocket
