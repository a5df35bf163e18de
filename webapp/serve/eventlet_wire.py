"""The line under a connection, on eventlet: it is written to at once, where its socket takes it.

It uses what the libraries do not promise to keep: Engine.IO's table of its asynchronous parts, and the lock and the
socket of eventlet's WebSocket. tests/webapp/test_stream.py notices when one of these changes.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import eventlet
from eventlet.websocket import RFC6455WebSocket
from flask_socketio import SocketIO

from webapp.serve.masking import unmasked


class EventletWire:
    """A Wire (webapp.stream.wire)."""

    def __init__(self, websocket: RFC6455WebSocket) -> None:
        self._websocket = websocket

    @property
    def is_free(self) -> bool:
        # Whoever writes holds the lock until all of it is in the socket.
        return not self._websocket._sendlock.locked()

    def write(self, message: bytes) -> None:
        try:
            sent = self._websocket.socket.fd.send(message)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # Who reads from the socket notices as well, and ends the connection.
        if sent < len(message):
            self._websocket._sendlock.acquire()
            eventlet.spawn(self._finish, message[sent:])

    def _finish(self, rest: bytes) -> None:
        try:
            with suppress(OSError):
                self._websocket.socket.sendall(rest)
        finally:
            self._websocket._sendlock.release()


def _unmasked(data: bytes, mask: Sequence[int], length: int | None = None, offset: int = 0) -> bytes:
    """As the library calls it: a part of a message, which begins ``offset`` bytes after its mask does."""
    turned = bytes(mask[(offset + at) % 4] for at in range(4))
    return unmasked(bytes(data if length is None else data[:length]), turned)


def lay_wires(socketio: SocketIO) -> None:
    """Every WebSocket that is opened from here on is the ``wire`` of its Engine.IO socket."""
    eio = socketio.server.eio
    plain: type = eio._async["websocket"]

    class Wired(plain):
        def __init__(self, handler: Any, server: Any) -> None:
            line = handler.__self__

            def handle(websocket: Any) -> Any:
                if isinstance(websocket, RFC6455WebSocket):
                    line.wire = EventletWire(websocket)
                return handler(websocket)

            super().__init__(handle, server)

    RFC6455WebSocket._apply_mask = staticmethod(_unmasked)
    eio._async = {**eio._async, "websocket": Wired}
