"""`quorumscope rooms` and `quorumscope classes`, on a database of two rooms, a shared run and a class."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from engine import ENGINE_VERSION
from webapp.classroom.events import Joined, Opened
from webapp.cli import main
from webapp.store.class_store import ClassEntry, ClassRow
from webapp.store.log_store import Entry, RoomRow
from webapp.store.opening import open_file
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore

DAY_NS = 24 * 3_600 * 1_000_000_000

Command = Callable[..., Result]


class Kept:
    """The database, written some days ago."""

    def __init__(self, folder: Path, days: int) -> None:
        self.logs = SqlLogStore(open_file(folder / "rooms.sqlite3"), lambda: time.time_ns() - days * DAY_NS)
        self.classes = SqlClassStore(self.logs)
        self.logs.create(_room("old"), [Entry(1, 5, "viewer-1", '{"type":"crash","node":"n1"}')])
        self.logs.create(_room("run", sealed=True))
        self.classes.create_class(ClassRow("klas", "ABC234"))
        self.classes.take_class("klas")
        self.logs.create(_room("stage", class_id="klas"))
        entries = [Opened("Quorums", "stage"), Joined("m1", "Zwaantje")]
        self.classes.append_to_class(
            "klas",
            [
                ClassEntry(seq, 1_000_000, "owner", "stage", 0, msgspec.json.encode(event).decode())
                for seq, event in enumerate(entries, 1)
            ],
        )

    @property
    def ids(self) -> list[str]:
        return [one.row.id for one in self.logs.held()]


def _room(room_id: str, *, sealed: bool = False, class_id: str | None = None) -> RoomRow:
    return RoomRow(room_id, ENGINE_VERSION, "five-masters", 7, sealed=sealed, class_id=class_id)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path, days=10)
    yield kept
    kept.logs.close()


@pytest.fixture
def command(tmp_path: Path) -> Command:
    def run(*arguments: str, typed: str | None = None, **settings: str) -> Result:
        environment = {"QUORUMSCOPE_DATA": str(tmp_path), "DATABASE_URL": ""} | settings
        return CliRunner().invoke(main, arguments, input=typed, env=environment)

    return run


def test_rooms_are_listed_and_shown(kept: Kept, command: Command) -> None:
    told = json.loads(command("rooms", "list", "--json").output)
    assert [(one["id"], one["kind"], one["entries"]) for one in told] == [
        ("old", "room", 1),
        ("run", "shared run", 0),
        ("stage", "room of a class", 0),
    ]
    assert [line.split()[0] for line in command("rooms", "list").output.splitlines()] == kept.ids
    assert json.loads(command("rooms", "show", "old", "--json").output) == told[0]
    assert told[0]["scenario"] in command("rooms", "show", "old").output


def test_classes_are_listed_and_shown_without_who_is_in_them(kept: Kept, command: Command) -> None:
    told = json.loads(command("classes", "list", "--json").output)
    assert [(one["id"], one["code"], one["rooms"], one["runs"]) for one in told] == [("klas", "ABC234", 1, 0)]
    assert "klas" in command("classes", "list").output
    shown = json.loads(command("classes", "show", "klas", "--json").output)
    assert (shown["title"], shown["members"], shown["events"]) == ("Quorums", 1, 2)
    assert "Zwaantje" not in command("classes", "show", "klas").output


def test_what_is_deleted_is_gone_and_who_says_no_keeps_it(kept: Kept, command: Command) -> None:
    no = command("rooms", "delete", "old", typed="n\n")
    assert no.exit_code == 130
    assert kept.ids == ["old", "run", "stage"]
    yes = command("rooms", "delete", "old", "run", typed="y\n")
    assert "Delete 2 rooms for good (0 in memory)?" in yes.output
    assert kept.ids == ["stage"]
    assert command("classes", "delete", "klas", typed="n\n").exit_code == 130
    assert kept.classes.class_row("klas") is not None
    assert "1 classes are deleted" in command("classes", "delete", "klas", "--yes").output
    assert kept.ids == []
    assert kept.classes.class_row("klas") is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("rooms", "show", "nothing"),
        ("rooms", "delete", "old", "nothing", "--yes"),
        ("classes", "show", "nothing"),
        ("classes", "delete", "klas", "nothing", "--yes"),
    ],
)
def test_what_is_not_known_is_one_line_and_nothing_is_deleted(
    kept: Kept, command: Command, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments)
    assert done.exit_code == 1
    kind = {"rooms": "room", "classes": "class"}[arguments[0]]
    assert done.output == f"quorumscope: there is no {kind} nothing\n"
    assert kept.classes.class_row("klas") is not None
    assert kept.ids == ["old", "run", "stage"]


def test_what_nobody_has_used_for_long_is_swept(kept: Kept, command: Command) -> None:
    assert command("rooms", "sweep").exit_code == 2, "all is kept, by default"
    assert "0 rooms and runs are deleted" in command("rooms", "sweep", QUORUMSCOPE_KEEP_ROOMS="11").output
    assert (
        "Delete 1 rooms and runs for good?" in command("rooms", "sweep", typed="n\n", QUORUMSCOPE_KEEP_RUNS="9").output
    )
    assert kept.ids == ["old", "run", "stage"]
    assert "1 rooms and runs are deleted" in command("rooms", "sweep", "--yes", QUORUMSCOPE_KEEP_RUNS="9").output
    assert kept.ids == ["old", "stage"]
    assert "1 rooms and runs are deleted" in command("rooms", "sweep", "--yes", "--days", "9").output
    assert kept.ids == ["stage"], "rooms of a class stay with it"


def test_what_is_in_a_server_s_memory_is_not_swept(kept: Kept, command: Command) -> None:
    assert SqlLogStore(kept.logs.database).take("old")
    assert "1 rooms and runs are deleted" in command("rooms", "sweep", "--yes", "--days", "9").output
    assert kept.ids == ["old", "stage"]


def test_where_there_is_no_database_there_is_one_line(tmp_path: Path, command: Command) -> None:
    for arguments in (("rooms", "list"), ("classes", "list"), ("export", "old")):
        done = command(*arguments, QUORUMSCOPE_DATA=str(tmp_path / "nothing"))
        assert done.exit_code == 2
        assert done.output.count("\n") == 1
        assert "there is no database in the data directory" in done.output
    assert not (tmp_path / "nothing").exists()
