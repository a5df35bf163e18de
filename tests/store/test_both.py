"""What the store promises, on SQLite and on PostgreSQL."""

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from tests.store.conftest import Empty
from webapp.store.backup import NotEmpty, read_backup, write_backup
from webapp.store.class_store import ClassEntry, ClassRow, CodeTaken, Extent
from webapp.store.database import Database
from webapp.store.log_store import Entry, RoomRow, SeqTaken, StoreFailed
from webapp.store.migrating import migrate
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore
from webapp.store.tables import ALL, account_classes, accounts, metadata, rooms

DAY_MS = 86_400_000


class Clock:
    """Wall time that the test moves."""

    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms * 1_000_000


def room(room_id: str, **more: object) -> RoomRow:
    return replace(RoomRow(room_id, 2, "five-masters", 1), **more)


def entry(seq: int, command: str = "gossip", actor: str = "t") -> Entry:
    return Entry(seq, seq * 10, actor, f'{{"type":"{command}"}}')


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logs(database: Database, clock: Clock) -> SqlLogStore:
    return SqlLogStore(database, clock)


@pytest.fixture
def classes(logs: SqlLogStore) -> SqlClassStore:
    return SqlClassStore(logs)


def test_the_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.asking() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_database_that_is_ready_is_left_alone_and_a_newer_one_refused(database: Database) -> None:
    migrate(database)
    with database.asking() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(StoreFailed, match="by a newer Quorumscope"):
        migrate(database)


def test_a_new_room_has_all_of_its_log_or_is_not_there(logs: SqlLogStore) -> None:
    with pytest.raises(StoreFailed):
        logs.create(room("new"), [entry(1), entry(1)])
    assert logs.room("new") is None
    logs.create(room("new"), [entry(1)])
    assert logs.entries("new") == [entry(1)]
    with pytest.raises(StoreFailed):
        logs.create(room("new"))


def test_a_family_is_told_in_the_order_in_which_it_was_made(logs: SqlLogStore, clock: Clock) -> None:
    logs.create(room("z"))
    logs.create(room("other"))
    clock.ms += 1
    logs.create(room("a", clock_us=5, root="z", parent="z", forked_us=5, name="one"), [entry(1)])
    logs.rename("a", "two")
    told = [(row.id, row.parent, row.name, entries) for row, entries in logs.family("z")]
    assert told == [("z", None, None, 0), ("a", "z", "two", 1)]


def test_what_no_text_can_hold_is_kept_in_some_way(logs: SqlLogStore) -> None:
    logs.create(room("a", name="Grüße \0 🙂"))
    found = logs.room("a")
    assert found is not None
    assert found.name == "Grüße \ufffd 🙂"
    assert logs.room("a\0") is None


def test_only_the_next_entry_is_appended(logs: SqlLogStore) -> None:
    logs.create(room("a"), take=True)
    logs.append("a", entry(1))
    for seq in (0, 1, 3):
        with pytest.raises(SeqTaken):
            logs.append("a", entry(seq, "crash"))
    with pytest.raises(SeqTaken):
        logs.append("nowhere", entry(1))
    logs.append("a", entry(2))
    assert logs.entries("a") == [entry(1), entry(2)]
    found = logs.room("a")
    assert found is not None
    assert found.clock_us == 20, "at least to its last entry"


def test_whoever_takes_a_room_has_it_alone(logs: SqlLogStore, database: Database) -> None:
    other = SqlLogStore(database)
    logs.create(room("a"), take=True)
    logs.create(room("b"), take=True)
    logs.create(room("nobodys"))
    logs.append("a", entry(1))
    assert (logs.owner_of("a"), logs.owner_of("nobodys"), logs.owner_of("nowhere")) == (logs.owner, None, None)
    assert other.take("a")
    assert not other.take("nowhere")
    with pytest.raises(SeqTaken):
        logs.append("a", entry(2))
    with pytest.raises(SeqTaken):
        logs.append("nobodys", entry(1))
    logs.mark_clocks({"a": 1_000, "b": 1_000})
    assert [row and row.clock_us for row in (logs.room("a"), logs.room("b"))] == [10, 1_000]
    logs.mark_clocks({"b": 500})
    assert [row and row.clock_us for row in (logs.room("b"),)] == [1_000]
    assert logs.lost(["a", "b", "nobodys", "nowhere"]) == {"a", "nobodys", "nowhere"}
    logs.release(["a", "b"])
    assert (logs.owner_of("a"), logs.owner_of("b")) == (other.owner, None)
    other.append("a", entry(2))
    assert other.lost([]) == set()


