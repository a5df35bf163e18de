"""Over HTTP: whole runs, logs, histories for the checker, what is inside a node, and how stale reads are.

What takes long is done by child processes (webapp.work); their answers are passed on as they come.
"""

from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta, Struct
from werkzeug.exceptions import RequestEntityTooLarge

from engine import ENGINE_VERSION, SCENARIOS
from engine.outcomes import Refused
from engine.simulation import SEED_MAX
from engine.units import SECOND, Us
from webapp import lines
from webapp.protocol import Moment
from webapp.rooms.run import WORK_MAX
from webapp.store.log_file import write_log
from webapp.store.log_store import Entry, RoomRow
from webapp.views import arguments, let_see, pool, rooms
from webapp.work import jobs

downloads = Blueprint("downloads", __name__)

# A run that nobody steers does not get more interesting than this.
UNTIL_MAX_US: Us = 3600 * SECOND
TRIALS_MAX = 1_000_000
MAP_NODES_MAX = 9
PACKED_BYTES_MAX = 1_000_000

Seq = Annotated[int, Meta(ge=0, le=2**31)]
Seed = Annotated[int, Meta(ge=0, le=SEED_MAX)]
Copies = Annotated[int, Meta(ge=1, le=MAP_NODES_MAX)]


class _Arguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand after the question mark. Times are whole microseconds of virtual time."""


class HistoryArguments(_Arguments, frozen=True):
    seq: Seq | None = None
    until: Moment | None = None


class ScenarioArguments(_Arguments, frozen=True):
    seed: Seed = 1
    until: Annotated[int, Meta(ge=0, le=UNTIL_MAX_US)] | None = None


class UntilArguments(_Arguments, frozen=True):
    until: Moment | None = None


class InspectArguments(_Arguments, frozen=True):
    node: Annotated[str, Meta(max_length=32)]
    seq: Seq | None = None
    at_us: Moment | None = None


class StalenessArguments(_Arguments, frozen=True):
    latency: Annotated[str, Meta(max_length=32)] = "LNKD-DISK"
    n: Copies = 3
    r: Copies = 1
    w: Copies = 1
    trials: Annotated[int, Meta(ge=1, le=TRIALS_MAX)] = 100_000
    seed: Seed = 1
    room: Annotated[str, Meta(max_length=32)] | None = None


class NoArguments(_Arguments, frozen=True):
    pass


@downloads.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return lines.refusal(error)


@downloads.get("/r/<room>/history")
def room_history(room: str) -> Response:
    """A room's run from its beginning, as lines of changes."""
    asked = arguments(HistoryArguments)
    row, entries = log_of(room, asked.until)
    return lines.stream(pool().run(jobs.History(row, entries, asked.seq)))


@downloads.get("/scenarios/<name>/history")
def scenario_history(name: str) -> Response:
    """A scenario's run without a room; to its own end, unless told otherwise."""
    asked = arguments(ScenarioArguments)
    if name not in SCENARIOS:
        raise Refused("unknown_scenario", "scenario")
    until_us = SCENARIOS[name].ends_us if asked.until is None else asked.until
    row = RoomRow(name, ENGINE_VERSION, name, asked.seed, until_us)
    return lines.stream(pool().run(jobs.History(row, [])))


@downloads.post("/history")
def packed_history() -> Response:
    """The run of a packed log, which is the body."""
    arguments(NoArguments)
    request.max_content_length = PACKED_BYTES_MAX
    try:
        packed = request.get_data(as_text=True)
    except RequestEntityTooLarge:
        raise Refused("too_long", "packed", max=WORK_MAX) from None
    return lines.stream(pool().run(jobs.PackedHistory(packed.strip())))


@downloads.get("/r/<room>/log.jsonl")
def log_file(room: str) -> Response:
    """A room's log: what ``quorumscope run`` takes."""
    asked = arguments(UntilArguments)
    row, entries = log_of(room, asked.until)
    return _file(b"".join(write_log(row, entries)), f"{room}.log.jsonl")


@downloads.get("/r/<room>/operations.jsonl")
def operations_file(room: str) -> Response:
    """A room's history: what ``quorumscope check`` takes."""
    asked = arguments(UntilArguments)
    row, entries = log_of(room, asked.until)
    answer = _one(jobs.Operations(row, entries))
    return _file(answer["history"].encode(), f"{room}.operations.jsonl")


@downloads.get("/r/<room>/inspect")
def inspect(room: str) -> Response:
    """What is inside a node: at a moment that was, or now."""
    asked = arguments(InspectArguments)
    row, entries = log_of(room, asked.at_us)
    answer = _one(jobs.Inspect(row, entries, asked.node, asked.seq))
    return lines.json(answer["inspection"])


@downloads.get("/staleness")
def staleness() -> Response:
    """How stale reads are by the model and, with a room, how stale its own reads were."""
    asked = arguments(StalenessArguments)
    row, entries = log_of(asked.room) if asked.room is not None else (None, [])
    job = jobs.Staleness(asked.latency, asked.n, asked.r, asked.w, asked.trials, asked.seed, row, entries)
    return lines.stream(pool().run(job))


def log_of(room: str, until_us: Us | None = None) -> tuple[RoomRow, list[Entry]]:
    """The room and its log, up to a time or to its present, beyond which nothing has happened.

    Raises Refused, also where the room is a class's and the request does not come from there.
    """
    row, entries = rooms().log(room)
    let_see(row)
    end_us = row.clock_us
    if until_us is not None and until_us < end_us:
        end_us = until_us
        entries = [entry for entry in entries if entry.at_us <= end_us]
    return msgspec.structs.replace(row, clock_us=end_us), entries


def _one(job: jobs.Job) -> dict[str, Any]:
    """The only answer of a job that has one. Raises Refused."""
    answers = pool().run(job)
    try:
        line = lines.first(answers)
        for _ in answers:
            pass  # The child says that it is done, and is free for others.
        told: dict[str, Any] = msgspec.json.decode(line)
        return told
    finally:
        answers.close()


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=lines.NDJSON)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
