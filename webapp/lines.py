"""Answers over HTTP that are not pages: streams of JSON lines, and errors with a code, a sentence and a field."""

import zlib
from collections.abc import Generator, Iterable, Iterator
from itertools import chain

import msgspec
from flask import Response, request

from engine.outcomes import Refused
from webapp.languages import spoken
from webapp.protocol import rejected
from webapp.words import ENGLISH, Language
from webapp.work.jobs import Failure

NDJSON = "application/x-ndjson"

# What is not listed is 400: the request is wrong.
_STATUS = {
    "account_closed": 403,
    "account_taken": 409,
    "bad_key": 403,
    "busy": 503,
    "class_ended": 403,
    "class_full": 403,
    "class_locked": 403,
    "cross_site": 403,
    "held_already": 409,
    "in_doubt": 503,
    "internal": 500,
    "moved": 409,
    "name_taken": 409,
    "not_in_class": 403,
    "not_invited": 403,
    "not_stored": 503,
    "not_your_password": 403,
    "not_your_room": 403,
    "other_engine": 409,
    "no_reset": 403,
    "owner_only": 403,
    "provider_refused": 403,
    "provider_silent": 503,
    "removed": 403,
    "revoked": 403,
    "sign_in_first": 403,
    "stale_form": 403,
    "students_only": 403,
    "teachers_only": 403,
    "too_fast": 429,
    "too_fast_together": 429,
    "too_many_connections": 429,
    "too_many_guesses": 429,
    "too_many_jobs": 429,
    "too_many_requests": 429,
    "too_many_rooms": 429,
    "too_much": 429,
    "too_many_tries": 429,
    "took_too_long": 503,
    "unknown_class": 404,
    "unknown_code": 404,
    "unknown_node": 404,
    "unknown_room": 404,
    "unknown_scenario": 404,
    "viewers_look": 403,
    "wrong_password": 403,
}


class _Failed(msgspec.Struct, frozen=True):
    error: Failure


_failed = msgspec.json.Decoder(_Failed)


def refusal(refused: Refused) -> Response:
    """Why not, as ``{"error": {code, sentence, field}}`` with the status that fits."""
    return Response(_error(refused, spoken()), status(refused), retry_after(refused), mimetype="application/json")


def status(refused: Refused) -> int:
    return _STATUS.get(refused.code, 400)


def retry_after(refused: Refused) -> dict[str, str]:
    """The header that says when to try again, where that is known."""
    return {"Retry-After": str(refused.facts["retry_s"])} if "retry_s" in refused.facts else {}


def _error(refused: Refused, language: Language) -> bytes:
    return msgspec.json.encode({"error": rejected(refused, language).error})


def json(value: object) -> Response:
    return Response(msgspec.json.encode(value), mimetype="application/json")


def first(lines: Iterator[bytes]) -> bytes:
    """The first line of a job's answers. Raises Refused where it is an error."""
    line = next(lines)
    if line.startswith(b'{"error"'):
        raise _refused(line)
    return line


def _refused(line: bytes) -> Refused:
    error = _failed.decode(line).error
    return Refused(error.code, error.field, **error.facts)


def stream(lines: Generator[bytes, None, None]) -> Response:
    """A job's answers as they come. Whoever goes away in the middle stops the job. Raises Refused."""
    body: Iterable[bytes] = _in_words(first(lines), lines, spoken())
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


def _in_words(head: bytes, lines: Iterator[bytes], language: Language) -> Iterator[bytes]:
    """The lines, with the words of the last one in a language."""
    for line in chain((head,), lines):
        if line.startswith(b'{"error"'):
            yield _error(_refused(line), language) + b"\n"
        elif line.startswith(b'{"done"') and language is not ENGLISH:
            yield _titled(line, language)
        else:
            yield line


def _titled(line: bytes, language: Language) -> bytes:
    told = msgspec.json.decode(line)
    if "title" in told:
        told["title"] = language.title(told["scenario"], told["title"])
    return msgspec.json.encode(told) + b"\n"


def _zipped(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Compressed, and yet each line whole as soon as it is there."""
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    for line in lines:
        yield compressor.compress(line) + compressor.flush(zlib.Z_SYNC_FLUSH)
    yield compressor.flush()
