"""What every request passes first: nothing is packed for one viewer alone, and nobody begins while all is ending."""

from collections.abc import Callable
from typing import Any

from werkzeug.wsgi import ClosingIterator

from webapp.serve.driver import WsgiApp

_SOCKET = "/socket.io/"

# These tell that the server is stopping.
_STILL_ANSWERED = ("/healthz", "/readyz", "/metrics")


class Front:
    """``under_way`` are the requests that are being answered, without those of the stream."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self.under_way = 0
        self.stopping = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        # Per-message compression, which eventlet would grant, for each viewer anew: four times the CPU.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        path = environ.get("PATH_INFO", "")
        if self.stopping and path not in _STILL_ANSWERED and not self._goes_on(path, environ):
            start_response("503 Service Unavailable", [("Content-Length", "0"), ("Retry-After", "1")])
            return []
        if path.startswith(_SOCKET):
            return self._app(environ, start_response)
        self.under_way += 1
        try:
            answer = self._app(environ, start_response)
        except BaseException:
            self._done()
            raise
        return ClosingIterator(answer, self._done)

    @staticmethod
    def _goes_on(path: str, environ: dict[str, Any]) -> bool:
        """Whether it is a request of a stream that has begun."""
        return path.startswith(_SOCKET) and "sid=" in environ.get("QUERY_STRING", "")

    def _done(self) -> None:
        self.under_way -= 1
