"""What a class leaves behind, over HTTP: the teacher's list, the report, the export, the replay; and deleting it all.

Whoever asks shows a key to the class (``Authorization: Bearer``).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Annotated, Any, TypeAlias

import msgspec
from flask import Blueprint, Response
from msgspec import Meta, Struct, structs

from engine.outcomes import Refused
from webapp import lines
from webapp.class_pages import refused
from webapp.classroom.classes import Classes
from webapp.classroom.holdings import rooms_held
from webapp.classroom.keys import KEY_MAX, is_staff
from webapp.classroom.outline import Nameless, Outline, outline, under
from webapp.classroom.report import Report, Wording, report, words_of
from webapp.classroom.report_csv import report_csv
from webapp.classroom.seen import Role
from webapp.languages import spoken, translating
from webapp.lesson_pages import lesson_told
from webapp.lessons.experiment import UNSURE
from webapp.lessons.rendering import heard
from webapp.pages import page, sandbox_boot
from webapp.protocol import Error, rejected
from webapp.rooms.family import cut
from webapp.rooms.ids import new_id
from webapp.rooms.manager import Rooms
from webapp.rooms.sharing import Sharing
from webapp.store.class_store import ClassEntry, ClassRow
from webapp.store.log_store import Entry, RoomRow
from webapp.views import body, classes, library, rooms, seat

class_documents = Blueprint("class_documents", __name__)

KEYS_MAX = 100

# Of the form of the export (docs/CLASSROOM.md).
EXPORT_VERSION = 1

Key: TypeAlias = Annotated[str, Meta(max_length=KEY_MAX)]


class TheirKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """The keys that a browser has."""

    keys: Annotated[list[Key], Meta(max_length=KEYS_MAX)]


class Known(Struct, frozen=True):
    """A class to whoever has a key to it. ``…_ms`` are ms since 1970."""

    id: str
    role: Role
    title: str
    code: str | None
    ended: bool
    here: int
    members: int
    opened_ms: int
    last_ms: int
    rooms: int
    runs: int


class Unknown(Struct, frozen=True):
    """Why a key opens nothing."""

    error: Error


class_documents.register_error_handler(Refused, refused)


@class_documents.after_request
def not_kept(response: Response) -> Response:
    """What is about people stays in no cache."""
    if response.mimetype != "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response


# Pages


@class_documents.get("/teach/<class_id>/report")
def report_page(class_id: str) -> str:
    classes().row(class_id)
    lessons = [
        {
            "slug": lesson.slug,
            "title": _prose(lesson.slug, None).title,
            "steps": {step.id: _prose(lesson.slug, step.id).question for step in lesson.experiment.steps},
        }
        for lesson in library()
    ]
    return page("report.html", "js/report.js", {"class_id": class_id, "lessons": lessons})


@class_documents.get("/class-run/<run_id>")
def replay_page(run_id: str) -> str:
    """A class that somebody has shared: its moments, and the runs that were on its stage."""
    found = classes().kept(lambda store: store.class_run(run_id))
    if found is None:
        raise Refused("unknown_class")
    told = msgspec.json.decode(found, type=Outline)
    moments = [msgspec.to_builtins(moment) | _in_words(moment) for moment in told.moments]
    return page(
        "replay.html",
        "js/replay.js",
        sandbox_boot(run=told.moments[0].room) | {"moments": moments},
    )


def _in_words(moment: Any) -> dict[str, Any]:
    """What the language of the page adds to a moment."""
    if (poll := getattr(moment, "poll", None)) is not None:
        question, choices = words_of(poll, _prose)
        return {"poll": msgspec.to_builtins(poll) | {"question": question, "choices": choices}}
    if getattr(moment, "slug", None):
        wording = _prose(moment.slug, moment.step)
        return {"title": wording.title, "heading": wording.question}
    return {}


# The teacher's list


@class_documents.post("/classes/mine")
def mine() -> Response:
    """What a browser's keys open, in their order."""
    return lines.json([_known(key) for key in body(TheirKeys).keys])


def _known(key: str) -> Known | Unknown:
    known = classes()
    try:
        mine = known.seat(key)
        if not is_staff(mine):
            raise Refused("teachers_only")
        state, row = known.state(mine.class_id), known.row(mine.class_id)
        extent = known.kept(lambda store: store.class_extent(mine.class_id))
    except Refused as refused:
        return Unknown(rejected(refused, spoken()).error)
    return Known(
        id=row.id,
        role=mine.role,
        title=state.title,
        code=row.code,
        ended=state.ended,
        here=known.here(row.id),
        members=len(state.present),
        opened_ms=extent.first_ms,
        last_ms=extent.last_ms,
        rooms=extent.rooms,
        runs=extent.runs,
    )


@class_documents.get("/classes/<class_id>/rooms")
def its_rooms(class_id: str) -> Response:
    known = _allowed(class_id, "report")
    return lines.json(known.kept(lambda store: rooms_held(store.class_entries(class_id), store.class_rooms(class_id))))


