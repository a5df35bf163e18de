"""Serving on eventlet: the only file that names it."""

import contextlib
import gc
import signal
import socket
import warnings
from collections.abc import Callable
from typing import Any

# Eventlet discourages new use in a long warning at import. It was chosen with that known: docs/decisions.
warnings.filterwarnings("ignore", message=r"(?s).*Eventlet")

import eventlet  # noqa: E402
import eventlet.wsgi  # noqa: E402

from webapp.settings import Settings  # noqa: E402

BACKLOG = 1_024
CONNECTIONS_MAX = 10_000


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``announce`` gets the address once connections are taken.

    Raises OSError if the address cannot be had and StoreFailed if the log cannot be opened.
    """
    eventlet.monkey_patch()
    from webapp.app import create_app

    listener = eventlet.listen((settings.host, settings.port), backlog=BACKLOG, reuse_port=False)
    # Accepted sockets inherit it. Without it, frames that follow each other closely wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app, socketio = create_app(settings, async_mode="eventlet")
    socketio.start_background_task(app.extensions["sockets"].tick_for_ever)
    socketio.start_background_task(app.extensions["pool"].warm)
    # What exists now lives as long as the process: the collector need not look through it again.
    gc.collect()
    gc.freeze()
    host, port = listener.getsockname()[:2]
    with contextlib.suppress(KeyboardInterrupt):
        _stop_on_signals()
        announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        eventlet.wsgi.server(
            listener,
            _without_deflate(app),
            log_output=False,
            custom_pool=eventlet.GreenPool(CONNECTIONS_MAX),
            # A line of a stream leaves at once, however short it is.
            minimum_chunk_size=1,
            debug=False,
        )
    app.extensions["pool"].close()
    app.extensions["rooms"].close()


def _stop_on_signals() -> None:
    """SIGTERM and SIGINT end this greenlet, and only between two steps of the others.

    Raised on the spot, the interrupt would cut short whichever request is being answered, and a
    library's bare ``except`` there would swallow it.
    """
    serving = eventlet.getcurrent()

    def stop(_signal: int, _frame: object) -> None:
        eventlet.hubs.get_hub().schedule_call_global(0, serving.throw, KeyboardInterrupt)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _without_deflate(app: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse per-message compression, which eventlet would grant, for each viewer anew: four times the CPU."""

    def without(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return without
