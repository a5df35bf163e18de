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

    listener = eventlet.listen((settings.host, settings.port), backlog=BACKLOG)
    # Accepted sockets inherit it. Without it, frames that follow each other closely wait 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app, socketio = create_app(settings, async_mode="eventlet")
    socketio.start_background_task(app.extensions["sockets"].tick_for_ever)
    # What exists now lives as long as the process: the collector need not look through it again.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGTERM, _interrupt)
    host, port = listener.getsockname()[:2]
    announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    with contextlib.suppress(KeyboardInterrupt):
        eventlet.wsgi.server(
            listener,
            _without_deflate(app),
            log_output=False,
            custom_pool=eventlet.GreenPool(CONNECTIONS_MAX),
            debug=False,
        )
    app.extensions["rooms"].close()


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _without_deflate(app: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse per-message compression, which eventlet would grant, for each viewer anew: four times the CPU."""

    def without(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return without
