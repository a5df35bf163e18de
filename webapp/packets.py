"""How packets are made of bytes: msgspec's JSON, and no packet that cannot be answered."""

from typing import Any

import msgspec
from socketio import packet

MALFORMED = "malformed"


class Json:
    """The json module that Socket.IO is given."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        return msgspec.json.decode(text)


class PlainPacket(packet.Packet):
    """A packet of plain JSON.

    The stock class looks through the whole payload for bytes before it sends one; nothing here sends
    bytes. And where the stock class raises on bytes that are no packet, and the sender never hears of
    it, this one turns them into an event of their own, which is answered with an error.
    """

    uses_binary_events = False

    def decode(self, encoded_packet: str | bytes) -> int:
        try:
            if isinstance(encoded_packet, bytes):
                raise ValueError("binary")
            attachments = super().decode(encoded_packet)
            if attachments or not self._is_answerable():
                raise ValueError("not answerable")
        except (ValueError, RecursionError):
            self.packet_type, self.namespace, self.id = packet.EVENT, None, None
            self.data = [MALFORMED]
        return 0

    def _is_answerable(self) -> bool:
        if self.packet_type == packet.EVENT:
            return isinstance(self.data, list) and bool(self.data) and isinstance(self.data[0], str)
        return self.packet_type in (packet.CONNECT, packet.DISCONNECT, packet.ACK)
