"""How packets are made of bytes: msgspec's JSON, and no packet that cannot be answered."""

from typing import Any

import msgspec
from socketio import packet

MALFORMED = "malformed"

# A command is at most a few hundred bytes. What is larger is still read, so that it can be answered,
# up to this; beyond it the connection is closed.
PACKET_BYTES_MAX = 4_000_000

# What the library calls its own handlers by. Sent as an event, such a name must not reach one of them.
_RESERVED = frozenset({"*", "connect", "disconnect"})

# Stands for "nothing was received"; empty and null are something that somebody sent.
_NOTHING: Any = object()


class Json:
    """The json module that Socket.IO is given."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        try:
            return msgspec.json.decode(text)
        except RecursionError:
            # The callers, here and in the library, look for no other error.
            raise ValueError("nested too deeply") from None


class PlainPacket(packet.Packet):
    """A packet of plain JSON.

    The stock class looks through the whole payload for bytes before it sends one; nothing here sends
    bytes. And where the stock class raises on bytes that are no packet, and the sender never hears of
    it, this one turns them into an event of their own, which is answered with an error.
    """

    uses_binary_events = False
    json = Json

    def __init__(self, *args: Any, encoded_packet: Any = _NOTHING, **options: Any) -> None:
        super().__init__(*args, **options)
        # The stock class takes what is empty for nothing, and leaves the packet half made.
        if encoded_packet is not _NOTHING:
            self.decode(encoded_packet)

    def decode(self, encoded_packet: Any) -> int:
        try:
            # Bytes, or what the layer below has read as JSON: no packet begins like that.
            if not isinstance(encoded_packet, str):
                raise ValueError("not text")
            attachments = super().decode(encoded_packet)
            if attachments or not self._is_answerable():
                raise ValueError("not answerable")
        except ValueError:
            self.packet_type, self.namespace, self.id = packet.EVENT, None, None
            self.data = [MALFORMED]
        if self.packet_type == packet.EVENT and self.data[0] in _RESERVED:
            self.data[0] = f"({self.data[0]})"
        return 0

    def _is_answerable(self) -> bool:
        if self.packet_type == packet.EVENT:
            # There is one namespace. The library drops an event for another without a word.
            return (
                self.namespace in (None, "/")
                and isinstance(self.data, list)
                and bool(self.data)
                and isinstance(self.data[0], str)
            )
        return self.packet_type in (packet.CONNECT, packet.DISCONNECT, packet.ACK)
