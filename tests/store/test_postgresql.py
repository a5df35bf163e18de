"""What only a server can do to a store: race, go away, come back, stand still."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.services import Postgres
from tests.store.conftest import NUMBERS
from tests.store.test_both import entry, room
from webapp.store.database import Database
from webapp.store.log_store import SeqTaken, StoreFailed
from webapp.store.migrating import migrate
from webapp.store.migrations import HEAD
from webapp.store.sql_logs import SqlLogStore


@pytest.fixture
def url(postgres: Postgres) -> str:
    """Of a database that is ready."""
    url = postgres.create(f"test_{next(NUMBERS)}")
    database = Database(url)
    migrate(database)
    database.close()
    return url


@pytest.fixture
def logs(url: str) -> Iterator[SqlLogStore]:
    logs = SqlLogStore(Database(url))
    yield logs
    logs.close()


def test_two_processes_that_race_for_a_room_write_one_history(url: str, logs: SqlLogStore) -> None:
    logs.create(room("a"))
    accepted: list[tuple[int, str]] = []
    faults = list[BaseException]()

    def goes_on() -> bool:
        """Until each has had the room, or another fault."""
        return not faults and (len(accepted) < 90 or len({name for _, name in accepted}) < 3)

    def race(name: str) -> None:
        mine = SqlLogStore(Database(url))
        try:
            while goes_on():
                mine.take("a")
                # Read after taking: what is appended from here on is this one's, until the other takes it.
                seq = len(mine.entries("a"))
                with suppress(SeqTaken):
                    while goes_on():
                        seq += 1
                        mine.append("a", entry(seq, actor=name))
                        accepted.append((seq, name))
        except BaseException as fault:
            faults.append(fault)
        finally:
            mine.close()

    racers = [threading.Thread(target=race, args=(name,)) for name in ("one", "other", "third")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert faults == []
    assert not any(racer.is_alive() for racer in racers)
    log = logs.entries("a")
    assert [each.seq for each in log] == list(range(1, len(log) + 1))
    assert sorted(accepted) == [(each.seq, each.actor) for each in log], "each accepted one, and nothing else"
    assert len({name for _, name in accepted}) == 3


def test_an_owner_that_is_being_replaced_appends_before_or_not_at_all(url: str, logs: SqlLogStore) -> None:
    logs.create(room("a"), take=True)
    other = SqlLogStore(Database(url))
    outcome: list[str] = []

    def append() -> None:
        try:
            logs.append("a", entry(1))
            outcome.append("appended")
        except SeqTaken:
            outcome.append("taken")

    with other.database.writing() as connection:
        # As ``take`` does, but its transaction stays open: the append comes upon it, waits, and then finds the owner.
        connection.exec_driver_sql("UPDATE rooms SET owner = 'other' WHERE id = 'a'")
        appending = threading.Thread(target=append)
        appending.start()
        appending.join(0.5)
        assert appending.is_alive(), outcome
    appending.join(20)
    other.close()
    assert outcome == ["taken"]
    assert logs.entries("a") == []


def test_after_a_restart_of_the_database_the_next_call_works(postgres: Postgres, logs: SqlLogStore) -> None:
    logs.create(room("a"), take=True)
    logs.append("a", entry(1))
    postgres.restart()
    logs.append("a", entry(2))
    postgres.kill()
    with pytest.raises(StoreFailed):
        logs.append("a", entry(3))
    with pytest.raises(StoreFailed):
        logs.entries("a")
    postgres.start()
    logs.append("a", entry(3))
    assert [each.seq for each in logs.entries("a")] == [1, 2, 3]


class Cut:
    """Of one connection: from where on nothing comes back, and that something would have."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.answered = threading.Event()


