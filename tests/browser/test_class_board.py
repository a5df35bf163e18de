"""From home to a class on the projector, from its code to the stage, and what the projector shows meanwhile."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, address_of, take_lesson, watch
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser

PROJECTOR = {"width": 1280, "height": 720}

# How soon the issue wants them.
ON_THE_PROJECTOR_WITHIN_S = 10.0
AT_THE_STAGE_WITHIN_S = 5.0


def there(page: Page) -> None:
    page.wait_for_selector("main", state="attached")


def teaching(server: Server, open_page: Open) -> Page:
    """A teacher's page of a new class, from the home page."""
    page = open_page(server.address)
    page.click("#class-entry > summary")
    page.click("#class-start")
    page.wait_for_url(re.compile(r"/teach/[\w-]+$"))
    page.wait_for_function("window.quorumscope?.classroom?.seen && quorumscope.view")
    return page


def do(page: Page, **command: object) -> dict[str, str]:
    answer: dict[str, str] = page.evaluate("command => quorumscope.classroom.do(command)", command)
    return answer


def code_of(teacher: Page) -> str:
    code: str = teacher.evaluate("quorumscope.classroom.seen.code")
    return code


def board_address(teacher: Page) -> str:
    key = do(teacher, type="invite", link="viewer")["key"]
    return f"{address_of(teacher).replace('/teach/', '/class/')}/board#viewer={key}"


def join(server: Server, open_page: Open, code: str, name: str) -> Page:
    page = open_page(f"{server.address}join/{code}", viewport=PHONE, ready=there)
    expect(page.locator("#join-name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/class/[\w-]+$"))
    page.wait_for_selector("g.node")
    return page


def fits(board: Page) -> None:
    """Wait until all of the question can be seen: it is fitted anew when there is more or less room for it."""
    board.wait_for_function(
        "() => ((panel) => panel.scrollHeight <= panel.clientHeight)(document.getElementById('board-poll'))"
    )


def test_from_home_to_the_projector_and_from_the_code_to_the_stage(server: Server, open_page: Open) -> None:
    home = open_page(server.address)
    began = time.monotonic()
    home.click("#class-entry > summary")
    home.click("#class-start")
    home.wait_for_url(re.compile(r"/teach/[\w-]+$"))
    with home.expect_popup() as opened:
        home.click("#projector")
    board = opened.value
    watch(board)
    letters = board.locator("#code-letters")
    expect(letters).to_have_text(re.compile(r"^[A-Z0-9]{6}$"))
    assert time.monotonic() - began < ON_THE_PROJECTOR_WITHIN_S
    # The key is taken out of the address with the seat, which is told after the class.
    board.wait_for_function("!location.href.includes('viewer=')")
    expect(board.locator("#code-address")).to_have_text(server.address.split("//")[1] + "join")
    expect(board.locator("#code-count")).to_have_text("Nobody is here")
    assert board.locator("#code-qr").evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    check_accessible(board)

    code = letters.inner_text()
    began = time.monotonic()
    student = join(server, open_page, code, "Anna")
    assert time.monotonic() - began < AT_THE_STAGE_WITHIN_S
    expect(board.locator("#code-count")).to_have_text("1 here")
    home.wait_for_function("room => quorumscope.run.room === room", arg=student.evaluate("quorumscope.run.room"))


def test_joining_says_what_is_wrong_where_it_is_wrong(server: Server, open_page: Open) -> None:
    teacher = teaching(server, open_page)
    code = code_of(teacher)
    page = open_page(server.address, viewport=PHONE)
    page.click("#class-entry > summary")
    page.fill("#class-join-code", "qqq-qqq")
    page.press("#class-join-code", "Enter")
    page.wait_for_url("**/join/qqqqqq")
    check_accessible(page)
    field, name = page.locator("#join-code"), page.locator("#join-name")
    page.click("#join-go")
    expect(page.locator("#join-name-problem")).to_have_text("Type a name.")
    expect(name).to_be_focused()
    name.fill("Anna")
    expect(page.locator("#join-name-problem")).to_have_text("")
    page.click("#join-go")
    expect(page.locator("#join-code-problem")).to_contain_text("No class has this code")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")

    name.fill("<b>Anna</b>")
    field.fill(f" {code[:2].lower()}-{code[2:4]} {code[4:].lower()} ")
    field.press("Enter")
    expect(page.locator("#join-name-problem")).not_to_have_text("")
    expect(name).to_be_focused()
    do(teacher, type="lock", on=True)
    name.fill("Anna")
    name.press("Enter")
    expect(page.locator("#join-problem")).to_contain_text("locked")
    do(teacher, type="lock", on=False)
    # Twice as fast as the server answers makes one member all the same.
    page.evaluate("() => { const go = document.querySelector('#join-go'); go.click(); go.click(); }")
    page.wait_for_url(re.compile(r"/class/[\w-]+$"))
    teacher.wait_for_function("quorumscope.classroom.rows.length > 0")
    assert [row["name"] for row in teacher.evaluate("quorumscope.classroom.rows")] == ["Anna"]
    page.goto(f"{server.address}join")
    expect(page.locator("#join-known-list a")).to_have_count(1)


