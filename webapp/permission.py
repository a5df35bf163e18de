"""Whether a connection may have what it asks for: by its class, and by the class of the room. No other rule is here."""

from msgspec import Struct

from engine.commands import Read, Write
from engine.outcomes import Refused
from webapp.classroom.classes import Classes
from webapp.classroom.roles import Situation, why_not
from webapp.protocol import Copy, Do, Enter, InClass, Join, Peek
from webapp.rooms.manager import Rooms
from webapp.stream.viewer import Viewer


class Permission:
    def __init__(self, rooms: Rooms, classes: Classes) -> None:
        self._rooms = rooms
        self._classes = classes

    def check(self, viewer: Viewer, event: str, asked: Struct) -> None:
        """Raises Refused with the reason why not."""
        room = asked.room if isinstance(asked, Join | Peek | Copy) else viewer.room
        seat = viewer.seat
        if isinstance(asked, Join | Peek | Copy):
            row = self._rooms.row(asked.room)
            if row.class_id is not None and not row.sealed and row.class_id != viewer.class_id:
                raise no_stranger()
            if isinstance(asked, Peek) and row.sealed:
                return  # A run that was shared is for everybody.
            if isinstance(asked, Copy) and seat is not None and not row.sealed:
                self._classes.allow(seat, "peek", room)
        if seat is None:
            if isinstance(asked, InClass):
                raise Refused(why_not("anonymous", f"class.{_kind(asked.command)}", Situation()))
        elif isinstance(asked, InClass):
            self._classes.allow(seat, f"class.{_kind(asked.command)}")
        elif isinstance(asked, Do):
            client = asked.command.client if isinstance(asked.command, Write | Read) else None
            self._classes.allow(seat, f"command.{_kind(asked.command)}", room, client)
        elif not isinstance(asked, Enter):
            self._classes.allow(seat, event, room)

    def may_watch(self, viewer: Viewer, room: str) -> None:
        """Raises Refused where the room is of a class that the viewer is not in (any more)."""
        if self._rooms.row(room).class_id not in (None, viewer.class_id):
            raise no_stranger()


def no_stranger() -> Refused:
    return Refused(why_not("anonymous", "join", Situation()))


def _kind(command: Struct) -> str:
    return str(command.__struct_config__.tag)
