"""The main states, each against the picture of it that was looked at and kept in docs/gallery.

``make pictures`` takes them anew, on several screens. Runs are links with exact times, so a picture differs only where
letters and edges are drawn a little differently.
"""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from tests.browser import class_scenes, runs
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Open, in_scheme, settled
from tests.browser.learner import painted
from tests.browser.test_page import check_accessible
from tests.server import Server

pytestmark = pytest.mark.browser

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"

# A pixel is another when a colour is off by more than so much of 255, after both pictures are made a little coarser.
TOLERANCE = 40
COARSER = 4
# Fonts and the edges of letters differ from machine to machine; a thing that is missing or has moved is more than this.
SHARE_MAX = 0.005

SCREENS = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "tablet": (TABLET, "light"),
    "phone": (PHONE, "light"),
}

FLYING = [(0.0, runs.Write("A", "x", "apple")), (30.0, runs.Write("B", "x", "pear")), (30.4, runs.Read("A", "x"))]
FAILED = [
    (0.0, runs.Write("A", "x", "apple")),
    *((40.0, runs.Crash(node)) for node in ("n1", "n2", "n3")),
    (41.0, runs.Write("A", "x", "plum")),
]
TROUBLED = [
    (0.0, runs.Write("A", "x", "apple")),
    (40.0, runs.Crash("n1")),
    (40.0, runs.Freeze("n2")),
    (40.0, runs.Slow("n3", 10)),
    (40.0, runs.Skew("n4", 5000)),
    (40.0, runs.Link("A", "n5", loss=0.3)),
    (41.0, runs.Write("B", "x", "pear")),
]
CUT = [
    (0.0, runs.Write("A", "x", "apple")),
    (40.0, runs.Partition((("n1", "n2", "A"), ("n3", "n4", "n5", "B")))),
    (41.0, runs.Write("B", "x", "pear")),
]
BUSY = [(0.0, runs.Workload(rate=300, read_share=0.5, keys=1)), (20.0, runs.Crash("n2")), (32.0, runs.Restart("n2"))]
READ = [(0.0, runs.Write("A", "x", "apple")), (30.0, runs.Read("B", "x"))]

State = Callable[[Page], None]


def nothing(page: Page) -> None:
    pass


def select(kind: str, thing: str) -> State:
    def act(page: Page) -> None:
        page.evaluate("([kind, id]) => window.quorumscope.selection.select(kind, id)", [kind, thing])
        expect(page.locator("#why p" if kind == "operation" else "#inspector-title").first).to_be_visible()

    return act


def view(name: str) -> State:
    def act(page: Page) -> None:
        page.locator(f"input[name=view][value={name}]").check()
        expect(page.locator(".st-label").first).to_be_visible()

    return act


def tab(name: str) -> State:
    def act(page: Page) -> None:
        page.click(f"#tab-{name}")

    return act


def compare(page: Page) -> None:
    page.evaluate(
        "settings => window.quorumscope.connection.command({type: 'compare', settings})", {"type": "configure", "w": 1}
    )
    expect(page.locator("#stages .stage")).to_have_count(2)


def measured(page: Page) -> None:
    tab("lab")(page)
    expect(page.locator("#panel-lab table td")).not_to_have_count(0, timeout=60_000)
    expect(page.locator("#panel-lab progress")).to_be_hidden(timeout=60_000)
    expect(page.locator("#staleness-measured")).not_to_be_empty()


def branched(page: Page) -> None:
    for at_us in (10_000, 20_000):
        page.evaluate("at_us => window.quorumscope.playhead.seek(at_us)", at_us)
        page.evaluate("() => window.quorumscope.actions.fork()")
        page.wait_for_function("() => quorumscope.run.room === quorumscope.joined.room")
    expect(page.locator("#branch-count")).to_have_text("3")
    page.keyboard.press("b")
    expect(page.locator("#branch-tree .thumbnail:has(g.node)")).to_have_count(3)


def verdict(page: Page) -> None:
    page.click("#verdict")
    expect(page.locator("#verdict-why")).to_be_visible()


STATES: dict[str, tuple[str, list, float, State]] = {
    "first-visit": ("five-masters", [], 0.0, nothing),
    "messages-in-flight": ("five-masters", FLYING, 31.0, nothing),
    "write-fails": ("five-masters", FAILED, 44.0, nothing),
    "trouble": ("five-masters", TROUBLED, 43.0, select("node", "n2")),
    "partition": ("five-masters", CUT, 44.0, nothing),
    "space-and-time": ("five-masters", BUSY, 40.0, view("spacetime")),
    "both-views": ("five-masters", BUSY, 40.0, view("both")),
    "why": ("five-masters", READ, 34.0, select("operation", "op2")),
    "violation": ("new-old-inversion", [], 26.0, verdict),
    "side-by-side": ("five-masters", FLYING, 31.0, compare),
    "staleness": ("five-masters", BUSY, 40.0, measured),
    "branches": ("five-masters", FLYING, 60.0, branched),
    "leader": ("leader-dies", [], 12.0, nothing),
    "siblings": ("siblings", [], 20.0, select("node", "n1")),
}