class Cutting:
    """A way to the database that passes an append on, and is cut before its answer comes back."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.cut_at: bytes | None = None
        self.cuts = 0
        # From the cut on, nobody comes through.
        self.shuts = False
        self.is_shut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                if self.is_shut:
                    line.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._to))
                cut = Cut()
                threading.Thread(target=self._back, args=(there, line, cut), daemon=True).start()
                threading.Thread(target=self._forth, args=(line, there, cut), daemon=True).start()

    def _forth(self, line: socket.socket, there: socket.socket, cut: Cut) -> None:
        with suppress(OSError):
            sent = b""
            while data := line.recv(65_536):
                sent += data
                # Execute: what stands before it is carried out.
                if self.cut_at is not None and self.cut_at in sent and b"E\0\0\0\t\0" in sent:
                    cut.begun.set()
                    there.sendall(data)
                    # The answer says that it is done. It does not get through.
                    assert cut.answered.wait(5)
                    self.cut_at = None
                    self.cuts += 1
                    self.is_shut = self.shuts
                    line.shutdown(socket.SHUT_RDWR)
                    return
                there.sendall(data)

    def _back(self, there: socket.socket, line: socket.socket, cut: Cut) -> None:
        with suppress(OSError):
            while data := there.recv(65_536):
                if cut.begun.is_set():
                    cut.answered.set()
                    return
                line.sendall(data)
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def way(postgres: Postgres) -> Iterator[Cutting]:
    way = Cutting(postgres.port)
    yield way
    way.close()


def test_an_append_whose_answer_is_lost_is_found_in_the_log(
    postgres: Postgres, url: str, logs: SqlLogStore, way: Cutting
) -> None:
    far = SqlLogStore(Database(url.replace(f":{postgres.port}/", f":{way.port}/")))
    far.create(room("a"), take=True)
    far.append("a", entry(1))
    way.cut_at = b"the one that is cut off"
    far.append("a", entry(2, actor="the one that is cut off"))
    assert way.cuts == 1
    assert [each.seq for each in logs.entries("a")] == [1, 2]
    # Where it cannot be asked for either, it is not known.
    way.cut_at, way.shuts = b"another one", True
    with pytest.raises(StoreFailed):
        far.append("a", entry(3, actor="another one"))
    assert way.cuts == 2
    way.is_shut = False
    # It was done: what is said now at the same seq is too late, and what comes after it is not.
    with pytest.raises(SeqTaken):
        far.append("a", entry(3))
    far.append("a", entry(4))
    assert [each.actor for each in logs.entries("a")] == ["t", "the one that is cut off", "another one", "t"]
    far.close()


def test_a_database_that_stands_still_holds_nobody_for_ever(url: str, logs: SqlLogStore) -> None:
    logs.create(room("a"), take=True)
    other = Database(url, patient=True)
    with other.writing() as connection:
        connection.exec_driver_sql("SELECT 1 FROM rooms WHERE id = 'a' FOR UPDATE")
        with pytest.raises(StoreFailed, match="timeout"):
            logs.append("a", entry(1))
    other.close()
    logs.append("a", entry(1))


STARTS = "import sys; from webapp.store.database import Database; from webapp.store.migrating import migrate;" \
    " database = Database(sys.argv[1]); sys.stdin.readline(); migrate(database)"  # fmt: skip


def test_two_that_start_at_once_on_an_empty_database_both_find_it_ready(postgres: Postgres) -> None:
    url = postgres.create(f"test_{next(NUMBERS)}")
    starting = [
        subprocess.Popen([sys.executable, "-c", STARTS, url], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in starting:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in starting]
    assert [process.returncode for process in starting] == [0, 0], said
    database = Database(url)
    with database.asking() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [HEAD]
    database.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://user:hidden@host:port/name", "cannot be read"),
        ("postgresql://user:hidden@127.0.0.1:1/name?sslmod=require", "sslmod"),
        ("postgresql://user:hidden@127.0.0.1:1/name", "^the database cannot be reached$"),
    ],
)
def test_an_address_that_does_not_work_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(StoreFailed, match=says) as failed:
        migrate(Database(url))
    assert "hidden" not in str(failed.value)
