"""What serving asks of a library of green threads."""

import socket
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Any]

BACKLOG = 1_024
CONNECTIONS_MAX = 10_000


class CannotServe(Exception):
    """The site cannot be served; the message is one line that says why."""


class Driver(Protocol):
    """Its module, once imported, has made the standard library green."""

    mode: str

    def prepare(self, socketio: Any) -> None:
        """Before any connection: let the stream write straight to its lines, where that can be had."""

    def apart(self, act: Callable[[], None]) -> object:
        """Do what waits for the disk in a thread of the system, and come back when it is done; others run meanwhile."""

    def take(self, listener: socket.socket, app: WsgiApp) -> None:
        """Take connections from now on, while others run."""

    def stop_taking(self) -> None:
        """New connections are refused; those that there are go on."""

    def wait(self) -> None:
        """Until ``wake`` is called."""

    def wake(self) -> None:
        """End ``wait``, between two steps of whatever runs. A signal's handler may call it."""


def listen(host: str, port: int) -> socket.socket:
    """Raises OSError if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    # Accepted sockets inherit it. Without it, frames that follow each other closely wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
