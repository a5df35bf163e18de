"""The wall of copies: the teacher sees every copy, looks at one, puts it on the stage, and calls somebody back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Open, in_scheme
from tests.browser.test_page import check_accessible
from tests.server import Server
from tests.webapp.clients import Client

pytestmark = pytest.mark.browser

# Remember when the page looks at which room.
COUNT = """() => {
  const { connection } = quorumscope;
  const ask = connection.ask.bind(connection);
  window.looks = [];
  connection.ask = async (event, request, ...more) => {
    if (event === "peek") {
      looks.push({ at_ms: performance.now(), room: request.room });
      await window.held;
    }
    return ask(event, request, ...more);
  };
}"""

# At how many places the first message of a tile is drawn in a while, in which every look is held up. What the last one
# has brought may come in meanwhile: two of them are no motion.
FOLLOW = """async (tile) => {
  let go;
  window.held = new Promise((done) => (go = done));
  const places = new Set();
  for (let i = 0; i < 60; i++) {
    await new Promise(requestAnimationFrame);
    const at = document.querySelector(`[data-tile="${tile}"] .message`)?.getAttribute("transform");
    if (at) places.add(at);
  }
  go();
  return places.size;
}"""


def do(page: Page, command: dict) -> None:
    answer = page.evaluate("(command) => quorumscope.classroom.do(command)", command)
    assert answer and answer["accepted"], answer


def in_class(page: Page) -> None:
    page.wait_for_function(
        "() => window.quorumscope?.classroom?.seat && document.documentElement.dataset.line === 'up'"
    )
    page.wait_for_selector("#stage g.node")


def teach(server: Server, open_page: Open, **how: object) -> Page:
    def begin(page: Page) -> None:
        page.click("#teach-start")
        page.wait_for_url("**/teach/*")
        in_class(page)

    return open_page(f"{server.address}teach", ready=begin, **how)


def attend(server: Server, open_page: Open, teacher: Page, name: str) -> Page:
    def join(page: Page) -> None:
        page.fill("#join-name", name)
        page.click("#join-go")
        page.wait_for_url("**/class/*")
        in_class(page)

    code = teacher.evaluate("quorumscope.classroom.seen.code")
    return open_page(f"{server.address}join/{code}", ready=join)


def tile(teacher: Page, name: str) -> Locator:
    return teacher.locator(".tile").filter(has=teacher.locator(".tile-name", has_text=name))


def be_in(page: Page, room: str) -> None:
    page.wait_for_function("(room) => quorumscope.run.room === room", arg=room)


def test_a_copy_is_seen_opened_put_on_the_stage_and_called_back(server: Server, open_page: Open) -> None:
    teacher = teach(server, open_page)
    stage = teacher.evaluate("quorumscope.classroom.seen.stage")
    anna, ben = (attend(server, open_page, teacher, name) for name in ("Anna", "Ben"))
    expect(teacher.locator("#wall-choice")).to_be_hidden()
    do(teacher, {"type": "mode", "mode": "own_copy"})

    # The wall is offered, and nobody is taken to it; until then no copy is looked at.
    expect(teacher.locator("#show-wall")).to_have_text("All copies · 2")
    expect(teacher.locator("#stage")).to_be_visible()
    teacher.evaluate(COUNT)
    do(ben, {"type": "hand", "up": True})
    anna.wait_for_function("(stage) => ![stage, ''].includes(quorumscope.run.room)", arg=stage)
    copy = anna.evaluate("quorumscope.run.room")
    assert teacher.evaluate("looks") == []

    # Hands come first, and what moves in a copy moves on the wall from one look to the next.
    teacher.click("#show-wall")
    expect(teacher.locator(".tile-name")).to_have_text(["Ben", "Anna"])
    # So slow that its messages are under way until they have been seen.
    anna.evaluate("quorumscope.connection.command({ type: 'set_speed', speed: 0.0003 })")
    anna.evaluate("quorumscope.actions.write('A', 'x', 'apple')")
    tile(teacher, "Anna").locator(".message").first.wait_for(state="attached")
    assert teacher.evaluate(FOLLOW, "m1") > 2
    expect(tile(teacher, "Ben").locator(".message")).to_have_count(0)
    expect(teacher.locator("#stage")).to_be_hidden()
    check_accessible(teacher)

    # Ben is called back from his tile, and follows; Anna plays on.
    tile(teacher, "Ben").locator(".tile-call").click()
    expect(tile(teacher, "Ben").locator(".tile-state")).to_have_text("follows you")
    be_in(ben, stage)

    # Enter opens a copy; the teacher may act in it, and can put it where everybody looks who follows.
    tile(teacher, "Anna").locator(".tile-open").press("Enter")
    expect(teacher.locator("#visit-where")).to_have_text("You look at Anna’s copy")
    expect(teacher.locator("#visit-back")).to_be_focused()
    be_in(teacher, copy)
    teacher.evaluate("quorumscope.actions.send({ type: 'crash', node: 'n1' })")
    expect(anna.locator("#stage [data-node=n1]")).to_have_attribute("data-status", "down")
    teacher.click("#visit-put-on")
    be_in(ben, copy)
    assert anna.evaluate("quorumscope.classroom.seat.mode") == "own_copy"
    expect(anna.locator("#attend-hint")).to_have_text("It is on the stage: everybody can see what you do.")
    teacher.click("#visit-word")
    teacher.fill("#prompt-field", "Look at n1")
    teacher.press("#prompt-field", "Enter")
    anna.wait_for_function("() => quorumscope.classroom.seat.comment?.text === 'Look at n1'")

    # Whoever loads the page anew sees the same, and can undo it.
    teacher.reload()
    in_class(teacher)
    expect(teacher.locator("#visit-where")).to_have_text("Anna’s copy is on the stage")
    teacher.click("#visit-take-off")
    expect(teacher.locator("#visit")).to_be_hidden()
    be_in(ben, stage)
    be_in(teacher, stage)

    # Escape leads back to where one came from.
    teacher.click("#show-wall")
    tile(teacher, "Anna").locator(".tile-open").press("Enter")
    expect(teacher.locator("#visit-back")).to_be_focused()
    check_accessible(teacher)
    teacher.keyboard.press("Escape")
    expect(tile(teacher, "Anna").locator(".tile-open")).to_be_focused()
    be_in(teacher, stage)
    teacher.evaluate("document.dispatchEvent(new CustomEvent('visit', { detail: 'm2' }))")
    expect(teacher.locator("#visit-where")).to_have_text("You look at Ben’s copy")
    teacher.click("#visit-call")
    expect(teacher.locator("#visit-call")).to_have_text("Call back")
    ben.wait_for_function("() => quorumscope.classroom.seat.mode === 'own_copy'")
    teacher.keyboard.press("Escape")
    be_in(teacher, stage)
    expect(teacher.locator("#stage")).to_be_visible()
    do(teacher, {"type": "mode", "mode": "follow"})
    expect(teacher.locator("#wall-choice")).to_be_hidden()


@pytest.fixture
def students() -> Iterator[list[Client]]:
    made: list[Client] = []
    yield made
    for student in made:
        student.close()


def come(server: Server, teacher: Page, students: list[Client], count: int) -> None:
    """So many students join, without a page."""
    class_id, code = teacher.evaluate("[quorumscope.classroom.id, quorumscope.classroom.seen.code]")
    for number in range(1, count + 1):
        asked = {"code": code, "name": f"Student {number}"}
        key = teacher.request.post(f"{server.address}classes/{class_id}/members", data=asked).json()["key"]
        students.append(Client(server))
        students[-1].ask("enter", {"key": key})
        students[-1].ask("class", {"command": {"type": "take_place"}})


def test_only_what_is_in_sight_is_looked_at_and_not_too_often(
    server: Server, open_page: Open, students: list[Client]
) -> None:
    teacher = teach(server, open_page, viewport=PHONE)
    teacher.emulate_media(reduced_motion="reduce")
    do(teacher, {"type": "mode", "mode": "own_copy"})
    teacher.evaluate(COUNT)
    teacher.click("#show-wall")
    expect(teacher.locator("#wall-none")).to_have_text("Copies appear as students come.")
    come(server, teacher, students, 24)
    expect(teacher.locator(".tile")).to_have_count(24)
    room = teacher.evaluate("quorumscope.classroom.rows[0].copy")
    students[0].ask("join", {"room": room})
    # So slow that its messages are under way until the end of the test.
    students[0].ask("command", {"command": {"type": "set_speed", "speed": 0.0001}})
    students[0].ask("command", {"command": {"type": "write", "client": "A", "key": "x", "value": "apple"}})

    # On a small screen few of them are in sight.
    teacher.evaluate("looks.splice(0)")
    teacher.wait_for_function("() => looks.length >= 16")
    looks = teacher.evaluate("looks")
    assert (looks[15]["at_ms"] - looks[0]["at_ms"]) / 15 >= 124
    assert len({look["room"] for look in looks}) <= 8
    assert teacher.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # Whoever wants no motion sees each look as it was.
    tile(teacher, "Student 1").first.locator(".message").first.wait_for(state="attached")
    assert 1 <= teacher.evaluate(FOLLOW, "m1") <= 2
    teacher.locator(".tile").last.scroll_into_view_if_needed()
    expect(teacher.locator(".tile").last.locator("svg")).to_be_visible()
    in_scheme(teacher, "dark")
    check_accessible(teacher)

    # Groups have tiles of their own, with all who are in them.
    do(teacher, {"type": "mode", "mode": "hands_on", "groups": 2})
    for student in students[:3]:
        student.ask("class", {"command": {"type": "take_place"}})
    expect(teacher.locator(".tile-name")).to_have_text(["Group 1", "Group 2"])
    expect(tile(teacher, "Group 1").locator(".tile-state")).to_have_text("Student 1, Student 3")
    tile(teacher, "Group 1").locator(".tile-open").click()
    expect(teacher.locator("#visit-where")).to_have_text("You look at group 1")
    expect(teacher.locator("#visit-call")).to_be_hidden()
