"""What SQLite has committed reaches the disk before anybody is told so, and nobody else waits for it."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.outcomes import Refused
from tests.services import Postgres
from tests.store.test_both import entry, room
from webapp.app import create_app
from webapp.settings import Settings
from webapp.store.database import Database
from webapp.store.group_commit import CHECKPOINT_EVERY_S, FLUSH_EVERY_S, Act, GroupCommit
from webapp.store.migrating import migrate
from webapp.store.opening import open_file
from webapp.store.sql_logs import SqlLogStore

WITHIN_S = 10.0


class Disk:
    """As slow as the test says: what waits for it goes on when it is let."""

    def __init__(self) -> None:
        self.flushes = 0
        self.reached = threading.Semaphore(0)
        self._let = threading.Semaphore(0)
        self.is_slow = True

    def __call__(self, act: Act) -> None:
        self.flushes += 1
        self.reached.release()
        if self.is_slow:
            assert self._let.acquire(timeout=WITHIN_S)
        act()

    def let(self) -> None:
        self._let.release()


class Asking(threading.Thread):
    """Somebody who does something and is told when it is done."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self.answer: object = None
        self.start()

    def run(self) -> None:
        self.answer = self._ask()

    def told(self) -> object:
        self.join(WITHIN_S)
        assert not self.is_alive()
        return self.answer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rooms.sqlite3"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    database = open_file(file, flushed_apart=True)
    yield database
    database.close()


def test_who_stores_is_told_when_it_is_on_the_disk_and_several_wait_for_one_flush(database: Database) -> None:
    disk, store = Disk(), SqlLogStore(database)
    commits = GroupCommit(database, disk)
    first = Asking(commits.around(lambda: store.create(room("r1"))))
    assert disk.reached.acquire(timeout=WITHIN_S)
    # While the disk works, others go on; what they store is not part of what it does now.
    store.create(room("r2"))
    others = [Asking(commits.flush) for _ in range(3)]
    assert first.is_alive()
    disk.let()
    first.told()
    assert disk.reached.acquire(timeout=WITHIN_S)
    disk.let()
    for other in others:
        other.told()
    # One of the three may have come a moment after the second began.
    assert disk.flushes == 2


def test_who_stores_nothing_does_not_wait(database: Database) -> None:
    disk, store = Disk(), SqlLogStore(database)
    commits = GroupCommit(database, disk)
    with commits.kept():
        store.room("r1")
    assert disk.flushes == 0


def test_postgresql_and_whoever_waits_for_each_commit_need_no_flush(postgres: Postgres, file: Path) -> None:
    for database in (Database(postgres.create("committed"), flushed_apart=True), open_file(file)):
        migrate(database)
        store, disk = SqlLogStore(database), Disk()
        commits = GroupCommit(database, disk)
        with commits.kept():
            store.create(room("r1"))
        commits.for_ever(pytest.fail)
        assert disk.flushes == 0
        with database.asking() as connection:
            if database.is_sqlite:
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        database.close()


def test_a_flush_that_failed_is_told_and_made_good_by_way_of_the_file(database: Database, file: Path) -> None:
    disk, store = Disk(), SqlLogStore(database)
    disk.is_slow = False
    commits = GroupCommit(database, disk)
    log, away = Path(f"{file}-wal"), Path(f"{file}-away")
    log.rename(away)
    with pytest.raises(Refused) as refused, commits.kept():
        store.create(room("r1"))
    assert refused.value.code == "in_doubt"
    away.rename(log)
    # Whoever reads an older state keeps it from being written into the file.
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM rooms").fetchall()
        with pytest.raises(Refused), commits.kept():
            store.create(room("r2"))
    commits.flush()
    assert log.stat().st_size == 0
    # The file alone has all of it now, though the second answer was that it may not have.
    alone = file.with_name("alone.sqlite3")
    alone.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(alone)) as copy:
        assert copy.execute("SELECT id FROM rooms ORDER BY id").fetchall() == [("r1",), ("r2",)]
    with commits.kept():
        store.create(room("r3"))
    assert log.stat().st_size > 0


