"""What the picture says in the lessons, where a long history or a second cluster could mislead it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_lesson_page import PROGRESS, Reader, act, quick, reader, ready
from webapp.lessons.library import SHIPPED, Library

__all__ = ["reader"]

pytestmark = pytest.mark.browser


def enter(reader: Reader, slug: str, step: str) -> Page:
    """A step of a lesson, for somebody who has come so far."""
    lesson = next(lesson for lesson in Library(SHIPPED) if lesson.slug == slug)
    reached = [one.id for one in lesson.experiment.steps].index(step)
    page = reader.page
    page.goto(f"{reader.address}lessons")
    known = {"step": step, "reached": reached, "room": None, "answers": {}, "hints": {}, "done": [], "finished": False}
    text = json.dumps({"version": 1, "lessons": {slug: known}})
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [PROGRESS, text])
    page.goto(f"{reader.address}lessons/{slug}")
    ready(page)
    return page


def test_what_a_read_missed_is_told_however_much_has_happened_since(reader: Reader) -> None:
    page = enter(reader, "how-stale", "why")
    page.wait_for_function("() => quorumscope.run.timeline.invoked.length > 1000")
    read = page.evaluate("quorumscope.run.timeline.at('goal', 'far-off', Infinity).by")
    assert int(read.removeprefix("op")) < 500
    expect(page.locator("#inspector-title")).to_have_text(read)
    expect(page.locator("#why .why-told")).to_contain_text("The read missed this write")


def test_whoever_was_not_asked_may_be_a_replica_all_the_same(reader: Reader) -> None:
    page = enter(reader, "gossip-at-scale", "spread")
    act(page, "A", "write", "apple")
    quick(page)
    expect(page.locator("[data-task=written]")).to_have_class("task met")
    # The picture is a little behind what has come.
    page.wait_for_function(
        """() => {
          const labels = [...document.querySelectorAll("#stage g.node .label")].map(({ textContent }) => textContent);
          return [...new Set(labels)].sort().join() === "newest,nothing yet";
        }"""
    )


def test_a_read_of_several_values_names_none_of_them(reader: Reader) -> None:
    page = enter(reader, "leader-or-leaderless", "change")
    outcomes = page.locator("g.client[data-client=B] text.outcome")
    expect(outcomes).to_have_text(["✓ OK: bread", "✓ OK: 2 values"])
