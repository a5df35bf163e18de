"""Whose a room is: two processes over one store, here two sites."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.commands import Crash, Restart, Write
from engine.outcomes import Refused
from tests.classroom.test_state import School
from tests.webapp.site import Site, busy_room
from webapp.classroom import commands as c
from webapp.protocol import Fork
from webapp.rooms.ids import new_id
from webapp.rooms.manager import MARK_EVERY_S, SLEEP_AFTER_S
from webapp.rooms.pace import SetSpeed
from webapp.rooms.replay import digest
from webapp.store.log_store import Entry, StoreFailed
from webapp.store.sql_logs import SqlLogStore


class Two:
    """Two processes that share a store; ``lost`` are the rooms that the first has heard to be another's."""

    def __init__(self, folder: Path) -> None:
        self.one, self.other = Site(folder), Site(folder)
        self.lost: list[str] = []
        self.one.rooms.on_lost = self.lost.extend
        self.room = self.one.rooms.open("five-masters", 1)

    def owner(self) -> str | None:
        return self.one.store.owner_of(self.room)

    def is_one_history(self) -> bool:
        """Of the store's log, and of what the last owner shows."""
        row, entries = self.other.rooms.log(self.room)
        seqs = [entry.seq for entry in entries]
        return (
            seqs == list(range(1, len(seqs) + 1)) and digest(row, entries) == self.other.rooms.digest(self.room).digest
        )


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    two = Two(tmp_path)
    yield two
    two.one.rooms.close()
    two.other.rooms.close()


def join(site: Site, room: str) -> None:
    site.rooms.join(room, lambda frame: None)


def test_a_room_in_memory_is_owned_and_one_asleep_is_nobodys(two: Two) -> None:
    assert two.owner() is None
    join(two.one, two.room)
    assert two.owner() == two.one.store.owner
    two.one.rooms.leave(two.room)
    two.one.pass_time(SLEEP_AFTER_S + 1, tick_s=1)
    assert not two.one.rooms.is_awake(two.room)
    assert two.owner() is None
    branch = two.one.families.fork(two.room, "t", Fork(0))
    assert two.one.store.owner_of(branch) == two.one.store.owner


def test_who_closes_leaves_its_rooms_to_others(tmp_path: Path) -> None:
    site = Site(tmp_path)
    room = site.rooms.open("five-masters", 1)
    join(site, room)
    site.rooms.close()
    assert Site(tmp_path).store.owner_of(room) is None


def test_who_has_lost_a_room_hears_it_within_a_second_and_lets_it_go(two: Two) -> None:
    join(two.one, two.room)
    kept = two.one.rooms.open("five-masters", 2)
    join(two.one, kept)
    join(two.other, two.room)
    assert two.owner() == two.other.store.owner
    two.one.pass_time(MARK_EVERY_S + 0.1)
    assert two.lost == [two.room]
    assert (two.one.rooms.is_awake(two.room), two.one.rooms.is_awake(kept)) == (False, True)
    # Its viewers go away then, and that is no fault.
    two.one.rooms.leave(two.room)
    two.one.pass_time(MARK_EVERY_S + 0.1)
    assert two.lost == [two.room]