def test_all_rooms_are_told_one_after_the_other(logs: SqlLogStore, database: Database) -> None:
    many = 1_201
    with database.writing() as connection:
        connection.execute(
            insert(rooms),
            [
                {
                    "id": f"r{number}", "engine_version": 2, "scenario": "five-masters", "seed": number, "clock_us": 0,
                    "created_at": "2026-11-27 10:00:00", "root": f"r{number}", "sealed": number % 2,
                    # Some are made in the same moment.
                    "made": number // 3, "used_ms": number,
                }
                for number in range(many)
            ],
        )  # fmt: skip
    held = list(logs.held())
    assert {each.row.id for each in held} == {f"r{number}" for number in range(many)}
    assert len(held) == many
    assert [each.used_ms // 3 for each in held] == sorted(number // 3 for number in range(many))
    assert all(each.row.sealed == each.used_ms % 2 and each.created_at == "2026-11-27 10:00:00" for each in held)
    logs.delete_rooms([each.row.id for each in held])
    assert list(logs.held()) == []


def test_branches_of_a_deleted_room_are_their_own_beginning(logs: SqlLogStore) -> None:
    logs.create(room("root"), [entry(1)])
    for name, parent in (("left", "root"), ("right", "root"), ("leaf", "left"), ("tip", "leaf")):
        logs.create(room(name, root="root", parent=parent, forked_us=7), [entry(1)])
    logs.delete_rooms(["root", "leaf", "nowhere"])
    families = {row.id: (row.root, row.parent, row.forked_us) for row in (each.row for each in logs.held())}
    assert families == {"left": ("left", None, None), "right": ("right", None, None), "tip": ("tip", None, None)}
    logs.create(room("twig", root="tip", parent="tip", forked_us=3))
    assert [row.id for row, _ in logs.family("tip")] == ["tip", "twig"]
    assert logs.entries("root") == [] != logs.entries("tip")


def test_what_nobody_has_used_since_then(logs: SqlLogStore, classes: SqlClassStore, clock: Clock) -> None:
    classes.create_class(ClassRow("c", "CODE"))
    logs.create(room("alone"))
    logs.create(room("with a branch"))
    logs.create(room("in memory"), take=True)
    logs.create(room("of a class", class_id="c"))
    logs.create(room("run", sealed=True))
    # It stands as some process's that was killed.
    SqlLogStore(logs.database, clock).take("alone")
    clock.ms += DAY_MS
    logs.create(room("branch", root="with a branch", parent="with a branch", forked_us=0))
    assert logs.unused(clock.ms, sealed=False) == []
    clock.ms += 1
    assert logs.lost(["in memory"]) == set()
    assert logs.unused(clock.ms, sealed=False) == ["alone", "with a branch", "branch"]
    assert logs.unused(clock.ms, sealed=True) == ["run"]
    assert logs.unused(clock.ms - 1, sealed=False) == ["alone"]
    assert logs.unused(clock.ms - DAY_MS - 1, sealed=True) == []


def told(seq: int, wall_ms: int = 5) -> ClassEntry:
    return ClassEntry(seq, wall_ms, "owner", "stage", 0, '{"type":"hand"}')


def test_a_class_and_its_code(classes: SqlClassStore, logs: SqlLogStore, database: Database) -> None:
    classes.create_class(ClassRow("c", "CODE"))
    with pytest.raises(CodeTaken):
        classes.create_class(ClassRow("d", "CODE"))
    with pytest.raises(SeqTaken):
        classes.append_to_class("c", [told(1)])
    assert classes.take_class("c")
    assert not classes.take_class("d")
    classes.append_to_class("c", [told(1), told(2, 9)])
    for wrong in ([told(2)], [told(4)]):
        with pytest.raises(SeqTaken):
            classes.append_to_class("c", wrong)
    with pytest.raises(StoreFailed):
        classes.append_to_class("c", [told(3), told(3)])
    other = SqlClassStore(SqlLogStore(database))
    assert other.take_class("c")
    with pytest.raises(SeqTaken):
        classes.append_to_class("c", [told(3)])
    assert (classes.lost_classes(["c"]), other.lost_classes(["c"])) == ({"c"}, set())
    other.append_to_class("c", [told(3)], free_code=True)
    assert classes.class_by_code("CODE") is None
    assert classes.class_entries("c") == [told(1), told(2, 9), told(3)]
    classes.create_class(ClassRow("d", "CODE"))
    assert [row.id for row in classes.all_classes()] == ["c", "d"]
    assert classes.class_by_code("CODE") == classes.class_row("d") == ClassRow("d", "CODE", logs.created_at())


def test_a_class_with_all_that_it_holds(classes: SqlClassStore, logs: SqlLogStore, clock: Clock) -> None:
    for number, name in enumerate(("kept", "c")):
        classes.create_class(ClassRow(name, f"CODE{number}"))
        logs.create(room(f"{name}-stage", class_id=name), [entry(1, actor="m1"), entry(2, "crash")])
        clock.ms += 1
        branch = room(f"{name}-copy", class_id=name, root=f"{name}-stage", parent=f"{name}-stage", forked_us=0)
        logs.create(branch, [entry(1, actor="m1"), entry(2, actor="m1")])
        logs.create(room(f"{name}-sealed", class_id=name, sealed=True), [entry(1, "heal")])
        classes.keep_class_run(f"{name}-run", name, '{"moments":[]}')
        classes.take_class(name)
        classes.append_to_class(name, [told(1, 70), told(2, 90)])
    with logs.database.asking() as connection:
        account = {"id": "a1", "name": "Ada", "name_folded": "ada", "created_ms": 0}
        connection.execute(insert(accounts), account)
        connection.execute(insert(account_classes), [{"account": "a1", "class": name} for name in ("kept", "c")])
    # The copy began with the first entry of its original: that was done once.
    assert classes.class_deeds("c") == [("m1", "gossip", 2), ("t", "crash", 1)]
    assert classes.class_extent("c") == Extent(70, 90, rooms=2, runs=1)
    assert [length for _, _, length in classes.class_rooms("c")] == [2, 2, 1]
    assert (classes.class_run("c-run"), classes.class_runs("c")) == ('{"moments":[]}', [("c-run", '{"moments":[]}')])
    secret = classes.secret("class keys")
    classes.delete_class("c")
    classes.delete_class("nowhere")
    assert classes.class_row("c") is None
    assert (classes.class_rooms("c"), classes.class_runs("c"), classes.class_entries("c")) == ([], [], [])
    assert [each.row.class_id for each in logs.held()] == ["kept"] * 3
    assert classes.class_deeds("kept") == [("m1", "gossip", 2), ("t", "crash", 1)]
    assert (len(secret), classes.secret("class keys"), classes.secret("other") != secret) == (32, secret, True)


def test_classes_in_which_nothing_has_happened(classes: SqlClassStore, logs: SqlLogStore, clock: Clock) -> None:
    for name in ("quiet", "with an event", "with a room", "in memory"):
        classes.create_class(ClassRow(name, None))
        classes.take_class(name)
        logs.create(room(f"room of {name}", class_id=name))
    before_ms = clock.ms + DAY_MS
    classes.append_to_class("with an event", [told(1, before_ms)])
    classes.release_classes(["quiet", "with an event", "with a room"])
    clock.ms = before_ms
    logs.take("room of with a room")
    logs.release(["room of with a room"])
    assert logs.lost([]) == set(), "what is in memory is marked as used by the way"
    assert classes.unused_classes(before_ms) == ["quiet"]
    assert set(classes.unused_classes(before_ms + 1)) == {"quiet", "with a room", "with an event"}


def test_a_backup_says_what_the_database_said(empty: Empty, logs: SqlLogStore, classes: SqlClassStore) -> None:
    classes.create_class(ClassRow("c", "CODE"))
    classes.secret("class keys")
    logs.create(room("z-root", class_id="c", seed=2**53), [entry(1)], take=True)
    logs.create(room("a-branch", root="z-root", parent="z-root", forked_us=0, name="Grüße"), [entry(1)])
    again = empty()
    migrate(again)
    counts = read_backup(again, list(write_backup(logs.database)))
    assert {table: rows for table, rows in counts.items() if rows} == {"classes": 1, "secrets": 1, "rooms": 2, "log": 2}
    with logs.database.asking() as one, again.asking() as other:
        for table in ALL:
            rows = [sorted(map(repr, where.execute(table.select()))) for where in (one, other)]
            assert rows[1] == [row.replace(repr(logs.owner), "None") for row in rows[0]]
    assert SqlLogStore(again).owner_of("z-root") is None
    with pytest.raises(NotEmpty):
        read_backup(again, list(write_backup(logs.database)))
