"""A class takes a lesson: together, step by step with the teacher, or each alone in a copy."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.learner import ready
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser

LESSON = "sleeping-node"
ROOM = "quorumscope.joined.room"

# Whether the page stands where the seat says, in the lesson's cluster.
AT_HOME = f"""() => {{
  const {{ joined, classroom, run }} = window.quorumscope ?? {{}};
  return joined?.scenario === "lesson-{LESSON}" && joined.room === classroom.seat?.room && run.room === joined.room;
}}"""


class Class:
    """A class with its teacher's page open."""

    def __init__(self, server: Server, open_page: Open) -> None:
        self.server = server
        self.open_page = open_page
        self.teacher = open_page(f"{server.address}glossary", ready=lambda _: None)
        made = self._post("classes", title="Consistency")
        self.id, self.code = made["class_id"], made["code"]
        self.teacher.goto(f"{server.address}teach/{self.id}#owner={made['key']}")
        ready(self.teacher)

    def _post(self, path: str, **asked: str) -> dict[str, Any]:
        answer = self.teacher.request.post(
            f"{self.server.address}{path}", data=asked, headers={"Accept": "application/json"}
        )
        assert answer.ok, answer.text()
        made: dict[str, Any] = answer.json()
        return made

    def student(self, name: str, **how: Any) -> Page:
        key = self._post(f"classes/{self.id}/members", code=self.code, name=name)["key"]
        return self.open_page(f"{self.server.address}class/{self.id}#student={key}", ready=ready, **how)

    def do(self, **command: Any) -> None:
        assert self.teacher.evaluate("command => quorumscope.classroom.do(command)", command)["accepted"]

    def take_lesson(self) -> None:
        self.teacher.click("#class-take-lesson")
        self.teacher.click(f"#take-lesson-list [data-slug={LESSON}]")
        self.teacher.wait_for_url(f"**/teach/{self.id}/lesson/{LESSON}*")
        self.teacher.wait_for_function(AT_HOME)


def arrived(page: Page) -> None:
    """The page has turned to the lesson, and stands in its cluster."""
    page.wait_for_url(f"**/lesson/{LESSON}*")
    page.wait_for_function(AT_HOME)


def at(page: Page, step: str) -> None:
    expect(page.locator(".step:not([hidden])")).to_have_attribute("data-step", step)


def said(page: Page, text: str) -> None:
    expect(page.locator("#lesson-with")).to_have_text(text)


def judged(page: Page, choice: str, as_: str) -> None:
    field = page.locator(f".choice:has(input[value={choice}])")
    expect(field).to_have_attribute("data-judged", as_)


@pytest.fixture
def taught(server: Server, open_page: Open) -> Class:
    return Class(server, open_page)


def test_the_class_goes_through_a_lesson_together(taught: Class) -> None:
    teacher = taught.teacher
    anna = taught.student("Anna", viewport=PHONE)
    taught.take_lesson()
    arrived(anna)
    at(teacher, "claim")
    at(anna, "claim")
    expect(anna.locator("#lesson-next")).to_be_hidden()
    expect(anna.locator("#lesson-dots [href]")).to_have_count(1)

    # What is chosen in the prose is the answer to the class's question; the server's word says that it is in.
    teacher.click("#lesson-next")
    at(anna, "guess")
    said(anna, "Choose one.")
    anna.check("input[value=new]")
    said(anna, "Your answer is in. You can still change it.")
    anna.evaluate("quorumscope.connection.socket.disconnect()")
    anna.check("input[value=old]")
    said(anna, "Sending your answer…")
    anna.evaluate("quorumscope.connection.socket.connect()")
    said(anna, "Your answer is in. You can still change it.")
    assert anna.evaluate("quorumscope.classroom.seat.answer") == 2
    anna.reload()
    arrived(anna)
    expect(anna.locator("input[value=old]")).to_be_checked()
    check_accessible(anna)
    teacher.click("#class-progress")
    expect(teacher.locator("#progress-said")).to_have_text("All are at step 2 of 8. 1 of 1 has answered.")
    teacher.keyboard.press("Escape")

    # What is right is shown when the teacher shows it.
    judged(anna, "old", "")
    taught.do(type="reveal")
    judged(anna, "old", "right")
    judged(anna, "new", "")
    said(anna, "No more answers. This is what you expected.")

    # Who looks back comes along with the next step, or when they want to.
    teacher.click("#lesson-next")
    at(anna, "sleep")
    expect(anna.locator("#lesson-note")).to_have_text("Your teacher does this. You see it happen.")
    expect(anna.locator("#lesson-show")).to_be_hidden()
    expect(anna.locator("#clients")).to_be_hidden()
    expect(teacher.locator("#clients")).to_be_visible()
    anna.click("#lesson-back")
    at(anna, "guess")
    expect(anna.locator("input[value=old]")).to_be_checked()
    expect(anna.locator("input[value=new]")).to_be_disabled()
    anna.click("#lesson-return")
    at(anna, "sleep")
    teacher.evaluate("quorumscope.actions.write('A', 'x', 'apple')")
    expect(anna.locator("[data-task=first]")).to_have_class("task met")

    # What was left undone is done for them, on the stage, and another page of the teacher's is where the class is.
    anna.click("#lesson-back")
    teacher.click("[data-dot=count]")
    at(anna, "count")
    # Only in the new room has anybody asked.
    expect(anna.locator("[data-number=asked]")).to_have_text("5")
    anna.wait_for_function(AT_HOME)
    expect(anna.locator("[data-said='guess:old']")).to_be_visible()
    teacher.reload()
    at(teacher, "count")
    teacher.wait_for_function(AT_HOME)
    assert teacher.evaluate(ROOM) == anna.evaluate(ROOM)
    assert teacher.evaluate("localStorage['quorumscope.progress']") is None

    teacher.click("#class-leave-lesson")
    teacher.wait_for_url(f"**/teach/{taught.id}")
    anna.wait_for_url(f"**/class/{taught.id}")


