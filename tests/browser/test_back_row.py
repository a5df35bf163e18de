"""What somebody does who wants to break it: acts faster than the server answers, goes back and forth, pulls plugs."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import Open, address_of, faster, gone_from, live, watch
from tests.browser.test_branches import branch, forked, room, written
from tests.browser.test_story import act, card, until_versions
from tests.browser.test_time import moment, stand, where
from tests.server import Server

pytestmark = pytest.mark.browser

# Every entity of the page's timeline, version by version, and every note; `fresh`: of the history as it comes now.
COURSE = """async (fresh) => {
  let { timeline, room } = quorumscope.run;
  if (fresh) {
    const module = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/js/history.js")).name;
    ({ timeline } = await (await import(module)).history(`/r/${room}/history`));
  }
  const { kinds, notes, invoked, turns } = timeline;
  const entities = [...kinds].flatMap(([kind, all]) => [...all].map(([id, versions]) => [`${kind} ${id}`, versions]));
  return { ...Object.fromEntries(entities), notes, invoked, turns };
}"""


def same_course(page: Page) -> None:
    """What the page has put together is what somebody gets who comes now."""
    mine, fresh = page.evaluate(COURSE, False), page.evaluate(COURSE, True)
    assert mine.keys() == fresh.keys()
    assert not [name for name in mine if mine[name] != fresh[name]]


def until_known(page: Page) -> None:
    page.wait_for_function("!quorumscope.run.waiting && quorumscope.timeline.from_us === 0")


def be_in(page: Page, wanted: str) -> None:
    """The page knows where it is, and its address says so."""
    page.wait_for_function("(wanted) => quorumscope.joined.room === wanted", arg=wanted)
    assert room(page) == wanted


def test_acting_twice_in_the_past_makes_one_branch(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    original = address_of(page)
    page.locator("#scrub").fill("0")
    expect(where(page)).to_have_text("In the past")
    # Both before the server can have answered.
    page.evaluate("for (const who of 'AB') document.querySelector(`form[data-client=${who}] [data-do=write]`).click()")
    gone_from(page, original)
    expect(card(page, "op2")).to_be_attached()
    expect(page.locator("#branch-count")).to_have_text("2")
    page.locator("#scrub").fill("0")
    page.evaluate("document.activeElement.blur()")
    page.locator("#stage g.node[data-node=n1]").focus()
    page.keyboard.press("c")
    page.keyboard.press("o")
    expect(page.locator("#branch-count")).to_have_text("3")
    page.wait_for_function("quorumscope.view.scene.links.length > 0")
    expect(page.locator("#branch-count")).to_have_text("3")


def test_back_and_forward_go_from_branch_to_branch(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    page.locator("#scrub").fill("0")
    first = forked(page)
    second = room(page)
    expect(card(page, "op1")).to_contain_text("pear")
    for _ in range(2):
        # Before that, there is nothing to go back to.
        until_known(page)
        page.click("#back")
        expect(where(page)).to_have_text("In the past")
        page.go_back()
        expect(card(page, "op1")).to_contain_text("apple")
        expect(where(page)).to_have_text("Live")
        be_in(page, first)
        page.go_forward()
        expect(card(page, "op1")).to_contain_text("pear")
        be_in(page, second)


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "\N{GRINNING FACE}" * 10, "W" * 40])
def test_a_branch_can_have_any_name(server: Server, open_page: Open, name: str) -> None:
    page = open_page(server.address)
    here = room(page)
    page.keyboard.press("b")
    field = branch(page, here).locator("input")
    field.focus()
    page.keyboard.insert_text(name)
    page.keyboard.press("Enter")
    expect(branch(page, here)).to_have_attribute("aria-label", name)
    # The focus stays where it was, so that one can go on from there.
    expect(field).to_be_focused()
    assert not page.evaluate("(b => b.scrollWidth > b.clientWidth)(document.querySelector('#branches-dialog'))")


def test_who_writes_a_name_is_not_disturbed_by_another_branch(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    here = room(page)
    page.click("#branches")
    field = branch(page, here).locator("input")
    field.focus()
    page.keyboard.type("half a na")
    other = open_page(address_of(page))
    other.keyboard.press("b")
    other.click("#branch-off")
    expect(page.locator("#branch-count")).to_have_text("2")
    expect(field).to_be_focused()
    page.keyboard.type("me")
    page.keyboard.press("Enter")
    expect(branch(page, here)).to_have_attribute("aria-label", "half a name")
    expect(page.locator("#branch-tree article")).to_have_count(2)


def test_pulling_the_plug_moves_neither_the_focus_nor_the_moment(tmp_path: Path, open_page: Open) -> None:
    with Server(tmp_path) as server:
        page = open_page(server.address)
        written(page)
        page.click("#turn-back")
        page.click("#turn-back")
        page.click("#step")
        shown = moment(page)
        nodes = page.locator("#stage g.node").all_text_contents()
        typed = page.locator("form[data-client=A] input")
        typed.fill("half a val")
        server.kill()
        expect(typed).to_be_disabled()
        # What is asked now is not done later.
        page.evaluate("void quorumscope.actions.gossip()")
        server.start()
        live(page)
        until_known(page)
        expect(typed).to_be_focused()
        page.keyboard.type("ue")
        expect(typed).to_have_value("half a value")
        assert moment(page) == shown
        assert page.locator("#stage g.node").all_text_contents() == nodes
        expect(page.locator("#branch-count")).to_have_text("1")
        same_course(page)


def visit(page: Page, address: str, on_history: Callable[[Route], None]) -> Page:
    """A second page of the same profile, whose history goes through somebody's hands."""
    other = page.context.new_page()
    watch(other)
    # Only what the page itself asks for: `same_course` asks for the whole, without "seq".
    other.route("**/history?seq=*", on_history)
    other.goto(address)
    live(other)
    return other


