"""The one place where parts are wired."""

import logging
import time

from flask import Flask
from flask_socketio import SocketIO

from webapp.assets import serve_assets
from webapp.class_documents import class_documents
from webapp.class_pages import class_pages
from webapp.classroom.classes import Classes
from webapp.downloads import downloads
from webapp.languages import Languages, speak
from webapp.lesson_pages import lesson_pages
from webapp.lessons.checking import misfits
from webapp.lessons.library import SHIPPED, Library
from webapp.lessons.trouble import BrokenLesson
from webapp.packets import Json, PlainPacket
from webapp.pages import pages
from webapp.paths import STATIC, TEMPLATES
from webapp.review_pages import review_pages
from webapp.rooms.manager import Rooms
from webapp.settings import Settings
from webapp.sockets import Sockets
from webapp.store.sqlite import SqliteLogStore
from webapp.store.sqlite_classes import SqliteClassStore
from webapp.translations.reading import TRANSLATIONS
from webapp.work.pool import Pool

# A command is at most a few hundred bytes. What is larger is still read, so that it can be answered,
# up to this; beyond it the connection is closed.
PACKET_BYTES_MAX = 4_000_000


def create_app(settings: Settings, async_mode: str) -> tuple[Flask, SocketIO]:
    """The application and its socket layer. Raises StoreFailed if the log cannot be opened, and
    BrokenLesson or BadTranslation where a lesson or a translation of the site's own cannot be used."""
    app = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    serve_assets(app, STATIC)
    speak(app, Languages(TRANSLATIONS, *([settings.translations] if settings.translations else [])))
    socketio = SocketIO(
        app,
        async_mode=async_mode,
        # In order, one after another, for each connection: that is what a log of commands wants.
        async_handlers=False,
        serializer=PlainPacket,
        json=Json,
        max_http_buffer_size=PACKET_BYTES_MAX,
        http_compression=False,
        ping_interval=10,
        ping_timeout=10,
    )
    logging.getLogger("engineio.server").setLevel(logging.CRITICAL)
    lessons = _lessons(settings)
    store = SqliteLogStore(settings.data_dir / "rooms.sqlite3")
    rooms = Rooms(store, lambda frame: sockets.publish(frame), time.monotonic, lambda: socketio.sleep(0))
    classes = Classes(
        SqliteClassStore(store),
        rooms,
        lambda slug: lessons.get(slug).experiment,
        lambda event, value, to: socketio.emit(event, value, to=to),
        time.monotonic,
        lambda: time.time_ns() // 1_000_000,
    )
    sockets = Sockets(socketio, rooms, classes, lessons.opening)
    app.extensions["lessons"] = lessons
    app.extensions["rooms"] = rooms
    app.extensions["classes"] = classes
    app.extensions["sockets"] = sockets
    app.extensions["pool"] = Pool()
    app.register_blueprint(pages)
    app.register_blueprint(lesson_pages)
    app.register_blueprint(review_pages)
    app.register_blueprint(class_pages)
    app.register_blueprint(class_documents)
    app.register_blueprint(downloads)
    return app, socketio


def _lessons(settings: Settings) -> Library:
    """Those that ship, and the site's own. Raises BrokenLesson where one of these could not be shown."""
    if settings.lessons is None:
        return Library(SHIPPED)
    # Their runs are let go of again.
    if problems := [problem for lesson in Library(settings.lessons) for problem in misfits(lesson)]:
        raise BrokenLesson(*problems)
    return Library(SHIPPED, settings.lessons)