def shown(page: Page) -> None:
    """The third step of a lesson, after the engine has shown it."""
    page.click("#lesson-next")
    page.locator(".choice", has_text="Yes.").click()
    page.click("#lesson-next")
    page.click("#lesson-show")
    expect(page.locator("#lesson-said")).not_to_be_empty()
    page.evaluate("window.quorumscope.actions.send({type: 'set_speed', speed: 0.02})")
    expect(page.locator(".step:not([hidden]) .task.met")).to_have_count(3)
    expect(page.locator("g.message")).to_have_count(0)


# Other pages: the address, what to wait for, and what is done there.
PAGES: dict[str, tuple[str, str, State]] = {
    "lessons": ("lessons", "#progress:not([hidden])", nothing),
    "lesson": ("lessons/five-masters", "g.node", shown),
    "review": ("lessons/review?seed=5", "input[type=radio]", nothing),
}

# A class, as those who are in it see it.
CLASSES: dict[str, class_scenes.Scene] = {
    "class-teacher": class_scenes.teacher,
    "class-student": class_scenes.student,
    "class-wall": class_scenes.wall,
    "class-code": class_scenes.code,
    "class-projector": class_scenes.projector,
}

ALL = (*STATES, *PAGES, *CLASSES)


@pytest.mark.parametrize("state", ALL)
def test_the_picture_is_the_one_that_was_looked_at(
    server: Server, open_page: Open, tmp_path: Path, subtests: pytest.Subtests, state: str
) -> None:
    """And axe finds nothing there, light or dark; the pages of a class have tests of their own for that."""
    if os.environ.get("QUORUMSCOPE_PICTURES"):
        for screen, (viewport, scheme) in SCREENS.items():
            with taken(server, open_page, state, viewport, scheme) as page:
                save(page, GALLERY / f"{state}-{screen}.png")
        return
    for screen in ("desktop", "phone"):
        viewport, scheme = SCREENS[screen]
        name = f"{state}-{screen}.png"
        with taken(server, open_page, state, viewport, scheme) as page:
            save(page, tmp_path / name)
            share = difference(tmp_path / name, GALLERY / name)
            with subtests.test(screen=screen):
                assert share <= SHARE_MAX, (
                    f"{share:.1%} of {name} is different: look at {tmp_path / name}, then `make pictures`"
                )
            for scheme in ("light", "dark") if state in STATES and screen == "desktop" else ():
                with subtests.test(scheme=scheme):
                    in_scheme(page, scheme)
                    check_accessible(page)


@contextmanager
def taken(server: Server, open_page: Open, state: str, viewport: dict, scheme: str) -> Iterator[Page]:
    """The page in a state."""
    if state in CLASSES:
        with class_scenes.class_page(server, open_page, CLASSES[state], viewport, scheme) as page:
            yield page
        return
    if state in PAGES:
        address, ready, act = PAGES[state]
        page = open_page(f"{server.address}{address}", viewport, scheme, lambda page: page.wait_for_selector(ready))
    else:
        scenario, commands, until_ms, act = STATES[state]
        page = open_page(runs.link(server, *commands, until_ms=until_ms, scenario=scenario), viewport, scheme)
        page.wait_for_function("() => window.quorumscope.timeline.from_us === 0")
    act(page)
    yield page


def save(page: Page, file: Path) -> None:
    page.evaluate("document.fonts.ready")
    # What changes in place eases out, and a field blinks.
    page.wait_for_timeout(900)
    painted(page)
    settled(page)
    file.parent.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot(caret="hide"))) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            file, optimize=True
        )


def test_the_gallery_has_every_picture_and_no_other() -> None:
    named = {f"{state}-{screen}.png" for state in ALL for screen in SCREENS}
    assert {path.name for path in GALLERY.glob("*.png")} == named
    told = (GALLERY / "README.md").read_text()
    assert {name for name in named if name not in told} == set()


def difference(one: Path, other: Path) -> float:
    """The share of pixels that differ."""
    pictures = []
    for path in (one, other):
        with Image.open(path) as picture:
            size = (picture.width // COARSER, picture.height // COARSER)
            pictures.append(picture.convert("RGB").resize(size, Image.Resampling.BOX))
    assert pictures[0].size == pictures[1].size
    apart = ImageChops.difference(*pictures)
    off = Image.eval(apart, lambda value: 255 if value > TOLERANCE else 0).convert("L").point(lambda v: 255 if v else 0)
    return off.histogram()[255] / (off.width * off.height)
