"""A whole lesson in a class: one teacher, several students, a projector, each in a browser profile of their own.

Once with the mouse on large screens, and once on phones with nothing but the keyboard.
"""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, watch
from tests.browser.gestures import Gestures, Hands, Keys, Mouse
from tests.browser.learner import SLOW, Learner, ready
from tests.browser.test_page import check_accessible
from tests.server import Server
from webapp.classroom import codes
from webapp.lessons.library import SHIPPED, Library

pytestmark = pytest.mark.browser

LESSON = Library(SHIPPED).get("read-by-majority")
STEPS = [step.id for step in LESSON.experiment.steps]


class Teacher(Learner):
    """Goes through a lesson as a learner does, but before a class."""

    def __init__(self, page: Page, hands: Hands) -> None:
        self.page, self.hands, self.lesson = page, hands, LESSON
        self.steps, self.place, self.answers = LESSON.experiment.steps, 0, {}
        ready(page)
        self.gestures = Gestures(page, hands)
        self.set_speed(SLOW)


class Story:
    """``viewport`` and ``hands`` are everybody's; the students have names, and pages of their own."""

    def __init__(
        self,
        browser: Browser,
        contexts: list[BrowserContext],
        server: Server,
        viewport: dict[str, int],
        hands: type[Mouse] | type[Keys],
    ) -> None:
        self.browser, self.contexts, self.server = browser, contexts, server
        self.viewport, self.kind = viewport, hands
        self.teacher, self.does = self.profile()
        self.students: dict[str, tuple[Page, Hands]] = {}
        self.board: Page | None = None
        self.code = ""

    def profile(self) -> tuple[Page, Hands]:
        context = self.browser.new_context(viewport=self.viewport)
        self.contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(self.server.address)
        ready(page)
        return page, self.kind(page)

    def press(self, page: Page, selector: str) -> None:
        hands = self.does if page is self.teacher else next(h for p, h in self.students.values() if p is page)
        hands.press(page.locator(selector))

    def open_class(self) -> None:
        """From the first page to the code on the projector."""
        teacher = self.teacher
        self.press(teacher, "#class-entry summary")
        self.press(teacher, "#class-start")
        expect(teacher.locator("#projector")).to_be_enabled()
        with teacher.context.expect_page() as opened:
            self.press(teacher, "#projector")
        self.board = opened.value
        watch(self.board)
        letters = self.board.locator("#code-letters")
        expect(letters).to_be_visible()
        expect(letters).to_have_text(re.compile(rf"^[{codes.LETTERS}]{{{codes.LENGTH}}}$"), use_inner_text=False)
        self.code = letters.text_content() or ""
        # A window of its own on another screen; here the two share one, and what is behind stands nearly still.
        teacher.bring_to_front()
        expect(teacher.locator("#class-code")).to_have_text(self.code)

    def join(self, name: str) -> Page:
        """From the first page, by the code, to the stage."""
        page, hands = self.profile()
        self.students[name] = page, hands
        hands.press(page.locator("#class-entry summary"))
        hands.type(page.locator("#class-join-code"), self.code.lower())
        page.keyboard.press("Enter")
        page.wait_for_url("**/join/*")
        hands.type(page.locator("#join-name"), name)
        page.keyboard.press("Enter")
        page.wait_for_url("**/class/*")
        expect(page.locator("#me-name")).to_have_text(name)
        ready(page)
        return page

    def check(self, *pages: Page) -> None:
        """axe, where the screens are small: the large ones have tests of their own."""
        if self.viewport is PHONE:
            for page in pages:
                check_accessible(page)

    @property
    def pages(self) -> list[Page]:
        return [page for page, _ in self.students.values()]

    def at(self, step: str, *pages: Page) -> None:
        for page in pages or (self.teacher, *self.pages):
            expect(page.locator(".step:visible")).to_have_attribute("data-step", step)

    def switch(self, mode: str) -> None:
        self.press(self.teacher, f"#class-mode [data-mode={mode}]")
        if mode != "follow":
            self.press(self.teacher, "#plan-go")
            # With the answer, the plan is put away, and the focus goes to the mode.
            expect(self.teacher.locator("#class-plan")).to_be_hidden()
        for page in self.pages:
            page.wait_for_function("mode => quorumscope.classroom.seat.mode === mode", arg=mode)

    def at_home(self, page: Page) -> None:
        page.wait_for_function(
            "() => quorumscope.classroom.seat.room && quorumscope.run.room === quorumscope.classroom.seat.room"
        )

    def room(self, page: Page) -> str:
        return str(page.evaluate("quorumscope.run.room"))


