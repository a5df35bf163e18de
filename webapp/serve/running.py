"""From the start to the end of a server, on whatever it is served."""

import gc
import logging
import os
import resource
import signal
import time
from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask
from flask_socketio import SocketIO

from webapp.app import create_app
from webapp.lessons.trouble import BrokenLesson
from webapp.operation import logs
from webapp.serve.driver import CannotServe, Driver, listen
from webapp.serve.front import Front
from webapp.settings import Settings
from webapp.store.log_store import StoreFailed
from webapp.translations.faults import BadTranslation
from webapp.work.pool import Pool

# So long after the end was announced, connections are still taken: what was said has gone out by then, and a proxy
# has heard that others should be asked.
LINGER_S = 0.5

# So long may a request that was being answered go on.
FINISH_S = 5.0

# So long after the start child processes are begun; who needs one before that begins it.
WARM_AFTER_S = 5.0

# Of what lives as long as the process there is nothing more to collect, so the collector need not come as often as it
# would; nor so seldom that everybody waits long for it.
COLLECT_AFTER = 5_000

_log = logging.getLogger(__name__)


def run(settings: Settings, driver: Driver, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends the process at once. Raises CannotServe."""
    logs.begin(settings.log_style)
    _open_as_many_files_as_may_be()
    try:
        listener = listen(settings.host, settings.port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotServe(f"cannot listen on {settings.host}:{settings.port}: {reason}") from None
    app, socketio = _created(settings, driver)
    driver.prepare(socketio)
    socketio.start_background_task(app.extensions["ticking"].for_ever)
    if (audience := app.extensions["audience"]) is not None:
        socketio.start_background_task(audience.for_ever)
    socketio.start_background_task(_warm, app.extensions["pool"], socketio.sleep)
    socketio.start_background_task(app.extensions["keeping"].for_ever)
    socketio.start_background_task(app.extensions["commits"].for_ever, socketio.sleep)
    # What exists now lives as long as the process: the collector need not look through it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    gc.enable()
    _heed_signals(driver.wake)
    front = Front(app)
    driver.take(listener, front)
    host, port = listener.getsockname()[:2]
    announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    logs.tell(_log, "started", port=port, **logs.told(settings))
    driver.wait()
    _stop(settings, app, socketio, driver, front)
    listener.close()
    logs.tell(_log, "stopped")


def _warm(pool: Pool, sleep: Callable[[float], object]) -> None:
    """Have child processes ready, but let in first those who wait for the server."""
    sleep(WARM_AFTER_S)
    pool.warm()


def _created(settings: Settings, driver: Driver) -> tuple[Flask, SocketIO]:
    try:
        return create_app(settings, driver.mode, driver.apart)
    except StoreFailed as error:
        where = "the database" if settings.database_url else f"the data directory {settings.data_dir}"
        raise CannotServe(f"cannot use {where}: {error}") from error
    except BrokenLesson as broken:
        raise CannotServe(f"cannot use the lesson {broken.problems[0]}") from None
    except BadTranslation as error:
        raise CannotServe(f"cannot use the translation {error}") from None


def _stop(settings: Settings, app: Flask, socketio: SocketIO, driver: Driver, front: Front) -> None:
    """Nobody loses their place: viewers hear when to come again, and every room's clock is remembered."""
    parts: dict[str, Any] = app.extensions
    logs.tell(_log, "stopping", under_way=front.under_way)
    front.stopping = True
    parts["health"].stopping = True
    parts["sockets"].say_goodbye()
    # With nobody there, and nobody before us who sends people elsewhere, there is nothing to wait for.
    if parts["sockets"].viewers or settings.proxies:
        socketio.sleep(LINGER_S)
    driver.stop_taking()
    give_up_s = time.monotonic() + FINISH_S
    while front.under_way and time.monotonic() < give_up_s:
        socketio.sleep(0.05)
    parts["pool"].close()
    parts["classes"].close()
    parts["rooms"].close()


def _heed_signals(stop: Callable[[], None]) -> None:
    asked: list[int] = []

    def heed(number: int, _frame: object) -> None:
        if asked:
            _end_at_once(number)
        asked.append(number)
        stop()

    signal.signal(signal.SIGTERM, heed)
    signal.signal(signal.SIGINT, heed)


def _end_at_once(number: int) -> NoReturn:
    # Nothing is lost but where clocks stand: whatever was accepted is in the database.
    os._exit(128 + number)


def _open_as_many_files_as_may_be() -> None:
    """Each viewer is an open file; what a process may have unless it asks is often no more than 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
