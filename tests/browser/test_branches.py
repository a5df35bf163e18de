"""Acting in the past makes a branch; branches are kept, named, compared, returned to. And two settings side by side."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Open, address_of, faster, gone_from
from tests.browser.test_story import act, card, until_versions
from tests.browser.test_time import check_accessible, stand, where
from tests.server import Server

pytestmark = pytest.mark.browser


def written(page: Page) -> None:
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    stand(page)


def branch(page: Page, room: str) -> Locator:
    return page.locator(f"#branch-tree article[data-room='{room}']")


def room(page: Page) -> str:
    return address_of(page).rsplit("/", 1)[-1]


def forked(page: Page) -> str:
    """Write in the past, and say which room this was."""
    original = address_of(page)
    act(page, "B", "write", "pear")
    gone_from(page, original)
    expect(page.locator("#branch-count")).to_have_text("2")
    return original.rsplit("/", 1)[-1]


def test_acting_in_the_past_branches_off_and_the_tree_leads_back(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    page.locator("#scrub").fill("0")
    expect(where(page)).to_have_text("In the past")
    first = forked(page)
    expect(where(page)).to_have_text("Live")
    expect(card(page, "op1")).to_contain_text("pear")

    page.click("#branches")
    expect(branch(page, room(page))).to_have_attribute("aria-current", "true")
    expect(branch(page, first).locator(".thumbnail svg g[data-node]")).to_have_count(5)
    # The branch hangs below the run that it went off from.
    expect(page.locator(f"li:has(> article[data-room='{first}']) > ul article")).to_have_count(1)
    here = room(page)
    branch(page, here).locator("input").fill("pear instead")
    branch(page, here).locator("input").press("Enter")
    expect(branch(page, here)).to_have_attribute("aria-label", "pear instead")
    check_accessible(page, "#branches-dialog")

    branch(page, first).locator("[data-branch-does^=go]").click()
    expect(page.locator("#branches-dialog")).to_be_hidden()
    page.wait_for_url(f"**/r/{first}")
    until_versions(page, 1, 1, 1, 1, 1)
    expect(card(page, "op1")).to_contain_text("apple")
    page.click("#branches")
    expect(branch(page, here)).to_have_attribute("aria-label", "pear instead")


def test_two_branches_side_by_side(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    page.locator("#scrub").fill("0")
    first = forked(page)
    page.click("#branches")
    branch(page, first).locator("[data-branch-does^=compare]").click()
    sides = page.locator("#sides .side")
    expect(page.locator("#stage-other g.node")).to_have_count(5)
    expect(sides.nth(0).locator("h2")).to_have_text("Here")
    expect(sides.nth(1).locator("h2")).to_have_text("The first run")
    page.click("#end-comparing")
    expect(page.locator("#sides")).to_be_hidden()
    expect(page.locator("#stage-other")).to_have_count(0)


def test_branches_with_the_keyboard_alone(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    first = room(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Home")
    expect(where(page)).to_have_text("In the past")
    page.keyboard.press("b")
    expect(page.locator("#branch-off")).to_have_text("Branch off here, at 0.00 ms")
    page.locator("#branch-off").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("first => !location.href.endsWith(first)", arg=first)
    expect(page.locator("#branches-dialog")).to_be_hidden()
    until_versions(page, 0, 0, 0, 0, 0)
    page.keyboard.press("b")
    branch(page, first).locator("input").focus()
    page.keyboard.type("apple")
    page.keyboard.press("Enter")
    expect(branch(page, first)).to_have_attribute("aria-label", "apple")
    branch(page, first).locator("[data-branch-does^=go]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/r/{first}")
    until_versions(page, 1, 1, 1, 1, 1)


def test_other_viewers_hear_of_a_branch(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    written(page)
    watcher = open_page(address_of(page))
    page.locator("#scrub").fill("0")
    forked(page)
    expect(watcher.locator("#branch-count")).to_have_text("2")
    assert address_of(watcher) != address_of(page)


def side(page: Page, number: int) -> Locator:
    return page.locator("#sides .side").nth(number)


def test_a_second_cluster_with_another_setting(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    page.locator("#more > summary").click()
    page.click("#open-compare")
    page.click("[data-preset=w]")
    expect(page.locator("#compare-dialog")).to_be_hidden()
    expect(side(page, 0).locator("h2")).to_have_text("w: 3")
    expect(side(page, 1).locator("h2")).to_have_text("w: 1")
    # The same write in both: the same messages, and sooner OK with w = 1.
    for number in (0, 1):
        expect(side(page, number)).to_contain_text("10 messages · 1 OK, 0 FAIL, 0 UNKNOWN")
        expect(side(page, number).locator(".side-verdict")).to_have_attribute("data-word", "ok")
    # What is done now is done to both.
    act(page, "A", "write", "pear")
    for number in (0, 1):
        expect(side(page, number)).to_contain_text("20 messages · 2 OK")
    check_accessible(page, "#sides")
    check_accessible(page, ".time")
    page.click("#end-comparing")
    expect(page.locator("#sides")).to_be_hidden()


def test_any_setting_can_differ_with_the_keyboard_alone_on_a_phone(server: Server, open_page: Open) -> None:
    page = open_page(server.address, PHONE)
    faster(page)
    page.locator("#more > summary").focus()
    page.keyboard.press("Enter")
    page.locator("#open-compare").focus()
    page.keyboard.press("Enter")
    page.locator("#compare-dialog summary").focus()
    page.keyboard.press("Enter")
    row = page.locator(".compare-row")
    expect(row).to_have_count(1)
    row.locator("[data-which]").select_option("w")
    field = row.locator(".compare-value input")
    field.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    # Why not is said where it was asked.
    expect(page.locator("#compare-error")).not_to_be_empty()
    check_accessible(page, "#compare-dialog")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(side(page, 1).locator("h2")).to_have_text("w: 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
