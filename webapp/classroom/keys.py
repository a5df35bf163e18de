"""Keys to a class: signed, so that nobody can make one, and good only while what they name still is.

A link's key has the kind of link and its generation; a student's has the member. Both have the class.
"""

from itsdangerous import BadData, URLSafeSerializer
from msgspec import Struct

from engine.outcomes import Refused
from webapp.classroom.events import Link
from webapp.classroom.seen import Role
from webapp.classroom.state import ClassState

KEY_MAX = 200

_LINKS: dict[str, Link] = {"o": "owner", "a": "assistant", "v": "viewer"}
_LETTERS = {link: letter for letter, link in _LINKS.items()}


class Seat(Struct, frozen=True):
    """Who somebody is in a class. Staff and viewers have no member."""

    class_id: str
    role: Role
    member: str | None = None
    generation: int = 0


class Keys:
    """``secret`` is the site's own; whoever has it can make keys."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeSerializer(secret, salt="class")

    def of(self, seat: Seat) -> str:
        if seat.member is not None:
            return self._signed([seat.class_id, "m", seat.member])
        assert seat.role != "student" and seat.role != "anonymous"
        return self._signed([seat.class_id, _LETTERS[seat.role], seat.generation])

    def _signed(self, payload: list[str | int]) -> str:
        signed = self._serializer.dumps(payload)
        return signed if isinstance(signed, str) else signed.decode()

    def read(self, key: str) -> Seat:
        """Whom a key was made for. Whether it is still good, ``check`` says. Raises Refused("bad_key")."""
        try:
            match self._serializer.loads(key):
                case [str(class_id), "m", str(member)]:
                    return Seat(class_id, "student", member)
                case [str(class_id), str(letter), int(generation)] if letter in _LINKS:
                    return Seat(class_id, _LINKS[letter], None, generation)
        except (BadData, UnicodeError):
            pass
        raise Refused("bad_key", "key")


def check(seat: Seat, state: ClassState) -> None:
    """Raises Refused: what the key was made for is no more (revoked, removed)."""
    if seat.member is not None:
        member = state.members.get(seat.member)
        if member is None or member.removed:
            raise Refused("removed", "key")
    elif seat.generation != state.generations[seat.role]:  # type: ignore[index]
        raise Refused("revoked", "key")


def is_staff(seat: Seat) -> bool:
    return seat.role in ("owner", "assistant")


def actor(seat: Seat) -> str:
    """Who somebody is in a log."""
    return seat.member or seat.role
