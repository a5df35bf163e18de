"""Predictions in a class: a teacher asks, students answer, the run settles it, and everybody sees who expected what."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Open, in_scheme, take_lesson
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser

# What is asked of a run in which each of twelve nodes has a value of its own.
CROWDED = """async () => {
  const { quickQuestions } = await import(document.querySelector("link[href*=poll_questions]").href);
  const { scene } = quorumscope.view;
  const [one] = scene.nodes;
  const nodes = [...Array(12).keys()].map((i) => ({
    ...one, id: `n${i}`, behind: i, record: { ...one.record, value: `v${i}` },
  }));
  return quickQuestions({ ...quorumscope.view, scene: { ...scene, nodes, records: [], operations: [] } }, 6);
}"""

IN_CLASS = "() => window.quorumscope?.classroom?.seat && document.documentElement.dataset.line === 'up'"


def in_class(page: Page) -> None:
    page.wait_for_function(IN_CLASS)
    page.wait_for_selector("#stage g.node")


def teach(server: Server, open_page: Open, wire: list[str] | None = None) -> Page:
    """A class of five nodes, where nothing takes long. ``wire`` gets what comes to the page."""

    def begin(page: Page) -> None:
        listen(page, wire)
        page.click("#teach-start")
        page.wait_for_url("**/teach/*")
        in_class(page)

    teacher = open_page(f"{server.address}teach", ready=begin)
    do(teacher, "connection.command", {"type": "set_speed", "speed": 0.1})
    return teacher


def attend(
    server: Server, open_page: Open, teacher: Page, name: str, wire: list[str] | None = None, **how: object
) -> Page:
    def join(page: Page) -> None:
        listen(page, wire)
        page.fill("#join-name", name)
        page.click("#join-go")
        page.wait_for_url("**/class/*")
        in_class(page)

    code = teacher.evaluate("quorumscope.classroom.seen.code")
    return open_page(f"{server.address}join/{code}", ready=join, **how)


def do(page: Page, what: str, *arguments: object) -> None:
    """Ask for something, and wait for the answer."""
    answer = page.evaluate(
        f"async (given) => quorumscope.{what.rpartition('.')[0]}.{what.rpartition('.')[2]}(...given)", list(arguments)
    )
    assert answer is not None and "error" not in answer, answer


def quick(teacher: Page, question: str) -> None:
    teacher.click("#poll-ask")
    teacher.get_by_role("button", name=re.compile(rf"^{re.escape(question)}")).click()
    teacher.wait_for_function("quorumscope.classroom.seen.poll")


def choices(page: Page) -> Locator:
    return page.locator("#poll-choices label")


def revealed(page: Page) -> None:
    """Wait until the page shows what was answered."""
    expect(page.locator(".poll-picture[data-phase=revealed]")).to_be_visible()


def bars(page: Page) -> list[tuple[str, str, str]]:
    """Of each choice: its text, its marks, and how many chose it."""
    revealed(page)
    return [
        (row.locator(".poll-text").inner_text(), row.locator(".poll-marks").inner_text(), number.inner_text())
        for row in page.locator(".poll-choice:visible").all()
        for number in [row.locator(".poll-number")]
    ]


def listen(page: Page, wire: list[str] | None) -> None:
    if wire is not None:
        page.on("websocket", lambda line: line.on("framereceived", lambda data: wire.append(str(data))))


def test_the_class_predicts_and_the_run_settles_it(server: Server, open_page: Open) -> None:
    wires: list[list[str]] = [[], [], []]
    teacher = teach(server, open_page, wires[0])
    anna = attend(server, open_page, teacher, "Anna", wires[1], viewport=PHONE)
    ben = attend(server, open_page, teacher, "Ben", wires[2])
    do(teacher, "actions.write", "A", "x", "apple")
    expect(teacher.locator("#stage .node text", has_text="apple")).to_have_count(5)

    # One click asks. Nobody's focus moves, and whoever listens hears of it.
    anna.evaluate("document.querySelector('#open-keys, .brand').focus()")
    focus = anna.evaluate("document.activeElement.id + document.activeElement.className")
    quick(teacher, "What will the next read of x return?")
    expect(teacher.locator("#poll-dialog")).to_be_hidden()
    expect(choices(anna)).to_have_text(["“apple”", "It FAILs"])
    expect(anna.locator("#poll-said")).to_have_text("A question: What will the next read of x return?")
    assert anna.evaluate("document.activeElement.id + document.activeElement.className") == focus
    count = teacher.locator("#poll-asked-picture .poll-count")
    expect(count).to_have_text("None of 2 has answered yet")

    # An answer may be changed while the question is open.
    choices(anna).nth(0).click()
    expect(anna.locator("#poll-note")).to_have_text("Your answer is in. You may still change it.")
    choices(ben).nth(0).click()
    expect(count).to_have_text("2 of 2 have answered")
    choices(ben).nth(1).click()
    teacher.wait_for_function("quorumscope.classroom.rows.every((row) => row.answered)")
    expect(ben.locator("#poll-choices :checked")).to_have_value("1")
    ben.wait_for_function("quorumscope.classroom.seat.answer === 1")
    teacher.click("#poll-close")
    expect(anna.locator("#poll-choices input:enabled")).to_have_count(0)
    expect(ben.locator("#poll-note")).to_have_text("The answers are in. Now see what happens.")

    # Until the answers are shown, nobody can know them: not from the page, and not from what was sent to it.
    expect(teacher.locator("#poll-right")).to_have_value("")
    for page, wire in zip((teacher, anna, ben), wires, strict=True):
        page.wait_for_function("quorumscope.classroom.seen.poll.phase === 'closed'")
        assert page.locator(".poll-number:visible").count() == 0
        told = [frame for frame in wire if '"phase":"closed"' in frame]
        assert told
        assert all('"counts":null' in frame for frame in told)
        assert not any(re.search(r'"counts":\[', frame) for frame in wire)

    # The run says what was right; a page that was there when it was asked proposes it.
    do(teacher, "actions.read", "B", "x")
    expect(teacher.locator("#poll-proposal")).to_have_text("The read of x since then: “apple”")
    expect(teacher.locator("#poll-right")).to_have_value("0")
    teacher.click("#poll-reveal")
    expect(anna.locator("#poll-note")).to_have_text("You were right.")
    expect(ben.locator("#poll-note")).to_have_text("Your answer was another one.")
    assert bars(teacher) == [("“apple”", "Right", "1 · 50 %"), ("It FAILs", "", "1 · 50 %")]
    assert bars(anna) == [("“apple”", "Right\nYour answer", "1 · 50 %"), ("It FAILs", "", "1 · 50 %")]
    assert bars(ben) == [("“apple”", "Right", "1 · 50 %"), ("It FAILs", "Your answer", "1 · 50 %")]

    # Whoever comes late, or comes back, sees the present.
    ben.reload()
    in_class(ben)
    expect(ben.locator("#poll-note")).to_have_text("Your answer was another one.")
    assert bars(attend(server, open_page, teacher, "Cleo"))[0] == ("“apple”", "Right", "1 · 50 %")
    teacher.click("#poll-put-away")
    expect(ben.locator("#poll-answering")).to_be_hidden()
    # What is gone has not taken the focus with it.
    expect(teacher.locator("#poll-asking")).to_be_focused()


def test_an_answer_outlasts_a_lost_line_and_is_not_called_sent_before_it_is(server: Server, open_page: Open) -> None:
    teacher = teach(server, open_page)
    anna = attend(server, open_page, teacher, "Anna")
    quick(teacher, "Will the next write of x be OK?")
    expect(choices(anna)).to_have_text(["OK", "FAIL"])
    anna.evaluate("quorumscope.connection.socket.disconnect()")
    choices(anna).nth(1).click()
    expect(anna.locator("#poll-note")).to_have_text("Not known to have arrived yet. It is sent again by itself.")
    assert teacher.evaluate("quorumscope.classroom.seen.poll.answers") == 0
    anna.evaluate("quorumscope.connection.socket.connect()")
    expect(anna.locator("#poll-note")).to_have_text("Your answer is in. You may still change it.")
    expect(anna.locator("#poll-choices :checked")).to_have_value("1")

    # Whoever has answered and gone is counted, and not waited for.
    count = teacher.locator("#poll-asked-picture .poll-count")
    expect(count).to_have_text("1 of 1 have answered")
    anna.evaluate("quorumscope.connection.socket.disconnect()")
    teacher.wait_for_function("quorumscope.classroom.seen.here === 0 && !quorumscope.classroom.rows[0].here")
    expect(count).to_have_text("1 of 1 have answered")

    # A page that was not there when it was asked proposes nothing: it does not know which write it was about.
    do(teacher, "actions.write", "A", "x", "apple")
    expect(teacher.locator("#poll-proposal")).to_have_text("The write of x since then: OK")
    teacher.reload()
    in_class(teacher)
    expect(teacher.locator("#operations li")).to_have_count(1)
    teacher.click("#poll-close")
    expect(teacher.locator("#poll-close")).to_be_hidden()
    expect(teacher.locator("#poll-right")).to_have_value("")
    expect(teacher.locator("#poll-proposal")).to_have_text("")

    # What came while the line was down is there when it is up: here, that it is too late.
    teacher.click("#poll-reveal")
    anna.evaluate("quorumscope.connection.socket.connect()")
    expect(anna.locator("#poll-note")).to_have_text("These are the answers of the class.")
    # The class can be told later what was right.
    teacher.select_option("#poll-right", "0")
    teacher.click("#poll-mark")
    expect(anna.locator("#poll-note")).to_have_text("Your answer was another one.")
    expect(teacher.locator("#poll-mark")).to_be_hidden()


def offered(teacher: Page) -> list[list[str]]:
    teacher.click("#poll-ask")
    told = [text.split(" · ") for text in teacher.locator("#poll-quick button span").all_inner_texts()]
    teacher.click("#poll-dialog [data-close]")
    return told


def test_questions_of_the_run_and_in_the_teachers_words(
    server: Server, open_page: Open, subtests: pytest.Subtests
) -> None:
    # The run has questions about what can happen in it; UNKNOWN only where a node can leave a client without an answer.
    teacher = teach(server, open_page)
    nodes = ["n1", "n2", "n3", "n4", "n5"]
    assert offered(teacher) == [["No value", "It FAILs"], ["OK", "FAIL"], nodes, ["A", "B", "C", "D"]]
    do(teacher, "actions.configure", {"strategy": "coordinator"})
    do(teacher, "actions.write", "A", "x", "apple")
    expect(teacher.locator("#stage .node text", has_text="apple")).to_have_count(5)
    do(teacher, "actions.crash", "n3")
    do(teacher, "actions.write", "B", "x", "pear")
    expect(teacher.locator("#stage .node text", has_text="pear")).to_have_count(4)
    expect(teacher.locator("#operations li[data-outcome=ok]")).to_have_count(2)
    read, write, *_ = offered(teacher)
    assert read == ["“pear”", "“apple”", "It FAILs", "UNKNOWN: no answer comes"]
    assert write == ["OK", "FAIL", "UNKNOWN"]
    # More values than there is room for: the newest have a name, and the others are one choice together.
    crowded = teacher.evaluate(CROWDED)
    assert crowded[0]["choices"] == ["“v0”", "“v1”", "“v2”", "Another value", "It FAILs", "UNKNOWN: no answer comes"]
    assert not any("Which node" in question["question"] for question in crowded)

    # And all of it by keyboard.
    anna = attend(server, open_page, teacher, "Anna", viewport=PHONE)
    teacher.locator("#poll-ask").focus()
    teacher.keyboard.press("Enter")
    expect(teacher.locator("#poll-quick button").first).to_be_focused()
    fields = teacher.locator("#poll-rows input")
    expect(fields).to_have_count(2)
    with subtests.test("the dialog"):
        check_accessible(teacher)

    # What cannot be asked is said beside what was typed, and the focus is there.
    question = "<img src=x onerror=\"document.title='taken over'\"> Why?"
    teacher.locator("#poll-question").focus()
    teacher.keyboard.type(question)
    teacher.locator("#poll-add").focus()
    for _ in range(4):
        teacher.locator("#poll-add").press("Enter")
    expect(fields).to_have_count(6)
    expect(teacher.locator("#poll-add")).to_be_hidden()
    for i in range(3):
        teacher.get_by_role("button", name=f"Remove choice {6 - i}").press("Enter")
    expect(fields).to_have_count(3)
    expect(fields.last).to_be_focused()
    fields.nth(0).fill("Yes")
    fields.nth(1).fill("yes")
    fields.nth(1).press("Enter")
    expect(teacher.locator("#poll-problem")).not_to_be_empty()
    expect(teacher.locator("#toasts")).to_be_empty()
    fields.nth(1).fill("<b>No</b>")
    # A row that was left empty is none.
    fields.nth(1).press("Enter")
    expect(teacher.locator("#poll-dialog")).to_be_hidden()

    expect(anna.locator("#poll-asked-question")).to_have_text(question)
    expect(choices(anna)).to_have_text(["Yes", "<b>No</b>"])
    anna.locator("#poll-choices input").first.focus()
    anna.keyboard.press("ArrowDown")
    expect(anna.locator("#poll-note")).to_have_text("Your answer is in. You may still change it.")
    assert anna.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with subtests.test("while it is open"):
        check_accessible(anna)
    teacher.select_option("#poll-right", "1")
    teacher.click("#poll-reveal")
    expect(anna.locator("#poll-note")).to_have_text("You were right.")
    assert bars(anna) == [("Yes", "", "0 · 0 %"), ("<b>No</b>", "Right\nYour answer", "1 · 100 %")]
    for page, scheme in ((teacher, "light"), (anna, "dark")):
        with subtests.test("when it is shown", scheme=scheme):
            revealed(page)
            in_scheme(page, scheme)
            check_accessible(page)
    assert "taken over" not in (teacher.title(), anna.title())


def test_a_lesson_asks_and_knows_the_answer(server: Server, open_page: Open) -> None:
    teacher = teach(server, open_page)
    anna = attend(server, open_page, teacher, "Anna")
    take_lesson(teacher, slug="read-by-majority", step="guess")
    for page in (teacher, anna):
        page.wait_for_url("**/lesson/read-by-majority*")
        in_class(page)
    # Its words stand in the prose beside it, and so do the radios: the cards say how many have answered.
    expect(teacher.locator("#poll-asked-picture .poll-count")).to_have_text("None of 1 has answered yet")
    for page in (teacher, anna):
        assert page.locator("#poll-asked-picture .poll-choices:visible, #poll-answers:visible").count() == 0
    anna.locator("#prose [data-step=guess] input[value=old]").check()
    expect(teacher.locator("#poll-asked-picture .poll-count")).to_have_text("1 of 1 have answered")
    expect(anna.locator("#poll-count")).to_have_text("One answer so far · 1 here")
    # Nobody is asked what was right.
    expect(teacher.locator("#poll-right")).to_be_hidden()
    teacher.click("#poll-reveal")
    expect(anna.locator("#poll-note")).to_have_text("Your answer was another one.")
    expect(anna.locator("#poll-picture .poll-question")).to_have_text("Two that know it are gone")
    wanted = [
        ("“apple”. Most nodes that are left hold it.", "Your answer", "1 · 100 %"),
        ("That is luck. It depends on who answers first.", "", "0 · 0 %"),
        ("“pear”, and luck has no part in it.", "Right", "0 · 0 %"),
        ("I am not sure.", "", "0 · 0 %"),
    ]
    assert bars(anna) == wanted
    assert [bar[0] for bar in bars(teacher)] == [bar[0] for bar in wanted]
