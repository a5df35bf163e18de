"""Serving, on eventlet or on gevent: no other package names either of them."""

import gc
import os
from collections.abc import Callable

from webapp.serve.driver import CannotServe, Driver
from webapp.settings import Settings

__all__ = ["CannotServe", "serve"]


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``announce`` gets the address once connections are taken.

    Raises CannotServe with one line that says why.
    """
    # What is made until we serve stays: the collector would look through it again and again for nothing. It is let in
    # once all of that is out of its way.
    gc.disable()
    driver = _driver(settings)
    # Only after the driver has changed the standard library: locks that are made before stay as they were, and would
    # stop everybody where they are to stop one.
    from webapp.serve.running import run

    run(settings, driver, announce)


def _driver(settings: Settings) -> Driver:
    if settings.async_mode == "eventlet":
        if not settings.asks_others:
            # Nobody is looked for by name, and what does that without stopping the others takes a while to load.
            os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
        from webapp.serve.on_eventlet import OnEventlet

        return OnEventlet()
    try:
        from webapp.serve.on_gevent import OnGevent
    except ModuleNotFoundError:
        raise CannotServe(
            "QUORUMSCOPE_ASYNC is gevent, which is not installed (pip install 'quorumscope[gevent]')"
        ) from None
    return OnGevent()