def test_a_history_that_does_not_come_is_asked_for_again(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    asked: list[str] = []

    def fail_once(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if len(asked) == 1 else route.continue_()

    other = visit(page, address_of(page), fail_once)
    until_known(other)
    assert len(asked) == 2
    same_course(other)
    other.locator("#scrub[min='0']").fill("0")
    until_versions(other, 0, 0, 0, 0, 0)


def test_nothing_is_lost_or_doubled_while_the_history_loads(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    page.click("#run")
    held: list[Route] = []
    holds = True
    other = visit(page, address_of(page), lambda route: held.append(route) if holds else route.continue_())
    act(page, "B", "write", "meanwhile")
    act(other, "A", "write", "me too")
    expect(card(other, "op3")).to_have_attribute("data-outcome", "ok")
    assert other.evaluate("quorumscope.run.waiting")
    holds = False
    for route in held:
        route.continue_()
    until_known(other)
    act(page, "A", "read")
    expect(card(other, "op4")).to_have_attribute("data-outcome", "ok")
    stand(page)
    expect(other.locator("#run")).to_have_text("Run")
    same_course(other)
    same_course(page)


@pytest.mark.parametrize(
    ("packed", "reason"),
    [("", "not well formed"), ("#nothing", "no run that can be replayed"), ("#" + "A" * 70_000, "not well formed")],
    ids=["none", "broken", "endless"],
)
def test_a_link_without_a_run_says_so_for_good(server: Server, open_page: Open, packed: str, reason: str) -> None:
    page = open_page(server.address)
    page.goto("about:blank")
    page.goto(f"{server.address}run{packed}")
    expect(page.locator("#link")).to_have_text("No run here")
    expect(page.locator("#caption")).to_contain_text(reason)
    # There is still a way from here.
    page.click("#scenario")
    page.locator("[data-scenario=five-masters]").click()
    live(page)
    expect(page.locator("#caption")).to_contain_text("Five nodes")


def test_a_past_that_is_forgotten_is_asked_for_again(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    act(page, "A", "read")
    expect(card(page, "op2")).to_have_attribute("data-outcome", "ok")
    stand(page)
    page.click("#turn-back")
    page.click("#turn-back")
    middle = moment(page)
    page.evaluate("middle => { quorumscope.run.timeline.forget(middle + 1); quorumscope.redraw(); }", middle)
    # To the beginning, which comes from the server again, and step by step back into what is still known.
    page.keyboard.press("Home")
    until_versions(page, 0, 0, 0, 0, 0)
    assert moment(page) == 0
    expect(where(page)).to_have_text("In the past")
    for _ in range(200):
        if moment(page) > middle:
            break
        page.click("#step")
        page.wait_for_timeout(30)
    until_versions(page, 1, 1, 1, 1, 1)
    page.keyboard.press("End")
    expect(where(page)).to_have_text("Live")


def test_of_a_past_that_does_not_come_one_stands_at_the_beginning(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    stand(page)
    middle = moment(page)
    page.route("**/history*", lambda route: route.abort())
    page.evaluate("middle => { quorumscope.run.timeline.forget(middle); quorumscope.redraw(); }", middle)
    page.keyboard.press("Home")
    page.wait_for_function("middle => quorumscope.playhead.now() === middle", arg=middle)
    until_versions(page, 1, 1, 1, 1, 1)
    # What is forgotten leaves no empty heading in the card.
    page.evaluate("quorumscope.selection.select('operation', 'op9')")
    expect(page.locator("#inspector-summary")).to_have_text("Not there at this moment.")
    expect(page.locator("#why")).to_be_hidden()


def test_a_violation_is_news_in_each_room_and_its_mark_stays_on_the_bar(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    for _ in range(2):
        before = address_of(page)
        page.click("#scenario")
        page.locator("[data-scenario=just-misses]").click()
        gone_from(page, before)
        expect(page.locator("#verdict")).to_contain_text("Consistent")
        # Only what was seen to be well before is news.
        page.wait_for_function(
            """() => {
              const { parts, run } = quorumscope;
              return parts.some(({ present }) => present?.room === run.room && present.word === "ok");
            }"""
        )
        faster(page, -1)
        expect(page.locator("#verdict")).to_contain_text("Not linearizable")
        expect(page.locator("#verdict")).to_have_class(re.compile("new"))
    stand(page)
    marks = page.locator("#marks .violated")
    expect(marks).to_have_attribute("d", re.compile(r"^M\d"))
    page.evaluate("quorumscope.run.timeline.forget(quorumscope.run.timeline.until_us - 1)")
    page.wait_for_function(
        """() => {
          const { timeline } = quorumscope.run;
          return quorumscope.parts.some(({ made }) => made?.timeline === timeline && made.size === timeline.size);
        }"""
    )
    expect(marks).to_have_attribute("d", re.compile(r"^M\d"))


def test_a_part_that_fails_does_not_stop_the_picture(
    server: Server, contexts: list[BrowserContext], browser: Browser
) -> None:
    contexts.append(browser.new_context())
    page = contexts[-1].new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(server.address)
    live(page)
    page.evaluate("quorumscope.add({ everyMs: 0, draw() { throw new Error('on purpose'); } })")
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    assert any("on purpose" in failure for failure in failed)
