"""Serving on eventlet. Importing this makes the standard library green."""

import errno
import logging
import warnings
from collections.abc import Callable
from typing import Any

# Eventlet discourages new use in a long warning at import. It was chosen with that known: docs/decisions.
warnings.filterwarnings("ignore", message=r"(?s).*Eventlet")

import eventlet  # noqa: E402
from eventlet.hubs import epolls, use_hub  # noqa: E402

# Between two looks at the clock, so many connections have their turn. Where hundreds come at once, the stream would
# otherwise wait for all of them.
TURNS_MAX = 16


class _Hub(epolls.Hub):
    def do_poll(self, seconds: float) -> Any:
        return self.poll.poll(seconds, TURNS_MAX)

    @staticmethod
    def is_available() -> bool:
        return True


if epolls.is_available():
    use_hub(_Hub)

eventlet.monkey_patch()

import eventlet.event  # noqa: E402
import eventlet.tpool  # noqa: E402
import eventlet.wsgi  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

from webapp.serve.driver import CONNECTIONS_MAX, WsgiApp  # noqa: E402
from webapp.serve.eventlet_wire import lay_wires  # noqa: E402

# As many files are open as may be: whoever comes is let in when somebody has gone.
_FULL = (errno.EMFILE, errno.ENFILE)
_FULL_S = 0.1

# A flush, and a checkpoint.
eventlet.tpool.set_num_threads(2)


class OnEventlet:
    mode = "eventlet"

    def __init__(self) -> None:
        self._woken = eventlet.event.Event()

    def prepare(self, socketio: SocketIO) -> None:
        lay_wires(socketio)

    def apart(self, act: Callable[[], None]) -> object:
        return eventlet.tpool.execute(act)

    def take(self, listener: Any, app: WsgiApp) -> None:
        self._taking = eventlet.spawn(
            eventlet.wsgi.server,
            _Patient(listener),
            app,
            # What it tells about connections is told with the addresses of people.
            log=logging.getLogger("eventlet.wsgi"),
            log_output=False,
            custom_pool=eventlet.GreenPool(CONNECTIONS_MAX),
            # A line of a stream leaves at once, however short it is.
            minimum_chunk_size=1,
            debug=False,
        )

    def stop_taking(self) -> None:
        self._taking.kill()

    def wait(self) -> None:
        self._woken.wait()

    def wake(self) -> None:
        # Raised on the spot, in a signal's handler, it would cut short whichever request is being answered, and a
        # library's bare ``except`` there would swallow it.
        eventlet.hubs.get_hub().schedule_call_global(0, self._woken.send)


class _Patient:
    """A listener for a server that would end where no file can be opened."""

    def __init__(self, listener: Any) -> None:
        self._listener = listener

    def accept(self) -> Any:
        while True:
            try:
                return self._listener.accept()
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                eventlet.sleep(_FULL_S)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)
