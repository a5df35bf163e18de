"""A disk that is full or read-only, and a kill in the middle of an upgrade: nothing is lost, and it is said clearly."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.server import CONSOLE, Server
from tests.store.test_both import entry, room, told
from tests.webapp.clients import Raw
from tests.webapp.test_store import old_file
from webapp.store.class_store import ClassRow
from webapp.store.log_store import StoreFailed
from webapp.store.opening import open_file
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore

GOSSIP = {"command": {"type": "gossip"}}


def mounted(folder: Path, *how: str) -> bool:
    return subprocess.run(["mount", *how, str(folder)], capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def can_mount() -> bool:
    """As root, and not in every container."""
    if os.geteuid():
        return False
    # Several processes try at the same time.
    with TemporaryDirectory() as name:
        if can := mounted(Path(name), "-t", "tmpfs", "-o", "size=1m", "tmpfs"):
            unmount(Path(name))
    return can


class NoSpace:
    """A disk of one megabyte, on which something else takes what is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        assert mounted(folder, "-t", "tmpfs", "-o", "size=1m", "tmpfs")

    def fill(self, _server: Server) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(1_024))
            except OSError:
                pass

    def make_room(self, _server: Server) -> None:
        (self.folder / "filler").unlink()

    def close(self) -> None:
        unmount(self.folder)


class NoLargerFile:
    """The server's process may make no file larger than its log is. It works everywhere."""

    def __init__(self, _folder: Path) -> None:
        pass

    def fill(self, server: Server) -> None:
        size = (server.data_dir / "rooms.sqlite3-wal").stat().st_size
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def make_room(self, server: Server) -> None:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self) -> None:
        pass


@pytest.fixture(params=[NoLargerFile, NoSpace] if can_mount() else [NoLargerFile])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    disk = request.param(tmp_path)
    yield disk
    disk.close()


def test_on_a_full_disk_commands_are_refused_and_then_accepted_again(disk: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Server(data) as server:
        with Raw(server) as line:
            name = line.ask("open", {"seed": 7})["room"]
            # The clock stands, and so the digest says what was accepted.
            assert line.ask("command", {"command": {"type": "pause"}})["accepted"]
            disk.fill(server)
            # What was there of an allotted block may take some more.
            answers = [line.ask("command", GOSSIP) for _ in range(40)]
            refused = [answer for answer in answers if not answer["accepted"]]
            assert answers[-1] == refused[-1]
            assert {answer["error"]["code"] for answer in refused} == {"not_stored"}
            assert line.ask("digest", {})["seq"] == 1 + len(answers) - len(refused), "the room is where it was"
            with Raw(server) as another:
                assert another.ask("join", {"room": name})["accepted"], "and whoever comes sees it"
                assert another.ask("open", {"seed": 1})["error"]["code"] == "not_stored"
            disk.make_room(server)
            accepted = line.ask("command", GOSSIP)
            assert (accepted["accepted"], accepted["seq"]) == (True, 2 + len(answers) - len(refused))
            digest = line.ask("digest", {})
        server.kill()
        with sqlite3.connect(data / "rooms.sqlite3") as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.close()
        server.start()
        with Raw(server) as line:
            assert line.ask("join", {"room": name})["accepted"]
            assert (line.ask("digest", {})["digest"], line.ask("digest", {})["seq"]) == (
                digest["digest"],
                digest["seq"],
            )


def bound_by_modes(command: list[str]) -> list[str]:
    """Root may write whatever the modes say, by a capability that this command does not get."""
    return command if os.geteuid() else ["setpriv", "--inh-caps=-all", "--bounding-set=-all", *command]


def set_modes(folder: Path, folders: int, files: int) -> None:
    for path in folder.iterdir():
        path.chmod(files)
    folder.chmod(folders)


def test_a_read_only_folder_is_refused_at_the_start_and_kept_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    logs = SqlLogStore(open_file(data / "rooms.sqlite3"))
    logs.create(room("a"), [entry(1)])
    logs.close()
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    set_modes(data, 0o555, 0o444)
    try:
        done = subprocess.run(
            bound_by_modes([str(CONSOLE), "serve"]),
            env=os.environ | {"QUORUMSCOPE_DATA": str(data), "PORT": "0"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        set_modes(data, 0o755, 0o644)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert str(data) in done.stderr
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before
    again = SqlLogStore(open_file(data / "rooms.sqlite3"))
    assert again.take("a")
    again.append("a", entry(2))
    assert again.entries("a") == [entry(1), entry(2)]
    again.close()


def test_whatever_finds_no_room_says_so_and_changes_nothing(tmp_path: Path) -> None:
    logs = SqlLogStore(open_file(tmp_path / "rooms.sqlite3"))
    classes = SqlClassStore(logs)
    logs.create(room("a"), take=True)
    classes.create_class(ClassRow("c", "CODE"))
    classes.take_class("c")
    with logs.database.asking() as connection:
        # SQLite's own: the file may have no more pages than it has.
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    large = "x" * 20_000
    tries: list[Callable[[], object]] = [
        lambda: logs.create(room("b", scenario=large)),
        lambda: logs.create(room("b"), [entry(1, large)]),
        lambda: logs.append("a", entry(1, large)),
        lambda: classes.append_to_class("c", [told(1), *(told(seq) for seq in range(2, 400))]),
        lambda: classes.keep_class_run("r", "c", large),
    ]
    for act in tries:
        with pytest.raises(StoreFailed, match="full"):
            act()
    assert [(each.row.id, each.entries) for each in logs.held()] == [("a", 0)]
    assert (classes.class_entries("c"), classes.class_runs("c")) == ([], [])
    with logs.database.asking() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    for act in tries[1:]:
        act()
    assert [(each.row.id, each.entries) for each in logs.held()] == [("a", 1), ("b", 1)]


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from webapp.store.opening import open_file

@event.listens_for(Engine, "before_cursor_execute")
def about(_connection, _cursor, statement, *_rest):
    if "CREATE TABLE account_classes" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

open_file(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("schema", [1, 3])
def test_a_kill_in_the_middle_of_an_upgrade_leaves_the_old_file(tmp_path: Path, schema: int) -> None:
    path = old_file(tmp_path, schema)
    db = sqlite3.connect(path)
    before = list(db.iterdump())
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert list(db.iterdump()) == before
    assert db.execute("PRAGMA user_version").fetchone() == (schema,)
    db.close()
    logs = SqlLogStore(open_file(path))
    assert len(list(logs.held())) == {1: 2, 3: 6}[schema]