def test_the_projector_shows_what_the_teacher_looks_at(server: Server, open_page: Open) -> None:
    teacher = teaching(server, open_page)
    board = open_page(board_address(teacher), viewport=PROJECTOR, ready=there)
    expect(board.locator("#code-letters")).to_have_text(code_of(teacher))
    do(teacher, type="show", board="stage")
    teacher.evaluate("quorumscope.actions.write('A', 'x', 'apple')")
    expect(board.locator("#board-stage g.client").first).to_contain_text("writes x = apple")
    expect(board.locator("#board-corner-code")).to_have_text(code_of(teacher))

    teacher.locator("#views [value=both]").check()
    teacher.evaluate("() => { quorumscope.playhead.seek(1000); quorumscope.selection.select('node', 'n1'); }")
    expect(board.locator("#board-past")).to_contain_text("In the past, at 1")
    expect(board.locator("g.node.selected")).to_have_attribute("data-node", "n1")
    expect(board.locator("#frame-spacetime .st-plane")).to_be_visible()

    do(teacher, type="mode", mode="hands_on", groups=2)
    expect(board.locator("#board-mode")).to_have_text("Hands on: 2 groups")
    # It follows in every mode, and a room that the teacher goes on to.
    teacher.evaluate("quorumscope.playhead.goLive()")
    expect(board.locator("#board-past")).to_be_hidden()
    stage = teacher.evaluate(
        "async () => (await quorumscope.connection.join('open', { scenario: 'just-misses' })).room"
    )
    teacher.wait_for_function("room => quorumscope.classroom.seen.stage === room", arg=stage)
    board.wait_for_function("room => quorumscope.run.room === room", arg=stage)
    expect(board.locator("#link")).not_to_have_attribute("data-state", "none")

    # The line goes down; what happens meanwhile is there as soon as it is up again.
    board.context.set_offline(True)
    board.evaluate("quorumscope.connection.socket.io.engine.close()")
    expect(board.locator("#link")).to_have_attribute("data-state", "lost")
    do(teacher, type="mode", mode="own_copy")
    do(teacher, type="freeze", on=True)
    board.context.set_offline(False)
    expect(board.locator("#board-mode")).to_have_text("Look up: hands off for a moment")
    board.wait_for_function("() => quorumscope.run.room === quorumscope.classroom.seen.stage")
    do(teacher, type="freeze", on=False)
    expect(board.locator("#board-mode")).to_have_text("Everybody has a copy of their own")
    board.reload()
    expect(board.locator("#board-mode")).to_have_text("Everybody has a copy of their own")

    do(teacher, type="revoke", link="viewer")
    expect(board.locator("#board-out")).to_be_visible()
    expect(board.locator("#board-main")).to_be_hidden()
    board.reload()
    expect(board.locator("#board-out-title")).to_have_text("This page needs the key to the projector.")
    check_accessible(board)


def test_a_question_stands_beside_the_stage(server: Server, open_page: Open) -> None:
    teacher = teaching(server, open_page)
    student = join(server, open_page, code_of(teacher), "Anna")
    board = open_page(board_address(teacher), viewport=PROJECTOR, scheme="dark", ready=there)
    hostile = "<img src=x onerror=alert(1)>"
    do(teacher, type="show", board="stage")
    do(teacher, type="ask", question=hostile, choices=["apple", *[f"{number} {'long ' * 14}" for number in range(5)]])
    panel = board.locator("#board-poll")
    expect(panel).to_contain_text(hostile)
    expect(panel.locator("img")).to_have_count(0)
    fits(board)
    teacher.wait_for_function("quorumscope.classroom.seen.poll")
    poll = teacher.evaluate("quorumscope.classroom.seen.poll.id")
    do(student, type="answer", poll=poll, choice=0)
    expect(panel).to_contain_text("One answer")
    expect(panel.locator(".poll-number")).to_have_count(0)
    do(teacher, type="reveal", right=0)
    expect(panel.locator(".poll-number").first).to_contain_text("100")
    fits(board)
    check_accessible(board)

    # A question of a lesson has its words in the lesson's prose, which comes to the projector too.
    take_lesson(teacher, slug="one-random-node", step="guess")
    expect(board.locator("#board-lesson")).to_have_text("One random node: How many reads will be stale?")
    expect(panel).to_contain_text("Some, but fewer than 50.")
    assert address_of(board).endswith("/board")
