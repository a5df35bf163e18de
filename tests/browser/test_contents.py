"""The contents and the glossary: what there is to learn, how far one has got, and what the words mean."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, watch
from tests.browser.learner import listen, ready, until_heard
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser

SLUG = "five-masters"


def record(step: str = "write", reached: int = 2, finished: bool = False) -> dict:
    return {"step": step, "reached": reached, "room": None, "answers": {}, "done": [], "finished": finished}


def file(folder: Path, text: str) -> Path:
    path = folder / "progress.json"
    path.write_text(text)
    return path


def kept(*, version: int = 1, **lessons: dict) -> str:
    return json.dumps({"version": version, "lessons": {slug.replace("_", "-"): one for slug, one in lessons.items()}})


@pytest.fixture
def context(browser, contexts: list[BrowserContext]) -> BrowserContext:
    made = browser.new_context(viewport=DESKTOP)
    contexts.append(made)
    return made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    watch(page)
    return page


def lessons(page: Page, server: Server, progress: str | None = None) -> Page:
    if progress is not None:
        page.add_init_script(f"localStorage['quorumscope.progress'] ??= {json.dumps(progress)}")
    page.goto(f"{server.address}lessons")
    expect(page.locator("#progress")).to_be_visible()
    return page


def state(page: Page, slug: str = SLUG) -> Locator:
    return page.locator(f"[data-lesson={slug}] .lesson-state")


def test_each_lesson_says_how_far_one_is(server: Server, page: Page) -> None:
    lessons(page, server)
    expect(state(page)).to_have_text("Not begun")
    first = page.locator("[data-lesson]").first
    number = first.locator(".lesson-number").inner_text()
    expect(page.locator("#go")).to_have_text(f"Start with lesson {number}")
    expect(page.locator("#go")).to_have_attribute("href", f"/lessons/{first.get_attribute('data-lesson')}")
    page.evaluate("text => localStorage['quorumscope.progress'] = text", kept(five_masters=record()))
    page.reload()
    listed = json.loads(page.locator("#boot").text_content() or "")["lessons"]
    steps = next(lesson["steps"] for lesson in listed if lesson["slug"] == SLUG)
    expect(state(page)).to_have_text(f"Step 3 of {steps}")
    expect(state(page)).to_have_attribute("data-state", "begun")
    expect(page.locator("#go")).to_have_text("Go on with lesson 2")
    expect(page.locator("#go")).to_have_attribute("href", f"/lessons/{SLUG}")
    page.evaluate("text => localStorage['quorumscope.progress'] = text", kept(five_masters=record(finished=True)))
    page.reload()
    expect(state(page)).to_have_text("Done")
    expect(page.locator("#go")).not_to_have_attribute("href", f"/lessons/{SLUG}")


def test_the_list_is_links_without_scripts(server: Server, browser, contexts: list[BrowserContext]) -> None:
    context = browser.new_context(java_script_enabled=False)
    contexts.append(context)
    page = context.new_page()
    page.goto(f"{server.address}lessons")
    expect(page.get_by_role("link", name="Five masters")).to_have_attribute("href", f"/lessons/{SLUG}")
    expect(page.locator("#progress, [data-send]:visible")).to_be_hidden()
    page.goto(f"{server.address}glossary")
    expect(page.locator("#quorum dd")).to_contain_text("As many answers as an operation needs")


def test_progress_goes_out_and_comes_back(server: Server, page: Page, tmp_path: Path) -> None:
    reviews = {"version": 1, "taken": 2, "best": 7, "lessons": {SLUG: {"right": 3, "asked": 4}}}
    page.add_init_script(
        f"sessionStorage.seen ??= (localStorage['quorumscope.review'] = {json.dumps(json.dumps(reviews))})"
    )
    lessons(page, server, kept(five_masters=record(finished=True)))
    with page.expect_download() as downloading:
        page.click("#progress-export")
    saved = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(saved)
    expect(page.locator("#progress-said")).to_have_text("Saved as quorumscope-progress.json.")
    page.click("#progress-forget")
    page.get_by_role("button", name="Keep it").click()
    expect(state(page)).to_have_text("Done")
    page.click("#progress-forget")
    page.get_by_role("button", name="Forget it all").click()
    expect(page.locator("#progress-said")).to_have_text("Your progress is forgotten.")
    expect(state(page)).to_have_text("Not begun")
    assert page.evaluate("localStorage.getItem('quorumscope.review')") is None
    page.locator("#progress-file").set_input_files(saved)
    expect(page.locator("#progress-said")).to_have_text("Taken: one lesson is further than before.")
    expect(state(page)).to_have_text("Done")
    assert json.loads(page.evaluate("localStorage['quorumscope.review']")) == reviews
    page.locator("#progress-file").set_input_files(file(tmp_path, kept(five_masters=record(reached=1))))
    expect(page.locator("#progress-said")).to_have_text("Nothing in this file is further than what you have.")
    expect(state(page)).to_have_text("Done")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "This file cannot be read. It may have been changed."),
        ('{"name": "something else"}', "This file does not hold progress in the lessons."),
        (kept(five_masters=record(reached=-1)), "This file does not hold progress in the lessons."),
        (kept(version=9), "This file comes from a newer version of Quorumscope."),
        (" " * 1_000_001, "This file is too large to be a progress file."),
    ],
)
def test_a_file_that_is_none_changes_nothing(
    server: Server, page: Page, tmp_path: Path, text: str, reason: str
) -> None:
    lessons(page, server, kept(five_masters=record(finished=True)))
    page.locator("#progress-file").set_input_files(file(tmp_path, text))
    expect(page.locator("#progress-problem")).to_have_text(reason)
    expect(state(page)).to_have_text("Done")


def test_a_lesson_can_be_sent_and_embedded(server: Server, context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    lessons(page, server)
    page.locator(f"[data-lesson={SLUG}] [data-send]").click()
    address = f"{server.address}lessons/{SLUG}"
    expect(page.locator("#send-address")).to_have_value(address)
    listen(page, "[data-copy=send-address]")
    page.locator("[data-copy=send-address]").click()
    until_heard(page, "Copied")
    assert page.evaluate("navigator.clipboard.readText()") == address
    snippet = page.locator("#send-embed").input_value()
    page.set_content(snippet)
    expect(page.frame_locator("iframe").locator("[data-embedded]")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("address", ["lessons", "glossary"])
def test_it_fits_and_axe_finds_nothing(server: Server, page: Page, address: str, viewport: dict, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(viewport)
    page.add_init_script(f"localStorage['quorumscope.progress'] = {json.dumps(kept(five_masters=record()))}")
    page.goto(f"{server.address}{address}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    check_accessible(page)


def test_a_word_opens_in_place(server: Server, page: Page) -> None:
    page.goto(f"{server.address}lessons/{SLUG}")
    ready(page)
    word = page.locator("[data-step=claim] [data-term=leaderless]")
    word.focus()
    page.keyboard.press("Enter")
    note = page.locator(".term-note")
    expect(note).to_contain_text("No node is in charge: every replica takes writes.")
    expect(word).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(word).to_be_focused()
    word.click()
    page.locator("[data-term=acknowledgement]").first.click()
    expect(note).to_have_count(1)
    expect(note).to_contain_text("acknowledgement")
    check_accessible(page)
    note.get_by_role("link").click()
    expect(page).to_have_url(f"{server.address}glossary#acknowledgement")
    expect(page.locator("#acknowledgement")).to_be_in_viewport()
    expect(page.locator("#leaderless .glossary-lesson")).to_have_attribute("href", f"/lessons/{SLUG}")
