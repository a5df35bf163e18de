"""What a class is follows from its log alone: whatever was done, a server that begins anew tells the same of it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.outcomes import Refused
from tests.webapp.site import Site
from webapp.classroom import commands as c
from webapp.classroom.classes import LOG_MAX, LOG_OF_STAFF, Classes
from webapp.classroom.classroom import Classroom
from webapp.classroom.events import Event
from webapp.classroom.keys import Seat
from webapp.classroom.seen import class_seen, roster, seat_seen
from webapp.classroom.state import ClassState, fold
from webapp.classroom.texts import likeness
from webapp.lessons.library import SHIPPED, Library
from webapp.rooms.pace import Pause, Run
from webapp.store.class_store import ClassEntry
from webapp.store.log_store import StoreFailed
from webapp.store.sql_classes import SqlClassStore

LESSONS = Library(SHIPPED)
SLUGS = ["one-leader", "no-such-lesson"]


class School:
    """Classes over a real store, and what they told."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        self.told: list[tuple[str, Any, str]] = []
        self.out: list[tuple[str, str]] = []
        self.classes = self.begin_anew()

    def begin_anew(self) -> Classes:
        """As another process would, on the same store."""
        classes = Classes(
            SqlClassStore(self.site.store),
            self.site.rooms,
            lambda slug: LESSONS.get(slug).experiment,
            lambda event, value, to: self.told.append((event, value, to)),
            lambda: self.site.wall_s,
            lambda: 1_700_000_000_000 + round(1000 * self.site.wall_s),
        )
        classes.send_out = lambda sid, seat, refused: self._send_out(classes, sid, seat, refused)
        self.classes = classes
        return classes

    def _send_out(self, classes: Classes, sid: str, seat: Seat, refused: Refused) -> None:
        self.out.append((sid, refused.code))
        classes.depart(seat, sid)

    def open(self) -> tuple[str, Seat, str]:
        """A class: its id, its owner's seat, and its code."""
        row, key = self.classes.create("Quorums", "five-masters")
        assert row.code is not None
        return row.id, self.classes.seat(key), row.code

    def log(self, class_id: str) -> list[ClassEntry]:
        return SqlClassStore(self.site.store).class_entries(class_id)

    def close(self) -> None:
        self.site.rooms.close()


def everything(state: ClassState) -> dict[str, Any]:
    """All that anybody can see of a class."""
    return {
        "class": class_seen(state, "id", "CODE", 0),
        "roster": roster(state, set()),
        "seats": {member.id: seat_seen(state, "student", member.id) for member in state.members.values()},
        "answers": {poll.id: (poll.phase, poll.right, poll.answers, poll.counts) for poll in state.polls.values()},
        "rest": (state.seq, state.switched, state.generations, state.group_rooms, state.moment, state.comments),
    }


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    school = School(tmp_path)
    yield school
    school.close()


NAMES = st.sampled_from(["Anna", "ANNA", "Аnna", "Ben", "Ben ", "Ωmega", "李小龙", "", "a\u202eb", "x" * 60])
MEMBERS = st.integers(1, 5).map(lambda number: f"m{number}")

STAFF: st.SearchStrategy[c.ClassCommand] = st.one_of(
    st.builds(c.Title, st.sampled_from(["Quorums", "Reads", " "])),
    st.builds(c.Show, st.sampled_from(["code", "stage"])),
    st.builds(c.Ask, st.sampled_from(["Which?", ""]), st.sampled_from([("a", "b"), ("a", "b", "c"), ("a", "A")])),
    st.just(c.Close()),
    st.builds(c.Reveal, st.one_of(st.none(), st.integers(0, 5))),
    st.just(c.PutAway()),
    st.builds(
        c.Lesson,
        st.one_of(st.none(), st.sampled_from(SLUGS)),
        st.one_of(st.none(), st.sampled_from([step.id for step in LESSONS.get(SLUGS[0]).experiment.steps] + ["none"])),
    ),
    st.builds(c.Lock, st.booleans()),
    st.builds(c.Freeze, st.booleans()),
    st.builds(c.Remove, MEMBERS),
    st.builds(c.Rename, MEMBERS, NAMES),
    st.builds(c.CallBack, MEMBERS, st.booleans()),
    st.builds(c.Comment, st.sampled_from(["Good", "\u200b"]), st.one_of(st.none(), MEMBERS)),
    st.builds(c.LowerHand, MEMBERS),
    st.builds(c.Revoke, st.sampled_from(["assistant", "viewer"])),
    st.builds(
        c.SetMode,
        st.sampled_from(["follow", "hands_on", "own_copy"]),
        st.integers(1, 3),
        st.sampled_from(["clients", "nodes"]),
        st.booleans(),
    ),
)
STUDENT: st.SearchStrategy[c.ClassCommand] = st.one_of(
    st.just(c.TakePlace()),
    st.builds(c.Answer, st.sampled_from(["q1", "q2", "q3", "one-leader/guess"]), st.integers(0, 5)),
    st.builds(c.RaiseHand, st.booleans()),
    st.builds(c.Name, NAMES),
    st.builds(c.Progress, st.sampled_from(SLUGS), st.integers(0, 20), st.integers(0, 20), st.booleans()),
)


