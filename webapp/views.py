"""What all views need: what ``webapp.app`` has wired, and the arguments of the request."""

from typing import TypeVar

import msgspec
from flask import current_app, request
from msgspec import Struct

from engine.outcomes import invalid
from webapp.languages import LANG
from webapp.lessons.library import Library
from webapp.rooms.manager import Rooms
from webapp.work.pool import Pool

A = TypeVar("A", bound=Struct)


def rooms() -> Rooms:
    found: Rooms = current_app.extensions["rooms"]
    return found


def library() -> Library:
    found: Library = current_app.extensions["lessons"]
    return found


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
