"""The child processes: what they answer, who may use them, and that none is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine import ENGINE_VERSION, SCENARIOS
from engine.changes import Change
from engine.checks import from_changes
from engine.checks.history import to_json
from engine.outcomes import Refused
from tests.server import Server
from webapp.rooms import replay
from webapp.store.log_store import Entry, RoomRow
from webapp.work import jobs
from webapp.work.pool import Pool

WITHIN_S = 20.0

ROW = RoomRow("room", ENGINE_VERSION, "sleeping-node", 7, 900_000)
ENTRIES = [
    Entry(1, 400_000, "viewer", '{"type":"write","client":"B","key":"y","value":"plum"}'),
    Entry(2, 650_000, "viewer", '{"type":"read","client":"A","key":"y"}'),
]
# Minutes of work: it is never meant to come to its end.
LONG = jobs.Staleness("WAN", 9, 5, 4, 20_000_000)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(children=2, waiting_max=1, job_s_max=WITHIN_S)
    yield made
    pids = made.pids
    made.close()
    assert not any(is_there(pid) for pid in pids)


def is_there(pid: int) -> bool:
    """Whether the process runs. One that has ended and waits to be collected does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def told(pool: Pool, job: jobs.Job) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in pool.run(job)]


def as_sent(changes: Iterable[Change]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(list(changes)))
    return sent


def test_a_history_is_the_run_and_ends_with_its_digest(pool: Pool) -> None:
    *lines, last = told(pool, jobs.History(ROW, ENTRIES))
    changes = [change for line in lines for change in line["changes"]]
    assert changes == as_sent(replay.stream(ROW, ENTRIES))
    assert {line["twin"] for line in lines} == {None}
    assert max(len(line["changes"]) for line in lines) <= 500
    assert last == {
        "done": True,
        "digest": replay.digest(ROW, ENTRIES),
        "at_us": 900_000,
        "pace": {"running": True, "speed": 0.001},
        "scenario": "sleeping-node",
        "title": SCENARIOS["sleeping-node"].title,
        "seed": 7,
    }


def test_a_history_up_to_a_command_goes_on_without_the_later_ones(pool: Pool) -> None:
    *_, last = told(pool, jobs.History(ROW, ENTRIES, seq=1))
    assert last["digest"] == replay.digest(ROW, ENTRIES[:1])


def test_a_node_is_looked_into_at_a_moment(pool: Pool) -> None:
    (before, _) = told(pool, jobs.Inspect(msgspec.structs.replace(ROW, clock_us=399_999), [], "n1"))
    (after, _) = told(pool, jobs.Inspect(ROW, ENTRIES, "n1"))
    assert (before["inspection"]["at_us"], before["inspection"]["keys"]) == (399_999, 1)
    assert (after["inspection"]["at_us"], after["inspection"]["keys"]) == (900_000, 2)


def test_operations_are_one_line_for_the_checker(pool: Pool) -> None:
    (line, done) = told(pool, jobs.Operations(ROW, ENTRIES))
    history = msgspec.json.decode(line["history"])
    assert history["id"] == "room"
    assert [op["op"] for op in history["ops"]] == ["w", "w", "w", "r", "r"]
    assert done == {"done": True}


def test_staleness_tells_a_map_a_curve_and_what_was_measured(pool: Pool) -> None:
    lines = told(pool, jobs.Staleness("LNKD-DISK", 3, 1, 1, 20_000, 1, ROW, ENTRIES))
    progress = [line["progress"] for line in lines if "progress" in line]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    cells = [(cell["r"], cell["w"]) for line in lines for cell in line.get("cells", ())]
    assert cells == [(r, w) for r in (1, 2, 3) for w in (1, 2, 3)]
    (curve,) = [line["curve"] for line in lines if "curve" in line]
    assert curve[0][0] == 0
    (measured,) = [line["measured"] for line in lines if "measured" in line]
    (write, read) = [op for op in _operations() if op["key"] == "y"]
    assert measured[-1] == {"since_us": read["start"] - write["end"], "fresh": True, "read": "op5"}
    assert len(measured) == 2
    assert lines[-1] == {"done": True}


def _operations() -> list[dict[str, Any]]:
    ops: list[dict[str, Any]] = msgspec.json.decode(to_json("", from_changes(replay.stream(ROW, ENTRIES))))["ops"]
    return ops


