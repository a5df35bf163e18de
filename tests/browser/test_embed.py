"""The player for other pages: it shows a stretch of a run, and lets nobody change it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, address_of, watch
from tests.browser.test_panel import check_accessible, until
from tests.browser.test_story import act
from tests.server import Server

pytestmark = pytest.mark.browser

Play = Callable[..., Page]


@pytest.fixture
def play(browser: Browser, contexts: list[BrowserContext], server: Server) -> Play:
    """Opens a player. A mistake on its page fails the test."""

    def play(
        path: str, viewport: dict = DESKTOP, scheme: str = "light", motion: str = "no-preference", before: str = ""
    ) -> Page:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion=motion)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.add_init_script(before)
        page.goto(f"{server.address}{path}")
        page.wait_for_function("document.querySelector('#clock').textContent !== ''")
        return page

    return play


def beyond(page: Page, stood_us: str, is_it: str) -> None:
    """Wait until a moment is shown that is before or after one. The clock would tell only to a hundredth of a ms."""
    page.wait_for_function(f"document.querySelector('#stage svg').dataset.nowUs {is_it} {stood_us}")


def ms(page: Page) -> float:
    return float(page.inner_text("#clock").split()[0])


def test_a_scenario_plays_from_one_moment_to_another(play: Play) -> None:
    page = play("embed/scenario/partition?speed=0.002&from=2&to=9")
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("g.node")).to_have_count(5)
    expect(page.locator("#caption")).not_to_have_text("")
    expect(page.locator("#clock")).to_have_text("9.00 ms")
    expect(page.locator("#play")).to_have_text("Play")
    # Again, from where it began.
    page.click("#again")
    expect(page.locator("#play")).to_have_text("Pause")
    assert 2 <= ms(page) < 9
    expect(page.locator("#clock")).to_have_text("9.00 ms")
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Pause")
    assert ms(page) < 9


def test_it_is_paused_and_scrubbed(play: Play) -> None:
    page = play("embed/scenario/partition?speed=0.001")
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Play")
    stood = ms(page)
    page.wait_for_timeout(300)
    assert ms(page) == stood
    page.locator("#scrub").fill("12000")
    expect(page.locator("#clock")).to_have_text("12.0 ms")
    expect(page.locator("#scrub")).to_have_attribute("aria-valuetext", "12.0 ms")
    said = page.inner_text("#caption")
    page.locator("#scrub").fill("500")
    expect(page.locator("#caption")).not_to_have_text(said)


def test_the_keyboard_is_enough(play: Play) -> None:
    page = play("embed/scenario/partition?speed=0.001")
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_text("Play")
    stood_us = page.locator("#stage svg").get_attribute("data-now-us")
    assert stood_us
    page.keyboard.press("ArrowRight")
    beyond(page, stood_us, ">")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    beyond(page, stood_us, "<=")
    page.locator("#again").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#play")).to_have_text("Pause")
    page.locator("#play").focus()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_text("Play")
    page.locator("#scrub").focus()
    page.keyboard.press("End")
    expect(page.locator("#clock")).to_have_text("30.0 ms")


def test_it_goes_round_and_round(play: Play) -> None:
    # The first frame comes when the first round would be over.
    late = "const ask = requestAnimationFrame; requestAnimationFrame = (draw) => void setTimeout(draw, 1000);"
    page = play(
        "embed/scenario/partition?speed=0.01&from=1&to=6&loop=1",
        before=f"{late} setTimeout(() => (requestAnimationFrame = ask), 900);",
    )
    page.evaluate(
        """() => {
          window.rounds = 0;
          let last = 0;
          setInterval(() => {
            const now = parseFloat(document.querySelector("#clock").textContent);
            if (now < last) window.rounds += 1;
            last = now;
          }, 20);
        }"""
    )
    page.wait_for_function("window.rounds >= 2")
    assert 1 <= ms(page) <= 6


def test_a_room_is_shown_as_it_is_now_and_opened_as_a_copy(server: Server, open_page: Open, play: Play) -> None:
    room = open_page(server.address)
    act(room, "A", "write", "apple")
    until(room, "scene.operations[0]?.[1].outcome === 'ok'")
    page = play(f"embed/{address_of(room).rpartition('/')[2]}?speed=0.01")
    expect(page.locator("g.client[data-client=A]")).to_contain_text("x = apple")
    page.locator("#open").focus()
    with page.context.expect_page() as opening:
        page.keyboard.press("Enter")
    copy = opening.value
    # The page of the shared run becomes the page of the copy once there is one.
    copy.wait_for_url("**/r/*")
    until(copy, "scene.operations.length === 1")
    assert address_of(copy) != address_of(room)


def test_a_run_in_the_address(server: Server, open_page: Open, play: Play) -> None:
    room = open_page(server.address)
    act(room, "B", "write", "pear")
    until(room, "scene.operations[0]?.[1].outcome === 'ok'")
    packed = room.evaluate("quorumscope.connection.ask('share', {}).then((answer) => answer.packed)")
    page = play(f"embed?speed=0.01#{packed}")
    expect(page.locator("g.client[data-client=B]")).to_contain_text("x = pear")


def test_both_views(play: Play) -> None:
    page = play("embed/scenario/partition?view=both")
    expect(page.locator("#stage g.node")).to_have_count(5)
    expect(page.locator("#spacetime svg").first).to_be_visible()
    page = play("embed/scenario/partition?view=spacetime", PHONE)
    expect(page.locator("#spacetime svg").first).to_be_visible()
    expect(page.locator("#stages")).to_be_hidden()


def test_less_motion_is_no_motion_until_it_is_asked_for(play: Play) -> None:
    page = play("embed/scenario/partition?speed=0.01&from=2&to=9", motion="reduce")
    expect(page.locator("#play")).to_have_text("Play")
    page.wait_for_timeout(300)
    assert ms(page) == 2
    page.click("#play")
    expect(page.locator("#clock")).to_have_text("9.00 ms")


def test_a_run_that_is_none_says_so(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{server.address}embed#nonsense")
    expect(page.locator("#caption")).to_contain_text("This run cannot be shown:")
    expect(page.locator("#play")).to_be_disabled()
    assert page.goto(f"{server.address}embed/scenario/partition?speed=99").status == 400
    assert page.goto(f"{server.address}embed/no-such-room").status == 404
    page.close()


@pytest.mark.parametrize("view", ["stage", "both"])
@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_it_fits_and_axe_finds_nothing(play: Play, viewport: dict, scheme: str, view: str) -> None:
    page = play(f"embed/scenario/partition?speed=0.02&view={view}", viewport, scheme)
    expect(page.locator("#play")).to_have_text("Play")
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert width <= viewport["width"] and height <= viewport["height"]
    check_accessible(page)