class ClassMachine(RuleBasedStateMachine):
    """Anybody does anything, and now and then the server begins anew."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.school = School(Path(self.folder.name))
        self.id, self.owner, self.code = self.school.open()
        self.answers: dict[tuple[str, str], int] = {}

    @property
    def state(self) -> ClassState:
        return self.school.classes.state(self.id)

    @rule(name=NAMES)
    def join(self, name: str) -> None:
        before = everything(self.state)
        try:
            _, key = self.school.classes.join(self.code, name)
        except Refused:
            assert everything(self.state) == before
        else:
            assert self.school.classes.seat(key).member == f"m{len(self.state.members)}"

    @rule(command=STAFF)
    def teach(self, command: c.ClassCommand) -> None:
        self._do(self.owner, command)

    @rule(number=st.integers(1, 5), command=STUDENT)
    def take_part(self, number: int, command: c.ClassCommand) -> None:
        member = self.state.members.get(f"m{number}")
        if member is not None and not member.removed:
            self._do(Seat(self.id, "student", member.id), command)

    def _do(self, seat: Seat, command: c.ClassCommand) -> None:
        before = everything(self.state)
        try:
            self.school.classes.allow(seat, f"class.{command.__struct_config__.tag}")
            self.school.classes.do(seat, command)
        except Refused:
            assert everything(self.state) == before, f"{command} was refused, and changed something"
        else:
            if isinstance(command, c.Answer) and seat.member is not None:
                self.answers[command.poll, seat.member] = command.choice

    @rule()
    def end(self) -> None:
        if len(self.state.members) > 3:
            self._do(self.owner, c.End())

    @rule()
    def begin_anew(self) -> None:
        before = everything(self.state)
        self.school.begin_anew()
        assert everything(self.state) == before

    @precondition(lambda self: hasattr(self, "school"))
    @invariant()
    def it_is_as_it_should_be(self) -> None:
        state = self.state
        present = state.present
        assert len({likeness(member.name) for member in present}) == len(present), "two look the same"
        for poll in state.polls.values():
            assert sum(poll.counts) == len(poll.answers), "an answer counts once"
            for member, choice in poll.answers.items():
                assert self.answers[poll.id, member] == choice, "it is the last one that counts"
                assert poll.phase == "revealed" or not state.members[member].removed
        hands = [member.hand for member in present if member.hand is not None]
        assert len(set(hands)) == len(hands)
        assert all(member.hand is None for member in state.members.values() if member.removed or state.ended)
        if state.mode == "hands_on":
            placed = [(member.room, member.client) for member in present if member.room is not None]
            assert len(set(placed)) == len(placed), "two have one client"
            assert {room for room, _ in placed} <= set(state.group_rooms or [state.stage])

    def teardown(self) -> None:
        if hasattr(self, "school"):
            self.begin_anew()
            self.school.close()
            self.folder.cleanup()


TestClassMachine = ClassMachine.TestCase
TestClassMachine.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_the_log_says_who_did_what_and_when(school: School) -> None:
    class_id, owner, code = school.open()
    _, key = school.classes.join(code, "Anna")
    school.site.wall_s = 2.0
    school.classes.do(owner, c.Ask("Which?", ("a", "b")))
    school.site.wall_s = 3.0
    school.classes.do(school.classes.seat(key), c.Answer("q1", 1))
    log = school.log(class_id)
    told = [(entry.seq, entry.actor, msgspec.json.decode(entry.event)["type"]) for entry in log]
    assert told == [(1, "owner", "opened"), (2, "m1", "joined"), (3, "owner", "asked"), (4, "m1", "answered")]
    assert [entry.wall_ms - log[0].wall_ms for entry in log] == [0, 0, 2000, 3000]
    assert {entry.room for entry in log} == {school.classes.state(class_id).stage}
    events = [msgspec.json.decode(entry.event, type=Event) for entry in log]
    assert everything(fold(events)) == everything(school.classes.state(class_id))


def test_an_answer_counts_once_and_the_last_one_counts(school: School) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    school.classes.do(owner, c.Ask("Which?", ("a", "b")))
    for choice in (0, 0, 1, 1):
        school.classes.do(seat, c.Answer("q1", choice))
    state = school.classes.state(class_id)
    assert state.polls["q1"].counts == [0, 1]
    # One that says the same again is not kept again.
    assert state.seq == 5
    school.classes.do(owner, c.Close())
    with pytest.raises(Refused, match="poll_closed"):
        school.classes.do(seat, c.Answer("q1", 0))
    assert state.polls["q1"].counts == [0, 1]


def test_nothing_of_the_answers_is_told_before_they_are_revealed(school: School) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    school.classes.do(owner, c.Ask("Which?", ("a", "b")))
    school.classes.do(seat, c.Answer("q1", 1))
    state = school.classes.state(class_id)
    for command in (c.Close(), c.Reveal(1)):
        told = class_seen(state, class_id, code, 1).poll
        assert told is not None
        assert (told.answers, told.counts, told.right) == (1, None, None)
        school.classes.do(owner, command)
    told = class_seen(state, class_id, code, 1).poll
    assert told is not None
    assert (told.phase, told.counts, told.right) == ("revealed", [0, 1], 1)


def test_who_was_sent_out_counts_nowhere_except_in_what_everybody_has_seen(school: School) -> None:
    class_id, owner, code = school.open()
    seats = [school.classes.seat(school.classes.join(code, name)[1]) for name in ("Anna", "Ben")]
    for poll in ("q1", "q2"):
        school.classes.do(owner, c.Ask("Which?", ("a", "b")))
        for seat in seats:
            school.classes.do(seat, c.Answer(poll, 1))
        if poll == "q1":
            school.classes.do(owner, c.Reveal(0))
    school.classes.do(seats[1], c.RaiseHand(True))
    school.classes.do(owner, c.Remove("m2"))
    state = school.classes.state(class_id)
    assert state.polls["q1"].counts == [0, 2]
    assert state.polls["q2"].counts == [0, 1]
    assert class_seen(state, class_id, code, 0).members == 1
    assert [row.id for row in roster(state, set()).rows] == ["m1"]
    with pytest.raises(Refused, match="removed"):
        school.classes.allow(seats[1], "class.hand")
    # The name is free, and whoever takes it is somebody else.
    again = school.classes.seat(school.classes.join(code, "Ben")[1])
    assert again.member == "m3"
    assert state.members["m3"].hand is None


@pytest.mark.parametrize("after", [c.SetMode("own_copy", fresh=False), c.SetMode("follow"), c.End()])
def test_whoever_was_called_back_goes_along_with_all_others_at_the_next_switch(
    school: School, after: c.ClassCommand
) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    school.classes.do(owner, c.SetMode("own_copy"))
    school.classes.do(seat, c.TakePlace())
    school.classes.do(owner, c.CallBack("m1"))
    state = school.classes.state(class_id)
    member = state.members["m1"]
    assert (state.mode_of(member), state.room_of(member)) == ("follow", state.stage)
    school.classes.do(owner, after)
    assert not member.called_back
    assert state.room_of(member) == (member.copy if state.mode == "own_copy" else state.stage)


def test_what_cannot_be_kept_does_not_happen(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    school.classes.do(owner, c.Ask("Which?", ("a", "b")))
    before, log = everything(school.classes.state(class_id)), school.log(class_id)

    def fails(*_args: object, **_more: object) -> None:
        raise StoreFailed("database or disk is full")

    monkeypatch.setattr(SqlClassStore, "append_to_class", fails)
    for seated, command in (
        (seat, c.Answer("q1", 0)),
        (seat, c.RaiseHand(True)),
        (owner, c.SetMode("own_copy")),
        (owner, c.Reveal(0)),
        (owner, c.End()),
    ):
        with pytest.raises(Refused, match="not_stored"):
            school.classes.do(seated, command)
    with pytest.raises(Refused, match="not_stored"):
        school.classes.join(code, "Ben")
    assert everything(school.classes.state(class_id)) == before
    monkeypatch.undo()
    assert school.log(class_id) == log
    school.classes.do(seat, c.Answer("q1", 0))
    assert school.classes.state(class_id).polls["q1"].counts == [1, 0]


def test_a_class_that_cannot_be_kept_is_not_there(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object, **_more: object) -> None:
        raise StoreFailed("database or disk is full")

    for broken in ((SqlClassStore, "append_to_class"), (type(school.site.store), "create")):
        with monkeypatch.context() as patched:
            patched.setattr(*broken, fails)
            with pytest.raises(Refused, match="not_stored"):
                school.classes.create("Quorums", "five-masters")
        assert school.site.count("classes") == 0
        assert school.site.count("rooms") == 0


def test_a_class_that_cannot_be_deleted_goes_on(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    class_id, owner, _ = school.open()
    school.classes.arrive(owner, "sid")

    def fails(*_args: object) -> None:
        raise StoreFailed("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(SqlClassStore, "delete_class", fails)
        with pytest.raises(Refused, match="not_stored"):
            school.classes.delete(class_id)
    assert school.out == []
    school.classes.do(owner, c.Title("Reads"))
    school.classes.delete(class_id)
    assert school.out == [("sid", "unknown_class")]


def test_two_processes_do_not_write_over_each_other(school: School) -> None:
    class_id, owner, code = school.open()
    first = school.classes
    first.arrive(owner, "sid")
    first.do(owner, c.Look(at_us=5))
    second = school.begin_anew()
    second.join(code, "Anna")
    with pytest.raises(Refused, match="moved"):
        first.do(owner, c.Title("Reads"))
    assert everything(first.state(class_id)) == everything(second.state(class_id))
    first.do(owner, c.Title("Reads"))
    assert first.state(class_id).title == "Reads"
    school.told.clear()
    first.present(owner, "sid")
    assert {event for event, _, _ in school.told} == {"class", "seat", "look", "roster"}


def test_another_process_sends_out_here_as_well(school: School) -> None:
    _, owner, code = school.open()
    first = school.classes
    seat = first.seat(first.join(code, "Anna")[1])
    first.arrive(seat, "sid")
    school.begin_anew().do(owner, c.Remove("m1"))
    with pytest.raises(Refused, match="moved"):
        first.do(owner, c.Title("Reads"))
    assert school.out == [("sid", "removed")]


def test_students_do_not_fill_the_log_so_that_their_teacher_can_do_nothing(school: School) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    state = school.classes.state(class_id)
    state.seq = LOG_MAX - LOG_OF_STAFF
    with pytest.raises(Refused, match="log_full"):
        school.classes.do(seat, c.RaiseHand(True))
    # That it is the log's turn to say no shows that the teacher's event went to it.
    with pytest.raises(Refused, match="moved"):
        school.classes.do(owner, c.Remove("m1"))
    school.classes.do(owner, c.Remove("m1"))
    assert school.classes.state(class_id).members["m1"].removed


def test_a_class_sleeps_when_nobody_is_in_it_and_is_the_same_when_somebody_comes(school: School) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    school.classes.arrive(seat, "sid")
    before = everything(school.classes.state(class_id))
    school.site.wall_s = 1000.0
    school.classes.tick()
    assert class_id in school.classes._classes
    school.classes.depart(seat, "sid")
    for school.site.wall_s in (1001.0, 1062.0):
        school.classes.tick()
    assert class_id not in school.classes._classes
    assert everything(school.classes.state(class_id)) == before
    school.classes.do(owner, c.Title("Reads"))


def test_a_fault_in_one_class_does_not_stop_the_others(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, owner, _ = school.open()
    _, other, _ = school.open()
    for seat in (owner, other):
        school.classes.arrive(seat, seat.class_id)
    tell_all = Classroom._tell_all

    def fails_in_one(found: Classroom) -> None:
        if found.row.id == broken:
            raise KeyError("m1")
        tell_all(found)

    monkeypatch.setattr(Classroom, "_tell_all", fails_in_one)
    school.site.wall_s = 1.0
    school.classes.tick()
    assert [to for event, _, to in school.told if event == "class"] == [f"class:{other.class_id}"]


def test_the_more_there_are_the_less_often_each_is_told(school: School) -> None:
    class_id, owner, _ = school.open()
    for number in range(400):
        school.classes.arrive(owner, f"{number}")
    for school.site.wall_s in (1.0, 1.15, 1.3):
        school.classes.do(owner, c.Title(f"At {school.site.wall_s}"))
        school.classes.tick()
    told = [value.title for event, value, to in school.told if (event, to) == ("class", f"class:{class_id}")]
    assert told == ["At 1.0", "At 1.3"]


def test_whoever_comes_between_two_tellings_hears_of_what_was_taken_back(school: School) -> None:
    class_id, owner, _ = school.open()
    school.classes.arrive(owner, "first")
    school.site.wall_s = 1.0
    school.classes.tick()
    school.classes.do(owner, c.Freeze(True))
    school.classes.arrive(owner, "second")
    school.classes.present(owner, "second")
    school.classes.do(owner, c.Freeze(False))
    school.told.clear()
    school.site.wall_s = 2.0
    school.classes.tick()
    told = [value.frozen for event, value, to in school.told if (event, to) == ("class", f"class:{class_id}")]
    assert told == [False]


def test_the_code_of_a_class_that_has_ended_may_be_anothers(school: School) -> None:
    class_id, owner, code = school.open()
    school.classes.do(owner, c.End())
    with pytest.raises(Refused, match="unknown_code"):
        school.classes.by_code(code)
    assert school.classes.row(class_id).code is None
    assert school.begin_anew().row(class_id).code is None


def test_a_line_that_proves_dead_when_it_is_told_something_costs_nobody_else_their_telling(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owner, code = school.open()
    seats = {name: school.classes.seat(school.classes.join(code, name)[1]) for name in ("Anna", "Ben", "Cleo")}
    for name, seat in seats.items():
        school.classes.arrive(seat, name)
    found = school.classes._class(owner.class_id)
    heard: list[str] = []

    def tell(event: str, _value: object, to: str) -> None:
        if event == "seat":
            heard.append(to)
            school.classes.depart(seats["Anna"], "Anna")

    monkeypatch.setattr(found, "_tell", tell)
    school.site.wall_s = 1.0
    school.classes.tick()
    assert {"Ben", "Cleo"} <= set(heard)
    assert found.members_here == {"m2", "m3"}


def test_a_lessons_question_closes_the_one_before_also_at_the_same_step(school: School) -> None:
    class_id, owner, _ = school.open()
    step = next(step.id for step in LESSONS.get(SLUGS[0]).experiment.steps if step.kind == "predict")
    school.classes.do(owner, c.SetMode("own_copy"))
    school.classes.do(owner, c.Lesson(SLUGS[0], step))
    school.classes.do(owner, c.Ask("Which?", ("a", "b")))
    school.classes.do(owner, c.SetMode("follow"))
    school.classes.do(owner, c.Lesson(SLUGS[0], step))
    polls = school.classes.state(class_id).polls
    assert {poll.id: poll.phase for poll in polls.values()} == {"q1": "closed", f"{SLUGS[0]}/{step}": "open"}


@pytest.mark.parametrize(("then", "now"), [(Pause(), Run()), (None, Pause())])
def test_a_copy_goes_on_or_stands_as_the_stage_did_at_the_switch(
    school: School, then: Pause | None, now: Pause | Run
) -> None:
    class_id, owner, code = school.open()
    seat = school.classes.seat(school.classes.join(code, "Anna")[1])
    rooms, stage = school.site.rooms, school.classes.state(class_id).stage
    if then is not None:
        rooms.submit(stage, "owner", then)
    school.classes.do(owner, c.SetMode("own_copy"))
    rooms.submit(stage, "owner", now)
    school.classes.do(seat, c.TakePlace())
    copy = school.classes.state(class_id).members["m1"].copy
    assert copy is not None
    assert rooms.look_at(copy).pace.running is (then is None)


def test_what_the_store_cannot_tell_is_refused(school: School) -> None:
    class_id, _, _ = school.open()
    assert len(school.classes.kept(lambda store: store.class_entries(class_id))) == 1
    school.site.store.close()
    with pytest.raises(Refused, match="not_stored"):
        school.classes.kept(lambda store: store.class_entries(class_id))
