"""A student who wants to break a lesson: presses twice, forgets, brings strange files, and pulls the plug."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP
from tests.browser.test_lesson_page import PROGRESS, Reader, on, ready, step
from tests.server import Server
from tests.webapp.clients import Client

pytestmark = pytest.mark.browser

AT_WRITE = {"step": "write", "reached": 2, "room": None, "answers": {"guess": "no"}, "done": [], "finished": False}

# How many rooms at a step have been asked for, and how many of them are there.
COUNT = """() => {
  const { connection } = window.quorumscope;
  const ask = connection.ask.bind(connection);
  window.begun = window.there = 0;
  connection.ask = async (event, ...more) => {
    if (event === "lesson") window.begun += 1;
    const answer = await ask(event, ...more);
    if (event === "lesson") window.there += 1;
    return answer;
  };
}"""


@pytest.fixture
def context(browser: Browser, contexts: list[BrowserContext]) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP)
    contexts.append(context)
    return context


def progress(**lessons: Any) -> str:
    return json.dumps({"version": 1, "lessons": {slug.replace("_", "-"): known for slug, known in lessons.items()}})


def reached(page: Page) -> int:
    return page.locator("#lesson-dots [href]").count()


def test_a_room_that_is_not_the_lessons_is_left_alone(context: BrowserContext, server: Server) -> None:
    with Client(server) as other:
        foreign = [other.open(), other.enter("lesson", slug="one-leader", step="claim")["room"]]
    reader = Reader(context, server)
    reader.page.goto(f"{server.address}glossary")
    for room in (*foreign, "A" * 50):
        text = progress(five_masters=AT_WRITE | {"room": room})
        reader.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [PROGRESS, text])
        page = reader.visit()
        page.wait_for_function("() => window.quorumscope.joined?.scenario === 'lesson-five-masters'")
        assert step(page) == "write"
        assert reader.known["room"] == page.evaluate("window.quorumscope.joined.room") != room


def test_two_presses_in_a_hurry_are_one(context: BrowserContext, server: Server) -> None:
    page = Reader(context, server).visit()
    page.evaluate(COUNT)
    on(page)
    page.locator(".step:not([hidden]) input[value=yes]").check()
    page.dblclick("#lesson-next")
    assert step(page) == "write"
    # Wherever the button is after the first of two.
    page.dispatch_event("#lesson-next", "click", {"detail": 2})
    assert step(page) == "write", "it would go on without doing anything"
    page.dblclick("#lesson-again")
    page.dblclick("#lesson-show")
    page.wait_for_function("() => there === 2 && quorumscope.run.room === quorumscope.joined.room")
    page.dblclick("#lesson-next")
    assert step(page) == "count"
    expect(page.locator("[data-number=down]")).to_have_text("2")
    assert page.evaluate("begun") == 3
    # Where somebody has been already, nobody needs to be held back.
    page.locator("#lesson-dots a").nth(1).click()
    page.dispatch_event("#lesson-next", "click", {"detail": 2})
    assert step(page) == "write"


def test_what_another_tab_forgets_begins_with_where_one_is(context: BrowserContext, server: Server) -> None:
    reader = Reader(context, server)
    page = reader.visit()
    on(page)
    on(page, "yes")
    room = reader.known["room"]
    contents = context.new_page()
    contents.goto(f"{server.address}lessons")
    contents.click("#progress-forget")
    contents.click("#forget-yes")
    expect(contents.locator("#progress-said")).not_to_be_empty()
    page.bring_to_front()
    page.click("#lesson-hint")
    assert reached(page) == 3
    known = reader.known
    assert (known["step"], known["reached"], known["room"]) == ("write", 2, room)
    page.reload()
    ready(page)
    assert (step(page), page.evaluate("window.quorumscope.joined.room")) == ("write", room)


def test_more_than_can_be_kept_is_not_taken(context: BrowserContext, server: Server) -> None:
    reader = Reader(context, server)
    page = reader.page
    page.goto(f"{server.address}lessons")

    def take(count: int, name: str) -> None:
        lessons = {f"{name}-{number}": AT_WRITE for number in range(count)} | {"five-masters": AT_WRITE}
        text = json.dumps({"version": 1, "lessons": lessons}).encode()
        page.set_input_files("#progress-file", {"name": "p.json", "mimeType": "application/json", "buffer": text})

    take(400, "ghost")
    expect(page.locator("#progress-said")).to_contain_text("401 lessons")
    take(400, "spirit")
    expect(page.locator("#progress-problem")).not_to_be_empty()
    page.reload()
    assert reader.known["step"] == "write", "what was here before is still here"
    expect(page.locator("#go")).to_contain_text("2")


def test_the_line_is_down_as_a_step_is_begun(context: BrowserContext, server: Server) -> None:
    page = Reader(context, server).visit()
    on(page)
    on(page, "no")
    before = page.evaluate("window.quorumscope.joined.room")
    context.set_offline(True)
    page.wait_for_function("() => document.documentElement.dataset.line === 'down'")
    on(page)
    assert step(page) == "count"
    context.set_offline(False)
    # All that should have been done is done for them, as if nothing had been amiss.
    expect(page.locator("[data-number=down]")).to_have_text("2")
    page.wait_for_function("before => window.quorumscope.joined.room !== before", arg=before)


def test_an_answer_counts_once_and_its_reason_is_seen(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.goto(f"{server.address}lessons/review?seed=5")
    page.locator("#choices input").first.check()
    page.dblclick("#go")
    expect(page.locator(".review-verdict")).not_to_be_empty()
    page.reload()
    expect(page.locator("#place")).to_contain_text("Question 2 ")
    page.locator("#choices input").first.check()
    page.evaluate("() => { for (let i = 0; i < 5; i++) document.querySelector('form').requestSubmit(); }")
    expect(page.locator(".review-verdict")).not_to_be_empty()
    assert page.evaluate("JSON.parse(sessionStorage['quorumscope.review.5']).length") == 2
