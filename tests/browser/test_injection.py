"""Whatever somebody types is shown as it was typed, to everybody, and never becomes a part of a page."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from engine.goals import Goal
from engine.scenario import Scenario
from tests.browser import runs
from tests.browser.conftest import DESKTOP, live, watch
from tests.browser.test_branches import branch, room
from tests.browser.test_story import act
from tests.classroom.people import Person, new_class
from tests.server import Server
from webapp.rooms.scenarios import text_of

pytestmark = pytest.mark.browser

# Each begins something that a page could take for its own; where a script ran, it would say so by ``hit``.
IMAGE = "<img class=planted src=x onerror=hit()>"
SCRIPT = '"><script class=planted>hit()</script>'
VECTOR = "</text></svg><svg class=planted onload=hit()>"
ADDRESS = "javascript:hit()//'onclick='hit()"
TEMPLATE = "{{7*7}} ${7*7} <%= 7*7 %> {reason.__class__}"
DATA = "</script><script class=planted>hit()</script><!--"
EVERY = (IMAGE, SCRIPT, VECTOR, ADDRESS, TEMPLATE, DATA)

# What turns the text round it, or hides.
UNSEEN = ("\u202e", "a\u2066b", "a\u200bb", "\u0000a")

BEFORE = """
  window.hits = [];
  window.hit = () => void hits.push("a script ran");
  for (const name of ["alert", "confirm", "prompt"]) window[name] = () => void hits.push(name);
  addEventListener("securitypolicyviolation", (event) => hits.push(`${event.effectiveDirective}: ${event.blockedURI}`));
"""

FOUND = """() => {
  const planted = ".planted, [onerror], [onload], [onclick], base, object, embed";
  const leads = (element) => ["href", "src", "action", "formaction"]
    .some((name) => /^\\s*javascript:/i.test(element.getAttribute(name) ?? ""));
  const found = [...document.querySelectorAll("*")].filter((element) => element.matches(planted) || leads(element));
  return [...hits, ...found.map(({ outerHTML }) => outerHTML)];
}"""


@pytest.fixture
def context(browser: Browser, contexts: list[BrowserContext]) -> BrowserContext:
    made = browser.new_context(viewport=DESKTOP)
    made.add_init_script(BEFORE)
    contexts.append(made)
    return made


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    watch(page)
    yield page
    untouched(*context.pages)


def untouched(*pages: Page) -> None:
    """Nothing has become a part of a page, nor of what it shows in frames, and no script was stopped or ran."""
    for page in pages:
        for frame in page.frames:
            assert frame.evaluate(FOUND) == [], frame.url


def shows(page: Page, *texts: str) -> None:
    """Each as it was typed, somewhere where it is read."""
    page.wait_for_function(
        """(texts) => {
          const read = [...document.querySelectorAll("body *:not(script)")].flatMap((one) => [
            one.childElementCount ? "" : one.textContent, one.value, one.getAttribute("aria-label"), one.title,
          ]);
          return texts.every((text) => read.some((shown) => typeof shown === "string" && shown.includes(text)));
        }""",
        arg=list(texts),
    )


def test_in_a_sandbox(server: Server, page: Page) -> None:
    """Values, keys, names of branches; and a scenario of somebody's own, in a link to a run."""
    mine = Scenario(
        name=SCRIPT[:64], title=IMAGE, claim=SCRIPT, text=DATA, nodes=3,
        goals=(Goal(id="goal", kind="node", where={"status": "down"}),),
    )  # fmt: skip
    page.goto(
        runs.link(
            server,
            (1.0, runs.Write("A", "<b class=planted>", IMAGE)),
            (60.0, runs.Write("A", "x", VECTOR)),
            (61.0, runs.Crash("n1")),
            (120.0, runs.Read("B", "x")),
            until_ms=180.0,
            scenario=text_of(mine),
        )
    )
    live(page)
    shows(page, IMAGE, VECTOR)
    act(page, "A", "write", DATA)
    page.click("#step")
    page.locator("#stage g.node[data-node=n2]").click()
    shows(page, DATA)
    page.keyboard.press("Escape")
    here = room(page)
    page.keyboard.press("b")
    for name in (IMAGE[:40], VECTOR[:40], TEMPLATE[:40]):
        field = branch(page, here).locator("input")
        field.fill(name)
        field.press("Enter")
        expect(branch(page, here)).to_have_attribute("aria-label", name)
    untouched(page)


