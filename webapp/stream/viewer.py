"""One connection, and how far it has read."""

import secrets
from collections.abc import Callable
from typing import Any

from engineio.packet import Packet

from engine.outcomes import Refused
from webapp.classroom.keys import Seat, actor
from webapp.words import Language


class Viewer:
    """``actor`` is its name in the logs of the rooms it acts in; it is answered in its ``language``.

    In a class it has a ``seat``. ``line`` is Engine.IO's socket, and ``post`` puts something into its queue. ``shard``
    is the sign of the ids that a proxy has routed the connection by, "" where it need not route.
    """

    def __init__(
        self, sid: str, line: Any, post: Callable[[Packet], object], language: Language, address: str, shard: str
    ) -> None:
        self.sid = sid
        self.line = line
        self.post = post
        self.language = language
        self.address = address
        self.shard = shard
        self.room: str | None = None
        self.seat: Seat | None = None
        self._name = f"viewer-{secrets.token_hex(4)}"
        # Of the frames of the room that it watches: which stay of the room they are of, the last that it has said to
        # have, and, while it is behind, the last that it was sent.
        self.epoch = ""
        self.seen = 0
        self.behind_after: int | None = None

    @property
    def actor(self) -> str:
        return self._name if self.seat is None else actor(self.seat)

    @property
    def room_now(self) -> str:
        """Raises Refused("not_in_a_room")."""
        if self.room is None:
            raise Refused("not_in_a_room")
        return self.room

    def check_shard(self, wanted: str) -> None:
        """Raises Refused where the connection was routed by another sign than that of what it wants."""
        if self.shard and wanted[:1] != self.shard:
            raise Refused("elsewhere")

    @property
    def class_id(self) -> str | None:
        return None if self.seat is None else self.seat.class_id
