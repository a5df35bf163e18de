"""Static files that were asked for before: answered from memory, before anything else looks at the request.

A page is more than eighty of them, and a class of hundreds comes in one minute.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from webapp.assets import PREFIX, Assets

Wsgi: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Browsers say what they can unpack in a handful of ways; whoever says it otherwise is answered each time anew.
ENCODINGS_MAX = 6

# Whoever says one of these wants something else than the file.
_OTHERWISE = ("HTTP_RANGE", "HTTP_IF_RANGE", "QUERY_STRING")


class ReadyFiles:
    """Stands before ``app``. What may be kept for good is kept here as well, ready to be sent."""

    def __init__(self, app: Wsgi, assets: Assets) -> None:
        self._app = app
        self._assets = assets
        self._version = ""
        # By what the asker can unpack, and then by the path: the headers and the file.
        self._ready: dict[str, dict[str, tuple[list[tuple[str, str]], bytes]]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] != "GET" or any(map(environ.get, _OTHERWISE)):
            return self._app(environ, start_response)
        encodings = environ.get("HTTP_ACCEPT_ENCODING", "")
        if (found := self._ready.get(encodings, {}).get(path)) is not None:
            start_response("200 OK", found[0])
            return [found[1]]
        return self._answered(environ, start_response, path, encodings)

    def _answered(
        self, environ: dict[str, Any], start_response: Callable[..., Any], path: str, encodings: str
    ) -> Iterable[bytes]:
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told.append((status, headers))
            return start_response(status, headers, exc_info)

        answer = self._app(environ, listen)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = told[-1]
        if status.startswith("200") and any(name == "Cache-Control" and "immutable" in of for name, of in headers):
            self._keep(path, encodings, headers, body)
        return [body]

    def _keep(self, path: str, encodings: str, headers: list[tuple[str, str]], body: bytes) -> None:
        version, _, name = path.removeprefix(PREFIX).partition("/")
        if version != self._version:
            self._version, self._ready = version, {}
        # There is no end to the ways in which a path can be written.
        if self._assets.has(name) and (encodings in self._ready or len(self._ready) < ENCODINGS_MAX):
            self._ready.setdefault(encodings, {})[path] = (headers, body)
