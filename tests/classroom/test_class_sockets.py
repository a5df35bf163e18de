"""A class as those in it live it: coming, going, being placed, and always seeing the present."""

import threading
from collections import Counter
from collections.abc import Callable

from tests.classroom.people import Class, Person, call, code_of, new_class
from tests.server import Server

Make = Callable[..., Person]


def members(one: Class, count: int) -> list[str]:
    return [one.join(f"Student {number}") for number in range(1, count + 1)]


def at_once(acts: list[Callable[[], object]]) -> None:
    """Each on its own connection, all at the same time."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_two_tabs_are_one_member(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, key = person(one.key), one.join("Anna")
    tabs = [person(key), person(key)]
    owner.until(lambda: [row["here"] for row in owner.rows] == [True])
    owner.until(lambda: (owner.seen["members"], owner.seen["here"]) == (1, 1))
    tabs[0].does("hand", up=True)
    tabs[1].until(lambda: tabs[1].own["hand"])
    tabs[0].close()
    tabs[1].does("hand", up=False)
    owner.until(lambda: [(row["here"], row["hand"]) for row in owner.rows] == [(True, None)])
    tabs[1].close()
    owner.until(lambda: [row["here"] for row in owner.rows] == [False])
    owner.until(lambda: (owner.seen["members"], owner.seen["here"]) == (1, 0))
    again = person(key)
    owner.until(lambda: [row["here"] for row in owner.rows] == [True])
    assert again.own["name"] == "Anna"


def test_whoever_comes_late_sees_the_present(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    stage = owner.seen["stage"]
    owner.does("look", at_us=1500, kind="node", id="n2")
    owner.does("ask", question="Which value?", choices=["old", "new"])
    owner.does("freeze", on=True)
    owner.does("comment", text="Welcome")
    late = person(one.join("Anna"))
    late.until(lambda: bool(late.looks))
    assert (late.looks[-1]["room"], late.looks[-1]["look"]["at_us"]) == (stage, 1500)
    assert (late.seen["frozen"], late.seen["poll"]["question"]) == (True, "Which value?")
    assert (late.own["mode"], late.own["room"], late.own["answer"]) == ("follow", stage, None)
    # A word to all is for those who were there.
    assert late.own["comment"] is None
    late.does("answer", poll="q1", choice=1)
    again = person(one.key)
    again.until(lambda: bool(again.rows))
    assert (again.seen["poll"]["answers"], again.seen["poll"]["counts"]) == (1, None)
    assert again.rows[0]["answered"]


def test_nobody_but_the_teacher_sees_the_roster(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, anna, ben = person(one.key), person(one.join("Anna")), person(one.join("Ben"))
    viewer = person(str(owner.does("invite", link="viewer")["key"]))
    owner.until(lambda: len(owner.rows) == 2)
    owner.does("comment", text="Well done", member="m1")
    anna.until(lambda: anna.own["comment"] is not None)
    for other in (anna, ben, viewer):
        assert other.rows == []
    assert ben.own["comment"] is None
    assert "Anna" not in str([ben.seen, ben.own, viewer.seen, viewer.own])


def test_thirty_in_two_groups_have_a_client_each(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    students = [person(key) for key in members(one, 30)]
    owner.mode("hands_on", groups=2)
    for student in students:
        student.until(lambda student=student: student.own["mode"] == "hands_on")
    at_once([student.takes_place for student in students])
    owner.until(lambda: sum(row["room"] is not None for row in owner.rows) == 30)
    sizes = Counter(row["group"] for row in owner.rows)
    assert sizes == {1: 15, 2: 15}
    assert len({(row["room"], row["client"]) for row in owner.rows}) == 30
    assert len({row["room"] for row in owner.rows}) == 2
    assert owner.seen["stage"] not in {row["room"] for row in owner.rows}
    # One who comes late goes where there are fewest; one who is sent out leaves a client to others.
    freed = next(row for row in owner.rows if row["id"] == "m7")
    owner.does("remove", member="m7")
    late = person(one.join("Late"))
    late.takes_place()
    assert (late.own["group"], late.own["client"]) == (freed["group"], freed["client"])
    mine = students[0].command("write", client=students[0].own["client"], key="x", value="mine")
    assert mine["accepted"]
    theirs = next(row["client"] for row in owner.rows if row["client"] != students[0].own["client"])
    assert code_of(students[0].command("read", client=theirs, key="x")) == "not_your_client"


def test_more_than_a_cluster_has_clients_share_them_evenly(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    owner.mode("hands_on")
    for key in members(one, 29):
        person(key).does("take_place")
    owner.until(lambda: sum(row["room"] is not None for row in owner.rows) == 29)
    shared = Counter(row["client"] for row in owner.rows)
    assert len(shared) == 26
    assert sorted(shared.values())[-4:] == [1, 2, 2, 2]


def test_two_tabs_that_ask_at_once_get_one_copy(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, key = person(one.key), one.join("Anna")
    tabs = [person(key) for _ in range(4)]
    owner.mode("own_copy")
    at_once([lambda tab=tab: tab.does("take_place") for tab in tabs])
    for tab in tabs:
        tab.until(lambda tab=tab: tab.own["room"] is not None)
    assert len({tab.own["room"] for tab in tabs}) == 1
    owner.until(lambda: [row["copy"] for row in owner.rows] == [tabs[0].own["room"]])


def test_copies_go_off_from_the_moment_of_the_switch(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    owner.join(owner.seen["stage"])
    owner.do("pause")
    owner.do("crash", node="n1")
    owner.mode("own_copy")
    early = person(one.join("Early"))
    early.takes_place()
    owner.do("crash", node="n2")
    late = person(one.join("Late"))
    late.takes_place()
    for student in (early, late):
        down = [key[1] for key, fields in student.world().items() if key[0] == "node" and fields["status"] == "down"]
        assert down == ["n1"]
    # What was done in a copy stays there, also while everybody follows.
    late.do("crash", node="n3")
    copy = late.own["room"]
    owner.mode("follow")
    late.until(lambda: late.own["mode"] == "follow")
    assert code_of(late.command("crash", node="n4")) == "look_only"
    owner.mode("own_copy", fresh=False)
    late.until(lambda: late.own["mode"] == "own_copy")
    assert late.own["room"] == copy
    owner.mode("follow")
    owner.mode("own_copy", fresh=True)
    late.until(lambda: late.own["mode"] == "own_copy" and late.own["room"] is None)


def places(owner: Person) -> set[tuple[str, str]]:
    return {(row["id"], row["room"]) for row in owner.rows}


def test_modes_may_change_while_everybody_is_being_placed(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    students = [person(key) for key in members(one, 12)]

    def switch() -> None:
        for mode, groups in (("own_copy", 1), ("hands_on", 3), ("own_copy", 1), ("follow", 1), ("hands_on", 2)):
            owner.does("mode", mode=mode, groups=groups)

    def ask(student: Person) -> None:
        for _ in range(6):
            student.does("take_place")

    at_once([switch, *(lambda student=student: ask(student) for student in students)])
    for student in students:
        student.does("take_place")
    # What they were told in the meantime may still come.
    owner.until(lambda: {row["group"] for row in owner.rows} == {1, 2} and all(row["client"] for row in owner.rows))
    for student in students:
        student.until(lambda student=student: (student.own["member"], student.own["room"]) in places(owner))
        student.join(student.own["room"])
    assert Counter(row["group"] for row in owner.rows) == {1: 6, 2: 6}
    assert len({(row["room"], row["client"]) for row in owner.rows}) == 12


def test_where_the_teacher_goes_the_stage_goes(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, student = person(one.key), person(one.join("Anna"))
    stage = owner.join(owner.seen["stage"])["room"]
    owner.do("pause")
    student.join(stage)
    assert code_of(student.ask("fork", {"at_us": 0})) == "teachers_only"
    branch = owner.enter("fork", at_us=0, command={"type": "crash", "node": "n1"})["room"]
    student.until(lambda: student.own["room"] == branch)
    student.join(branch)
    # Back to the branch before.
    owner.join(stage)
    student.until(lambda: student.own["room"] == stage)
    # In a copy that is looked at, nobody follows.
    owner.mode("own_copy")
    copy = student.takes_place()
    owner.join(copy)
    assert owner.enter("fork", at_us=0)["room"] != copy
    owner.does("title", title="Copies")
    student.until(lambda: student.seen["title"] == "Copies")
    assert (student.seen["stage"], student.own["room"]) == (stage, copy)
    # Unless it is put on the stage.
    owner.does("stage", room=copy)
    student.until(lambda: student.seen["stage"] == copy)
    assert student.own["room"] == copy


def test_the_stage_of_a_class_that_is_over_stays_where_it_was(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    stage = owner.join(owner.seen["stage"])["room"]
    owner.does("end")
    assert owner.enter("fork", at_us=0)["room"] != stage
    assert person(one.key).seen["stage"] == stage


def test_hands_on_the_stage_find_their_client_on_the_next_one(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    students = [person(key) for key in members(one, 4)]
    owner.join(owner.seen["stage"])
    owner.do("pause")
    owner.mode("hands_on")
    for student in students:
        student.takes_place()
    before = [student.own["client"] for student in students]
    assert before == ["A", "B", "C", "D"]
    branch = owner.enter("fork", at_us=10_000_000)["room"]
    for student in reversed(students):
        student.until(lambda student=student: student.own["room"] is None)
        assert student.takes_place() == branch
    assert [student.own["client"] for student in students] == before


def test_whoever_acts_in_the_past_of_their_copy_goes_on_in_a_branch(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, key = person(one.key), one.join("Anna")
    student, other_tab = person(key), person(key)
    stage = owner.seen["stage"]
    owner.mode("own_copy")
    copy = student.takes_place()
    other_tab.join(copy)
    branch = student.enter("fork", at_us=0, command={"type": "crash", "node": "n1"})["room"]
    other_tab.until(lambda: other_tab.own["room"] == branch)
    owner.until(lambda: [row["copy"] for row in owner.rows] == [branch])
    # To look at the stage costs nothing, and gives nothing.
    student.join(stage)
    assert code_of(student.command("crash", node="n2")) == "not_your_room"
    other_tab.does("name", name="Anne")
    student.until(lambda: student.own["name"] == "Anne")
    assert student.own["room"] == branch
    # Back to where it went off.
    student.join(copy)
    student.until(lambda: student.own["room"] == copy)
    assert owner.seen["stage"] == stage


def test_names_and_locks(server: Server, person: Make) -> None:
    one = new_class(server)
    owner = person(one.key)
    student = person(one.join("Anna"))

    def joins(name: str) -> str:
        answer = call(server, "POST", f"classes/{one.id}/members", {"code": one.code, "name": name})
        return "" if answer.status == 200 else str(answer.error["code"])

    assert joins("anna") == "name_taken"
    assert joins("\u202eannA") == "hidden_text"
    owner.does("rename", member="m1", name="Zoe")
    student.until(lambda: student.own["name"] == "Zoe")
    assert joins("Anna") == ""
    assert student.refused("name", name="ANNA") == "name_taken"
    owner.does("lock", on=True)
    assert joins("Ben") == "class_locked"
    owner.does("lock", on=False)
    assert joins("Ben") == ""
    owner.does("end")
    assert joins("Cleo") == "unknown_code"
    owner.until(lambda: owner.seen["ended"] and owner.seen["code"] == "")


def test_a_class_at_a_question_of_a_lesson(server: Server, person: Make) -> None:
    one = new_class(server)
    owner, student = person(one.key), person(one.join("Anna"))
    owner.does("lesson", slug="one-leader")
    student.until(lambda: student.seen["slug"] == "one-leader")
    assert owner.refused("lesson", slug="one-leader", step="none") == "unknown_step"
    assert owner.refused("lesson", slug="no-such-lesson") == "unknown_lesson"
    student.does("progress", slug="one-leader", place=1, reached=2)
    owner.until(lambda: [(row["place"], row["reached"]) for row in owner.rows] == [(1, 2)])
    assert owner.rows[0]["steps"] > 2
    assert student.refused("progress", slug="one-leader", place=100, reached=0) == "unknown_step"
    owner.does("lesson")
    student.until(lambda: student.seen["slug"] is None)
