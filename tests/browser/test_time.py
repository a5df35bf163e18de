"""Time travel: the scrubber, steps by event and by operation, live and past, keys, and a tab that was hidden."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open, address_of, arrived, faster, settled
from tests.browser.test_page import AXE, SAMPLE
from tests.browser.test_story import act, card, until_versions
from tests.server import Server

pytestmark = pytest.mark.browser


DRAWN = """() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(
  () => tell(Number(document.querySelector("#stage svg").dataset.nowUs)))))"""


def moment(page: Page) -> float:
    """Which moment is shown, in microseconds, once what has been asked is drawn."""
    return page.evaluate(DRAWN)


def where(page: Page) -> Locator:
    return page.locator("#where")


def stand(page: Page) -> None:
    """Pause the room, and wait until the picture has come to where its clock stands, and knows the past."""
    page.click("#run")
    expect(page.locator("#run")).to_have_text("Run")
    arrived(page)
    page.wait_for_function("!quorumscope.run.waiting")


def two_writes(page: Page) -> None:
    """A run that has come to a pause: two writes, one after the other, each on all nodes."""
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    # Nothing of the first is under way when the second begins.
    expect(page.locator("#stage g.message")).to_have_count(0)
    act(page, "B", "write", "pear")
    until_versions(page, 2, 2, 2, 2, 2)
    # And the second has been answered.
    expect(page.locator("#stage g.message")).to_have_count(0)
    stand(page)


def check_accessible(page: Page, css: str) -> None:
    """axe finds nothing in a part of the page."""
    page.evaluate(AXE.read_text())
    settled(page)
    found = page.evaluate("async (css) => (await axe.run(css)).violations", css)
    assert not found, "\n".join(f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found)


def check_dots(page: Page, least: int) -> None:
    samples = page.evaluate(SAMPLE)
    assert len(samples) >= least
    assert max((sample["off"] for sample in samples), default=0) < 0.05


def test_the_whole_run_can_be_scrubbed_with_the_mouse(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    expect(where(page)).to_have_text("Live")
    end = moment(page)
    scrub = page.locator("#scrub")
    box = scrub.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
    page.mouse.up()
    expect(where(page)).to_have_text("In the past")
    assert 0.4 * end < moment(page) < 0.6 * end
    assert scrub.get_attribute("aria-valuetext") == f"{page.locator('#clock').text_content()}, in the past"

    # To the very beginning: nothing was written yet.
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] - 5, middle, steps=5)
    page.mouse.up()
    until_versions(page, 0, 0, 0, 0, 0)

    # At its right end the scrubber is live, and so is it by the badge.
    page.mouse.move(box["x"] + 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 5, middle, steps=5)
    page.mouse.up()
    expect(where(page)).to_have_text("Live")
    until_versions(page, 2, 2, 2, 2, 2)
    page.click("#back")
    expect(where(page)).to_have_accessible_name("In the past: back to live")
    where(page).click()
    expect(where(page)).to_have_text("Live")


def test_the_end_of_the_scrubber_is_the_present_though_a_slider_rounds(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    page.evaluate("quorumscope.playhead.seek(0)")
    expect(where(page)).to_have_text("In the past")
    rounded = page.evaluate(
        """() => {
          const scrub = document.querySelector("#scrub");
          scrub.max = "1903.1000000014901";
          scrub.value = scrub.max;
          scrub.dispatchEvent(new Event("input"));
          return Number(scrub.value) < Number(scrub.max);
        }"""
    )
    assert rounded
    expect(where(page)).to_have_text("Live")


def test_a_room_that_stands_is_shown_where_it_stands(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    page.locator("#run").click()
    # The server is late: it has not come as far as the page took it to be.
    stood = page.evaluate(
        """() => {
          const { playhead, run } = quorumscope;
          const now_us = playhead.present() - 500;
          const pace = { running: false, speed: playhead.pace.speed };
          playhead.take({ room: run.room, whole: false, now_us, quiet_until_us: null, pace, changes: [] });
          return [playhead.present() - now_us, playhead.limit_us - now_us];
        }"""
    )
    assert stood == [0, 0]


def test_steps_by_event_and_by_operation_with_the_mouse(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    page.click("#turn-back")
    expect(card(page, "op2")).to_have_attribute("data-outcome", "ok")
    answered = moment(page)
    page.click("#back")
    assert moment(page) < answered
    expect(card(page, "op2")).to_have_attribute("data-outcome", "pending")
    page.click("#step")
    assert moment(page) == answered
    page.click("#turn-back")
    invoked = moment(page)
    page.click("#turn-back")
    expect(card(page, "op2")).to_have_count(0)
    page.click("#turn-on")
    assert moment(page) == invoked
    expect(card(page, "op2")).to_have_attribute("data-outcome", "pending")
    # Beyond the last operation there is only the present.
    page.click("#turn-on")
    page.click("#turn-on")
    expect(where(page)).to_have_text("Live")


def test_time_travel_with_the_keyboard_alone(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    page.evaluate("document.activeElement.blur()")
    press = page.keyboard.press
    press("Shift+ArrowLeft")
    expect(where(page)).to_have_text("In the past")
    answered = moment(page)
    press("ArrowLeft")
    assert moment(page) < answered
    press("ArrowRight")
    assert moment(page) == answered
    press("PageUp")
    assert moment(page) < answered
    press("PageDown")
    assert moment(page) == answered
    press("Home")
    until_versions(page, 0, 0, 0, 0, 0)

    # It plays from there by itself, at a speed of its own, and stands still when asked.
    for _ in range(4):
        press("-")
    expect(page.locator("#reading")).to_have_text("1 ms lasts 10 s")
    # Not so fast that the end could come before somebody stops it.
    for _ in range(2):
        press("+")
    expect(page.locator("#reading")).to_have_text("1 ms lasts 1 s")
    press("Space")
    expect(page.locator("#run")).to_have_text("Pause")
    page.wait_for_function("() => parseFloat(document.getElementById('clock').textContent) > 0.1")
    press("Space")
    expect(page.locator("#run")).to_have_text("Run")
    stood = moment(page)
    page.wait_for_timeout(200)
    assert moment(page) == stood
    press("End")
    expect(where(page)).to_have_text("Live")
    until_versions(page, 2, 2, 2, 2, 2)
    # Nothing of all this was asked of the room.
    expect(page.locator("#branch-count")).to_have_text("1")

    # The scrubber has the same keys, and its own for a hundredth of the run.
    page.locator("#scrub").focus()
    press("ArrowDown")
    expect(where(page)).to_have_text("In the past")
    press("Home")
    until_versions(page, 0, 0, 0, 0, 0)
    press("End")
    expect(where(page)).to_have_text("Live")


def test_played_to_its_end_the_past_is_live_again(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    page.click("#turn-back")
    page.locator("#speed").fill("-1")
    page.click("#run")
    expect(where(page)).to_have_text("Live")
    # The room's own speed is what it was.
    expect(page.locator("#reading")).to_have_text("1 ms lasts 0.1 s")
    expect(page.locator("#run")).to_have_text("Run")


def test_a_reload_finds_the_whole_past(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    newcomer = open_page(address_of(page))
    newcomer.wait_for_function("() => document.getElementById('scrub').min === '0'")
    newcomer.keyboard.press("Home")
    until_versions(newcomer, 0, 0, 0, 0, 0)
    newcomer.keyboard.press("End")
    until_versions(newcomer, 2, 2, 2, 2, 2)


def test_what_did_not_end_well_is_marked_over_the_scrubber(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page)
    for name in ("n1", "n2", "n3"):
        page.locator(f"g.node[data-node={name}]").focus()
        page.keyboard.press("c")
    act(page, "A", "write", "apple")
    expect(card(page, "op1")).to_have_attribute("data-outcome", "fail")
    page.wait_for_function("() => /^M[\\d.]+ 0V10$/.test(document.querySelector('#marks .fail').getAttribute('d'))")


def test_dots_stand_where_the_data_says_also_in_the_past(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    two_writes(page)
    # The moment at which B's write was invoked, and then a little later.
    page.click("#turn-back")
    page.click("#turn-back")
    page.wait_for_function("() => document.querySelectorAll('#stage g.message').length === 5")
    check_dots(page, 5)
    began = moment(page)
    for later_us in (150, 400):
        page.locator("#scrub").fill(str(began + later_us))
        page.wait_for_function(
            "at => Number(document.querySelector('#stage svg').dataset.nowUs) === at", arg=began + later_us
        )
        check_dots(page, 1)


def test_a_tab_that_was_hidden_comes_back_at_now(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    act(page, "A", "write", "apple")
    page.wait_for_selector("g.message")
    browser = page.context.new_cdp_session(page)
    hidden_us = moment(page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.context.new_page().wait_for_timeout(1500)
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    # A second and a half of wall time are a millisecond and a half here; what was missed is not played.
    page.wait_for_function(
        "at => Number(document.querySelector('#stage svg').dataset.nowUs) > at", arg=hidden_us + 1200
    )
    for _ in range(5):
        check_dots(page, 0)
        page.wait_for_timeout(60)
    expect(where(page)).to_have_text("Live")


def test_the_help_lists_every_key_and_single_keys_can_be_switched_off(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.keyboard.press("?")
    help_ = page.locator("#keys-dialog")
    expect(help_).to_be_visible()
    for does in ("Run or pause", "On by an operation", "To the present", "This help"):
        expect(help_.locator("dd", has_text=does)).to_have_count(1)
    expect(help_.locator("h3")).to_have_count(6)
    check_accessible(page, "#keys-dialog")
    page.keyboard.press("2")
    expect(page.locator("#tab-story")).to_have_attribute("aria-selected", "false")
    help_.locator("#single-keys").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.press("2")
    expect(page.locator("#tab-story")).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Space")
    page.locator("#more > summary").click()
    page.click("#open-keys")
    help_.locator("#single-keys").check()
    help_.locator("[data-close]").click()
    page.keyboard.press("2")
    expect(page.locator("#tab-story")).to_have_attribute("aria-selected", "true")


def test_keys_mean_nothing_while_somebody_types(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.locator("form[data-client=A] input").focus()
    page.keyboard.press("Home")
    page.keyboard.type("b 1p?")
    expect(page.locator("#branches-dialog")).to_be_hidden()
    expect(page.locator("#keys-dialog")).to_be_hidden()
    expect(where(page)).to_have_text("Live")
    expect(page.locator("#run")).to_have_text("Pause")


def test_a_picture_that_stands_still_asks_for_no_frames_and_wakes_at_once(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    resting = "quorumscope.resting !== null"
    page.wait_for_timeout(1500)
    assert not page.evaluate(resting), "time goes on, and so does the picture"
    page.keyboard.press("Space")
    page.wait_for_function(f"{resting} && !quorumscope.run.waiting")
    # By what moves the playhead.
    page.evaluate("quorumscope.playhead.seek(0)")
    assert moment(page) == 0
    page.evaluate("quorumscope.playhead.goLive()")
    page.wait_for_function(resting)
    # By somebody's hand, and by what another page does.
    page.locator("#stage g.node[data-node=n2]").focus()
    page.keyboard.press("c")
    expect(page.locator("#stage g.node[data-node=n2]")).to_have_class(re.compile(r"\bdown\b"))
    page.wait_for_function(resting)
    other = open_page(address_of(page))
    other.locator("#stage g.node[data-node=n3]").focus()
    other.keyboard.press("c")
    expect(page.locator("#stage g.node[data-node=n3]")).to_have_class(re.compile(r"\bdown\b"))
    page.wait_for_function(resting)
