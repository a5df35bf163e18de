"""``/healthz``, ``/readyz`` and ``/metrics``: for proxies and whoever watches over the site."""

import gc
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from engine.outcomes import Refused
from webapp import lines
from webapp.operation.health import Health
from webapp.operation.metrics import PREFIX, Metrics

operation = Blueprint("operation", __name__)


def count_refusals(app: Flask, metrics: Metrics) -> None:
    """Those over HTTP; the stream counts its own."""
    handle = app.handle_user_exception

    def counted(error: Exception) -> Any:
        if isinstance(error, Refused):
            metrics.refused(error.code)
        return handle(error)

    app.handle_user_exception = counted  # type: ignore[method-assign, assignment]


@operation.after_request
def fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@operation.get("/healthz")
def healthz() -> Response:
    """The process answers. Nothing else is asked: where this fails, it is to be started anew."""
    return lines.json({"alive": True})


@operation.get("/readyz")
def readyz() -> Response:
    """Whether people should be sent here."""
    health: Health = current_app.extensions["health"]
    faults = health.faults()
    response = lines.json({"ready": not faults, "faults": faults})
    response.status_code = 503 if faults else 200
    return response


@operation.get("/metrics")
def metrics() -> Response:
    """The numbers, where QUORUMSCOPE_METRICS is on."""
    measured: Metrics | None = current_app.extensions["metrics"]
    if measured is None:
        abort(404)
    text = measured.text()
    if request.args.get("greenlets") == "1":
        text += f"# TYPE {PREFIX}greenlets gauge\n{PREFIX}greenlets {_greenlets()}\n".encode()
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _greenlets() -> int:
    """Only for who asks for it: all there is in memory has to be looked through."""
    from greenlet import greenlet

    return sum(isinstance(thing, greenlet) for thing in gc.get_objects())