def test_what_tells_of_something_waits_until_that_is_on_the_disk(database: Database) -> None:
    disk, store, told = Disk(), SqlLogStore(database), list[str]()
    commits = GroupCommit(database, disk)

    def tell(word: str, of: str | None) -> None:
        commits.tell(lambda: told.append(word), of)

    tell("at once", "r1")
    store.create(room("r1"))
    tell("first of r1", "r1")
    tell("of r2", "r2")
    tell("of all", None)
    tell("second of r1", "r1")
    assert told == ["at once", "of r2"]
    flushing = Asking(commits.flush)
    assert disk.reached.acquire(timeout=WITHIN_S)
    store.create(room("r3"))
    tell("of r3", "r3")
    tell("of all and r3", None)
    disk.let()
    flushing.told()
    assert told[2:] == ["first of r1", "of all", "second of r1"]
    tell("of r1 again", "r1")
    # Whoever has stored nothing, and has something to be told, waits for that.
    disk.is_slow = False
    with commits.kept():
        tell("second of r3", "r3")
        assert told[5:] == ["of r1 again"]
    assert told[6:] == ["of r3", "of all and r3", "second of r3"]


def test_what_is_told_while_others_are_told_comes_after_them(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    disk, store, told = Disk(), SqlLogStore(database), list[int]()
    disk.is_slow = False
    commits = GroupCommit(database, disk)
    store.create(room("r1"))
    commits.tell(lambda: commits.tell(lambda: told.append(2), "r1"), "r1")
    commits.tell(lambda: told.append(1 // 0), "r1")
    commits.tell(lambda: told.append(1), "r1")
    commits.flush()
    assert told == [1, 2]
    assert "ZeroDivisionError" in caplog.text


def test_a_disk_that_fails_and_a_refusal_keep_nobody_from_being_told(database: Database, file: Path) -> None:
    disk, store, told = Disk(), SqlLogStore(database), list[str]()
    disk.is_slow = False
    commits = GroupCommit(database, disk)

    def refuse() -> None:
        store.create(room("r1"))
        commits.tell(lambda: told.append("refused"), "r1")
        raise Refused("frozen")

    def store_another() -> None:
        store.create(room("r2"))
        commits.tell(lambda: told.append("in doubt"), "r2")

    with pytest.raises(Refused) as refused:
        commits.around(refuse)()
    assert refused.value.code == "frozen"
    Path(f"{file}-wal").rename(f"{file}-away")
    with pytest.raises(Refused) as refused:
        commits.around(store_another)()
    assert refused.value.code == "in_doubt"
    commits.tell(lambda: told.append("later"), "r2")
    assert told == ["refused", "in doubt", "later"]


def test_what_nobody_waits_for_is_brought_into_the_file_now_and_then(database: Database, file: Path) -> None:
    disk, store, told = Disk(), SqlLogStore(database), list[str]()
    disk.is_slow = False
    commits = GroupCommit(database, disk)
    with commits.kept():
        store.create(room("r1"))
    sizes: list[int] = []
    flushes: list[int] = []

    def sleep(_seconds: float) -> None:
        sizes.append(Path(f"{file}-wal").stat().st_size)
        flushes.append(disk.flushes)
        match len(sizes):
            case 1:
                # Who has a room, and where its clock stands, is worth no waiting.
                with commits.kept():
                    store.take("r1")
                    store.mark_clocks({"r1": 1})
            case 2:
                # Somebody who does not wait stores something, and others wait to be told.
                store.append("r1", entry(1))
                commits.tell(lambda: told.append("it"), "r1")
                assert not told
            case 3:
                assert told == ["it"]
            case times if times == 1 + round(CHECKPOINT_EVERY_S / FLUSH_EVERY_S):
                database.close()

    commits.for_ever(sleep)
    assert sizes[0] == sizes[-1] == 0 < sizes[1] < sizes[2]
    # At the beginning and at the end the log was emptied.
    assert flushes == [2, 2] + [3] * (len(flushes) - 3) + [4]
    # What matters in between is waited for all the same.
    again = open_file(file, flushed_apart=True)
    commits, store = GroupCommit(again, disk), SqlLogStore(again)
    with commits.kept():
        assert store.take("r1")
        store.append("r1", entry(2))
        with commits.kept():
            store.rename("r1", "one")
    assert disk.flushes == 5
    again.close()


def test_no_answer_leaves_before_what_it_tells_of_is_on_the_disk(tmp_path: Path) -> None:
    disk = Disk()
    app, socketio = create_app(Settings(data_dir=tmp_path), "threading", disk)
    line = socketio.test_client(app)
    opening = Asking(lambda: line.emit("open", {"scenario": "five-masters"}, callback=True))
    assert disk.reached.acquire(timeout=WITHIN_S)
    assert opening.is_alive()
    # Meanwhile the rooms are free, and who only reads is answered.
    assert app.extensions["rooms"].lock.acquire(timeout=WITHIN_S)
    app.extensions["rooms"].lock.release()
    assert app.test_client().get("/readyz").status_code in (200, 503)
    disk.let()
    assert opening.told()["room"]  # type: ignore[index]

    # The same for what is asked over HTTP.
    making = Asking(lambda: app.test_client().post("/classes", json={"title": "Quorums"}))
    assert disk.reached.acquire(timeout=WITHIN_S)
    assert making.is_alive()
    # A disk that fails is told.
    (tmp_path / "rooms.sqlite3-wal").rename(tmp_path / "away")
    disk.let()
    answer = making.told()
    assert answer.status_code == 503, answer  # type: ignore[attr-defined]
    assert answer.json["error"]["code"] == "in_doubt"  # type: ignore[attr-defined]
    disk.is_slow = False
    (tmp_path / "away").rename(tmp_path / "rooms.sqlite3-wal")
    assert line.emit("command", {"command": {"type": "gossip"}}, callback=True)["accepted"]
    app.extensions["pool"].close()
    app.extensions["rooms"].close()


def test_a_room_is_shown_with_the_answer_and_others_go_on(tmp_path: Path) -> None:
    disk = Disk()
    disk.is_slow = False
    app, socketio = create_app(Settings(data_dir=tmp_path), "threading", disk)
    rooms = app.extensions["rooms"]
    mine, other, late = (socketio.test_client(app) for _ in range(3))
    asked = {"scenario": "five-masters"}
    opened = mine.emit("open", asked, callback=True)["room"]
    other.emit("open", asked, callback=True)
    for _ in range(2):
        other.emit("command", {"command": {"type": "write", "client": "A", "key": "x", "value": "1"}}, callback=True)
    for line in (mine, other):
        line.get_received()
    disk.is_slow, before = True, disk.flushes

    write = {"type": "write", "client": "A", "key": "x", "value": "2"}
    writing = Asking(lambda: mine.emit("command", {"command": write}, callback=True))
    while disk.flushes == before:
        assert disk.reached.acquire(timeout=WITHIN_S)
    joining = Asking(lambda: late.emit("join", {"room": opened}, callback=True))
    shown: list[str] = []
    ends_s = time.monotonic() + WITHIN_S
    while len(shown) < 2 and time.monotonic() < ends_s:
        rooms.tick()
        shown += [told["name"] for told in other.get_received()]
    assert shown[:2] == ["frame", "frame"]
    assert mine.get_received() == late.get_received() == []
    assert writing.is_alive()
    assert joining.is_alive()

    disk.is_slow = False
    disk.let()
    disk.let()
    assert writing.told()["seq"] == 1  # type: ignore[index]
    assert any(told["args"][0]["seq"] == 1 for told in mine.get_received())
    assert joining.told()["room"] == opened  # type: ignore[index]
    whole = late.get_received()[0]["args"][0]
    assert (whole["whole"], whole["seq"]) == (True, 1)
    app.extensions["pool"].close()
    rooms.close()