# The report


@class_documents.get("/classes/<class_id>/report.json")
def report_json(class_id: str) -> Response:
    return _file(lines.json(_report(class_id)), class_id, "report.json")


@class_documents.get("/classes/<class_id>/report.csv")
def report_table(class_id: str) -> Response:
    return _file(Response(report_csv(_report(class_id)), mimetype="text/csv"), class_id, "report.csv")


def _report(class_id: str) -> Report:
    known = _allowed(class_id, "report")
    entries, deeds = known.kept(lambda store: (store.class_entries(class_id), store.class_deeds(class_id)))
    return report(known.row(class_id), entries, deeds, cache(_prose))


def _prose(slug: str, step: str | None) -> Wording:
    """A lesson's words in the language of the request; where the lesson is gone, its slug has to do."""
    try:
        lesson = library().get(slug)
    except Refused:
        return Wording(slug, step or "", {})
    title = lesson_told(lesson)["title"]
    section = lesson.prose.sections.get(step or "")
    if section is None:
        return Wording(title, step or "", {})
    translate = translating(lesson.context)
    heading = next(section.iter("h2"), None)
    choices = {
        item.get("data-choice"): heard(item, translate) for item in section.iter("li") if item.get("data-choice")
    }
    unsure = {UNSURE: spoken().words["lesson.unsure"]}
    return Wording(title, heard(heading, translate) if heading is not None else step or "", choices | unsure)


# All that there is


@class_documents.get("/classes/<class_id>/export")
def export(class_id: str) -> Response:
    """One JSON object, told piece by piece."""
    known = _allowed(class_id, "export")
    told = known.kept(
        lambda store: _exported(
            known.row(class_id),
            store.class_entries(class_id),
            rooms(),
            store.class_rooms(class_id),
            store.class_runs(class_id),
        )
    )
    return _file(Response(told, mimetype="application/json"), class_id, "class.json")


def _exported(
    row: ClassRow,
    entries: Sequence[ClassEntry],
    found: Rooms,
    held: list[tuple[RoomRow, str, int]],
    runs: list[tuple[str, str]],
) -> Iterator[bytes]:
    log = [_line(entry, "event") for entry in entries]
    outlines = [{"id": run_id, "outline": msgspec.Raw(text.encode())} for run_id, text in runs]
    head = {"quorumscope_class": EXPORT_VERSION, "class": row, "log": log, "replays": outlines}
    yield msgspec.json.encode(head)[:-1] + b',"rooms":['
    for place, (room, made_at, _) in enumerate(held):
        log_of_room = [_line(entry, "command") for entry in found.log(room.id)[1]]
        told = structs.asdict(room) | {"created_at": made_at, "log": log_of_room}
        yield (b",\n" if place else b"\n") + msgspec.json.encode(told)
        found.breathe()
    yield b"]}\n"


def _line(entry: ClassEntry | Entry, json: str) -> dict[str, Any]:
    """Of a log, whose field ``json`` is JSON already."""
    return structs.asdict(entry) | {json: msgspec.Raw(getattr(entry, json).encode())}


@class_documents.delete("/classes/<class_id>")
def delete(class_id: str) -> Response:
    """All that the class holds, for good."""
    _allowed(class_id, "delete").delete(class_id)
    return lines.json({"deleted": class_id})


# A replay for everybody


@class_documents.post("/classes/<class_id>/replay")
def replay(class_id: str) -> Response:
    """Share what was on the stage, without names."""
    known = _allowed(class_id, "replay")
    entries = known.kept(lambda store: store.class_entries(class_id))
    told, nameless, sharing = outline(entries), Nameless(entries), Sharing(rooms())
    sealed: dict[str, str] = {}
    for room_id in dict.fromkeys(moment.room for moment in told.moments):
        row, log = rooms().log(room_id)
        sealed[room_id] = new_id(class_id)
        anonymous = [nameless.entry(entry) for entry in log]
        sharing.seal(sealed[room_id], msgspec.structs.replace(cut(row, row.clock_us), class_id=class_id), anonymous)
        rooms().breathe()
    run_id = new_id(class_id)
    with rooms().lock:
        # While it was made, the class may have been deleted.
        known.row(class_id)
        text = msgspec.json.encode(under(told, sealed)).decode()
        known.kept(lambda store: store.keep_class_run(run_id, class_id, text))
    return lines.json({"id": run_id})


def _allowed(class_id: str, asked: str) -> Classes:
    """The classes, where the request's key is one to this class, and good for what is asked. Raises Refused."""
    mine, known = seat(), classes()
    if mine.class_id != class_id:
        raise Refused("bad_key", "key")
    known.allow(mine, asked)
    return known


def _file(response: Response, class_id: str, kind: str) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=f"class-{class_id}-{kind}")
    return response