def test_in_a_class(server: Server, page: Page, context: BrowserContext) -> None:
    """The class's title, its questions and choices, what is said to members, their names: on every page of a class."""
    week = new_class(server, SCRIPT)
    with Person(server, week.key) as owner, Person(server, week.join("Zoë O'Neil")) as student:
        # A name is letters and digits.
        page.goto(f"{server.address}join/{week.code}")
        for name in (*(one[:24] for one in EVERY), *UNSEEN):
            page.fill("#join-name", name)
            page.click("#join-go")
            expect(page.locator("#join-name-problem")).not_to_be_empty()
            untouched(page)
        page.fill("#join-name", "Anna")
        page.click("#join-go")
        page.wait_for_url("**/class/*")
        for text in UNSEEN:
            assert owner.refused("title", title=text) in ("hidden_text", "empty_text")
            assert owner.refused("comment", text=text) in ("hidden_text", "empty_text")
        owner.does("ask", question=IMAGE, choices=[SCRIPT, VECTOR, ADDRESS, TEMPLATE, DATA])
        owner.until(lambda: owner.seen["poll"] is not None)
        poll = owner.seen["poll"]["id"]
        student.does("answer", poll=poll, choice=2)
        owner.does("comment", text=f"{DATA} {IMAGE}")
        shows(page, SCRIPT, VECTOR, ADDRESS, TEMPLATE, IMAGE, DATA)
        teacher, board, report = (context.new_page() for _ in range(3))
        for each in (teacher, board, report):
            watch(each)
        viewer = owner.does("invite", link="viewer")["key"]
        board.goto(f"{server.address}class/{week.id}/board#viewer={viewer}")
        teacher.goto(f"{server.address}teach/{week.id}#owner={week.key}")
        shows(teacher, SCRIPT, IMAGE, VECTOR)
        # With the seat, the browser keeps the key, which the report needs.
        teacher.wait_for_function("quorumscope.classroom.seat")
        owner.does("reveal", right=2)
        owner.does("show", board="stage")
        shows(board, IMAGE, VECTOR)
        report.goto(f"{server.address}teach/{week.id}/report")
        shows(report, SCRIPT, IMAGE, VECTOR, "Zoë O'Neil")
        report.goto(f"{server.address}teach")
        shows(report, SCRIPT)
        untouched(page, teacher, board, report)


def test_in_an_address(server: Server, page: Page) -> None:
    """Whatever a link may say, before and after its #."""
    week = new_class(server)
    for text in (IMAGE, SCRIPT):
        said = quote(text, safe="")
        for path in (
            f"join/{said}",
            f"scenario/{said}",
            f"r/{said}",
            f"?lang={said}",
            f"scenario/five-masters?seed={said}",
        ):
            page.goto(f"{server.address}{path}")
            untouched(page)
    said = quote(DATA, safe="")
    for path in (
        f"run#{said}",
        f"embed#{said}",
        f"embed?view={said}",
        f"lessons/one-leader#{said}",
        f"lessons/review#{said}",
        f"class/{week.id}#student={said}",
        f"teach/{week.id}#owner={said}",
        f"class/{week.id}/board#viewer={said}",
        f"teach#{said}",
        f"class-run/{said}",
    ):
        page.goto("about:blank")
        page.goto(f"{server.address}{path}")
        page.wait_for_load_state("networkidle")
        untouched(page)


def test_in_a_file_of_how_far_somebody_is(server: Server, page: Page, tmp_path: Path) -> None:
    """And in what a browser has kept, which another program may have written."""
    file = tmp_path / "progress.json"
    page.goto(f"{server.address}lessons")
    for text in EVERY:
        record = {"step": text, "reached": 1, "room": text, "answers": {text: text}, "done": [text], "finished": False}
        for told in ({"version": 1, "lessons": {text: record, "one-leader": record}}, {"version": text}, {text: text}):
            file.write_text(json.dumps(told))
            page.set_input_files("#progress-file", file)
            # It has been read when the same file can be chosen once more.
            page.wait_for_function("() => document.getElementById('progress-file').value === ''")
            untouched(page)
    kept = ("progress", "review", "classes", "rooms", "first", "account", "wanted", "word", "class")
    hostile = {f"quorumscope.{name}": json.dumps([[IMAGE, {"title": IMAGE, "owner": SCRIPT}], SCRIPT]) for name in kept}
    page.evaluate("(kept) => Object.assign(localStorage, kept)", hostile)
    for path in ("lessons", "teach", "join", "lessons/one-leader"):
        page.goto(f"{server.address}{path}")
        untouched(page)
    page.wait_for_selector("g.node")
