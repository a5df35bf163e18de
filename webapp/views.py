"""What all views need: what ``webapp.app`` has wired, and the arguments of the request."""

from typing import TypeVar

import msgspec
from flask import current_app, request
from msgspec import Struct

from engine.outcomes import Refused, invalid
from webapp.classroom.classes import Classes
from webapp.classroom.keys import Seat
from webapp.classroom.roles import Situation, why_not
from webapp.languages import LANG
from webapp.lessons.library import Library
from webapp.rooms.manager import Rooms
from webapp.store.log_store import RoomRow
from webapp.work.pool import Pool

A = TypeVar("A", bound=Struct)


def rooms() -> Rooms:
    found: Rooms = current_app.extensions["rooms"]
    return found


def library() -> Library:
    found: Library = current_app.extensions["lessons"]
    return found


def classes() -> Classes:
    found: Classes = current_app.extensions["classes"]
    return found


def worker() -> str:
    """What the ids of all that is made here begin with; empty where there is one process only."""
    sign: str = current_app.extensions["worker"]
    return sign


def seat() -> Seat:
    """Whose key the request brings (``Authorization: Bearer``). Raises Refused: not_in_class, or
    what is wrong with it."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key:
        raise Refused("not_in_class")
    return classes().seat(key)


def let_see(row: RoomRow) -> None:
    """Raises Refused where a room belongs to a class, and the request's key does not open it."""
    if row.class_id is None or row.sealed:
        return
    asker = seat()
    if asker.class_id != row.class_id:
        raise Refused(why_not("anonymous", "history", Situation()))
    classes().allow(asker, "history", row.id)


def body(form: type[A]) -> A:
    """The JSON that the request brings. Raises Refused("invalid")."""
    if request.mimetype != "application/json":
        # No page of another site can send that without being asked first.
        raise Refused("invalid", reason="expected application/json")
    try:
        return msgspec.json.decode(request.get_data(), type=form)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
    except msgspec.DecodeError as error:
        raise Refused("invalid", reason=str(error)) from None


def pool() -> Pool:
    found: Pool = current_app.extensions["pool"]
    return found


def arguments(form: type[A]) -> A:
    """The request's arguments, without the language. Raises Refused("invalid") with the one that is wrong."""
    asked = {name: value for name, value in request.args.items() if name != LANG}
    try:
        return msgspec.convert(asked, form, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
