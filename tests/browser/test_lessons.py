"""Every lesson by hand, from its claim to its end: as it is meant, and as it is not."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from engine.commands import Read, Write
from tests.browser.conftest import DESKTOP, settled
from tests.browser.gestures import Keys, Mouse
from tests.browser.learner import Learner
from tests.browser.test_page import check_accessible
from tests.server import Server
from webapp.lessons.lesson import Lesson
from webapp.lessons.library import SHIPPED, Library

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LESSONS = [pytest.param(lesson, id=lesson.slug) for lesson in Library(SHIPPED)]


# How many tasks of the step are left, and what the button says that goes on.
LEFT = """[
  document.querySelectorAll(".step:not([hidden]) .task:not(.met)").length,
  document.getElementById("lesson-next").textContent,
]"""


@pytest.fixture
def learn(browser: Browser, contexts: list[BrowserContext], server: Server) -> Callable[..., Learner]:
    def learn(lesson: Lesson, hands: type, viewport: dict, scheme: str) -> Learner:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        return Learner(context, server, lesson, hands)

    return learn


def is_exact(lesson: Lesson) -> bool:
    """Whether the same numbers come out when the commands come a little later."""
    return lesson.experiment.scenario.settings.latency == "EVEN"


def check_fits(learner: Learner) -> None:
    page = learner.page
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_with_the_mouse_as_it_is_meant(learn: Callable[..., Learner], server: Server, lesson: Lesson) -> None:
    learner = learn(lesson, Mouse, DESKTOP, "light")
    page = learner.page
    looked: set[str] = set()
    for step in learner.steps:
        learner.check_place()
        check_fits(learner)
        match step.kind:
            case "predict":
                expect(learner.next).to_be_disabled()
                learner.choose(step.right)
            case "do" | "change":
                left, says = page.evaluate(LEFT)
                assert says == ("Go on without" if left else "Next")
                assert learner.do() == []
                learner.check_done()
            case "number":
                learner.check_numbers(exactly=is_exact(lesson))
            case "why":
                learner.check_evidence()
            case "keep":
                learner.choose(step.right)
                expect(learner.section.locator(".judged")).to_contain_text("✓")
        learner.check_said()
        if step.kind in ("do", "why") and step.kind not in looked:
            looked.add(step.kind)
            settled(page)
            check_accessible(page)
        if step is not learner.steps[-1]:
            assert learner.room == learner.began, "there is another room, though all was done"
            learner.go_on()
    expect(page.locator("#lesson-on")).to_be_visible()
    page.goto(f"{server.address}lessons")
    expect(page.locator(f"[data-lesson={lesson.slug}] .lesson-state")).to_have_attribute("data-state", "done")


@pytest.mark.parametrize("lesson", LESSONS)
def test_with_the_keyboard_on_a_phone_and_as_it_is_not_meant(learn: Callable[..., Learner], lesson: Lesson) -> None:
    learner = learn(lesson, Keys, PHONE, "dark")
    page = learner.page
    tasks = [step for step in learner.steps if step.kind in ("do", "change")]
    for step in learner.steps:
        learner.check_place()
        check_fits(learner)
        match step.kind:
            case "predict":
                learner.hands.tab_to(learner.section.get_by_role("radio").first)
                learner.choose(learner.wrong())
                learner.hands.tab_to(learner.next)
            case "do" | "change" if step is tasks[0]:
                ask_for_help(learner)
                at_another_time(learner)
            case "do" | "change" if step is tasks[1]:
                make_a_mess(learner)
                learner.show_me()
                settled(page)
                check_accessible(page)
            case "do" | "change":
                assert learner.do(at_leisure=True) == []
                learner.check_done()
            case "number":
                learner.check_numbers(exactly=False)
            case "why":
                learner.check_evidence()
            case "keep":
                learner.choose(learner.wrong())
                expect(learner.section.locator(".judged")).to_contain_text("✗")
                learner.check_said()
                learner.choose(step.right)
                expect(learner.section.locator(".judged")).to_contain_text("✓")
        learner.check_said()
        if step is not learner.steps[-1]:
            learner.go_on()
    expect(page.locator("#lesson-on")).to_be_visible()
    assert learner.known["finished"]
    assert learner.known["answers"] == learner.answers


def ask_for_help(learner: Learner) -> None:
    """A hint; something else than what is asked for; and the step from its beginning."""
    page = learner.page
    hints = learner.section.locator("[data-hint]")
    expect(hints.first).to_be_hidden()
    learner.hands.press(page.locator("#lesson-hint"))
    expect(hints.first).to_be_visible()
    room = learner.room
    learner.crash("n1")
    learner.start_over()
    assert learner.room != room
    expect(page.locator("#stage g.node[data-node=n1]")).not_to_have_class(re.compile(r"\bdown\b"))
    expect(learner.section.locator(".met")).to_have_count(0)


def at_another_time(learner: Learner) -> None:
    """The last thing first, and then all of it; in between the page is left, and come back to."""
    step, page = learner.step, learner.page
    last = step.script[-1]
    if isinstance(last.command, Write | Read):
        learner.gestures.give(last.command)
        learner.wait(last.at_ms)
    half = (len(step.script) + 1) // 2
    learner.do(at_leisure=True, part=slice(half))
    ticked, room, known = learner.ticked(), learner.room, learner.known
    page.reload()
    learner.ready()
    learner.check_place(is_new=False)
    for task in ticked:
        expect(learner.task(task)).to_have_class(re.compile(r"\bmet\b"))
    assert learner.room == room
    # Time has gone on meanwhile.
    assert set(learner.known["done"]) >= set(known["done"])
    assert learner.known | {"done": known["done"]} == known
    expect(learner.section.locator("[data-hint]").first).to_be_visible()
    if learner.do(at_leisure=True, part=slice(half, None)):
        learner.show_me()
    learner.check_done()


def make_a_mess(learner: Learner) -> None:
    """Every node is down, and the clock stands still."""
    learner.crash(*(f"n{number + 1}" for number in range(learner.lesson.experiment.scenario.nodes)))
    learner.section.locator("h2").focus()
    learner.page.keyboard.press("Space")
    learner.page.wait_for_function("() => !quorumscope.playhead.isMoving")
