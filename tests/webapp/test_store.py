"""Files of an older schema: a school's rooms and classes of last year are there after an upgrade."""

import sqlite3
from pathlib import Path

import pytest

from tests.classroom.test_state import School
from tests.webapp.site import Site
from webapp.classroom.commands import Title
from webapp.rooms.replay import digest
from webapp.store.log_store import RoomRow, StoreFailed
from webapp.store.migrations import HEAD
from webapp.store.opening import open_file
from webapp.store.sql_logs import SqlLogStore

SAMPLES = Path(__file__).parent / "samples"

# Where the first room of the sample stood when the file was made.
DIGEST = "4fdbe4071369aad550fff7951b66ffe8"
KEYS_OF_3 = [
    "WyJ2My1jbGFzcyIsIm8iLDBd.kifLb0WICRhrWIvuL_q7eRj5BO4",
    "WyJ2My1jbGFzcyIsIm0iLCJtMSJd.UkQ00O8AEhc1ZHPxP_u4Y0zRm6g",
]
DIGESTS_OF_3 = ["e156e293efa2304ccae53304ed603544", "b11cd572cfb65af3be7ca8e38e60d052"]


def old_file(folder: Path, schema: int) -> Path:
    """A file as that schema had it."""
    path = folder / "rooms.sqlite3"
    db = sqlite3.connect(path)
    db.executescript((SAMPLES / f"schema_{schema}.sql").read_text())
    db.close()
    return path


def test_a_file_of_schema_1_is_taken_over_in_place(tmp_path: Path) -> None:
    path = old_file(tmp_path, 1)
    store = SqlLogStore(open_file(path))
    row, entries = store.room("v1-first"), store.entries("v1-first")
    assert row == RoomRow("v1-first", 2, "five-masters", 42, 501_064, root="v1-first")
    assert [entry.seq for entry in entries] == list(range(1, 9))
    assert digest(row, entries) == DIGEST
    assert store.family("v1-second") == [(RoomRow("v1-second", 2, "sleeping-node", 7, root="v1-second"), 0)]
    held = [(room.row.id, room.created_at, room.used_ms, room.owner) for room in store.held()]
    assert held == [(name, "2026-11-24 23:28:49", 1_795_562_929_000, None) for name in ("v1-first", "v1-second")]
    store.close()
    assert SqlLogStore(open_file(path)).entries("v1-first") == entries


def test_a_room_of_an_old_file_goes_on(tmp_path: Path) -> None:
    old_file(tmp_path, 1)
    site = Site(tmp_path)
    site.rooms.join("v1-first", lambda frame: None)
    site.pass_time(1)
    assert site.rooms.digest("v1-first").digest == DIGEST, "it is paused"


def test_a_class_of_schema_3_goes_on_with_all_that_it_held(tmp_path: Path) -> None:
    old_file(tmp_path, 3)
    school = School(tmp_path)
    store, classes = school.site.store, school.classes
    assert [(row.id, row.name) for row, _ in store.family("v3-first")] == [("v3-first", None), ("v3-branch", "n1 down")]
    assert [school.site.rooms.digest(name).digest for name in ("v3-first", "v3-branch")] == DIGESTS_OF_3
    shared = store.room("v3-shared")
    assert shared is not None
    assert shared.sealed
    owner, anna = (classes.seat(key) for key in KEYS_OF_3)
    assert (owner.role, anna.member) == ("owner", "m1"), "the keys that people have are still good"
    assert [member.name for member in classes.state("v3-class").members.values()] == ["Anna", "Ben"]
    assert classes.state("v3-class").polls["q1"].counts == [0, 1]
    assert [row.id for row, _, _ in classes.store.class_rooms("v3-class")] == ["v3-stage", "v3-copy", "v3-sealed"]
    assert [name for name, _ in classes.store.class_runs("v3-class")] == ["v3-replay"]
    classes.join("CODE22", "Cleo")
    classes.do(owner, Title("Reads"))
    assert [each.seq for each in school.log("v3-class")] == list(range(1, 12))
    classes.delete("v3-class")
    assert (school.site.count("classes"), school.site.count("rooms")) == (0, 3)
    school.close()


@pytest.mark.parametrize("how", ["by the number in its head, as before", "by Alembic's table"])
def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path, how: str) -> None:
    path = tmp_path / "rooms.sqlite3"
    newer = "PRAGMA user_version = 99"
    if how == "by Alembic's table":
        open_file(path).close()
        newer = "UPDATE alembic_version SET version_num = '0099'"
    db = sqlite3.connect(path)
    db.execute(newer)
    db.commit()
    before = list(db.iterdump())
    with pytest.raises(StoreFailed, match=f"by a newer Quorumscope \\(schema 0099, not {HEAD}\\)"):
        open_file(path)
    assert list(db.iterdump()) == before
    db.close()
