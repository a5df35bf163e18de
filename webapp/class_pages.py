"""The classroom's pages, and what they ask for over HTTP: to open a class, and to join one by its code."""

from io import BytesIO
from typing import Annotated, Any, TypeAlias

import segno
from flask import Blueprint, Response, current_app, request
from msgspec import Meta, Struct

from engine import SCENARIOS
from engine.outcomes import Refused
from webapp import lines
from webapp.accounts.holding import start_class
from webapp.accounts.sessions import signed_in, with_account
from webapp.classroom.codes import as_typed
from webapp.classroom.commands import (
    CHOICE_MAX,
    CHOICES_MAX,
    COMMENT_MAX,
    GROUPS_MAX,
    NAME_MAX,
    QUESTION_MAX,
    TITLE_MAX,
)
from webapp.lesson_pages import lesson_boot, lesson_told
from webapp.pages import page, sandbox_boot
from webapp.pages import refused as refused_page
from webapp.security import address
from webapp.views import body, classes, library

class_pages = Blueprint("classes", __name__)

# Whatever somebody has put into the address, no more of it is shown.
CODE_SHOWN_MAX = 12

Code: TypeAlias = Annotated[str, Meta(max_length=40)]


class NewClass(Struct, frozen=True, forbid_unknown_fields=True):
    """What a class begins with."""

    title: Annotated[str, Meta(max_length=4 * TITLE_MAX)]
    scenario: Annotated[str, Meta(max_length=64)] = next(iter(SCENARIOS))


class Sought(Struct, frozen=True, forbid_unknown_fields=True):
    """Which class somebody wants to join."""

    code: Code


class NewMember(Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to join a class, and the code that lets them."""

    code: Code
    name: Annotated[str, Meta(max_length=4 * NAME_MAX)]


@class_pages.errorhandler(Refused)
def refused(error: Refused) -> Any:
    return refused_page(error) if "text/html" in request.accept_mimetypes.values() else lines.refusal(error)


# Pages. Whether somebody may be in a class, their key says, which only the page's script has.


@class_pages.get("/teach")
def mine() -> str:
    """The classes and rooms that this browser knows of."""
    return page("teach.html", "js/teach.js", with_account({"title_max": TITLE_MAX}))


@class_pages.get("/teach/<class_id>")
@class_pages.get("/teach/<class_id>/lesson/<slug>")
def teach(class_id: str, slug: str | None = None) -> str:
    """The teacher's page, with or without a lesson."""
    return _class("class/teacher.html", "js/teacher.js", class_id, slug)


@class_pages.get("/class/<class_id>")
@class_pages.get("/class/<class_id>/lesson/<slug>")
def attend(class_id: str, slug: str | None = None) -> str:
    """A student's page, with or without a lesson."""
    return _class("class/student.html", "js/student.js", class_id, slug)


@class_pages.get("/class/<class_id>/board")
def board(class_id: str) -> str:
    """What the projector shows."""
    return _class("class/board.html", "js/board.js", class_id, None)


@class_pages.get("/join")
@class_pages.get("/join/<code>")
def join(code: str = "") -> str:
    typed = as_typed(code)[:CODE_SHOWN_MAX]
    return page("join.html", "js/join.js", {"code": typed, "name_max": NAME_MAX}, code=typed)


@class_pages.get("/join/<code>/qr.svg")
def qr(code: str) -> Response:
    """The address to join by, for a phone's camera."""
    join_at = address("classes.join", code=as_typed(code)[:CODE_SHOWN_MAX])
    drawn = BytesIO()
    segno.make(join_at, error="m", micro=False).save(
        drawn, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#fff", title=join_at
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


# Over HTTP


@class_pages.post("/classes")
def create() -> Response:
    """A new class, and its owner's key; where the site has accounts, also whose it is."""
    asked = body(NewClass)
    if asked.scenario not in SCENARIOS:
        raise Refused("unknown_scenario", "scenario")
    row, key = start_class(asked.title, asked.scenario)
    told = {"class_id": row.id, "code": row.code, "key": key}
    account = signed_in()
    return lines.json(told if account is None else told | {"account": account.id})


@class_pages.post("/classes/find")
def find() -> Response:
    """The class with a code. Every process can say; to join, one asks the process that has the class."""
    return lines.json({"class_id": classes().by_code(body(Sought).code)})


@class_pages.post("/classes/<class_id>/members")
def become_a_member(class_id: str) -> Response:
    """A new member of the class, and their key."""
    asked = body(NewMember)
    if classes().by_code(asked.code) != class_id:
        raise Refused("unknown_code", "code")
    class_id, key = classes().join(asked.code, asked.name)
    return lines.json({"class_id": class_id, "key": key})


def _class(template: str, entry: str, class_id: str, slug: str | None) -> str:
    """Raises Refused: unknown_class, unknown_lesson."""
    classes().row(class_id)
    lesson = None if slug is None else library().get(slug)
    boot = sandbox_boot(scenario=None) | {
        "class_id": class_id,
        "audience": current_app.extensions["audience"] is not None,
        "limits": {
            "title": TITLE_MAX,
            "name": NAME_MAX,
            "question": QUESTION_MAX,
            "choice": CHOICE_MAX,
            "choices": CHOICES_MAX,
            "comment": COMMENT_MAX,
            "groups": GROUPS_MAX,
        },
        "lessons": [lesson_told(one) | {"first": one.experiment.steps[0].id} for one in library()],
    }
    told = {} if lesson is None else lesson_boot(lesson)
    return page(template, entry, boot | told.pop("boot", {}), class_id=class_id, **told)
