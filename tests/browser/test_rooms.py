"""Tabs and rooms: one world for all who have the address, and no other."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, address_of, arrived, faster, live
from tests.browser.test_story import act, card, toggle, until_versions
from tests.server import Server

pytestmark = pytest.mark.browser


def world(page: Page) -> dict:
    """Everything that the page shows of the room, once it knows the past and has drawn all that it knows."""
    page.wait_for_function(
        """() => {
          const { due, drawn, run, timeline, view } = window.quorumscope;
          return !run.waiting && !due.size && view && drawn.changes === timeline.changesBy(view.at_us);
        }"""
    )
    return page.evaluate(
        """() => {
          const texts = (css) => [...document.querySelectorAll(css)].map((e) => e.textContent);
          return {
            clock: texts("#clock"),
            nodes: texts("g.node"),
            clients: texts("g.client"),
            messages: [...document.querySelectorAll("g.message")]
              .map((m) => `${m.dataset.message} ${m.dataset.type} ${m.getAttribute("transform")}`).sort(),
            operations: texts("#operations li"),
            log: texts("#log li"),
            settings: ["n", "w", "r"].map((name) => document.getElementById(`set-${name}`).value),
            pace: [...texts("#run"), ...texts("#reading")],
          };
        }"""
    )


def same_world(one: Page, other: Page) -> None:
    """Both show the same. A picture glides for a moment into where a paused clock stands."""
    for _ in range(200):
        if (seen := world(one)) == world(other):
            break
        one.wait_for_timeout(50)
    assert seen == world(other)


def pause(page: Page) -> None:
    page.click("#run")
    expect(page.locator("#link")).to_have_text("Paused")


def test_two_tabs_on_one_room_show_the_same_world(server: Server, open_page: Open) -> None:
    first = open_page(server.address)
    assert "/r/" in address_of(first)
    faster(first)
    act(first, "A", "write", "apple")
    until_versions(first, 1, 1, 1, 1, 1)

    second = open_page(address_of(first))
    toggle(second, "n4")
    act(second, "B", "write", "pear")
    until_versions(first, 2, 2, 2, 1, 2)
    act(first, "A", "read")
    act(second, "B", "read")
    pause(second)
    expect(first.locator("#link")).to_have_text("Paused")
    act(first, "A", "write", "plum")
    first.click("#step")
    expect(second.locator("g.message")).not_to_have_count(0)
    arrived(first)
    arrived(second)
    same_world(first, second)

    # Somebody who comes now, in the middle of it, sees the same again; so does a reload.
    third = open_page(address_of(first))
    same_world(first, third)
    second.reload()
    live(second)
    same_world(first, second)


def test_two_sandboxes_do_not_touch_each_other(server: Server, open_page: Open) -> None:
    one, other = open_page(server.address), open_page(server.address)
    assert address_of(one) != address_of(other)
    pause(other)
    arrived(other)
    before = world(other)
    faster(one)
    act(one, "A", "write", "apple")
    toggle(one, "n1")
    expect(card(one, "op1")).to_have_attribute("data-outcome", "ok")
    one.locator("#set-w").fill("5")
    expect(one.locator("#overlap")).to_contain_text("5 + 3 > 5")
    other.wait_for_timeout(300)
    assert world(other) == before


def test_after_sigkill_the_same_address_shows_the_same_world(tmp_path: Path, open_page: Open) -> None:
    with Server(tmp_path) as server:
        page = open_page(server.address)
        faster(page)
        act(page, "A", "write", "apple")
        until_versions(page, 1, 1, 1, 1, 1)
        toggle(page, "n3")
        act(page, "B", "write", "pear")
        expect(card(page, "op2")).to_have_attribute("data-outcome", "ok")
        pause(page)
        act(page, "A", "read")
        expect(card(page, "op3")).to_have_attribute("data-outcome", "pending")
        stood_us = page.evaluate("quorumscope.playhead.limit_us")
        page.click("#step")
        page.wait_for_function("stood_us => quorumscope.playhead.limit_us > stood_us", arg=stood_us)
        arrived(page)
        before = world(page)
        server.kill()
        expect(page.locator("#link")).to_have_text("Connection lost, trying again …")

        server.start()
        # The open page finds back by itself, and a new one sees the same.
        live(page)
        expect(page.locator("#link")).to_have_text("Paused")
        newcomer = open_page(address_of(page))
        arrived(page)
        arrived(newcomer)
        assert world(newcomer) == before
        assert world(page) == before
        page.click("#run")
        act(page, "A", "write", "plum")
        expect(card(page, "op4")).to_have_attribute("data-outcome", "ok")
        expect(card(newcomer, "op4")).to_have_attribute("data-outcome", "ok")


def test_an_address_without_a_room_says_so(server: Server, browser) -> None:
    page = browser.new_page()
    answer = page.goto(f"{server.address}r/no-such-room")
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("There is no room at this address")
    page.click("a.button")
    live(page)
    page.close()
