"""The one place where parts are wired."""

import logging
import time
from collections.abc import Callable

from flask import Flask
from flask_socketio import SocketIO
from msgspec import Struct

from webapp.accounts.wiring import keep_accounts
from webapp.assets import serve_assets
from webapp.audience.audience import Audience
from webapp.audience.queue import Queue
from webapp.class_documents import class_documents
from webapp.class_pages import class_pages
from webapp.classroom.classes import Classes
from webapp.downloads import downloads
from webapp.keeping import Keeping
from webapp.languages import Languages, speak
from webapp.lesson_pages import lesson_pages
from webapp.lessons.checking import misfits
from webapp.lessons.library import SHIPPED, Library
from webapp.lessons.trouble import BrokenLesson
from webapp.limited import limit_requests
from webapp.limits import Limits
from webapp.operation.health import Health
from webapp.operation.metrics import Metrics
from webapp.operation.views import count_refusals, operation
from webapp.operation.watched import Watch
from webapp.packets import PACKET_BYTES_MAX, Json, PlainPacket
from webapp.pages import pages
from webapp.paths import STATIC, TEMPLATES
from webapp.protocol import Frame
from webapp.ready import ReadyFiles
from webapp.review_pages import review_pages
from webapp.rooms.manager import Rooms
from webapp.rooms.turns import Turns
from webapp.security import guard_all, guard_pages
from webapp.settings import Settings
from webapp.sockets import Sockets
from webapp.store.group_commit import Act, GroupCommit, at_once
from webapp.store.opening import open_database
from webapp.store.sql_accounts import SqlAccountStore
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore
from webapp.stream.ticking import Ticking
from webapp.translations.reading import TRANSLATIONS
from webapp.work.pool import Pool


def create_app(settings: Settings, async_mode: str, apart: Callable[[Act], object] = at_once) -> tuple[Flask, SocketIO]:
    """The application and its socket layer; ``apart`` is ``GroupCommit``'s. Raises StoreFailed if the log cannot be
    opened, and BrokenLesson or BadTranslation where a lesson or a translation of the site's own cannot be used."""
    app = Flask(__name__, static_folder=None, template_folder=str(TEMPLATES))
    guard_pages(app, settings)
    serve_assets(app, STATIC)
    speak(app, Languages(TRANSLATIONS, *([settings.translations] if settings.translations else [])))
    queue = Queue(settings.redis_url) if settings.redis_url else None
    socketio = SocketIO(
        app,
        client_manager=queue,
        async_mode=async_mode,
        # In order, one after another, for each connection: that is what a log of commands wants.
        async_handlers=False,
        serializer=PlainPacket,
        json=Json,
        max_http_buffer_size=PACKET_BYTES_MAX,
        http_compression=False,
        ping_interval=10,
        ping_timeout=10,
        # The gate looks at where a request is from.
        cors_allowed_origins=[],
    )
    limits = Limits(settings, settings.redis_url or "memory://")
    app.extensions["limits"] = limits
    limit_requests(app, limits)
    guard_all(app, settings)
    app.wsgi_app = ReadyFiles(app.wsgi_app, app.extensions["assets"])  # type: ignore[method-assign]
    logging.getLogger("engineio.server").setLevel(logging.CRITICAL)
    lessons = _lessons(settings)
    metrics = Metrics()
    watch = Watch(metrics)
    store = SqlLogStore(open_database(settings, flushed_apart=True))
    commits = GroupCommit(store.database, apart, watch.around)
    # No answer leaves before what it tells of is on the disk, and shown.
    app.dispatch_request = commits.around(app.dispatch_request)  # type: ignore[method-assign]
    turns = Turns(socketio.sleep, time.monotonic)
    rooms = Rooms(
        watch.over(store),
        lambda frame: commits.tell(lambda: publish(frame), frame.room),
        time.monotonic,
        turns,
        turns.rest,
        settings.sleep_after_s,
    )
    health = Health(rooms.is_stored, time.monotonic)
    classes = Classes(
        watch.over(SqlClassStore(store)),
        rooms,
        lambda slug: lessons.get(slug).experiment,
        lambda event, value, to: commits.tell(lambda: tell(event, value, to)),
        time.monotonic,
        lambda: time.time_ns() // 1_000_000,
        settings.sleep_after_s,
    )
    sockets = Sockets(socketio, rooms, classes, lessons.opening, limits, metrics, commits, settings.worker)
    audience = None
    if queue is not None:
        audience = Audience(queue, rooms, classes, time.monotonic, socketio.sleep)
        audience.watching.send_home = sockets.send_home
        sockets.watching = audience.watching

    def publish(frame: Frame) -> None:
        with rooms.lock:
            sockets.publish(frame)
            if audience is not None:
                audience.sending.publish(frame)

    def tell(event: str, value: Struct, to: str) -> None:
        with rooms.lock:
            if audience is None or not audience.sending.tell(event, value, to):
                # Everybody else is here.
                socketio.emit(event, value, to=to, ignore_queue=True)

    pool = Pool()
    metrics.now("connections", lambda: len(sockets.viewers))
    metrics.now("viewers", lambda: sockets.feeds.watching + sockets.watching.count)
    metrics.now("viewers_behind", lambda: sockets.feeds.behind)
    metrics.now("rooms_awake", lambda: rooms.awake)
    metrics.now("classes_awake", lambda: classes.awake)
    metrics.now("jobs_waiting", lambda: pool.waiting)
    app.extensions["lessons"] = lessons
    app.extensions["rooms"] = rooms
    app.extensions["classes"] = classes
    app.extensions["sockets"] = sockets
    app.extensions["ticking"] = Ticking((rooms.tick, classes.tick), health.ticked, metrics.late, socketio.sleep)
    app.extensions["audience"] = audience
    app.extensions["pool"] = pool
    app.extensions["keeping"] = Keeping(settings, store, classes.store, rooms, classes, socketio.sleep)
    app.extensions["commits"] = commits
    app.extensions["worker"] = settings.worker
    app.extensions["health"] = health
    app.extensions["metrics"] = metrics if settings.metrics == "on" else None
    count_refusals(app, metrics)
    app.register_blueprint(pages)
    app.register_blueprint(lesson_pages)
    app.register_blueprint(review_pages)
    app.register_blueprint(class_pages)
    app.register_blueprint(class_documents)
    app.register_blueprint(downloads)
    app.register_blueprint(operation)
    keep_accounts(app, settings, SqlAccountStore(store.database), classes.store.secret, rooms.lock)
    return app, socketio


def _lessons(settings: Settings) -> Library:
    """Those that ship, and the site's own. Raises BrokenLesson where one of these could not be shown."""
    if settings.lessons is None:
        return Library(SHIPPED)
    # Their runs are let go of again.
    if problems := [problem for lesson in Library(settings.lessons) for problem in misfits(lesson)]:
        raise BrokenLesson(*problems)
    return Library(SHIPPED, settings.lessons)
