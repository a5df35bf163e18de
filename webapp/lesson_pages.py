"""The lessons' pages: the contents, each lesson, and a lesson as a part of another page."""

from typing import Any

from flask import Blueprint

from engine.commands import Workload
from webapp.languages import spoken, translating
from webapp.lessons.experiment import Step
from webapp.lessons.glossary import TERMS
from webapp.lessons.lesson import Lesson
from webapp.lessons.rendering import heard
from webapp.pages import page, sandbox_boot
from webapp.views import library, rooms

lesson_pages = Blueprint("lessons", __name__)


@lesson_pages.get("/lessons")
def contents() -> str:
    lessons = [lesson_told(lesson) for lesson in library()]
    return page("contents.html", "js/contents.js", {"lessons": lessons}, lessons=lessons)


@lesson_pages.get("/lessons/<slug>")
def lesson(slug: str) -> str:
    return _lesson(slug, embedded=False)


@lesson_pages.get("/lessons/<slug>/prose")
def prose(slug: str) -> str:
    """A lesson's prose alone, for a page that shows something of it. Raises Refused("unknown_lesson")."""
    told: str = lesson_boot(library().get(slug))["prose"]
    return told


@lesson_pages.get("/embed/lessons/<slug>")
def embedded_lesson(slug: str) -> str:
    return _lesson(slug, embedded=True)


@lesson_pages.get("/glossary")
def glossary() -> str:
    """All words in the order of the alphabet, each with the first lesson that uses it."""
    words, lessons = spoken().words, library()
    first = {term: lesson_told(lessons.get(slug)) for term, slug in lessons.introduced().items()}
    terms = [
        {
            "id": name,
            "word": words[f"term.{name}.word"],
            "means": words[f"term.{name}.means"],
            "lesson": first.get(name),
        }
        for name in TERMS
    ]
    terms.sort(key=lambda term: str(term["word"]).casefold())
    return page("glossary.html", "js/glossary.js", {}, terms=terms)


def _lesson(slug: str, *, embedded: bool) -> str:
    """Raises Refused("unknown_lesson")."""
    lesson = library().get(slug)
    order = list(library())
    following = order[order.index(lesson) + 1 :]
    told = lesson_boot(lesson)
    return page(
        "lesson.html",
        "js/lesson.js",
        sandbox_boot(scenario=None) | told.pop("boot"),
        next=lesson_told(following[0]) if following else None,
        embedded=embedded,
        **told,
    )


def lesson_boot(lesson: Lesson) -> dict[str, Any]:
    """What a page about a lesson needs: for its template and, as ``boot``, for its script."""
    return {
        "boot": {"lesson": _boot(lesson)},
        "lesson": lesson_told(lesson),
        "prose": lesson.page(translating(lesson.context), spoken().words["lesson.unsure"], rooms().breathe),
    }


def _workload(step: Step) -> dict[str, float] | None:
    """The first that the step's script starts."""
    for command in (cue.command for cue in step.script):
        if isinstance(command, Workload) and command.rate:
            return {"rate": command.rate, "read_share": command.read_share, "keys": command.keys}
    return None


def lesson_told(lesson: Lesson) -> dict[str, Any]:
    title, claim = (heard(block, translating(lesson.context)) for block in lesson.prose.root[:2])
    return {
        "slug": lesson.slug,
        "number": lesson.number,
        "title": title,
        "claim": claim,
        "minutes": lesson.prose.minutes,
        "steps": len(lesson.experiment.steps),
    }


def _boot(lesson: Lesson) -> dict[str, Any]:
    return {
        "slug": lesson.slug,
        "title": heard(lesson.prose.root[0], translating(lesson.context)),
        "steps": [_step(step) for step in lesson.experiment.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "kind": step.kind,
        "controls": step.controls,
        "tasks": [goal.id for goal in step.tasks],
        "choices": step.choices,
        "right": step.right,
        "view": step.view,
        "select": step.select,
        "show": bool(step.script),
        "workload": _workload(step),
    }
