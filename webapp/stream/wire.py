"""What the stream asks of a connection: the line under it, if that can be written to at once."""

from typing import Protocol


class Wire(Protocol):
    """A WebSocket. What is written to it overtakes what waits in the connection's queue."""

    @property
    def is_free(self) -> bool:
        """Whether nothing that was written before is still on its way into the socket."""

    def write(self, message: bytes) -> None:
        """Send a whole message of the WebSocket protocol, as ``framed`` makes one. What the socket does not take at
        once follows by itself, before anything else does. Only while it ``is_free``."""


def framed(text: str) -> bytes:
    """A text as one message from a server to a client (RFC 6455, section 5.2): not masked, in one piece."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 1 << 16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload
