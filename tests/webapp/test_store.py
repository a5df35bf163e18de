"""The log in SQLite: files of an older schema, and logs that begin with something."""

import sqlite3
from pathlib import Path

import pytest

from tests.webapp.site import Site
from webapp.rooms.replay import digest
from webapp.store.log_store import Entry, RoomRow, StoreFailed
from webapp.store.sqlite import SCHEMA_VERSION, SqliteLogStore

SAMPLES = Path(__file__).parent / "samples"

# Where the first room of the sample stood when the file was made.
DIGEST = "4fdbe4071369aad550fff7951b66ffe8"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file as schema 1 had it."""
    path = tmp_path / "rooms.sqlite3"
    db = sqlite3.connect(path)
    db.executescript((SAMPLES / "schema_1.sql").read_text())
    db.close()
    return path


def test_a_file_of_schema_1_is_taken_over_in_place(old: Path) -> None:
    store = SqliteLogStore(old)
    row, entries = store.room("v1-first"), store.entries("v1-first")
    assert row == RoomRow("v1-first", 2, "five-masters", 42, 501_064, root="v1-first")
    assert [entry.seq for entry in entries] == list(range(1, 9))
    assert digest(row, entries) == DIGEST
    assert store.family("v1-second") == [(RoomRow("v1-second", 2, "sleeping-node", 7, root="v1-second"), 0)]
    store.close()
    again = SqliteLogStore(old)
    assert again.db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert again.entries("v1-first") == entries


def test_a_file_of_schema_1_and_a_new_one_have_the_same_tables(old: Path, tmp_path: Path) -> None:
    columns = [
        store.db.execute(
            'SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_schema m, pragma_table_info(m.name) c'
            " ORDER BY m.name, c.cid"
        ).fetchall()
        for store in (SqliteLogStore(old), SqliteLogStore(tmp_path / "new" / "rooms.sqlite3"))
    ]
    assert columns[0] == columns[1]


def test_a_room_of_an_old_file_goes_on(old: Path) -> None:
    site = Site(old.parent)
    site.rooms.join("v1-first", lambda frame: None)
    site.pass_time(1)
    assert site.rooms.digest("v1-first").digest == DIGEST, "it is paused"


def test_a_new_room_has_all_of_its_log_or_is_not_there(site: Site) -> None:
    row = RoomRow("new", 2, "five-masters", 1)
    entry = Entry(1, 0, "t", '{"type":"gossip"}')
    with pytest.raises(StoreFailed):
        site.store.create(row, [entry, entry])
    assert site.store.room("new") is None
    site.store.create(row, [entry])
    assert site.store.entries("new") == [entry]
    with pytest.raises(StoreFailed):
        site.store.create(row)


def test_a_family_is_told_in_the_order_in_which_it_was_made(site: Site) -> None:
    site.store.create(RoomRow("z", 2, "five-masters", 1))
    site.store.create(RoomRow("other", 2, "five-masters", 1))
    branch = RoomRow("a", 2, "five-masters", 1, 5, root="z", parent="z", forked_us=5, name="one")
    site.store.create(branch, [Entry(1, 0, "t", '{"type":"gossip"}')])
    site.store.rename("a", "two")
    told = site.store.family("z")
    assert [(row.id, row.parent, row.name, entries) for row, entries in told] == [
        ("z", None, None, 0),
        ("a", "z", "two", 1),
    ]
