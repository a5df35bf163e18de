"""The limits of every HTTP request's address. One too many is answered 429, with ``Retry-After``."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import msgspec
from flask import Flask, Response, g, request
from werkzeug.wsgi import ClosingIterator

from engine.outcomes import Refused
from webapp.limits import Limits
from webapp.lines import retry_after, status
from webapp.protocol import rejected

SOCKETS = "/socket.io/"

# Whoever looks after the site is always told how it is.
OF_OPERATION = ("/healthz", "/readyz", "/metrics")

MAKES = frozenset({"classes.create", "classes.become_a_member", "class_documents.replay"})
GUESSES = frozenset({"classes.find", "classes.become_a_member"})
WORKS = frozenset(
    f"downloads.{view}"
    for view in (
        "room_history",
        "scenario_history",
        "packed_history",
        "operations_file",
        "inspect",
        "staleness",
    )
)

_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def limit_requests(app: Flask, limits: Limits) -> None:
    """Of an application that has its sockets already. Whatever finds out the true address comes before."""
    _set_hooks(app, limits)
    app.wsgi_app = _Open(app.wsgi_app, limits)  # type: ignore[method-assign]


def _set_hooks(app: Flask, limits: Limits) -> None:
    @app.before_request
    def enter() -> None:
        if request.endpoint == "static" or request.path in OF_OPERATION:
            return
        address = request.remote_addr or ""
        limits.requested(address)
        if request.endpoint in GUESSES:
            limits.may_guess(address)
        if request.endpoint in MAKES:
            limits.made(address)
        if request.endpoint in WORKS:
            limits.works(address)
            g.works = address

    @app.after_request
    def leave(response: Response) -> Response:
        if request.endpoint in GUESSES and response.status_code == 404:
            limits.missed(request.remote_addr or "")
        if (address := g.pop("works", None)) is not None:
            # The work goes on for as long as its answer is being sent.
            response.call_on_close(lambda: limits.worked(address))
        return response

    @app.teardown_request
    def give_up(_error: BaseException | None) -> None:
        """There is no answer whose end would say so."""
        if (address := g.pop("works", None)) is not None:
            limits.worked(address)


class _Open:
    """Counts the requests that are open, WebSockets among them, and the sessions that polling clients begin."""

    def __init__(self, app: _Wsgi, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in OF_OPERATION:
            return self._app(environ, start_response)
        address = environ.get("REMOTE_ADDR") or ""
        try:
            if _begins_to_poll(environ):
                self._limits.polls(address)
            self._limits.began(address)
        except Refused as refused:
            return _turned_away(refused, environ, start_response)
        try:
            answer = self._app(environ, start_response)
        except BaseException:
            self._limits.ended(address)
            raise
        return ClosingIterator(answer, lambda: self._limits.ended(address))


def _begins_to_poll(environ: dict[str, Any]) -> bool:
    if environ.get("PATH_INFO") != SOCKETS or "HTTP_UPGRADE" in environ:
        return False
    return "sid" not in parse_qs(environ.get("QUERY_STRING", ""))


def _turned_away(refused: Refused, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = msgspec.json.encode({"error": rejected(refused).error})
    response = Response(body, status(refused), retry_after(refused), mimetype="application/json")
    return response(environ, start_response)
