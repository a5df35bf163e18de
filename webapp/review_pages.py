"""The review: its page, its questions one by one, and what is right, which leaves the server only with an answer."""

import secrets
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from msgspec import Meta, Struct
from werkzeug.wrappers import Response as AnyResponse

from engine.outcomes import Refused
from webapp import lines
from webapp.languages import LANG, translating
from webapp.lessons.rendering import heard
from webapp.lessons.review.review import QUESTIONS, SEED_MAX, answered, asked, lessons_of, question_of
from webapp.pages import page
from webapp.pages import refused as refused_page
from webapp.views import arguments, library, rooms

review_pages = Blueprint("review", __name__)

Seed: TypeAlias = Annotated[int, Meta(ge=0, le=SEED_MAX)]
Number: TypeAlias = Annotated[int, Meta(ge=1, le=QUESTIONS)]


class PageArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """Without a seed one is drawn."""

    seed: Seed | None = None


class QuestionArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """Which review, and which of its questions, from 1."""

    seed: Seed
    number: Number


class AnswerArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """``choice`` is the id of one of the question's choices."""

    seed: Seed
    number: Number
    choice: Annotated[str, Meta(max_length=40)]


@review_pages.errorhandler(Refused)
def refused(error: Refused) -> Any:
    return refused_page(error) if request.endpoint == "review.review" else lines.refusal(error)


@review_pages.get("/lessons/review")
def review() -> str | AnyResponse:
    """Ten questions. A review has an address, so that it can be sent: whoever comes without a seed is led to one."""
    seed = arguments(PageArguments).seed
    if seed is None:
        wanted = {"seed": str(secrets.randbelow(SEED_MAX))}
        if LANG in request.args:
            wanted[LANG] = request.args[LANG]
        answer = redirect(f"{request.path}?{urlencode(wanted)}")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    lessons = [
        {
            "slug": lesson.slug,
            "number": lesson.number,
            "title": heard(lesson.prose.root[0], translating(lesson.context)),
        }
        for lesson in library()
        if lesson.slug in lessons_of(seed)
    ]
    boot = {"review": {"seed": seed, "lessons": lessons}}
    return page("review.html", "js/review.js", boot, questions=QUESTIONS)


@review_pages.get("/lessons/review/question")
def question() -> Response:
    """A question, without what is right."""
    wanted = arguments(QuestionArguments)
    return lines.json(asked(wanted.seed, wanted.number, rooms().breathe))


@review_pages.get("/lessons/review/answer")
def answer() -> Response:
    """Whether a choice is right, which one is, why, and the run that shows it."""
    given = arguments(AnswerArguments)
    breathe = rooms().breathe
    choices = [choice.id for choice in question_of(given.seed, given.number, breathe).choices]
    if given.choice not in choices:
        raise Refused("invalid", "choice", reason=f"one of {', '.join(choices)} is expected")
    return lines.json(answered(given.seed, given.number, given.choice, breathe))
