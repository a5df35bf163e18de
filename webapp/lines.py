"""Answers over HTTP that are not pages: streams of JSON lines, and errors with a code, a sentence and a field."""

import zlib
from collections.abc import Generator, Iterable, Iterator
from itertools import chain

import msgspec
from flask import Response, request

from engine.outcomes import Refused
from webapp.protocol import Error, rejected

NDJSON = "application/x-ndjson"

# What is not listed is 400: the request is wrong.
_STATUS = {
    "busy": 503,
    "internal": 500,
    "moved": 409,
    "not_stored": 503,
    "other_engine": 409,
    "took_too_long": 503,
    "unknown_node": 404,
    "unknown_room": 404,
    "unknown_scenario": 404,
}


class _Told(msgspec.Struct, frozen=True):
    error: Error


_told = msgspec.json.Decoder(_Told)


def refusal(refused: Refused) -> Response:
    """Why not, as ``{"error": {code, sentence, field}}`` with the status that fits."""
    return _error(rejected(refused).error)


def _error(error: Error) -> Response:
    body = msgspec.json.encode({"error": error})
    return Response(body, status=_STATUS.get(error.code, 400), mimetype="application/json")


def json(value: object) -> Response:
    return Response(msgspec.json.encode(value), mimetype="application/json")


def first(lines: Iterator[bytes]) -> bytes | Response:
    """The first line of a job's answers; where it is an error, the response that says so."""
    line = next(lines)
    return _error(_told.decode(line).error) if line.startswith(b'{"error"') else line


def stream(lines: Generator[bytes, None, None]) -> Response:
    """A job's answers as they come. Whoever goes away in the middle stops the job. Raises Refused."""
    head = first(lines)
    if isinstance(head, Response):
        return head
    body: Iterable[bytes] = chain((head,), lines)
    zipped = request.accept_encodings.quality("gzip") > 0
    response = Response(_zipped(body) if zipped else body, mimetype=NDJSON)
    response.call_on_close(lines.close)
    # A proxy must not collect the lines either.
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Encoding")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _zipped(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Compressed, and yet each line whole as soon as it is there."""
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    for line in lines:
        yield compressor.compress(line) + compressor.flush(zlib.Z_SYNC_FLUSH)
    yield compressor.flush()