def test_each_goes_alone(taught: Class) -> None:
    teacher = taught.teacher
    ben = taught.student("Ben")
    cleo = taught.student("Cleo")
    # They have copies of something else when the lesson begins.
    taught.do(type="mode", mode="own_copy")
    for page in (ben, cleo):
        page.wait_for_function(
            "() => { const { seat, seen } = quorumscope.classroom; return seat.room && seat.room !== seen.stage; }"
        )
    taught.take_lesson()
    for page in (ben, cleo):
        arrived(page)
        at(page, "claim")
    assert len({page.evaluate(ROOM) for page in (teacher, ben, cleo)}) == 3

    # Choices are their own, and what Help makes becomes their copy.
    ben.click("#lesson-next")
    expect(ben.locator("#lesson-next")).to_be_disabled()
    ben.check("input[value=new]")
    ben.click("#lesson-next")
    at(ben, "sleep")
    before = ben.evaluate(ROOM)
    ben.click("#lesson-show")
    ben.wait_for_function(f"before => {ROOM} !== before", arg=before)
    ben.wait_for_function(AT_HOME)
    # The tasks are not done yet; so the next step has a room in which they are.
    shown = ben.evaluate(ROOM)
    ben.click("#lesson-next")
    ben.wait_for_function(f"shown => {ROOM} !== shown", arg=shown)
    ben.wait_for_function(AT_HOME)
    at(ben, "ask")
    at(cleo, "claim")
    at(teacher, "claim")
    assert teacher.evaluate("quorumscope.classroom.seen.poll") is None
    room = ben.evaluate(ROOM)
    ben.reload()
    at(ben, "ask")
    ben.wait_for_function(AT_HOME)
    assert ben.evaluate(ROOM) == room

    # The teacher sees it while it happens.
    teacher.click("#class-progress")
    rows = teacher.locator("#progress-rows li")
    expect(rows).to_have_text(["Ben Step 4 of 8", "Cleo Step 1 of 8"], use_inner_text=True)
    summary = teacher.locator("#progress-said")
    expect(summary).to_have_text("Nobody has finished yet. 2 are on their way, at steps 1 to 4.")
    for step in ("count", "change", "why", "keep"):
        ben.click("#lesson-next")
        at(ben, step)
    ben.check("[data-step=keep] input[value=stays]")
    said(ben, "You have come to the end.")
    expect(summary).to_have_text("1 of 2 has finished. 1 has come to step 1.")
    expect(rows).to_have_text(["Ben Finished", "Cleo Step 1 of 8"], use_inner_text=True)
    cleo.close()
    expect(rows.nth(1).locator(".progress-away")).to_be_visible()
    check_accessible(teacher)
    teacher.keyboard.press("Escape")

    # Who is called back is with the class, and has not lost their place.
    member = ben.evaluate("quorumscope.classroom.seat.member")
    taught.do(type="call_back", member=member)
    at(ben, "claim")
    expect(ben.locator("#lesson-return")).to_be_hidden()
    taught.do(type="call_back", member=member, on=False)
    at(ben, "keep")
    expect(ben.locator("[data-step=keep] input[value=stays]")).to_be_checked()


SUMMARY = """async ([reached, finished]) => {
  const { standings, summary } = await import(
    document.querySelector("link[href*='classroom/progress_board.js']").href
  );
  const row = (step, finished) => ({ slug: step === null ? null : "one", place: step, reached: step, finished });
  return summary(standings([...reached.map((step) => row(step, false)), ...Array(finished).fill(row(7, true))], "one"));
}"""


def test_a_summary_says_no_more_than_is_so(taught: Class) -> None:
    cases: dict[str, tuple[list[int | None], int]] = {
        "Nobody has joined yet.": ([], 0),
        "All 3 have finished.": ([], 3),
        "Nobody has finished yet. 3 have not begun.": ([None] * 3, 0),
        "Nobody has finished yet. All have come to step 4.": ([3, 3, 3], 0),
        "Nobody has finished yet. Most have come to step 4.": ([3, 3, 1], 0),
        "2 of 5 have finished. The others have come to step 4.": ([3, 3, 3], 2),
        "2 of 5 have finished. Most of the others have come to step 4.": ([3, 3, 1], 2),
        "1 of 5 has finished. 2 are on their way, at steps 2 to 4. 2 have not begun.": ([3, 1, None, None], 1),
        "Nobody has finished yet. 1 has come to step 2. 1 has not begun.": ([1, None], 0),
        "Nobody has finished yet. 4 are on their way, at steps 2 to 4.": ([3, 3, 1, 1], 0),
    }
    assert {said: taught.teacher.evaluate(SUMMARY, [*case]) for said, case in cases.items()} == {
        said: said for said in cases
    }
