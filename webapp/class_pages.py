"""The classroom's pages, and what they ask for over HTTP: to open a class, and to join one by its code."""

from io import BytesIO
from typing import Annotated, Any, TypeAlias

import segno
from flask import Blueprint, Response, request, url_for
from msgspec import Meta, Struct

from engine import SCENARIOS
from engine.outcomes import Refused
from webapp import lines
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
from webapp.views import body, classes, library

class_pages = Blueprint("classes", __name__)

# Whatever somebody has put into the address, no more of it is shown.
CODE_SHOWN_MAX = 12

Code: TypeAlias = Annotated[str, Meta(max_length=40)]


class NewClass(Struct, frozen=True, forbid_unknown_fields=True):
    """What a class begins with."""

    title: Annotated[str, Meta(max_length=4 * TITLE_MAX)]
    scenario: Annotated[str, Meta(max_length=64)] = next(iter(SCENARIOS))


class NewMember(Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to join which class."""

    code: Code
    name: Annotated[str, Meta(max_length=4 * NAME_MAX)]


@class_pages.errorhandler(Refused)
def refused(error: Refused) -> Any:
    return refused_page(error) if "text/html" in request.accept_mimetypes.values() else lines.refusal(error)


# Pages. Whether somebody may be in a class, their key says, which only the page's script has.


@class_pages.get("/teach")
def mine() -> str:
    """The classes and rooms that this browser knows of."""
    return page("teach.html", "js/teach.js", {"title_max": TITLE_MAX})


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
    # As the sockets do, believe a proxy that says that it speaks https.
    scheme = "https" if request.headers.get("X-Forwarded-Proto") == "https" else request.scheme
    address = url_for("classes.join", code=as_typed(code)[:CODE_SHOWN_MAX], _external=True, _scheme=scheme)
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#fff", title=address
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


# Over HTTP


@class_pages.post("/classes")
def create() -> Response:
    """A new class, and its owner's key."""
    asked = body(NewClass)
    if asked.scenario not in SCENARIOS:
        raise Refused("unknown_scenario", "scenario")
    row, key = classes().create(asked.title, asked.scenario)
    return lines.json({"class_id": row.id, "code": row.code, "key": key})


@class_pages.post("/classes/join")
def become_a_member() -> Response:
    """A new member of the class with a code, and their key."""
    asked = body(NewMember)
    class_id, key = classes().join(asked.code, asked.name)
    return lines.json({"class_id": class_id, "key": key})


def _class(template: str, entry: str, class_id: str, slug: str | None) -> str:
    """Raises Refused: unknown_class, unknown_lesson."""
    classes().row(class_id)
    lesson = None if slug is None else library().get(slug)
    boot = sandbox_boot(scenario=None) | {
        "class_id": class_id,
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
