"""The reason why: operations with honest outcomes and costs, the two quorums, the verdict, the narration."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import runs
from tests.browser.conftest import Open, faster, settled
from tests.browser.test_page import AXE
from tests.server import Server

pytestmark = pytest.mark.browser


def run(server: Server, open_page: Open, scenario: str, **how) -> Page:
    """A scenario that has been played, with its history open."""
    page = open_page(f"{server.address}scenario/{scenario}", **how)
    faster(page, -1.3)
    page.click("#tab-story")
    return page


def card(page: Page, operation: str):
    return page.locator(f"#operations [data-operation={operation}]")


def outcome(page: Page, operation: str, word: str) -> None:
    expect(card(page, operation)).to_have_attribute("data-outcome", word)


def press_until_focused(page: Page, key: str, selector: str) -> None:
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} never came to {selector}")


def test_a_stale_read_is_explained_by_its_quorums(server: Server, open_page: Open) -> None:
    page = run(server, open_page, "just-misses")
    outcome(page, "op3", "ok")
    card(page, "op3").locator(".what").click()
    expect(card(page, "op3").locator(".what")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#why .why-told")).to_contain_text("The read missed this write")
    expect(page.locator("#why .why-told")).to_contain_text("No node is in both")
    expect(page.locator("#why .both-word")).to_have_count(0)
    # Against the write that it did see.
    page.locator("#why select").select_option("op1")
    expect(page.locator("#why .why-told")).to_contain_text("The read saw this write")
    expect(page.locator("#why .won")).to_have_count(1)
    card(page, "op3").click()
    expect(page.locator("#inspector")).to_be_hidden()


def test_the_same_by_keyboard(server: Server, open_page: Open) -> None:
    page = run(server, open_page, "overlap")
    outcome(page, "op2", "ok")
    page.locator("#tab-story").focus()
    press_until_focused(page, "Tab", "[data-operation=op2] .what")
    page.keyboard.press("Enter")
    expect(card(page, "op2").locator(".what")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#why .why-told")).to_contain_text(re.compile(r"w \+ r = \d \+ \d > \d, so there had to be"))
    expect(page.locator("#why .both-word").first).to_have_text("in both")
    expect(page.locator("#why svg")).to_have_accessible_name(re.compile(r"In both: n\d"))
    page.keyboard.press("Space")
    expect(card(page, "op2").locator(".what")).to_have_attribute("aria-pressed", "false")


def test_fail_and_unknown_say_what_may_still_happen(server: Server, open_page: Open) -> None:
    page = run(server, open_page, "failed-write-surfaces")
    failed = page.locator(".operation.fail").first
    expect(failed.locator(".means")).to_have_text(
        re.compile(r"cop(y|ies) exists? all the same; the value may surface later")
    )
    expect(failed.locator(".reason")).not_to_be_empty()
    page = run(server, open_page, "coordinator-dies")
    outcome(page, "op2", "unknown")
    expect(card(page, "op2").locator(".reason")).to_contain_text("it may have happened, or happen later")
    expect(card(page, "op2").locator(".means")).to_have_text("3 copies exist now; the client cannot know that")
    expect(card(page, "op2").locator(".through")).to_have_text("through n1")


def test_a_card_says_what_its_operation_cost_and_which_siblings_it_found(server: Server, open_page: Open) -> None:
    page = run(server, open_page, "siblings")
    outcome(page, "op5", "ok")
    # There and back between client and node, and between that node and three replicas.
    expect(card(page, "op1").locator(".cost")).to_have_text("8 messages · 2 round trips · 4.00 ms")
    expect(card(page, "op3").locator(".siblings li")).to_have_text(["apple v1·n1", "pear v1·n2"])
    expect(page.locator("#verdict")).to_contain_text("Cannot be judged")
    page = run(server, open_page, "write-back")
    expect(card(page, "op3").locator(".cost")).to_contain_text("10 messages · 2 round trips")
    expect(card(page, "op3").locator(".count")).to_have_text("3 replies · then writes back until 2 hold it")


def test_take_me_there(server: Server, open_page: Open) -> None:
    page = open_page(runs.link(server, until_ms=6, scenario="stale-follower"))
    expect(page.locator("#verdict")).to_contain_text("Consistent so far")
    faster(page, -1.3)
    page.click("#run")
    expect(page.locator("#verdict")).to_contain_text("Not linearizable")
    expect(page.locator("#verdict-said")).to_contain_text("Client B read x = apple although pear")
    page.click("#verdict")
    expect(page.locator("#verdict-why")).to_be_visible()
    expect(page.locator("#verdict-witness button")).to_have_count(3)
    page.click("#verdict-go")
    expect(page.locator("#verdict-why")).to_be_hidden()
    expect(card(page, "op3").locator(".what")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#operations .operation")).to_have_count(3)
    expect(page.locator("#why .why-told")).to_contain_text("The read missed this write")
    # What has not happened yet at the moment that is shown does not count.
    page.locator("#log .line").first.click()
    expect(page.locator("#verdict")).to_contain_text("Consistent so far")


def test_take_me_there_by_keyboard(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.address}scenario/stale-follower")
    faster(page, -1.3)
    expect(page.locator("#verdict")).to_contain_text("Not linearizable")
    page.locator("#verdict").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict-why")).to_be_visible()
    press_until_focused(page, "Tab", "[data-witness=op2]")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector-title")).to_have_text("op2")
    page.locator("#verdict").focus()
    page.keyboard.press("Enter")
    press_until_focused(page, "Tab", "#verdict-go")
    page.keyboard.press("Enter")
    expect(page.locator("#tab-story")).to_be_focused()
    expect(card(page, "op3")).to_have_class(re.compile("selected"))
    expect(page.locator("#operations .operation")).to_have_count(3)


def test_a_line_of_the_narration_leads_to_its_moment(server: Server, open_page: Open) -> None:
    page = run(server, open_page, "overlap")
    outcome(page, "op2", "ok")
    line = page.locator("#log li", has_text="A writes x").first
    line.locator("button").click()
    expect(page.locator("#log li").last).to_have_text(line.inner_text().replace("\n", " "))
    expect(page.locator("#operations .operation")).to_have_count(1)
    # With the keys: one line up, and there.
    at_us = int(page.locator("#log li").nth(-1).get_attribute("data-at-us"))
    page.keyboard.press("Home")
    expect(page.locator("#log li").first.locator("button")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("at_us => Number(document.querySelector('#stage svg').dataset.nowUs) < at_us", arg=at_us)
    expect(page.locator("#operations")).to_have_text("")


def test_what_matters_is_said_aloud(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, -1)
    page.locator("form[data-client=A] [data-do=write]").click()
    expect(page.locator("#said")).to_have_text(re.compile("A's write is OK"))
    assert page.locator("#said").get_attribute("role") == "status"
    assert "acknowledged to A" not in page.locator("#said").inner_text()


# In a wide window, on a phone in the dark, and in the narrowest one.
SIZES = [(1280, "light"), (375, "dark"), (320, "light")]


def check(page: Page, width: int) -> None:
    """The panel and the header fit, and axe finds nothing in them."""
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run({ include: [['.bar'], ['#panel'], ['.time']] })).violations")
    assert not found, "\n".join(f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found)


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_reason_fits_and_axe_finds_nothing(server: Server, open_page: Open, width: int, scheme: str) -> None:
    page = run(server, open_page, "just-misses", viewport={"width": width, "height": 800}, scheme=scheme)
    outcome(page, "op3", "ok")
    # What the verdict says makes the header taller.
    settled(page)
    card(page, "op3").locator(".what").click()
    expect(page.locator("#why .why-told p").first).to_be_visible()
    check(page, width)
    page.click("#verdict")
    expect(page.locator("#verdict-why")).to_be_visible()
    check(page, width)
