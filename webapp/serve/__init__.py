"""Serving, on eventlet or on gevent: no other package names either of them."""

from collections.abc import Callable

from webapp.serve.driver import CannotServe, Driver
from webapp.settings import Settings

__all__ = ["CannotServe", "serve"]


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``announce`` gets the address once connections are taken.

    Raises CannotServe with one line that says why.
    """
    driver = _driver(settings)
    # Only after the driver has changed the standard library: locks that are made before stay as they were, and would
    # stop everybody where they are to stop one.
    from webapp.serve.running import run

    run(settings, driver, announce)


def _driver(settings: Settings) -> Driver:
    if settings.async_mode == "eventlet":
        from webapp.serve.on_eventlet import OnEventlet

        return OnEventlet()
    try:
        from webapp.serve.on_gevent import OnGevent
    except ModuleNotFoundError:
        raise CannotServe(
            "QUORUMSCOPE_ASYNC is gevent, which is not installed (pip install 'quorumscope[gevent]')"
        ) from None
    return OnGevent()
