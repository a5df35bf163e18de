"""Requests as a browser of somebody else's page, a proxy or a program would send them."""

import contextlib
import http.client
from urllib.parse import urlsplit

import websocket

from tests.server import Server
from tests.webapp.http import ANSWER_WITHIN_S, Answer

HANDSHAKE = "socket.io/?EIO=4&transport="


def ask(server: Server, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """A header is written ``X_Forwarded_Proto``; ``Host`` takes the place of the usual one."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=ANSWER_WITHIN_S)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"/{path.lstrip('/')}", body, named)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


def shake_hands(server: Server, **headers: str) -> int:
    """The status of a WebSocket's handshake; 101 is a connection. Without ``Origin``, none is sent."""
    address = f"{server.address.replace('http://', 'ws://')}{HANDSHAKE}websocket"
    origin, host = headers.pop("Origin", None), headers.pop("Host", None)
    try:
        socket = websocket.create_connection(
            address,
            timeout=ANSWER_WITHIN_S,
            header=[f"{name.replace('_', '-')}: {value}" for name, value in headers.items()],
            host=host,
            origin=origin,
            suppress_origin=origin is None,
        )
    except websocket.WebSocketBadStatusException as refused:
        return int(refused.status_code)
    socket.close()
    return 101
