"""The review in the browser: ten questions, by hand and by keyboard, and the run that shows what is right."""

import json

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, watch
from tests.browser.test_page import check_accessible
from tests.server import Server
from webapp.lessons.review.review import QUESTIONS, lessons_of, question_of

pytestmark = pytest.mark.browser

SEED = 5


@pytest.fixture
def page(browser: Browser, contexts: list[BrowserContext], server: Server) -> Page:
    return opened(browser, contexts, server, DESKTOP, "light")


def opened(browser: Browser, contexts: list[BrowserContext], server: Server, viewport: dict, scheme: str) -> Page:
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    contexts.append(context)
    page = context.new_page()
    watch(page)
    page.goto(f"{server.address}lessons/review?seed={SEED}")
    asked(page, 1)
    return page


def asked(page: Page, number: int) -> None:
    expect(page.locator("#place")).to_have_text(f"Question {number} of {QUESTIONS}")
    expect(page.locator("#choices input").first).to_be_enabled()


def choose(page: Page, number: int, right: bool) -> None:
    question = question_of(SEED, number)
    wanted = next(choice.id for choice in question.choices if (choice.id == question.right) == right)
    page.check(f"#choices input[value={wanted}]")


def test_from_the_first_question_to_the_score_and_again(page: Page) -> None:
    wrong = {2, 5}
    for number in range(1, QUESTIONS + 1):
        asked(page, number)
        expect(page.locator("#go")).to_be_disabled()
        expect(page.locator("#said")).to_be_empty()
        choose(page, number, number not in wrong)
        page.click("#go")
        expect(page.locator(".review-verdict")).to_contain_text("No." if number in wrong else "Right.")
        expect(
            page.locator(f"#choices [data-judged=right] input[value={question_of(SEED, number).right}]")
        ).to_have_count(1)
        page.click("#go")
    expect(page.locator("#score")).to_have_text("8 of 10 were right")
    expect(page.locator("#best")).to_have_text("Your best so far: 8 of 10.")
    expect(page.locator(".review-row[data-judged=wrong]")).to_have_count(2)
    kept = json.loads(page.evaluate("localStorage['quorumscope.review']"))
    assert (kept["version"], kept["taken"], kept["best"]) == (1, 1, 8)
    missed = {slug for slug, tally in kept["lessons"].items() if not tally["right"]}
    assert missed == {lessons_of(SEED)[number - 1] for number in wrong}
    assert set(kept["lessons"]) == set(lessons_of(SEED))
    # It is over, and counted once, however often one looks.
    page.reload()
    expect(page.locator("#score")).to_have_text("8 of 10 were right")
    assert json.loads(page.evaluate("localStorage['quorumscope.review']"))["taken"] == 1
    page.click("#same")
    asked(page, 1)


def test_the_keyboard_is_enough_and_a_reload_goes_on(page: Page) -> None:
    page.focus("#choices input >> nth=0")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#choices input >> nth=1")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".review-verdict")).to_be_visible()
    expect(page.locator("#go")).to_be_focused()
    page.keyboard.press("Enter")
    asked(page, 2)
    page.reload()
    asked(page, 2)
    expect(page.locator("#marks [data-judged=right], #marks [data-judged=wrong]")).to_have_count(1)


def test_the_run_is_fetched_when_it_is_wanted_and_can_be_gone_on_with(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    choose(page, 1, True)
    page.click("#go")
    expect(page.locator("#watch")).to_be_visible()
    assert not [url for url in fetched if "/embed" in url]
    page.click("#watch")
    frame = page.frame_locator("#run iframe")
    expect(frame.locator("g.node")).to_have_count(nodes(1))
    expect(frame.locator("#clock")).not_to_have_text("")
    page.click("#watch")
    expect(page.locator("#run iframe")).to_have_count(0)
    with page.context.expect_page() as opening:
        page.click("#open")
    expect(opening.value.locator("g.node")).to_have_count(nodes(1))


def nodes(number: int) -> int:
    return question_of(SEED, number).scenario.nodes


def test_where_the_server_does_not_answer_one_tries_again(page: Page) -> None:
    choose(page, 1, True)
    page.route("**/lessons/review/answer*", lambda route: route.abort())
    page.click("#go")
    expect(page.locator("#trouble")).to_be_visible()
    page.unroute("**/lessons/review/answer*")
    page.click("#retry")
    expect(page.locator(".review-verdict")).to_contain_text("Right.")
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_it_fits_and_axe_finds_nothing(
    browser: Browser, contexts: list[BrowserContext], server: Server, viewport: dict, scheme: str
) -> None:
    page = opened(browser, contexts, server, viewport, scheme)
    check_accessible(page)
    choose(page, 1, False)
    page.click("#go")
    expect(page.locator(".review-verdict")).to_contain_text("No.")
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
