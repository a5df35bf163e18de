"""Lessons in another language, and in a page of somebody else."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from engine.commands import Write
from tests.browser.conftest import DESKTOP, address_of, settled, watch
from tests.browser.learner import painted, ready
from tests.browser.pseudo import assert_fits, assert_translated
from tests.browser.test_language import in_language
from tests.server import Server
from webapp.lessons.lesson import Lesson
from webapp.lessons.library import SHIPPED, Library

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LESSONS = Library(SHIPPED)
# What is written in any of them.
VALUES = {
    word
    for experiment in (lesson.experiment for lesson in LESSONS)
    for command in (*experiment.scenario.prepared, *(cue.command for step in experiment.steps for cue in step.script))
    if isinstance(command, Write)
    for word in command.value.split()
}


@pytest.fixture
def page(browser: Browser, contexts: list[BrowserContext]) -> Page:
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    contexts.append(context)
    page = context.new_page()
    watch(page)
    return page


def check(page: Page, where: str) -> None:
    """All is translated, and fits on a desk and on a phone."""
    try:
        settled(page)
        assert_translated(page, VALUES)
        for viewport in (DESKTOP, PHONE):
            page.set_viewport_size(viewport)
            painted(page)
            settled(page)
            assert_fits(page)
    except AssertionError as error:
        raise AssertionError(f"{where}, {page.viewport_size}: {error}") from None
    page.set_viewport_size(DESKTOP)


def test_every_lesson_is_translated(abroad: Server, page: Page) -> None:
    for lesson in LESSONS:
        page.goto(in_language(f"{abroad.address}lessons/{lesson.slug}"))
        ready(page)
        check(page, lesson.slug)


@pytest.mark.parametrize("slug", ["sleeping-node", "two-writers", "sloppy-quorums"])
def test_every_step_is_translated(abroad: Server, page: Page, slug: str) -> None:
    lesson = LESSONS.get(slug)
    page.goto(in_language(f"{abroad.address}lessons/{slug}"))
    ready(page)
    begin(page, lesson)
    for step in lesson.experiment.steps:
        page.locator(f"[data-dot={step.id}]").click()
        expect(page.locator(".step:visible")).to_have_attribute("data-step", step.id)
        for hint in range(page.locator(".step:visible [data-hint]").count()):
            page.click("#lesson-hint")
            expect(page.locator(".step:visible [data-hint]").nth(hint)).to_be_visible()
        check(page, f"{slug}#{step.id}")


def begin(page: Page, lesson: Lesson) -> None:
    """Somebody has been at the end already, and has answered what was asked."""
    steps = lesson.experiment.steps
    known = {
        "step": steps[0].id,
        "reached": len(steps) - 1,
        "room": None,
        "answers": {step.id: step.choices[0] for step in steps if step.choices},
        "done": [],
        "finished": True,
    }
    text = json.dumps({"version": 1, "lessons": {lesson.slug: known}})
    page.evaluate("text => localStorage.setItem('quorumscope.progress', text)", text)
    page.reload()
    ready(page)


class Course(BaseHTTPRequestHandler):
    """A page of another site, with a lesson in it."""

    lesson = ""

    def do_GET(self) -> None:
        frame = f'<iframe src="{self.lesson}" width="1100" height="700" title="A lesson"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>A course</title>{frame}".encode())

    def log_message(self, *_: object) -> None:
        """It keeps no log."""


@pytest.fixture
def course(server: Server) -> Iterator[str]:
    """The address of such a page."""
    lesson = f"{server.address}embed/lessons/five-masters"
    # A browser may make connections on which it asks for nothing.
    with ThreadingHTTPServer(("localhost", 0), type("OurCourse", (Course,), {"lesson": lesson})) as site:
        thread = Thread(target=site.serve_forever)
        thread.start()
        yield f"http://localhost:{site.server_port}/"
        site.shutdown()
        thread.join()


def test_a_lesson_in_a_page_of_somebody_else(server: Server, page: Page, course: str) -> None:
    """It is the lesson, whole; and from there one comes to this site."""
    page.goto(course)
    inside = page.frame_locator("iframe")
    inside.locator("#lesson-next").click()
    inside.locator("input[value='yes']").check()
    inside.locator("#lesson-next").click()
    inside.locator("form[data-client=A] [data-do=write]").click()
    expect(inside.locator("[data-task=first].met")).to_be_visible()
    full = inside.get_by_role("link", name="Open in full")
    with page.context.expect_page() as opening:
        full.click()
    expect(opening.value).to_have_url(re.compile(f"^{server.address}lessons/five-masters"))
    assert address_of(page) == course
