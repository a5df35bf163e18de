"""The pages: a sandbox of one's own, and any room by its address."""

from flask import Blueprint, abort, current_app, render_template
from werkzeug.exceptions import HTTPException

from engine import SCENARIOS
from webapp import __version__
from webapp.rooms.manager import Rooms
from webapp.rooms.pace import SPEED_DEFAULT, SPEED_MAX, SPEED_MIN
from webapp.words import catalogue, sentence

pages = Blueprint("pages", __name__)


@pages.get("/")
def home() -> str:
    """A private sandbox: the room is made when the page connects, and its address then stands in the bar."""
    return _sandbox(room=None)


@pages.get("/r/<room_id>")
def room(room_id: str) -> str:
    """A room that exists already, for whoever has its address."""
    rooms: Rooms = current_app.extensions["rooms"]
    if not rooms.exists(room_id):
        abort(404)
    return _sandbox(room=room_id)


@pages.app_errorhandler(HTTPException)
def failed(error: HTTPException) -> tuple[str, int]:
    words = catalogue()
    code = error.code or 500
    text = words.get(f"page.{code}") or sentence("page.other", {"code": code})
    return render_template("error.html", words=words, text=text), code


def _sandbox(room: str | None) -> str:
    boot = {
        "room": room,
        "scenario": next(iter(SCENARIOS)),
        "speed": {"min": SPEED_MIN, "max": SPEED_MAX, "default": SPEED_DEFAULT},
        "words": catalogue(),
    }
    return render_template("sandbox.html", boot=boot, words=catalogue(), version=__version__)
