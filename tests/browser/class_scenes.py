"""A class as it is for a picture: always the same run on its stage, the same people in it, and the same code."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import segno
from playwright.sync_api import Page, expect

from tests.browser import runs
from tests.browser.conftest import Open
from tests.classroom.people import Class, Person, new_class
from tests.server import Server

NAMES = ("Anna", "Ben", "Chidi", "Dana", "Ela", "Finn")
QUESTION = "What will B’s next read of x return?"
CHOICES = ("apple", "pear", "FAIL")
ANSWERS = (1, 1, 0, 1, 2, 1)

RUN = [
    (0.0, runs.Write("A", "x", "apple")),
    (30.0, runs.Crash("n4")),
    (31.0, runs.Write("A", "x", "pear")),
    (44.0, runs.Read("B", "x")),
]

# What is drawn by lot, or stands for this one server, is put in words that are always the same, and stays so: what is
# told of the class from now on is not heard.
SAME = """(qr) => {
  quorumscope.classroom.take = () => {};
  const same = (selector, text) => {
    for (const element of document.querySelectorAll(selector)) if (element.textContent) element.textContent = text;
  };
  same("#class-code, #board-corner-code, #code-letters", "K7M3QX");
  same("#code-address, #board-corner-address", "example.org/join");
  for (const code of document.querySelectorAll("#code-qr")) code.src = qr;
}"""

Scene = Callable[[Class, Person, list[Person], Callable[[str, str], Page]], Page]


@contextmanager
def class_page(server: Server, open_page: Open, scene: Scene, viewport: dict, scheme: str) -> Iterator[Page]:
    """A page of a class in which ``scene`` has happened."""
    with ExitStack() as stack:
        week = new_class(server, "Databases, week 3")
        owner = stack.enter_context(Person(server, week.key))
        owner.join(owner.seen["stage"])
        owner.enter("unpack", packed=runs.link(server, *RUN, until_ms=46.2).partition("#")[2])
        students = [stack.enter_context(Person(server, week.join(name))) for name in NAMES]

        def open_as(path: str, key: str) -> Page:
            return open_page(f"{server.address}{path}#{key}", viewport, scheme, _ready)

        page = scene(week, owner, students, open_as)
        page.evaluate(
            SAME, segno.make("https://example.org/join/K7M3QX", error="m").svg_data_uri(border=2, light="#fff")
        )
        yield page


def _ready(page: Page) -> None:
    page.wait_for_function("() => window.quorumscope?.classroom?.seat")
    expect(page.locator("#link")).not_to_have_attribute("data-state", "connecting")


def _on_stage(page: Page) -> Page:
    page.wait_for_selector("g.node")
    page.wait_for_function("() => quorumscope.timeline.from_us === 0")
    return page


def _ask(owner: Person, students: list[Person], answers: int = len(ANSWERS)) -> None:
    owner.does("ask", question=QUESTION, choices=list(CHOICES))
    owner.until(lambda: owner.seen["poll"] is not None)
    for student, choice in list(zip(students, ANSWERS, strict=True))[:answers]:
        student.does("answer", poll=owner.seen["poll"]["id"], choice=choice)
    owner.until(lambda: owner.seen["poll"]["answers"] == answers)


def teacher(week: Class, owner: Person, students: list[Person], open_as: Callable[[str, str], Page]) -> Page:
    """A question is open, and two hands are up."""
    owner.does("show", board="stage")
    _ask(owner, students, 4)
    for student in students[4:]:
        student.does("hand", up=True)
    page = _on_stage(open_as(f"teach/{week.id}", f"owner={week.key}"))
    expect(page.locator("#class-hands-count")).to_have_text("2")
    return page


def student(week: Class, owner: Person, students: list[Person], open_as: Callable[[str, str], Page]) -> Page:
    """Hands on, a word from the teacher, and a question that is answered."""
    owner.mode("hands_on")
    for other in students[:1]:
        other.takes_place()
    key = week.join("Gwen")
    page = _on_stage(open_as(f"class/{week.id}", f"student={key}"))
    page.wait_for_function("() => quorumscope.classroom.seat.client === 'B'")
    owner.does("comment", text="Read as B, and look at n4.", member=page.evaluate("quorumscope.classroom.seat.member"))
    _ask(owner, students, 3)
    page.locator("#poll-choices label").nth(1).click()
    page.wait_for_function("() => quorumscope.classroom.seat.answer === 1")
    expect(page.locator("#attend-word")).to_be_visible()
    page.evaluate("() => { scrollTo(0, 0); document.getElementById('panel').scrollTop = 0; }")
    return page


def wall(week: Class, owner: Person, students: list[Person], open_as: Callable[[str, str], Page]) -> Page:
    """Everybody has a copy, and has gone on alone."""
    owner.mode("own_copy")
    for place, alone in enumerate(students):
        alone.takes_place()
        if place % 2:
            alone.do("crash", node="n2")
        if place % 3 == 0:
            alone.do("write", client="A", key="x", value="plum")
    students[2].does("hand", up=True)
    page = _on_stage(open_as(f"teach/{week.id}", f"owner={week.key}"))
    page.click("#show-wall")
    expect(page.locator("#wall-tiles .tile")).to_have_count(len(students))
    page.wait_for_function(
        """() => {
          const tiles = [...quorumscope.parts.find(({ tiles }) => tiles).tiles.values()];
          const seen = tiles.filter(({ isInSight }) => isInSight);
          return seen.length > 0 && seen.every(({ picture }) => picture);
        }"""
    )
    return page


def code(week: Class, owner: Person, students: list[Person], open_as: Callable[[str, str], Page]) -> Page:
    """The projector before the class begins."""
    key = owner.does("invite", link="viewer")["key"]
    page = open_as(f"class/{week.id}/board", f"viewer={key}")
    expect(page.locator("#code-letters")).to_be_visible()
    expect(page.locator("#code-count")).to_contain_text(str(len(students)))
    return page


def projector(week: Class, owner: Person, students: list[Person], open_as: Callable[[str, str], Page]) -> Page:
    """The run that settles a question, and beside it what was answered."""
    owner.does("show", board="stage")
    _ask(owner, students)
    owner.does("reveal", right=1)
    key = owner.does("invite", link="viewer")["key"]
    page = _on_stage(open_as(f"class/{week.id}/board", f"viewer={key}"))
    expect(page.locator("#board-poll-picture")).to_contain_text("67")
    return page
