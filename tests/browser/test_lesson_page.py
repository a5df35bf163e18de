"""The page of a lesson: one step at a time, on a live cluster, with a way on whatever happens."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, address_of, watch
from tests.browser.learner import listen, ready, until_heard
from tests.browser.test_page import check_accessible
from tests.browser.test_story import act, node
from tests.server import Server

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LESSON = "lessons/five-masters"
PROGRESS = "quorumscope.progress"

# A browser in which nothing may be kept.
FORBIDDEN = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
)


class Reader:
    """Somebody with a browser of their own."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.page = context.new_page()
        watch(self.page)
        self.address = server.address

    def visit(self, path: str = LESSON) -> Page:
        self.page.goto(self.address + path)
        ready(self.page)
        return self.page

    @property
    def known(self) -> dict[str, Any]:
        """What is kept of the lesson."""
        kept = json.loads(self.page.evaluate("key => localStorage.getItem(key)", PROGRESS))
        assert kept["version"] == 1
        known: dict[str, Any] = kept["lessons"]["five-masters"]
        return known

    def keep(self, **patch: Any) -> None:
        text = json.dumps({"version": 1, "lessons": {"five-masters": self.known | patch}})
        self.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [PROGRESS, text])


@pytest.fixture
def reader(browser: Browser, contexts: list[BrowserContext], server: Server) -> Reader:
    context = browser.new_context(viewport=DESKTOP)
    contexts.append(context)
    return Reader(context, server)


def quick(page: Page) -> None:
    """Ten times as fast: 1 ms in a tenth of a second."""
    page.evaluate("() => window.quorumscope.connection.command({ type: 'set_speed', speed: 0.01 })")


def on(page: Page, *choices: str) -> None:
    """Go on to the next step, after choosing where that is asked."""
    for choice in choices:
        page.locator(f".step:not([hidden]) input[value='{choice}']").check()
    page.click("#lesson-next")


def step(page: Page) -> str:
    return page.locator(".step:not([hidden])").get_attribute("data-step") or ""


def ticked(page: Page) -> list[str]:
    met = page.locator(".step:not([hidden]) .met")
    return met.evaluate_all("tasks => tasks.map((task) => task.dataset.task)")


def entered(page: Page) -> None:
    """Wait until the page knows of the room that it shows. Who goes on before that gets no room for the next step."""
    page.wait_for_function("() => quorumscope.run.room === quorumscope.joined?.room")


def crash(page: Page, *nodes: str) -> None:
    for name in nodes:
        node(page, name).click()
        expect(page.locator("#inspector-title")).to_have_text(name)
        page.locator("#inspector [data-action=crash]").click()
        expect(node(page, name).locator(".label")).to_have_text("down")
    page.keyboard.press("Escape")


def test_a_lesson_from_its_claim_to_its_end(reader: Reader) -> None:
    page = reader.visit()
    expect(page).to_have_title("Five masters · Quorumscope")
    expect(page.locator("#clients")).to_be_hidden()
    expect(page.locator(".time")).to_be_hidden()
    assert page.locator("#lesson-dots [href]").count() == 1
    on(page)
    assert address_of(page).endswith("/lessons/five-masters#guess")
    assert page.evaluate("document.activeElement.textContent") == page.locator("#step-guess-title").inner_text()
    expect(page.locator("#lesson-next")).to_be_disabled()
    page.locator("input[value='no']").check()
    expect(page.locator(".step:not([hidden]) .judged")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value='yes']")).to_be_checked()
    on(page)

    expect(page.locator("#lesson-next")).to_have_text("Go on without")
    expect(page.locator("section[data-new]:has(#clients)")).to_be_visible()
    quick(page)
    act(page, "A", "write", "apple")
    expect(page.locator("[data-task=first]")).to_have_class("task met")
    expect(page.locator("#lesson-said")).to_have_text("Done: Write apple as client A, and watch it come to all nodes.")
    crash(page, "n4", "n5")
    act(page, "B", "write", "fig")
    expect(page.locator("[data-task=still] [data-state]")).to_have_text("(done)")
    expect(page.locator("#lesson-next.primary")).to_have_text("Next")
    on(page)

    expect(page.locator("[data-number=down]")).to_have_text("2")
    expect(page.locator("[data-number=acks]")).to_have_text("3")
    expect(page.locator("[data-said='guess:yes']")).to_be_visible()
    expect(page.locator("[data-said='guess:no']")).to_be_hidden()
    on(page)
    crash(page, "n3")
    act(page, "A", "write", "lime")
    expect(page.locator("[data-task=failed]")).to_have_class("task met")
    on(page)
    on(page)
    assert step(page) == "why"
    expect(page.locator("#inspector-title")).to_have_text("op3")
    expect(page.locator("#why")).to_be_visible()
    on(page)
    expect(page.locator("#inspector")).to_be_hidden()

    page.locator("input[value=all]").check()
    expect(page.locator(".judged")).to_contain_text("✗")
    expect(page.locator("[data-said='keep:all']")).to_be_visible()
    page.locator("input[value=three]").check()
    expect(page.locator(".judged")).to_contain_text("✓")
    expect(page.locator("#lesson-on")).to_contain_text("Next lesson")
    known = reader.known
    assert known["finished"]
    assert known["answers"] == {"guess": "yes", "keep": "three"}
    assert set(known["done"]) == {"first", "two-down", "still", "three-down", "failed"}
    page.click("#lesson-on")
    expect(page).to_have_url(re.compile(r"/lessons/(?!five-masters)[\w-]+#"))