@pytest.mark.parametrize(
    ("job", "code", "field"),
    [
        (jobs.Inspect(ROW, ENTRIES, "n77"), "unknown_node", "node"),
        (jobs.Staleness("NONE", 3, 1, 1, 10), "unknown_latency", "latency"),
        (jobs.Staleness("EVEN", 3, 4, 1, 10), "out_of_range", "r"),
        (jobs.History(msgspec.structs.replace(ROW, scenario="none"), []), "unknown_scenario", "scenario"),
        (jobs.History(msgspec.structs.replace(ROW, engine_version=1), []), "other_engine", None),
        (jobs.History(ROW, [Entry(1, 0, "a", '{"type":"crash","node":"n9"}')]), "unknown_node", "node"),
        (jobs.History(ROW, [Entry(1, 0, "a", '{"type":"dance"}')]), "invalid", "type"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_child_lives_on(pool: Pool, job: jobs.Job, code: str, field: str) -> None:
    pool.warm()
    before = pool.pids
    *_, last = told(pool, job)
    assert (last["error"]["code"], last["error"]["field"]) == (code, field)
    assert pool.pids == before


def test_whoever_goes_away_in_the_middle_stops_the_work_and_a_fresh_child_takes_over(pool: Pool) -> None:
    pool.warm()
    before = pool.pids
    run = pool.run(LONG)
    next(run)
    run.close()
    assert len(pool.pids) == 2
    assert len(pool.pids & before) == 1
    assert told(pool, jobs.Operations(ROW, ENTRIES))[-1] == {"done": True}


def test_a_child_that_dies_at_work_is_an_error_and_is_replaced(pool: Pool) -> None:
    pool.warm()
    before = pool.pids
    run = pool.run(LONG)
    next(run)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    *_, last = [msgspec.json.decode(line) for line in run]
    assert last["error"]["code"] == "internal"
    # The other one died idle, which is found out when it is needed.
    assert told(pool, jobs.Operations(ROW, ENTRIES))[-1] == {"done": True}
    assert told(pool, jobs.Operations(ROW, ENTRIES))[-1] == {"done": True}


def test_work_beyond_the_time_for_it_is_cut_short() -> None:
    pool = Pool(children=1, job_s_max=0.5)
    try:
        *_, last = told(pool, LONG)
        assert last["error"]["code"] == "took_too_long"
        assert last["error"]["facts"] == {"seconds": "0.5"}
    finally:
        pool.close()


def test_an_asker_that_does_not_read_on_keeps_nobody_from_a_child() -> None:
    pool = Pool(children=1, job_s_max=4.0)
    try:
        stalled = pool.run(LONG)
        next(stalled)
        assert told(pool, jobs.Inspect(ROW, [], "n1"))[-1] == {"done": True}
        (inspecting,) = pool.pids
        *_, last = [msgspec.json.decode(line) for line in stalled]
        assert last["error"]["code"] == "took_too_long"
        assert pool.pids == {inspecting}
    finally:
        pool.close()


def test_some_may_wait_and_more_are_told_that_it_is_busy(pool: Pool) -> None:
    working = [pool.run(LONG), pool.run(LONG)]
    for run in working:
        next(run)
    answers: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: answers.extend(told(pool, jobs.Operations(ROW, ENTRIES))))
    waiting.start()
    wait_until(lambda: pool.waiting == 1)
    with pytest.raises(Refused) as busy:
        next(pool.run(jobs.Operations(ROW, ENTRIES)))
    assert busy.value.code == "busy"
    working[0].close()
    waiting.join(WITHIN_S)
    assert answers[-1] == {"done": True}
    working[1].close()


def test_children_end_with_a_parent_that_is_killed_even_while_they_work() -> None:
    script = (
        "from tests.webapp.test_work import LONG\n"
        "from webapp.work.pool import Pool\n"
        "pool = Pool(); pool.warm(); run = pool.run(LONG); next(run)\n"
        "print(*pool.pids, flush=True)\n"
        "for _ in run: pass\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(is_there(pid) for pid in pids)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not any(is_there(pid) for pid in pids))


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_servers_children_end_with_it(tmp_path: Path, how: str) -> None:
    server = Server(tmp_path).start()
    wait_until(lambda: len(children_of(server.pid)) == 2)
    children = children_of(server.pid)
    getattr(server, how)()
    wait_until(lambda: not any(is_there(pid) for pid in children))
