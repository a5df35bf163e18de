"""A real server and a real Chromium for every browser test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import find
from tests.server import Server

DESKTOP = {"width": 1280, "height": 800}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 375, "height": 812}

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find()
    with sync_playwright() as playwright:
        # Its own sandbox cannot be set up where the tests run as root.
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data")) as server:
        yield server


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    made: list[BrowserContext] = []
    yield made
    for context in made:
        context.close()


@pytest.fixture
def open_page(browser: Browser, contexts: list[BrowserContext]) -> Open:
    """Opens an address in a fresh profile and waits until it is live. A mistake on the page fails the test."""

    def open_page(address: str, viewport: dict = DESKTOP, scheme: str = "light") -> Page:
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
        page.goto(address)
        live(page)
        return page

    return open_page


def live(page: Page) -> None:
    """Wait until the page shows the room."""
    page.wait_for_selector("#gossip:not([disabled])")
    page.wait_for_selector("g.node")


def drawn(page: Page) -> None:
    """Wait until all that is due has been drawn: what stands behind a tab may wait a little."""
    page.wait_for_function("() => window.quorumscope.due.size === 0")


def faster(page: Page, log10: float = -2) -> None:
    """Set the speed slider: -2 is 1 ms in a tenth of a second."""
    page.locator("#speed").fill(str(log10))


PICTURES = Path(__file__).parents[2] / "docs" / "images"