def test_it_goes_on_where_it_was(reader: Reader) -> None:
    page = reader.visit()
    on(page)
    on(page, "unsure")
    page.click("#lesson-hint")
    quick(page)
    act(page, "A", "write", "apple")
    expect(page.locator("[data-task=first]")).to_have_class("task met")
    room = reader.known["room"]
    page.reload()
    ready(page)
    assert (step(page), address_of(page)) == ("write", f"{reader.address}{LESSON}#write")
    assert page.evaluate("window.quorumscope.joined.room") == room
    expect(page.locator(".hint:visible")).to_have_count(1)
    expect(page.locator("[data-task=first]")).to_have_class("task met")
    page.go_back()
    page.wait_for_function("() => document.activeElement?.id === 'step-guess-title'")
    expect(page.locator("input[value=unsure]")).to_be_checked()
    expect(page.locator("input[value=unsure]")).to_be_disabled()
    # The room is gone: another, at the beginning of the step.
    reader.keep(room="there-is-none", step="change", reached=4)
    page.goto("about:blank")
    # The last step is not reached, whatever the address says.
    reader.visit(f"{LESSON}#keep")
    assert (step(page), address_of(page)) == ("change", f"{reader.address}{LESSON}#change")
    expect(node(page, "n1").locator(".label")).to_have_text("down")
    expect(page.locator(".toast")).to_have_count(0)
    assert reader.known["room"] not in (room, "there-is-none")


def test_there_is_always_a_way_on(reader: Reader) -> None:
    page = reader.visit()
    on(page)
    on(page, "reads")
    crash(page, "n1", "n2", "n3", "n4")
    rooms = [reader.known["room"]]
    page.click("#lesson-again")
    expect(node(page, "n1").locator(".label")).to_have_text("nothing yet")
    assert ticked(page) == []
    listen(page, "#lesson-said")
    page.click("#lesson-show")
    until_heard(page, "The step plays from its beginning.")
    quick(page)
    expect(page.locator("#lesson-next.primary")).to_be_visible()
    assert ticked(page) == ["first", "two-down", "still"]
    rooms.append(reader.known["room"])
    on(page)
    on(page)
    # Nothing is done of what the next step is about: it is done for them.
    on(page)
    expect(page.locator("[data-number=copies]")).to_have_text("2")
    entered(page)
    assert reader.known["room"] not in rooms


def test_the_past_can_be_acted_in(reader: Reader) -> None:
    page = reader.visit()
    on(page)
    on(page, "unsure")
    quick(page)
    act(page, "A", "write", "apple")
    expect(page.locator("[data-task=first]")).to_have_class("task met")
    room = reader.known["room"]
    page.locator("#step-write-title").focus()
    page.keyboard.press("Home")
    # Who is in the past sees the way back, though time is not introduced here.
    expect(page.locator("#where")).to_have_text("In the past")
    act(page, "B", "write", "fig")
    expect(page.locator(".time")).to_be_hidden()
    assert reader.known["room"] != room
    assert address_of(page) == f"{reader.address}{LESSON}#write"


def test_nothing_need_be_kept(browser: Browser, contexts: list[BrowserContext], server: Server) -> None:
    context = browser.new_context(viewport=DESKTOP)
    contexts.append(context)
    context.add_init_script(FORBIDDEN)
    page = Reader(context, server).visit()
    on(page)
    on(page, "yes")
    assert step(page) == "write"


