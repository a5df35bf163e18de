"""A backup taken while people work: what it brings back is one moment of the site, on either database."""

import gzip
import io
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine import ENGINE_VERSION
from engine.commands import Crash, Gossip, Restart, Write
from tests.server import CONSOLE
from tests.services import Postgres
from tests.store.conftest import NUMBERS
from tests.store.test_both import told
from webapp.cli.backup import unpack
from webapp.rooms.replay import digest
from webapp.settings import Settings
from webapp.store.backup import BackupError, read_backup
from webapp.store.class_store import ClassRow
from webapp.store.log_store import Entry, RoomRow, StoreFailed
from webapp.store.opening import open_database
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore

ROOMS = ("one", "two", "three")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> "Place":
    if request.param == "sqlite":
        return Place(tmp_path / "site", None)
    server: Postgres = request.getfixturevalue("postgres")
    return Place(tmp_path / "site", server.create(f"test_{next(NUMBERS)}"))


class Place:
    """A site's data, and the command line beside it."""

    def __init__(self, data: Path, url: str | None) -> None:
        self.settings = Settings(data_dir=data, database_url=url)
        self.environment = {"QUORUMSCOPE_DATA": str(data), "DATABASE_URL": url or "", "PATH": "/usr/bin:/bin"}

    def call(self, *arguments: str, given: bytes | None = None) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [str(CONSOLE), *arguments], env=self.environment, input=given, capture_output=True, timeout=60, check=False
        )

    def logs(self) -> SqlLogStore:
        return SqlLogStore(open_database(self.settings))


def commands() -> Iterator[Entry]:
    """A log that goes on as long as somebody wants."""
    seq = 0
    while True:
        for command in (Write("A", "x", f"v{seq}"), Crash("n2"), Gossip(), Restart("n2")):
            seq += 1
            yield Entry(seq, seq * 200_000, "t", msgspec.json.encode(command).decode())


class Working(threading.Thread):
    """Appends to a room and a class of its own, by a connection of its own, again and again."""

    def __init__(self, place: Place, name: str) -> None:
        super().__init__(daemon=True)
        self.name_, self._logs = name, place.logs()
        self.stop, self.enough = threading.Event(), threading.Event()
        self.appended: list[Entry] = []

    def run(self) -> None:
        classes = SqlClassStore(self._logs)
        classes.create_class(ClassRow(self.name_, self.name_))
        classes.take_class(self.name_)
        self._logs.create(RoomRow(self.name_, ENGINE_VERSION, "five-masters", 5, class_id=self.name_), take=True)
        for entry in commands():
            if self.stop.is_set():
                break
            self._logs.append(self.name_, entry)
            self.appended.append(entry)
            classes.append_to_class(self.name_, [told(entry.seq)])
            if entry.seq == 30:
                self.enough.set()
            self.stop.wait(0.01)
        self._logs.close()


