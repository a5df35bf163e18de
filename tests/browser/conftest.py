"""A real server and a real Chromium for every browser test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests import pseudo
from tests.browser.strain import strain
from tests.browser.waiting import look_without_eval
from tests.server import UNLIMITED, Server

DESKTOP = {"width": 1280, "height": 800}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 375, "height": 812}

# Several tests share few cores, and others may use those too. What passes does not wait so long.
EXPECT_WITHIN_S = 15.0
expect.set_options(timeout=EXPECT_WITHIN_S * 1000)

Open = Callable[..., Page]

look_without_eval()

# Of the pages that are watched, in this test.
mistakes: list[str] = []


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # Tests press faster than people can.
    with Server(tmp_path_factory.mktemp("data"), **UNLIMITED) as server:
        yield server


@pytest.fixture(scope="session")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows the language which is made for tests."""
    translations = tmp_path_factory.mktemp("translations")
    pseudo.write_translation(translations)
    with Server(tmp_path_factory.mktemp("data"), QUORUMSCOPE_TRANSLATIONS=str(translations)) as server:
        yield server


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    made: list[BrowserContext] = []
    yield made
    for context in made:
        context.close()


@pytest.fixture(autouse=True)
def no_mistakes() -> Iterator[None]:
    mistakes.clear()
    yield
    assert not mistakes, "a page failed"


def watch(page: Page) -> None:
    """A mistake on the page fails the test, but only at its end: in the midst, Playwright would lose its browser.

    Whatever the page's own security policy has to stop is one.
    """
    page.on("pageerror", lambda error: mistakes.append(f"{page.url}: {error.stack or error}"))
    page.on("console", lambda said: mistakes.append(f"{page.url}: {said.text}") if _is_stopped(said) else None)
    strain(page)


def _is_stopped(said: ConsoleMessage) -> bool:
    return said.type == "error" and "Content Security Policy" in said.text


@pytest.fixture
def open_page(browser: Browser, contexts: list[BrowserContext]) -> Open:
    """Opens an address in a fresh profile and waits until it is ``ready``. A mistake on the page fails the test."""

    def open_page(
        address: str, viewport: dict = DESKTOP, scheme: str = "light", ready: Callable[[Page], object] = live
    ) -> Page:
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(address)
        ready(page)
        return page

    return open_page


def live(page: Page) -> None:
    """Wait until the page shows the room, and knows of it: the first frame comes before the answer."""
    page.wait_for_selector("#gossip:not([disabled])")
    page.wait_for_selector("g.node")
    page.wait_for_function("() => window.quorumscope.joined !== null")


def take_lesson(teacher: Page, **lesson: str) -> None:
    """Have the class take a lesson. The teacher's page becomes another one, perhaps before it has the answer."""
    with teacher.expect_navigation():
        teacher.evaluate("lesson => { void quorumscope.classroom.do({ type: 'lesson', ...lesson }); }", lesson)


def address_of(page: Page) -> str:
    """As the page has it. ``page.url`` may come later, where the page itself has changed it."""
    address: str = page.evaluate("location.href")
    return address


def gone_from(page: Page, address: str) -> None:
    """Wait until the page has another address than this one, which it had."""
    page.wait_for_function("address => location.href !== address", arg=address)


def drawn(page: Page) -> None:
    """Wait until all that is due has been drawn: what stands behind a tab may wait a little."""
    # What is to be drawn anew may not have begun yet.
    page.wait_for_function("(({ due, drawn }) => !due.size && drawn.changes >= 0)(window.quorumscope)")


def arrived(page: Page) -> None:
    """Wait until the picture has come to where the clock of a paused room stands."""
    page.wait_for_function(
        """() => {
          const { playhead, view } = window.quorumscope;
          const stands = !playhead.pace.running && playhead.present() === playhead.limit_us;
          return stands && view.at_us === playhead.now();
        }"""
    )


def settled(page: Page) -> None:
    """Wait until all that is due has been drawn, if the page draws, and nothing eases in or out any more."""
    page.wait_for_function(
        """() => {
          const { due, drawn } = window.quorumscope ?? {};
          return !due?.size && !(drawn?.changes < 0) && document.getAnimations().every(
            ({ playState, effect }) => playState !== "running" || effect.getComputedTiming().endTime === Infinity
          );
        }"""
    )


def in_scheme(page: Page, scheme: str) -> None:
    """Have the system prefer "light" or "dark" from now on."""
    page.emulate_media(color_scheme=scheme)
    settled(page)


def faster(page: Page, log10: float = -2) -> None:
    """Set the speed slider: -2 is 1 ms in a tenth of a second."""
    page.locator("#speed").fill(str(log10))


PICTURES = Path(__file__).parents[2] / "docs" / "images"
