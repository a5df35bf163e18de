"""The same log gives the same run: in a fresh process, under another hash seed, live or from a file."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from engine import ENGINE_VERSION, SCENARIOS
from engine.commands import Configure, Crash, Read, Write
from engine.outcomes import Refused
from tests.server import CONSOLE
from tests.webapp.site import Site, busy_room
from webapp.protocol import RoomCommand
from webapp.rooms.manager import SLEEP_AFTER_S
from webapp.rooms.replay import digest, replay, run_of, stream
from webapp.rooms.twin import Compare
from webapp.store.log_file import write_log
from webapp.store.log_store import Entry, RoomRow, StoreFailed
from webapp.store.sql_logs import SqlLogStore

HASH_SEEDS = ("0", "1", "77", "4294967295")


def shell(*arguments: str, hash_seed: str = "0", data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    if data:
        environment["QUORUMSCOPE_DATA"] = str(data)
    return subprocess.run(
        [str(CONSOLE), *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


# Every scenario, by the command that prints its digest.
DIGESTS = """
from click.testing import CliRunner
from engine import SCENARIOS
from webapp.cli import main
for scenario in SCENARIOS:
    done = CliRunner().invoke(main, ["run", scenario, "--digest"])
    assert done.exit_code == 0, done.output
    print(scenario, done.stdout.strip())
"""


@pytest.fixture(scope="module")
def digests() -> list[dict[str, str]]:
    """What each of several processes says of all scenarios."""
    told = []
    for seed in HASH_SEEDS:
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        told.append(dict(line.split() for line in done.stdout.splitlines()))
    return told


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_has_one_digest_in_every_process(digests: list[dict[str, str]], scenario: str) -> None:
    found = {told[scenario] for told in digests}
    assert len(found) == 1
    assert len(found.pop()) == 32


def test_a_rooms_log_has_one_digest_live_and_in_every_process(site: Site, tmp_path: Path) -> None:
    room = busy_room(site)
    live = site.rooms._rooms[room].run.first.simulation
    site.rooms.close()
    done = shell("export", room, data=tmp_path)
    log = tmp_path / "room.jsonl"
    log.write_text(done.stdout)
    assert len(done.stdout.splitlines()) > 80
    for seed in HASH_SEEDS:
        assert shell("run", str(log), "--digest", hash_seed=seed).stdout.strip() == live.digest()


def test_the_changes_of_a_log_are_those_that_were_sent(site: Site) -> None:
    room = busy_room(site)
    sent = [change for frame in site.frames for change in frame.changes]
    row, entries = site.store.room(room), site.store.entries(room)
    row = msgspec.structs.replace(row, clock_us=site.whole(room).now_us)
    replayed = [change for changes, _ in run_of(row, entries) for change in changes]
    assert sent == replayed[-len(sent) :]
    assert list(stream(row, entries)) == replayed
    assert digest(row, entries) == site.rooms._rooms[room].run.first.simulation.digest()


def test_frames_are_numbered_without_gaps_and_say_how_long_it_stays_quiet(site: Site) -> None:
    busy_room(site)
    assert [frame.number for frame in site.frames] == list(range(1, len(site.frames) + 1))
    assert not any(frame.whole for frame in site.frames)
    for frame, following in zip(site.frames, site.frames[1:], strict=False):
        asked = [change for change in following.changes if change.at_us > frame.now_us]
        if frame.quiet_until_us is None or not asked:
            continue
        happened_by_itself = min(change.at_us for change in asked)
        assert happened_by_itself >= min(frame.quiet_until_us, following.now_us)


def test_a_room_that_nobody_watches_stands_still_sleeps_and_comes_back_the_same(site: Site) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    site.rooms.submit(room, "t", Write("A", "x", "apple"))
    site.pass_time(2)
    before = site.whole(room)
    site.rooms.leave(room)
    site.pass_time(SLEEP_AFTER_S + 1, tick_s=0.5)
    assert not site.rooms._rooms, "it has left memory"
    after = site.whole(room)
    assert after.epoch != before.epoch
    assert (after.now_us, after.changes, after.pace) == (before.now_us, before.changes, before.pace)


def test_what_cannot_be_logged_is_not_done(site: Site) -> None:
    class Full(SqlLogStore):
        def append(self, room_id: str, entry: Entry) -> None:
            raise StoreFailed("disk full")

    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    before = site.whole(room).changes
    site.rooms._rooms[room]._store = Full(site.store.database)
    with pytest.raises(Refused, match="not_stored"):
        site.rooms.submit(room, "t", Write("A", "x", "apple"))
    assert site.whole(room).changes == before
    assert site.store.entries(room) == []


def test_an_owner_whose_log_went_on_elsewhere_is_fenced(site: Site, tmp_path: Path) -> None:
    room = site.rooms.open("five-masters", 1)
    site.rooms.join(room, lambda frame: None)
    other = Site(tmp_path)
    other.rooms.join(room, lambda frame: None)
    other.rooms.submit(room, "other", Crash("n1"))
    lost: list[str] = []
    site.rooms.on_lost = lost.extend
    with pytest.raises(Refused, match="moved"):
        site.rooms.submit(room, "t", Crash("n2"))
    assert (lost, site.rooms.is_awake(room)) == ([room], False)
    assert [entry.actor for entry in site.store.entries(room)] == ["other"]
    # Whoever comes anew takes it.
    assert site.whole(room).seq == 1
    site.rooms.submit(room, "t", Crash("n2"))
    assert [entry.seq for entry in site.store.entries(room)] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "nothing"], "neither a scenario"),
        (["run", "sleeping-node", "--until", "-1"], "--until"),
        (["run", __file__], "line 1: not the header of a log"),
        (["export", "nobody"], "no database in the data directory"),
        (["nonsense"], "No such command"),
    ],
)
def test_bad_input_to_a_command_is_one_clear_line_and_exit_2(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = shell(*arguments, data=tmp_path / "none")
    assert done.returncode == 2
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_damaged_log_file_is_refused_with_the_line(site: Site, tmp_path: Path) -> None:
    room = busy_room(site)
    lines = list(write_log(site.store.room(room), site.store.entries(room)))
    for broken, where in ((lines[:3] + lines[4:], "line 4"), ([*lines[:5], b"{\n"], "line 6")):
        file = tmp_path / "broken.jsonl"
        file.write_bytes(b"".join(broken))
        done = shell("run", str(file), "--digest")
        assert done.returncode == 2
        assert where in done.stderr


def test_a_fork_goes_on_as_the_run_does_and_leaves_it_alone() -> None:
    row = RoomRow("r", ENGINE_VERSION, "five-masters", 7)
    commands: list[RoomCommand] = [Write("A", "x", "1"), Compare(Configure(w=1)), Write("B", "x", "2"), Read("A", "x")]
    entries = [
        Entry(seq, 500 * seq, "t", msgspec.json.encode(command).decode()) for seq, command in enumerate(commands, 1)
    ]
    run, same = replay(row, entries), replay(row, entries)
    fork = run.fork()
    before = (run.present(), run.digest())
    for one in (fork, same):
        one.carry_out(one.ready("t", Write("A", "y", "3")))
        assert list(one.advance(400_000))
    assert (run.present(), run.digest()) == before
    assert (fork.present(), fork.digest(), fork.seq) == (same.present(), same.digest(), same.seq)
    assert fork.take() == same.take()