def test_under_load_it_is_one_moment_and_restores_on_both(place: Place, postgres: Postgres, tmp_path: Path) -> None:
    workers = [Working(place, name) for name in ROOMS]
    for worker in workers:
        worker.start()
    for worker in workers:
        assert worker.enough.wait(60)
    done = place.call("backup", str(tmp_path / "backup.gz"))
    at_the_end = {worker.name_: len(worker.appended) for worker in workers}
    for worker in workers:
        worker.stop.set()
        worker.join(20)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "backup.gz").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup.gz"]
    digests = []
    for url in (None, postgres.create(f"test_{next(NUMBERS)}")):
        logs = Place(tmp_path / "restored", url).logs()
        with (tmp_path / "backup.gz").open("rb") as packed:
            assert read_backup(logs.database, unpack(packed))["rooms"] == 3
        classes = SqlClassStore(logs)
        for worker in workers:
            row, entries = logs.room(worker.name_), logs.entries(worker.name_)
            assert row is not None
            assert 30 <= len(entries) <= at_the_end[worker.name_]
            assert entries == worker.appended[: len(entries)]
            # The class was told after the room.
            assert len(entries) - len(classes.class_entries(worker.name_)) in (0, 1)
            assert logs.lost([worker.name_]) == {worker.name_}
            digests.append(digest(row, entries))
        logs.close()
    assert digests[:3] == digests[3:]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of a small site, unpacked."""
    place = Place(tmp_path_factory.mktemp("site"), None)
    logs = place.logs()
    SqlClassStore(logs).secret("class keys")
    logs.create(RoomRow("one", ENGINE_VERSION, "five-masters", 5), [Entry(1, 0, "t", '{"type":"gossip"}')])
    logs.close()
    done = place.call("backup", "-")
    assert done.returncode == 0, done.stderr
    return gzip.decompress(done.stdout)


def lines_of(whole: bytes) -> list[bytes]:
    return whole.splitlines(keepends=True)


def edited(whole: bytes, old: bytes, new: bytes) -> bytes:
    assert old in whole
    return gzip.compress(whole.replace(old, new))


def test_what_is_no_whole_backup_is_refused_and_nothing_of_it_is_kept(whole: bytes, tmp_path: Path) -> None:
    database = Place(tmp_path / "new", None).logs().database
    lines = lines_of(whole)
    wrong: list[tuple[bytes, str]] = [
        (b"", "line 1: the file has been cut off"),
        (b"no backup", "line 1: the file cannot be read"),
        (gzip.compress(whole)[:-20], "the file cannot be read"),
        (gzip.compress(b"".join(lines[:-1])), f"line {len(lines)}: the file has been cut off"),
        (gzip.compress(whole + lines[-1]), "something follows the last line"),
        (gzip.compress(whole + b"\n"), "something follows the last line"),
        (edited(whole, b'"quorumscope_backup":1', b'"quorumscope_backup":2'), "backup format 2 is not known"),
        (edited(whole, b'"schema":"0004"', b'"schema":"0005"'), "a backup of schema 0005"),
        (edited(whole, b'"seed"', b'"luck"'), "expected the table rooms with its columns"),
        (edited(whole, b'"five-masters",5', b'"five-masters","5"'), "seed must be a whole number"),
        (edited(whole, b'"five-masters",5', b'"five-masters",9223372036854775808'), "seed must be a whole number"),
        (edited(whole, b'"five-masters"', b"null"), "scenario must be a text"),
        (edited(whole, b'["class keys","', b'["class keys","!'), "secret must be base64"),
        (edited(whole, b'["one",1,0', b'["one",1'), "4 values, where log has 5"),
        (edited(whole, b'["one",1,0', b'["two",1,0'), "FOREIGN KEY"),
        (edited(whole, b'"log":1', b'"log":2'), "there should be"),
        (edited(whole, b'["one",1,0', b'["one",1,0]["one",2,0'), "not a row"),
    ]
    for packed, says in wrong:
        with pytest.raises((BackupError, StoreFailed), match=says):
            read_backup(database, unpack(io.BytesIO(packed)))
    assert read_backup(database, unpack(io.BytesIO(gzip.compress(whole))))["rooms"] == 1


def test_a_backup_that_cannot_be_written_leaves_the_one_before(whole: bytes, tmp_path: Path) -> None:
    place = Place(tmp_path / "site", None)
    nothing = place.call("backup", str(tmp_path / "backup.gz"))
    assert (nothing.returncode, nothing.stderr.count(b"\n")) == (2, 1)
    assert b"there is no database" in nothing.stderr
    for code, says in ((0, b"Restored 1 rooms and 0 classes."), (2, b"the database is not empty")):
        done = place.call("restore", "-", given=gzip.compress(whole))
        assert (done.returncode, (done.stdout + done.stderr).count(b"\n")) == (code, 1)
        assert says in done.stdout + done.stderr
    assert place.call("backup", str(tmp_path / "backup.gz")).returncode == 0
    before = (tmp_path / "backup.gz").read_bytes()
    done = place.call("backup", str(tmp_path / "nowhere" / "backup.gz"))
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr
    assert (tmp_path / "backup.gz").read_bytes() == before
    done = Place(tmp_path / "another", None).call("restore", "-", given=before[:-9])
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr
    assert b"cannot restore -, line " in done.stderr
    assert lines_of(gzip.decompress(before))[1:] == lines_of(whole)[1:]