def test_progress_is_taken_only_if_it_is_progress(reader: Reader) -> None:
    page = reader.visit()
    known = {
        "step": "why",
        "reached": 6,
        "room": None,
        "answers": {"guess": "no"},
        "done": ["first"],
        "finished": False,
    }
    taken = page.evaluate(
        """async ([known, files]) => {
          const { Progress } = await import(document.querySelector('[href$="lesson/progress.js"]').href);
          const here = new Progress(null);
          here.change("a", () => ({ reached: 3, done: ["second"], answers: { guess: "yes", keep: "x" } }));
          here.change("b", () => ({ reached: 7, finished: true }));
          const refused = (file) => { try { return here.take(file); } catch (error) { return error.code; } };
          const codes = files.map(refused);
          const count = here.take(JSON.stringify({ version: 1, lessons: { a: known, b: known, c: known } }));
          return { codes, count, lessons: JSON.parse(here.text()).lessons };
        }""",
        [
            known,
            [
                "{",
                "[]",
                '{"version": 1}',
                '{"version": 2, "lessons": {}}',
                json.dumps({"version": 1, "lessons": {"__proto__": known}}),
                json.dumps({"version": 1, "lessons": {"a": known | {"reached": -1}}}),
                json.dumps({"version": 1, "lessons": {"a": known | {"done": "first"}}}),
                json.dumps({"version": 1, "lessons": {"a": known | {"answers": {"guess": "<b>"}}}}),
            ],
        ],
    )
    assert (
        taken["codes"]
        == ["progress.unreadable", *["progress.other_file"] * 2, "progress.newer"] + ["progress.other_file"] * 4
    )
    assert taken["count"] == 3
    assert taken["lessons"]["a"]["reached"] == 6
    assert taken["lessons"]["a"]["answers"] == {"guess": "no", "keep": "x"}
    assert set(taken["lessons"]["a"]["done"]) == {"first", "second"}
    assert taken["lessons"]["b"]["reached"] == 7
    assert taken["lessons"]["c"] == known | {"hints": {}}


def test_two_tabs_of_one_lesson_lose_nothing_of_each_other(reader: Reader) -> None:
    kept = reader.visit().evaluate(
        """async () => {
          const load = (file) => import(document.querySelector(`[href$="lesson/${file}.js"]`).href);
          const [{ Progress }, { Course }] = await Promise.all(["progress", "course"].map(load));
          const step = (id) => ({ id, kind: "predict", tasks: [] });
          const lesson = { slug: "tabs", steps: ["a", "b", "c"].map(step) };
          const [one, other] = [0, 1].map(() => new Course(lesson, Progress.load()));
          one.choose("yes");
          one.goTo(2);
          other.goTo(1);
          other.choose("no");
          return Progress.load().lesson("tabs");
        }"""
    )
    assert (kept["step"], kept["reached"], kept["answers"]) == ("b", 2, {"a": "yes", "b": "no"})


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_it_fits_and_axe_finds_nothing(
    browser: Browser, contexts: list[BrowserContext], server: Server, viewport: dict, scheme: str
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    contexts.append(context)
    page = Reader(context, server).visit()
    on(page)
    check_accessible(page)
    on(page, "yes")
    page.click("#lesson-hint")
    act(page, "A", "write", "apple")
    check_accessible(page)
    # However far the prose has gone by, the picture is in sight.
    assert page.locator("#stage").bounding_box()["y"] >= 0
    on(page)
    expect(page.locator("[data-number=down]")).to_have_text("2")
    entered(page)
    on(page)
    on(page)
    expect(page.locator("[data-number=copies]")).to_have_text("2")
    entered(page)
    on(page)
    expect(page.locator("#why")).to_be_visible()
    on(page)
    page.locator("input[value=leader]").check()
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_on_a_phone_a_short_step_begins_where_a_long_one_does(
    browser: Browser, contexts: list[BrowserContext], server: Server
) -> None:
    context = browser.new_context(viewport=PHONE)
    contexts.append(context)
    page = Reader(context, server).visit()
    on(page)
    begins = page.locator("#lesson").bounding_box()["y"]
    # As before the room is there: what comes beneath the step is not shown yet.
    page.evaluate(
        "for (const other of document.querySelectorAll('#panel > :not(#lesson)')) other.style.display = 'none'"
    )
    on(page, "yes")
    assert step(page) == "write"
    assert page.locator("#lesson").bounding_box()["y"] == begins


def test_it_can_be_a_part_of_another_page(reader: Reader) -> None:
    page = reader.visit(f"embed/{LESSON}")
    away = page.locator("a[href]:not(.dot):visible")
    expect(away).to_have_count(1)
    expect(away).to_have_text("Open in full")
    expect(away).to_have_attribute("href", "/lessons/five-masters")
    on(page)
    assert step(page) == "guess"
