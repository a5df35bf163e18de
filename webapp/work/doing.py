"""What each job does, in the child process: its answers, one after another."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from functools import singledispatch
from typing import Any, TypeAlias

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.changes import Change, ClusterState
from engine.checks import from_changes
from engine.checks.history import to_json
from engine.checks.staleness import staleness
from engine.outcomes import Refused
from engine.stats import cells, curve
from engine.stats.staleness import checked
from engine.units import Us
from webapp.rooms import replay
from webapp.rooms.packing import blaming_lines, unpack
from webapp.rooms.run import WORK_MAX, Run
from webapp.work import jobs

# A cell of the map is one colour among many: so many trials are enough for it.
MAP_TRIALS_MAX = 50_000

Answer: TypeAlias = dict[str, Any]
Tell: TypeAlias = Callable[[Answer], None]


@singledispatch
def do(job: jobs.Job, tell: Tell) -> None:
    """Do a job. ``tell`` hears the answers; the last has ``done`` as its first field. Raises Refused."""
    raise TypeError(f"no such job: {type(job).__name__}")


@do.register
def _history(job: jobs.History, tell: Tell) -> None:
    run = Run(job.row)
    for changes, twin in replay.run_of(job.row, job.entries, job.seq, run=run):
        tell({"changes": changes, "twin": twin})
    tell(_end(run))


@do.register
def _packed_history(job: jobs.PackedHistory, tell: Tell) -> None:
    row, entries = unpack(job.packed)
    with blaming_lines(entries) as numbered:
        run = Run(row)
        for changes, twin in replay.run_of(row, numbered, run=run, work_max=WORK_MAX):
            tell({"changes": changes, "twin": twin})
    tell(_end(run))


def _end(run: Run) -> Answer:
    return {
        "done": True,
        "digest": run.digest(),
        "at_us": run.now_us,
        "pace": run.pace,
        "scenario": run.scenario.name,
        "title": run.scenario.title,
        "seed": run.first.simulation.seed,
    }


@do.register
def _operations(job: jobs.Operations, tell: Tell) -> None:
    operations = from_changes(replay.stream(job.row, job.entries))
    tell({"history": to_json(job.row.id, operations).decode()})
    tell({"done": True})


@do.register
def _inspect(job: jobs.Inspect, tell: Tell) -> None:
    run = replay.replay(job.row, job.entries, job.seq)
    tell({"inspection": run.first.simulation.inspect(job.node)})
    tell({"done": True})


@do.register
def _staleness(job: jobs.Staleness, tell: Tell) -> None:
    try:
        checked(job.latency, job.n, job.r, job.w, job.trials, job.seed)
    except Refused as refused:
        field = "latency" if refused.field == "profile" else refused.field
        raise Refused(refused.code, field, **refused.facts) from None
    map_trials = min(job.trials, MAP_TRIALS_MAX)
    total = job.trials + map_trials
    done = 0

    def progress(trials: int) -> None:
        nonlocal done
        done += trials
        tell({"progress": round(done / total, 4)})

    # The map first: it is there at once, and holds a coarse answer to everything.
    for cell in cells(job.latency, n=job.n, trials=map_trials, seed=job.seed, progress=progress):
        tell({"cells": [cell]})
    found = curve(job.latency, n=job.n, r=job.r, w=job.w, trials=job.trials, seed=job.seed, progress=progress)
    tell(
        {
            "curve": found.points,
            "t_visibility_ms": found.t_visibility_ms,
            "read_ms": found.read_ms,
            "write_ms": found.write_ms,
        }
    )
    if job.row is not None:
        tell({"measured": _measured(replay.stream(job.row, job.entries))})
    tell({"done": True})


def _measured(changes: Iterable[Change]) -> list[Answer]:
    """For each read that one can judge: how long before it the newest write of its key was acknowledged, and whether
    the read saw it. A read before which no write was acknowledged says nothing."""
    told = list(changes)
    # Dots of version vectors are in no total order.
    ordered = not any(isinstance(c.fields, ClusterState) and c.fields.versions == "vector" for c in told)
    history = from_changes(told)
    start_us = {operation.id: operation.start_us for operation in history}
    ends_us: dict[str, list[Us]] = {}
    for operation in history:
        if operation.kind == "write" and operation.end_us is not None:
            insort(ends_us.setdefault(operation.key, []), operation.end_us)
    measured: list[Answer] = []
    for read in staleness(history, by_version=ordered).reads:
        before = ends_us.get(read.key, [])
        if count := bisect_left(before, start_us[read.read]):
            since_us = start_us[read.read] - before[count - 1]
            measured.append({"since_us": since_us, "fresh": read.versions == 0, "read": read.read})
    return measured


@do.register
def _hash_password(job: jobs.HashPassword, tell: Tell) -> None:
    tell({"hashed": PasswordHasher().hash(job.password)})
    tell({"done": True})


@do.register
def _check_password(job: jobs.CheckPassword, tell: Tell) -> None:
    hasher = PasswordHasher()
    try:
        # Making a hash costs what comparing with one does.
        fits = hasher.verify(job.hashed, job.password) if job.hashed else hasher.hash(job.password) == ""
    except (VerificationError, InvalidHashError):
        fits = False
    anew = hasher.hash(job.password) if fits and job.hashed and hasher.check_needs_rehash(job.hashed) else None
    tell({"fits": fits, "anew": anew})
    tell({"done": True})
