"""A student's page in a class: following, laying hands on, a copy of one's own, and always the present."""

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, in_scheme, watch
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser

IN_CLASS = """() => {
  const { classroom, run } = window.quorumscope ?? {};
  const isUp = document.documentElement.dataset.line === "up";
  return isUp && classroom.seat && classroom.seen && run.room === classroom.seat.room;
}"""


def in_class(page: Page) -> None:
    """Wait until the page shows the room where the class has it."""
    page.wait_for_function(IN_CLASS)
    page.wait_for_selector("#stage g.node, #spacetime:not([hidden])")


class Taught:
    """A class with its teacher's page. Its cluster is fast."""

    def __init__(self, server: Server, open_page: Open) -> None:
        body = json.dumps({"title": "Databases, Tuesday"}).encode()
        request = urllib.request.Request(f"{server.address}classes", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            made = json.load(answer)
        self._open_page = open_page
        self.join_at = f"{server.address}join/{made['code']}"
        self.students_at = f"{server.address}class/{made['class_id']}"
        self.page = open_page(f"{server.address}teach/{made['class_id']}#owner={made['key']}", ready=in_class)
        self.page.evaluate("quorumscope.connection.command({ type: 'set_speed', speed: 0.1 })")

    def do(self, kind: str, **what: object) -> None:
        answer = self.page.evaluate("(command) => quorumscope.classroom.do(command)", {"type": kind, **what})
        assert answer is not None and "error" not in answer, answer

    def student(self, name: str, **how: Any) -> Page:
        def ready(page: Page) -> None:
            page.fill("#join-name", name)
            page.keyboard.press("Enter")
            page.wait_for_url("**/class/*")
            in_class(page)

        return self._open_page(self.join_at, ready=ready, **how)

    def rows(self, are: str) -> None:
        """Wait until the roster is so, as a function of its rows says."""
        self.page.wait_for_function(f"({are})(quorumscope.classroom.rows)")

    def member(self, name: str) -> str:
        self.rows(f"(rows) => rows.some((row) => row.name === '{name}')")
        found: str = self.page.evaluate(f"quorumscope.classroom.rows.find((row) => row.name === '{name}').id")
        return found


Teach = Callable[[], Taught]


@pytest.fixture
def teach(server: Server, open_page: Open) -> Teach:
    return lambda: Taught(server, open_page)


def past_of(page: Page) -> int | None:
    """The moment of the past that is shown; None: it is live."""
    past: float | None = page.evaluate("quorumscope.playhead.past && Math.floor(quorumscope.playhead.past.at_us)")
    return None if past is None else int(past)


def follows(page: Page, teacher: Page) -> None:
    """Wait until both show the same moment of the same run."""
    at_us = past_of(teacher)
    page.wait_for_function(
        """([room, at_us]) => {
          const { playhead, run } = quorumscope;
          return run.room === room && (playhead.past && Math.floor(playhead.past.at_us)) === at_us;
        }""",
        arg=[teacher.evaluate("quorumscope.run.room"), at_us],
    )


def holds(page: Page, value: str) -> None:
    expect(page.locator("#stage .node .value", has_text=value)).to_have_count(5)


def refusal(page: Page, asked: str) -> str | None:
    code: str | None = page.evaluate(f"async () => (await quorumscope.{asked}).error?.code ?? null")
    return code


def test_a_student_follows_looks_around_and_lays_hands_on(teach: Teach) -> None:
    taught = teach()
    teacher = taught.page
    anna = taught.student("Anna")
    title = anna.locator("#attend-title")
    expect(title).to_have_text("You follow your teacher")
    teacher.evaluate("quorumscope.actions.write('A', 'x', 'apple')")
    holds(anna, "apple")
    for what in ("#clients", "#speed", "#branches", "#tabs", "#gossip"):
        expect(anna.locator(what)).to_be_hidden()
    expect(anna.locator("#step")).to_be_disabled()
    expect(anna.locator("#operations")).to_be_visible()
    assert refusal(anna, "actions.write('A', 'x', 'pear')") == "look_only"

    # The moment, what is selected, and the view are the teacher's; also for whoever comes just now.
    holds(teacher, "apple")
    teacher.click("#back")
    teacher.click("#stage [data-node=n2]")
    teacher.locator("#views input[value=both]").click()
    ben = taught.student("Ben")
    for page in (anna, ben):
        follows(page, teacher)
        expect(page.locator("#inspector-title")).to_have_text("n2")
        expect(page.locator(".world")).to_have_attribute("data-view", "both")

    # Who looks elsewhere is left alone.
    anna.click("#where")
    expect(title).to_have_text("You look around by yourself")
    for _ in range(3):
        teacher.click("#back")
    follows(ben, teacher)
    assert past_of(anna) is None
    anna.click("#attend-back")
    follows(anna, teacher)
    expect(title).to_have_text("You follow your teacher")

    # Hands on begins live, with a client of one's own and no other.
    taught.do("mode", mode="hands_on", groups=2, hands="clients")
    for page in (anna, ben):
        expect(page.locator("#attend-title")).to_have_text(re.compile(r"^You are client \w in group \d$"))
        in_class(page)
        expect(page.locator("#clients > *")).to_have_count(1)
        assert past_of(page) is None
    assert anna.evaluate("quorumscope.run.room") != ben.evaluate("quorumscope.run.room")
    anna.locator("#clients input").fill("pear")
    anna.click("#clients [data-do=write]")
    holds(anna, "pear")
    anna.locator("#stage [data-node=n1]").focus()
    anna.keyboard.press("c")
    anna.click("#stage [data-node=n1]", button="right")
    expect(anna.locator("#thing-menu")).to_be_hidden()
    expect(ben.locator("#stage .node .value", has_text="pear")).to_have_count(0)

    # Everybody looks up, and goes on.
    taught.do("freeze", on=True)
    expect(title).to_have_text("Your teacher has asked everybody to look up")
    expect(anna.locator("#clients [data-do=write]")).to_be_disabled()
    taught.do("freeze", on=False)
    expect(anna.locator("#clients [data-do=write]")).to_be_enabled()
    assert anna.evaluate("quorumscope.view.scene.nodes.find(({ id }) => id === 'n1').state.status") == "up"
    taught.do("mode", mode="hands_on", groups=1, hands="nodes")
    expect(title).to_have_text(re.compile(r"^You are client \w$"))
    in_class(anna)
    anna.locator("#stage [data-node=n1]").focus()
    anna.keyboard.press("c")
    expect(anna.locator("#conditions-list")).to_contain_text("n1")


def test_whoever_was_away_sees_the_present_and_nobody_counts_twice(teach: Teach) -> None:
    taught = teach()
    teacher = taught.page
    anna = taught.student("Anna")
    taught.student("Ben")
    taught.do("ask", question="What will B read?", choices=["apple", "pear"])
    choices = anna.locator("#poll-choices label")
    choices.nth(0).click()
    anna.wait_for_function("quorumscope.classroom.seat.answer === 0")

    # The network drops, and somebody answers anew while it is gone. Meanwhile the class goes on.
    anna.context.set_offline(True)
    anna.evaluate("quorumscope.connection.socket.io.engine.close()")
    expect(anna.locator("#link")).to_have_attribute("data-state", "lost")
    choices.nth(1).click()
    taught.rows("(rows) => rows.some((row) => row.name === 'Anna' && !row.here)")
    teacher.evaluate("quorumscope.connection.command({ type: 'add_client' })")
    taught.do("mode", mode="hands_on")
    clara = taught.student("Clara")
    clara.locator("#poll-choices label").nth(1).click()
    teacher.evaluate("quorumscope.actions.write('A', 'x', 'apple')")
    anna.context.set_offline(False)
    in_class(anna)
    holds(anna, "apple")
    expect(anna.locator("#attend-title")).to_contain_text("You are client")
    anna.wait_for_function("quorumscope.classroom.seat.answer === 1")

    # A second tab is the same person at the same client.
    tab = anna.context.new_page()
    watch(tab)
    tab.goto(taught.students_at)
    in_class(tab)
    client = anna.evaluate("quorumscope.classroom.seat.client")
    expect(tab.locator("#attend-title")).to_have_text(f"You are client {client}")
    expect(tab.locator("#poll-choices :checked")).to_have_value("1")
    is_whole = """(rows) => rows.map(({ name, here, answered }) => `${name} ${here} ${answered}`).join() ===
      "Anna true true,Ben true false,Clara true true" && new Set(rows.map(({ client }) => client)).size === 3"""
    taught.rows(is_whole)

    # The teacher reloads.
    stage = teacher.evaluate("quorumscope.run.room")
    teacher.reload()
    teacher.wait_for_function("quorumscope.classroom.rows.length === 3")
    in_class(teacher)
    taught.rows(is_whole)
    assert teacher.evaluate("quorumscope.run.room") == stage
    holds(teacher, "apple")
    seen = teacher.evaluate("quorumscope.classroom.seen")
    assert (seen["mode"], seen["here"], seen["poll"]["answers"]) == ("hands_on", 3, 2)
    taught.do("close")
    taught.do("reveal")
    for page in (anna, tab, clara):
        page.wait_for_function("quorumscope.classroom.seen.poll.counts?.join() === '0,2'")

    # Whoever comes back to a copy finds it as it was.
    taught.do("mode", mode="own_copy")
    for page in (anna, tab):
        page.wait_for_function("quorumscope.classroom.seat.mode === 'own_copy'")
        in_class(page)
    assert anna.evaluate("quorumscope.run.room") == tab.evaluate("quorumscope.run.room")
    tab.evaluate("quorumscope.actions.write('A', 'x', 'pear')")
    holds(anna, "pear")
    copy = anna.evaluate("quorumscope.run.room")
    taught.do("call_back", member=taught.member("Anna"))
    expect(anna.locator("#attend-title")).to_have_text("Your teacher has called you back")
    for page in (anna, tab):
        follows(page, teacher)
    taught.do("call_back", member=taught.member("Anna"), on=False)
    anna.wait_for_function("(copy) => quorumscope.run.room === copy", arg=copy)


def test_on_a_phone_with_the_keyboard(teach: Teach, subtests: pytest.Subtests) -> None:
    taught = teach()
    taught.page.evaluate("quorumscope.actions.write('A', 'x', 'apple')")
    taught.student("Ben")
    page = taught.student("Anna", viewport=PHONE)
    title = page.locator("#attend-title")
    holds(page, "apple")

    page.locator("#hand").press("Enter")
    expect(page.locator("#hand")).to_have_attribute("aria-pressed", "true")
    taught.rows("(rows) => rows.some((row) => row.name === 'Anna' && row.hand !== null)")
    page.locator("#me").press("Enter")
    page.keyboard.type("ben")
    page.keyboard.press("Enter")
    expect(page.locator("#me-problem")).to_have_text("Somebody here is called so already. Add a letter, say.")
    check_accessible(page)
    page.locator("#me-field").fill("Anna B")
    page.keyboard.press("Enter")
    expect(page.locator("#me-dialog")).to_be_hidden()
    expect(page.locator("#me-name")).to_have_text("Anna B")

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("You look around by yourself")
    page.locator("#attend-back").press("Enter")
    expect(title).to_have_text("You follow your teacher")

    # A word stays until it is put away, and is not said again.
    taught.do("comment", text="<b>Look at n3</b>", member=taught.member("Anna B"))
    expect(page.locator("#attend-text")).to_have_text("<b>Look at n3</b>")
    page.locator("#attend-seen").press("Enter")
    expect(page.locator("#attend-word")).to_be_hidden()
    page.reload()
    in_class(page)
    expect(title).to_have_text("You follow your teacher")
    expect(page.locator("#attend-word")).to_be_hidden()
    assert page.evaluate("quorumscope.classroom.seat.comment.text") == "<b>Look at n3</b>"

    taught.do("mode", mode="hands_on")
    expect(page.locator("#clients input")).to_be_in_viewport()
    page.locator("#clients input").fill("pear")
    page.keyboard.press("Enter")
    holds(taught.page, "pear")
    for state in ("client", "frozen", "copy"):
        if state == "copy":
            taught.do("freeze", on=False)
            taught.do("mode", mode="own_copy")
        elif state == "frozen":
            taught.do("freeze", on=True)
        expect(page.locator("#attend")).to_have_attribute("data-state", state)
        in_class(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        with subtests.test(state=state):
            in_scheme(page, "dark" if state == "frozen" else "light")
            check_accessible(page)


def test_whoever_has_no_place_in_the_class_hears_why(teach: Teach, open_page: Open) -> None:
    taught = teach()
    out = open_page(taught.students_at, ready=lambda page: page.wait_for_selector("#out:not([hidden])"))
    expect(out.locator("#out-title")).to_have_text("You are not in this class yet")
    expect(out.locator(".sandbox")).to_be_hidden()
    check_accessible(out)
    staff = taught.page.context.new_page()
    staff.goto(taught.students_at)
    expect(staff.locator("#out-on")).to_have_attribute("href", taught.page.evaluate("location.pathname"))
    staff.close()

    # The next one at a shared computer is somebody else, and nobody takes the place of who was here.
    page = taught.student("Anna")
    page.click("#me")
    page.click("#me-leave")
    page.wait_for_url(taught.join_at)
    page.goto(taught.students_at)
    expect(page.locator("#out-title")).to_have_text("You are not in this class yet")
    page.click("#out-on")
    page.wait_for_url("**/join")
    ben = taught.student("Ben")
    taught.rows("(rows) => rows.map(({ name, here }) => `${name} ${here}`).join() === 'Anna false,Ben true'")

    taught.do("remove", member=taught.member("Ben"))
    expect(ben.locator("#out-title")).to_have_text("You are not in this class any more")
    expect(ben.locator("#out-why")).to_have_text("Your teacher has taken you out of this class.")
    check_accessible(ben)
    ben.reload()
    expect(ben.locator("#out-title")).to_have_text("You are not in this class yet")

    # What the server could not do just now costs nobody their place.
    clara = taught.student("Clara")
    clara.evaluate(
        """async () => {
          const { connection } = quorumscope;
          const { ask } = connection;
          connection.ask = async () => ({ error: { code: "not_stored", sentence: "" } });
          await connection.enter();
          connection.ask = ask;
        }"""
    )
    clara.reload()
    in_class(clara)
    taught.do("end")
    expect(clara.locator("#attend-title")).to_have_text("This class is over")
    expect(clara.locator("#hand")).to_be_hidden()
    in_class(clara)
