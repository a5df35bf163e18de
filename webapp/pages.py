"""The pages: a sandbox of one's own, a room by its address, a run to look at, and these as a part of another page."""

from typing import Annotated, Any, Literal, get_args, get_type_hints

from flask import Blueprint, current_app, redirect, render_template
from msgspec import Meta, Struct
from msgspec import inspect as shapes
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine import SCENARIOS
from engine.kernel.latency import PROFILES
from engine.outcomes import Refused
from engine.scenario import Scenario
from engine.settings import Settings
from engine.simulation import SEED_MAX
from webapp import __version__
from webapp.languages import spoken
from webapp.lines import retry_after, status
from webapp.rooms.pace import SPEED_DEFAULT, SPEED_MAX, SPEED_MIN, Speed
from webapp.views import arguments, rooms
from webapp.words import sentence

pages = Blueprint("pages", __name__)

# The run is in the fragment of the address, which only the browser sees.
PACKED = "packed"


class NewRoom(Struct, frozen=True, forbid_unknown_fields=True):
    """What an address may say about a room that is to be made."""

    seed: Annotated[int, Meta(ge=0, le=SEED_MAX)] | None = None


class Embedding(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_ms": "from", "to_ms": "to"}):
    """What an embedding address may say: how fast, which part of the run in ms of virtual time, and what to show.

    ``seed`` is the luck of a scenario; a room and a packed run have their own.
    """

    speed: Speed = SPEED_DEFAULT
    from_ms: Annotated[float, Meta(ge=0, le=3_600_000)] = 0.0
    to_ms: Annotated[float, Meta(ge=0, le=3_600_000)] | None = None
    loop: Literal["0", "1"] = "0"
    view: Literal["stage", "spacetime", "both"] = "stage"
    seed: Annotated[int, Meta(ge=0, le=SEED_MAX)] = 1


@pages.get("/")
def home() -> str:
    """A private sandbox: the room is made when the page connects, and its address then stands in the bar.

    Who comes for the first time is shown what to try.
    """
    return page("sandbox.html", "js/main.js", sandbox_boot(), first=True)


@pages.get("/r/<room_id>")
def room(room_id: str) -> str | Response:
    """A room that exists already, for whoever has its address. One that is sealed can only be looked at."""
    row = rooms().row(room_id)
    if row.sealed:
        return redirect(f"/run/{room_id}")
    if row.class_id is not None:
        return redirect(f"/class/{row.class_id}")
    return _sandbox(room=room_id)


@pages.get("/scenario/<name>")
def scenario(name: str) -> str:
    """A new room with this scenario."""
    _check_scenario(name)
    return _sandbox(scenario=name, seed=arguments(NewRoom).seed)


@pages.get("/run")
def packed_run() -> str:
    return _sandbox(run=PACKED)


@pages.get("/run/<run_id>")
def stored_run(run_id: str) -> str:
    """A run that is stored here: nobody can change it, and everybody can take a copy."""
    rooms().row(run_id)
    return _sandbox(run=run_id)


@pages.get("/embed")
def embed_packed() -> str:
    return _embed(run=PACKED)


@pages.get("/embed/<room_id>")
def embed_room(room_id: str) -> str:
    rooms().row(room_id)
    return _embed(room=room_id)


@pages.get("/embed/scenario/<name>")
def embed_scenario(name: str) -> str:
    _check_scenario(name)
    return _embed(scenario=name)


@pages.app_errorhandler(HTTPException)
def failed(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    known = spoken().words.get(f"page.{code}")
    return _message(known or sentence("page.other", {"code": code}, spoken()), code)


@pages.app_errorhandler(Refused)
def refused(refused: Refused) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """An address that leads nowhere, or says something that cannot be."""
    if refused.code == "unknown_room":
        return _message(sentence("page.404", language=spoken()), 404)
    if refused.code == "unknown_scenario":
        return _message(sentence("page.unknown_scenario", language=spoken()), 404)
    if refused.code in ("unknown_lesson", "unknown_class"):
        return _message(sentence(f"refused.{refused.code}", language=spoken()), 404)
    if refused.code != "invalid":
        told = _message(sentence(f"refused.{refused.code}", refused.facts, spoken()), status(refused))
        return *told, retry_after(refused)
    wrong = {"field": refused.field or "?", "reason": refused.facts["reason"]}
    return _message(sentence("page.invalid", wrong, spoken()), 400)


def _message(text: str, status: int) -> tuple[str, int]:
    return render_template("error.html", words=spoken().words, text=text, modules=()), status


def _check_scenario(name: str) -> None:
    if name not in SCENARIOS:
        raise Refused("unknown_scenario", "scenario")


def _sandbox(**boot: Any) -> str:
    return page("sandbox.html", "js/main.js", sandbox_boot(**boot))


def sandbox_boot(**boot: Any) -> dict[str, Any]:
    """What the parts of the sandbox begin with."""
    return {
        "room": None,
        "scenario": next(iter(SCENARIOS)),
        "seed": None,
        "run": None,
        "scenarios": [_told(one) for one in SCENARIOS.values()],
        "profiles": list(PROFILES),
        "settings": settings(),
        **boot,
    }


def _told(scenario: Scenario) -> dict[str, Any]:
    """A scenario with its words in the language of the page."""
    words = {field: getattr(scenario, field) for field in ("title", "claim", "text")}
    told = {field: text and spoken().text(f"scenario.{scenario.name}.{field}", text) for field, text in words.items()}
    return {"name": scenario.name, "ends_us": scenario.ends_us} | told


def _embed(**boot: Any) -> str:
    asked = arguments(Embedding)
    if asked.to_ms is not None and asked.to_ms <= asked.from_ms:
        raise Refused("invalid", "to", reason=f"must be more than from, which is {asked.from_ms:g}")
    return page(
        "embed.html",
        "js/embed.js",
        {
            "room": None,
            "scenario": None,
            "seed": asked.seed,
            "run": None,
            **boot,
            "embed": {
                "speed": asked.speed,
                "from_ms": asked.from_ms,
                "to_ms": asked.to_ms,
                "loop": asked.loop == "1",
                "view": asked.view,
            },
        },
    )


def page(template: str, entry: str, boot: dict[str, Any], **more: Any) -> str:
    """A page and what its scripts begin with. ``modules`` are all the scripts, for the browser to fetch at once."""
    words = spoken().words
    boot |= {
        "speed": {"min": SPEED_MIN, "max": SPEED_MAX, "default": SPEED_DEFAULT},
        "words": words,
        "version": __version__,
    }
    modules = current_app.extensions["assets"].modules(entry)
    return render_template(template, boot=boot, words=words, version=__version__, modules=modules, **more)


def settings() -> list[dict[str, Any]]:
    """Every setting of a cluster as a control needs it: ``choices``, or ``min`` and ``max``, or ``switch``."""
    shape = shapes.type_info(Settings)
    assert isinstance(shape, shapes.StructType)
    return [{"name": field.name} | _range(field.name, field.type) for field in shape.fields]


def _range(name: str, shape: shapes.Type) -> dict[str, Any]:
    match shape:
        case shapes.Metadata(type=inner):
            return _range(name, inner)
        case shapes.LiteralType():
            # In the order of the declaration, in which they are taught; msgspec has sorted them.
            return {"choices": list(get_args(get_type_hints(Settings)[name]))}
        case shapes.BoolType():
            return {"switch": True}
        case shapes.IntType(ge=low, le=high):
            return {"min": low, "max": high}
        case shapes.StrType() if name == "latency":
            return {"choices": list(PROFILES)}
    raise TypeError(f"no control for {name}: {shape}")
