"""The report of a class, its table and its outline, from its log alone."""

import csv
import io

import msgspec

from engine.commands import Read, Write
from webapp.classroom.events import (
    Answered,
    Asked,
    Closed,
    Commented,
    Ended,
    Event,
    Joined,
    Opened,
    Placed,
    Progressed,
    Removed,
    Renamed,
    Revealed,
    Staged,
    Studied,
    Switched,
)
from webapp.classroom.holdings import rooms_held
from webapp.classroom.outline import Nameless, QuestionWas, outline, under
from webapp.classroom.report import Deed, Report, Wording, report
from webapp.classroom.report_csv import report_csv, safe
from webapp.store.class_store import ClassEntry, ClassRow
from webapp.store.log_store import Entry, RoomRow

BEGAN_MS = 1_700_000_000_000


def log(*events: Event) -> list[ClassEntry]:
    """One event a second; the stage is room r1, and its clock goes a thousand times slower."""
    return [
        ClassEntry(seq, BEGAN_MS + 1000 * (seq - 1), "owner", "r1", 1000 * seq, msgspec.json.encode(event).decode())
        for seq, event in enumerate(events, start=1)
    ]


def prose(slug: str, step: str | None) -> Wording:
    return Wording(slug.title(), f"What about {step}?", {"a": "An apple", "unsure": "I do not know"})


def told(*events: Event, deeds: list[Deed] | None = None) -> Report:
    return report(ClassRow("c1", "ABC"), log(*events), deeds or [], prose)


CLASS = (
    Opened("Quorums", "r1"),
    Joined("m1", "Robin"),
    Joined("m2", "Kim"),
    Joined("m3", "Sascha"),
    Asked("q1", ("apple", "pear", "nothing"), "What will Robin read?"),
    Answered("q1", "m1", 1),
    Answered("q1", "m2", 0),
    Answered("q1", "m1", 0),
    Closed("q1"),
    Revealed("q1", 0),
)


def table(report: Report) -> list[dict[str, str]]:
    text = report_csv(report)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_an_answer_that_took_the_place_of_another_counts_once() -> None:
    [question] = told(*CLASS).questions
    assert question.counts == [2, 0, 0]
    assert question.right_share == 1
    assert [(answer.member, answer.choice, answer.right) for answer in question.answers] == [
        ("m1", 0, True),
        ("m2", 0, True),
    ]
    # When it was given, not when the first one was.
    assert question.answers[0].at_ms == BEGAN_MS + 7000


def test_without_a_right_choice_nobody_is_right_or_wrong() -> None:
    [question] = told(*CLASS[:-1]).questions
    assert question.right_share is None
    assert {answer.right for answer in question.answers} == {None}
    assert [(member.answered, member.judged) for member in told(*CLASS[:-1]).members] == [(1, 0), (1, 0), (0, 0)]
    unanswered = told(*CLASS[:5], Revealed("q1", 1)).questions[0]
    assert (unanswered.counts, unanswered.right_share) == ([0, 0, 0], None)


def test_members_are_told_with_what_they_did() -> None:
    members = told(
        *CLASS,
        Renamed("m2", "Kimberley"),
        Removed("m3"),
        Progressed("m1", "one-leader", 1, 2, 5),
        Progressed("m1", "one-leader", 4, 4, 5, True),
        deeds=[("m1", "write", 3), ("m1", "read", 2), ("owner", "crash", 1), ("class", "run", 9)],
    ).members
    assert [(member.name, member.removed) for member in members] == [
        ("Robin", False),
        ("Kimberley", False),
        ("Sascha", True),
    ]
    assert members[0].commands == {"write": 3, "read": 2}
    assert (members[0].answered, members[0].judged, members[0].right, members[2].answered) == (1, 1, 1, 0)
    [study] = members[0].studies
    assert (study.title, study.reached, study.steps, study.finished) == ("One-Leader", 5, 5, True)


def test_what_teachers_did_is_apart_and_the_classs_own_doing_is_nobodys() -> None:
    done = told(*CLASS, deeds=[("owner", "crash", 1), ("class", "run", 9)])
    assert done.staff == {"owner": {"crash": 1}}


def test_a_lessons_question_has_the_lessons_words() -> None:
    [question] = told(CLASS[0], Asked("l/s", ("a", "gone", "unsure"), "", "l", "s")).questions
    assert question.question == "What about s?"
    assert question.choices == ["An apple", "gone", "I do not know"]


def test_the_timeline_leaves_out_answers_and_words_between_two() -> None:
    kinds = [type(one.event) for one in told(*CLASS, Commented("Well done", "m1"), Ended()).timeline]
    assert kinds == [Opened, Joined, Joined, Joined, Asked, Closed, Revealed, Ended]


