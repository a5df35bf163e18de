"""Which classes are an account's. To its owner the server gives the keys to them, on any device."""

from typing import Any

from flask import Blueprint, Response

from engine.outcomes import Refused
from webapp import lines
from webapp.accounts.sessions import accounts, must_be_signed_in
from webapp.classroom.keys import Seat
from webapp.store.class_store import ClassRow
from webapp.views import classes, seat, worker

account_classes = Blueprint("account_classes", __name__)
account_classes.register_error_handler(Refused, lines.refusal)


@account_classes.after_request
def not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@account_classes.get("/account/classes")
def mine() -> Response:
    """Who is signed in, and the owner's key to each class of theirs, the newest first."""
    row, known = must_be_signed_in(), accounts()
    assert known is not None
    keys = classes().keys
    told: list[dict[str, Any]] = [
        {"id": class_id, "key": keys.of(Seat(class_id, "owner", None, generation))}
        for class_id, generation in known.classes_of(row)
    ]
    return lines.json({"account": {"id": row.id, "name": row.name}, "classes": told})


@account_classes.post("/classes/<class_id>/account")
def take_in(class_id: str) -> Response:
    """The class is of the account from here on. Who asks shows the owner's key to it."""
    row, known, shown = must_be_signed_in(), accounts(), seat()
    assert known is not None
    if shown.class_id != class_id:
        raise Refused("bad_key", "key")
    if shown.role != "owner":
        raise Refused("owner_only")
    known.hold(row, class_id)
    return lines.json({"id": class_id})


def start_class(title: str, scenario: str) -> tuple[ClassRow, str]:
    """A class, and its owner's key; where the site has accounts, it is of the one that is signed in. Raises Refused."""
    known = accounts()
    row = None if known is None else must_be_signed_in()
    made, key = classes().create(title, scenario, worker())
    if known is not None and row is not None:
        try:
            known.hold(row, made.id)
        except Refused:
            classes().delete(made.id)
            raise
    return made, key