def choice(page: Page, of: str) -> Locator:
    return page.locator(f"#prose [data-step=guess] input[value={of}]")


@pytest.mark.parametrize(("viewport", "hands"), [(DESKTOP, Mouse), (PHONE, Keys)], ids=["mouse", "phone and keyboard"])
def test_a_class_takes_a_whole_lesson(
    browser: Browser,
    contexts: list[BrowserContext],
    server: Server,
    viewport: dict[str, int],
    hands: type[Mouse] | type[Keys],
) -> None:
    story = Story(browser, contexts, server, viewport, hands)
    teacher = story.teacher
    story.open_class()
    expected = {"Anna": "new", "Ben": "old", "Chidi": "unsure"}
    for name in expected:
        story.join(name)
    anna, ben, chidi = story.pages
    expect(teacher.locator("#class-here")).to_have_text("3 here")
    assert story.board is not None
    expect(story.board.locator("#code-count")).to_contain_text("3")
    story.check(teacher, anna)

    # Follow: where the teacher goes, all go.
    story.press(teacher, "#class-take-lesson")
    story.press(teacher, f"#take-lesson-list [data-slug={LESSON.slug}]")
    for page in (teacher, *story.pages):
        page.wait_for_url(f"**/lesson/{LESSON.slug}*")
        page.wait_for_function("name => quorumscope.joined?.scenario === name", arg=f"lesson-{LESSON.slug}")
    lead = Teacher(teacher, story.kind(teacher))
    story.does = lead.hands
    story.at("claim")
    assert {story.room(page) for page in (teacher, *story.pages)} == {story.room(teacher)}
    teacher.evaluate("quorumscope.selection.select('node', 'n3')")
    for page in story.pages:
        page.wait_for_function("() => quorumscope.selection.is('node', 'n3')")
    teacher.evaluate("quorumscope.selection.clear()")

    # Predict: each for themselves, and nobody sees how many chose what.
    lead.go_on()
    story.at("guess")
    for name, (page, hand) in story.students.items():
        hand.check(choice(page, expected[name]))
        # With the keyboard, others are chosen on the way.
        page.wait_for_function(
            """wanted => {
              const { seen, seat } = quorumscope.classroom;
              return seen.poll.choices[seat.answer] === wanted;
            }""",
            arg=expected[name],
        )
    expect(teacher.locator("#poll-asking")).to_contain_text("3 of 3 have answered")
    assert teacher.evaluate("quorumscope.classroom.seen.poll.counts") is None
    story.check(teacher, ben)

    # Do: the run is the teacher's, and what it comes to stands on every page.
    lead.go_on()
    story.at("write")
    assert anna.evaluate("quorumscope.classroom.seen.poll.phase") == "closed"
    assert lead.do() == []
    lead.go_on()
    story.at("read")
    assert lead.do() == []
    for page in story.pages:
        expect(page.locator("[data-step=read] [data-task].met")).to_have_count(3)

    # Reveal: how many chose what, beside the run that settles it.
    lead.go_on()
    story.at("count")
    expect(anna.locator("[data-number=copies]")).to_have_text("3")
    story.press(teacher, "#poll-reveal")
    right = LESSON.experiment.steps[STEPS.index("guess")].right
    for page in (teacher, *story.pages, story.board):
        page.wait_for_function("() => quorumscope.classroom.seen.poll?.phase === 'revealed'", polling=50)
        assert sorted(page.evaluate("quorumscope.classroom.seen.poll.counts")) == [0, 1, 1, 1]
    assert teacher.evaluate("quorumscope.classroom.seen.poll.choices[quorumscope.classroom.seen.poll.right]") == right
    expect(anna.locator("#poll-picture")).to_be_visible()
    story.check(teacher, chidi, story.board)

    # Hands on: each at a client of their own in the shared cluster.
    story.switch("hands_on")
    for page in story.pages:
        story.at_home(page)
    clients = [page.evaluate("quorumscope.classroom.seat.client") for page in story.pages]
    assert len(set(clients)) == 3 and None not in clients
    assert story.room(anna) == story.room(teacher)
    for page in story.pages:
        assert page.evaluate("quorumscope.actions.crash('n5')")["error"]["code"] == "clients_only"
    for (page, hand), client in zip(story.students.values(), clients, strict=True):
        before = teacher.evaluate("quorumscope.run.timeline.invoked.length")
        hand.press(page.locator(f"#clients [data-client={client}] [data-do=read]"))
        teacher.wait_for_function(
            """([client, before]) => {
              const { timeline } = quorumscope.run;
              return timeline.invoked.length > before && timeline.operationsBy(Infinity, 1)[0][1].client === client;
            }""",
            arg=[client, before],
        )
    story.check(anna)

    # Own copy: alone, at their own pace, and the teacher sees all of them.
    story.switch("own_copy")
    for page in story.pages:
        story.at_home(page)
    assert len({story.room(page) for page in (teacher, *story.pages)}) == 4
    hand = story.students["Ben"][1]
    hand.press(ben.locator("#lesson-next"))
    story.at("change", ben)
    story.at("count", teacher, anna)
    ben.evaluate("quorumscope.actions.crash('n3')")
    ben.wait_for_function("() => quorumscope.run.timeline.at('node', 'n3', Infinity).status === 'down'")
    assert anna.evaluate("quorumscope.run.timeline.at('node', 'n3', Infinity).status") == "up"

    # The wall: open one, put it on the projector, and call it back.
    story.press(teacher, "#show-wall")
    tiles = teacher.locator("#wall-tiles > *")
    expect(tiles).to_have_count(3)
    story.check(teacher)
    story.press(teacher, "#wall-tiles > :has-text('Ben') .tile-open")
    expect(teacher.locator("#visit-where")).to_contain_text("Ben")
    # There at last, the focus goes to the way back, and to nothing else after that.
    expect(teacher.locator("#visit-back")).to_be_focused()
    assert story.room(teacher) == story.room(ben)
    story.press(teacher, "#visit-put-on")
    story.board.wait_for_function("room => quorumscope.run.room === room", arg=story.room(ben), polling=50)
    story.press(teacher, "#visit-call")
    ben.wait_for_function("() => quorumscope.classroom.seat.called_back")
    expect(ben.locator("#attend")).to_contain_text("called you back")
    assert anna.evaluate("quorumscope.classroom.seat.mode") == "own_copy"
    story.check(ben)

    # All come back, and the class is over; what it was stands in the report.
    story.switch("follow")
    for page in story.pages:
        story.at_home(page)
    story.press(teacher, "#more summary")
    story.press(teacher, "#class-end")
    story.press(teacher, "#prompt-go")
    for page in (teacher, *story.pages):
        page.wait_for_function("() => quorumscope.classroom.seen.ended")
    story.press(teacher, "#class-over [data-report]")
    teacher.wait_for_url("**/report*")
    report = teacher.locator("#report")
    expect(report).to_be_visible()
    for name in expected:
        expect(report.locator("#report-members")).to_contain_text(name)
    expect(report.locator("#report-questions")).to_contain_text("Two that know it are gone")
    story.check(teacher)
    with teacher.expect_download() as saved:
        story.press(teacher, "#report-csv")
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [sum(name in line for line in lines) for name in expected] == [1, 1, 1]