def test_the_table_has_a_row_for_each_member_and_question() -> None:
    rows = table(told(*CLASS, Asked("l/s", ("a", "unsure"), "", "l", "s"), deeds=[("m1", "write", 3)]))
    assert len(rows) == 6
    first = {column: rows[0][column] for column in ("member", "name", "question", "answer", "right", "answered_at")}
    assert first == {
        "member": "m1",
        "name": "Robin",
        "question": "What will Robin read?",
        "answer": "apple",
        "right": "yes",
        "answered_at": "2023-11-14T22:13:27+00:00",
    }
    assert [row["writes"] for row in rows] == ["3", "3", "0", "0", "0", "0"]
    # Sascha did not answer.
    assert (rows[4]["answer"], rows[4]["right"]) == ("", "")
    assert (rows[1]["lesson"], rows[1]["step"]) == ("l", "s")


def test_who_was_asked_nothing_is_in_the_table_with_the_progress() -> None:
    rows = table(told(CLASS[0], CLASS[1], CLASS[2], Progressed("m2", "one-leader", 0, 2, 5)))
    assert [row["name"] for row in rows] == ["Robin", "Kim"]
    assert [row["one-leader reached"] for row in rows] == ["", "3"]
    assert rows[1]["one-leader finished"] == "no"


def test_nothing_in_the_table_is_a_formula_and_all_of_it_comes_back() -> None:
    hostile = '=HYPERLINK("http://x","a,b")'
    [row] = table(told(CLASS[0], CLASS[1], Asked("q1", ("@SUM(A1)", "-1"), hostile), Answered("q1", "m1", 0)))
    assert row["question"] == f"'{hostile}"
    assert row["answer"] == "'@SUM(A1)"
    for cell in ("=1", "+1", "-1", "@a", "\ta", "＝1"):
        assert safe(cell) == f"'{cell}"
    assert safe("a=1") == "a=1"


def test_the_outline_has_the_moments_and_no_names() -> None:
    events = (
        *CLASS,
        Switched("hands_on", "r1", 5, "nodes", ("g1", "g2")),
        Studied("one-leader", "write"),
        Commented("Hello Robin"),
        Staged("r2"),
        Renamed("m2", "What"),
        Ended(),
    )
    made = outline(log(*events))
    told = msgspec.json.decode(msgspec.json.encode(under(made, {"r1": "s1"})))
    assert [moment["kind"] for moment in told["moments"]] == [
        "began", "question", "revealed", "mode", "lesson", "stage", "ended",
    ]  # fmt: skip
    assert {moment["room"] for moment in told["moments"]} == {"s1"}
    question, mode = told["moments"][1], told["moments"][3]
    assert question["poll"]["question"] == "student-2 will student-1 read?"
    assert (question["poll"]["counts"], question["poll"]["right"]) == ([2, 0, 0], 0)
    assert (question["after_ms"], question["at_us"]) == (4000, 5000)
    assert (mode["mode"], mode["groups"]) == ("hands_on", 2)
    text = msgspec.json.encode(told).decode()
    for name in ("Robin", "Kim", "Sascha", "Hello"):
        assert name not in text


def test_a_name_that_was_written_is_no_longer_there_and_other_values_are() -> None:
    nameless = Nameless(log(*CLASS))

    def entry(command: object) -> str:
        made = nameless.entry(Entry(1, 5, "m1", msgspec.json.encode(command).decode()))
        assert (made.seq, made.at_us, made.actor) == (1, 5, "class")
        return made.command

    assert '"I am student-1!"' in entry(Write("A", "x", "I am ROBIN!"))
    for kept in (Write("A", "x", "Robinson"), Write("A", "x", "apple"), Read("A", "x")):
        assert entry(kept) == msgspec.json.encode(kept).decode()
    # In a class without members there are no names.
    assert Nameless(log(CLASS[0])).text("Robin") == "Robin"


def test_a_name_is_taken_out_however_its_case_is_folded() -> None:
    nameless = Nameless(log(CLASS[0], Joined("m1", "Weiß")))
    for typed in ("Weiß", "WEISS", "weiss"):
        assert nameless.text(f"{typed} was here") == "student-1 was here"


def test_what_was_never_revealed_is_in_no_outline() -> None:
    for events, counts in ((CLASS, [2, 0, 0]), (CLASS[:-1], None)):
        [question] = [moment for moment in outline(log(*events)).moments if isinstance(moment, QuestionWas)]
        assert question.poll.counts == counts


def test_each_room_is_told_with_its_use() -> None:
    events = (
        *CLASS,
        Switched("hands_on", "r1", 5, "clients", ("g1", "g2")),
        Placed("m1", "g2", 2, "A"),
        Switched("own_copy", "r1", 5),
        Placed("m1", "copy1"),
        Staged("r2"),
    )
    rows = [RoomRow(name, 1, "five-masters", 1, class_id="c1") for name in ("r1", "g1", "g2", "copy1", "r2", "r3")]
    sealed = RoomRow("s", 1, "five-masters", 1, sealed=True, class_id="c1")
    held = rooms_held(log(*events), [(row, "2026-01-01 00:00:00", 4) for row in (*rows, sealed)])
    assert [(one.id, one.use, one.group, one.member) for one in held] == [
        ("r1", "was_stage", None, None),
        ("g1", "group", 1, None),
        ("g2", "group", 2, None),
        ("copy1", "copy", None, "Robin"),
        ("r2", "stage", None, None),
        ("r3", "other", None, None),
    ]