def test_a_store_that_does_not_answer_takes_no_room_away(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    join(two.one, two.room)

    def fails(*_args: object) -> set[str]:
        raise StoreFailed("the connection broke")

    with monkeypatch.context() as patched:
        patched.setattr(SqlLogStore, "lost", fails)
        join(two.other, two.room)
        two.one.pass_time(3)
    assert two.lost == []
    two.one.pass_time(MARK_EVERY_S + 0.1)
    assert two.lost == [two.room]


def test_a_stale_owner_is_refused_and_sends_its_viewers_away(two: Two) -> None:
    lost: list[str] = []
    two.one.rooms.on_lost = lost.extend
    join(two.one, two.room)
    two.one.rooms.submit(two.room, "one", Crash("n1"))
    join(two.other, two.room)
    two.other.rooms.submit(two.room, "other", Crash("n2"))
    with pytest.raises(Refused, match="moved"):
        two.one.rooms.submit(two.room, "one", Crash("n3"))
    # It does not take the room back, or the two would take it from each other with every command.
    assert (lost, two.one.rooms.is_awake(two.room)) == ([two.room], False)
    assert two.owner() == two.other.store.owner
    # Whoever is routed here after that takes it, and sees what the log says.
    assert two.one.whole(two.room).seq == 2
    assert two.owner() == two.one.store.owner
    two.one.rooms.submit(two.room, "one", Crash("n3"))
    with pytest.raises(Refused, match="moved"):
        two.other.rooms.submit(two.room, "other", Crash("n4"))
    assert two.is_one_history()


def test_a_stale_owner_of_an_idle_log_is_refused_too(two: Two) -> None:
    """The seq would be the next one; but the other may be about to use it."""
    join(two.one, two.room)
    join(two.other, two.room)
    with pytest.raises(Refused, match="moved"):
        two.one.rooms.submit(two.room, "one", Crash("n1"))
    assert two.one.rooms.log(two.room)[1] == []


def test_who_only_looks_takes_no_room_from_anybody(two: Two) -> None:
    join(two.one, two.room)
    two.one.rooms.submit(two.room, "t", Write("A", "x", "one"))
    looked = two.other.rooms.peek(two.room)
    assert looked.seq == 1
    two.other.rooms.log(two.room)
    two.other.sharing.copy(two.room, None, "guest")
    two.other.sharing.share(two.room, None)
    two.other.families.branches(two.room)
    assert two.owner() == two.one.store.owner
    assert not two.other.rooms.is_awake(two.room)
    two.one.rooms.submit(two.room, "t", Crash("n1"))


def test_an_append_of_which_nobody_can_say_whether_it_was_done_is_never_done_twice(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(two.one, two.room)
    append = SqlLogStore.append

    def breaks(store: SqlLogStore, room_id: str, entry: Entry) -> None:
        append(store, room_id, entry)
        raise StoreFailed("the connection broke")

    with monkeypatch.context() as patched:
        patched.setattr(SqlLogStore, "append", breaks)
        with pytest.raises(Refused, match="not_stored"):
            two.one.rooms.submit(two.room, "t", Crash("n1"))
    with pytest.raises(Refused, match="moved"):
        two.one.rooms.submit(two.room, "t", Crash("n2"))
    assert two.one.frames[-1].seq == 1
    two.one.rooms.submit(two.room, "t", Restart("n1"))
    assert [entry.seq for entry in two.one.rooms.log(two.room)[1]] == [1, 2]
    assert two.is_one_history()


def test_others_go_on_while_a_log_is_read_anew(tmp_path: Path) -> None:
    site = Site(tmp_path)
    room = busy_room(site)
    # An append of this process's own that seemed to have failed stands in the log all the same.
    last = site.store.entries(room)[-1]
    site.store.append(room, Entry(last.seq + 1, site.rooms.now_us(room), "t", '{"type":"set_speed","speed":0.3}'))
    free: list[bool] = []

    def breathe() -> None:
        def take() -> None:
            if got := site.rooms.lock.acquire(timeout=5):
                site.rooms.lock.release()
            free.append(got)

        thread = threading.Thread(target=take)
        thread.start()
        thread.join(10)

    site.rooms.breathe = breathe
    viewers = site.rooms._rooms[room].viewers
    with pytest.raises(Refused, match="moved"):
        site.rooms.submit(room, "t", SetSpeed(0.2))
    assert free
    assert all(free)
    assert site.rooms._rooms[room].viewers == viewers == 1
    shown = site.frames[-1]
    assert (shown.whole, shown.seq) == (True, last.seq + 1)


def test_ids_begin_as_what_they_are_near_to(two: Two) -> None:
    sharing, rooms = two.one.sharing, two.one.rooms
    assert {new_id("a")[0] for _ in range(20)} == {"a"}
    assert len({new_id("a") for _ in range(100)}) == 100
    assert not any(new_id().startswith("-") for _ in range(1_000))
    for _ in range(3):
        assert rooms.open("five-masters", 1, near="b").startswith("b")
        assert two.one.families.fork(two.room, "t", Fork(0))[0] == two.room[0]
        assert sharing.copy(two.room, None, "t", near="c").startswith("c")
    packed = sharing.share(two.room, None).packed
    assert packed is not None
    assert sharing.unpack(packed, "t", near="d").startswith("d")


def test_a_class_is_taken_by_whoever_acts_in_it_and_by_nobody_who_looks(tmp_path: Path) -> None:
    here, there = School(tmp_path), School(tmp_path)
    gone: list[str] = []
    here.classes.on_lost = gone.extend
    class_id, seat, code = here.open()
    here.classes.arrive(seat, "sid")
    assert here.classes.state(class_id).stage[0] == class_id[0]
    # To look is to take it from nobody.
    assert there.classes.state(class_id).title == "Quorums"
    assert there.classes.by_code(code) == class_id
    here.site.wall_s += 2
    here.classes.tick()
    assert (gone, there.classes.is_awake(class_id)) == ([], False)
    # To act is to take it.
    there.classes.join(code, "Anna")
    with pytest.raises(Refused, match="moved"):
        here.classes.do(seat, c.Revoke("assistant"))
    assert (gone, here.classes.is_awake(class_id)) == (["sid"], False)
    assert "m1" in here.classes.state(class_id).members
    there.classes.join(code, "Ben")
    log = here.log(class_id)
    assert [entry.seq for entry in log] == [1, 2, 3]
    here.close()
    there.close()
