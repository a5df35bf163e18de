"""Every sentence is translated, and has room: seen in a language made for tests (tests/pseudo.py)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import pseudo
from tests.browser import runs
from tests.browser.conftest import Open, address_of, live
from tests.browser.learner import painted
from tests.browser.pseudo import assert_fits, assert_translated
from tests.browser.test_pictures import TROUBLED, compare, select, tab, verdict, view
from tests.server import Server

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
VALUES = ("apple", "pear")

# A run that is in many kinds of trouble, with a message on its way.
RUN = [*TROUBLED, (60.0, runs.Read("A", "x"))]
UNTIL_MS = 60.4

Act = Callable[[Page], None]


def in_language(link: str) -> str:
    """The same address, in the language."""
    path, hash_, fragment = link.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={pseudo.TAG}{hash_}{fragment}"


def press(key: str) -> Act:
    return lambda page: page.keyboard.press(key)


def dialog(key: str, name: str, last: str) -> Act:
    """Open a dialog, by its key or its button, with all that is folded in it; ``last`` comes into it."""

    def act(page: Page) -> None:
        if key.startswith("#"):
            page.evaluate("selector => document.querySelector(selector).click()", key)
        else:
            page.keyboard.press(key)
        expect(page.locator(f"#{name}")).to_be_visible()
        expect(page.locator(last).first).to_be_attached()
        unfold(page)

    return act


def unfold(page: Page) -> None:
    page.evaluate(
        "() => document.querySelectorAll('.panel details, dialog details').forEach((one) => (one.open = true))"
    )
    expect(page.locator("#settings-list p").first).not_to_be_empty()


def menu_of(kind: str, name: str) -> Act:
    def act(page: Page) -> None:
        select(kind, name)(page)
        page.keyboard.press("m")
        expect(page.locator("#thing-menu")).to_be_visible()

    return act


def refused(page: Page) -> None:
    page.evaluate("() => window.quorumscope.connection.command({ type: 'thaw', node: 'n5' })")
    expect(page.locator(".toast")).to_be_visible()


def a_message(page: Page) -> None:
    select("message", page.locator("#stage g.message").first.get_attribute("data-message") or "")(page)


STATES: dict[str, Act] = {
    "settings": unfold,
    "node": select("node", "n2"),
    "slow node": select("node", "n3"),
    "client": select("client", "A"),
    "link": select("link", "A>n5"),
    "message": a_message,
    "why": select("operation", "op3"),
    "failed write": select("operation", "op2"),
    "menu": menu_of("node", "n4"),
    "more": lambda page: page.click("#more > summary"),
    "history": tab("story"),
    "all marks": lambda page: page.click(".legend-more > summary"),
    "both views": view("both"),
    "scenarios": dialog("#scenario", "scenarios", "#scenario-list button"),
    "share": dialog("#share", "share-dialog", "#export-log[href*=until]"),
    "branches": dialog("b", "branches-dialog", "#branch-tree .thumbnail g.node"),
    "compare settings": dialog("#open-compare", "compare-dialog", "#compare-presets button"),
    "tables": dialog("#open-tables", "tables", "#tables-body table"),
    "keys": dialog("?", "keys-dialog", "#keys-body kbd"),
    "refused": refused,
    "side by side": compare,
    "present": press("p"),
    # Last: it gives the server much to do.
    "staleness": tab("lab"),
}


def walk(page: Page, *checks: Act) -> None:
    """Bring the page into one state after the other, and check each."""
    for name, act in STATES.items():
        act(page)
        painted(page)
        try:
            for check in checks:
                check(page)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


def translated(page: Page) -> None:
    assert_translated(page, VALUES)


def test_the_sandbox_is_translated_and_fits_in_all_its_states(abroad: Server, open_page: Open) -> None:
    page = open_page(in_language(runs.link(abroad, *RUN, until_ms=UNTIL_MS)))
    expect(page.locator("html")).to_have_attribute("lang", pseudo.TAG)
    walk(page, translated, assert_fits)


def test_the_sandbox_fits_on_a_phone(abroad: Server, open_page: Open) -> None:
    walk(open_page(in_language(runs.link(abroad, *RUN, until_ms=UNTIL_MS)), PHONE), assert_fits)


def test_a_scenario_and_its_verdict_are_told_in_the_language(abroad: Server, open_page: Open) -> None:
    page = open_page(in_language(runs.link(abroad, until_ms=26.0, scenario="new-old-inversion")))
    verdict(page)
    painted(page)
    translated(page)
    assert_fits(page)
    assert page.locator("#about-title").inner_text().startswith("⟦")


def test_the_player_and_a_page_that_is_not_there_are_translated_and_fit(
    abroad: Server, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = browser.new_page(viewport=PHONE)
    contexts.append(page.context)
    page.goto(f"{abroad.address}embed/scenario/overlap?view=both&lang={pseudo.TAG}")
    expect(page.locator("#play")).to_be_enabled()
    page.wait_for_selector("g.node")
    translated(page)
    assert_fits(page)
    assert page.locator("#open").get_attribute("href") == f"/scenario/overlap?seed=1&lang={pseudo.TAG}"
    page.goto(f"{abroad.address}r/none")
    translated(page)
    assert_fits(page)


def test_a_language_that_is_chosen_stays(abroad: Server, open_page: Open) -> None:
    page = open_page(in_language(abroad.address))
    expect(page).to_have_url(re.compile(rf"/r/[\w-]+\?lang={pseudo.TAG}$"))
    room = address_of(page).partition("?")[0]
    page.click("#more > summary")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page).to_have_url(f"{room}?lang=en")
    live(page)
    expect(page.locator("#tab-act")).to_have_text("Act")
    page.goto(room)
    live(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#tab-act")).to_have_text("Act")


def test_each_number_has_the_form_of_the_language(abroad: Server, open_page: Open) -> None:
    page = open_page(abroad.address)
    said = page.evaluate(
        """async (address) => {
          const { say, useWords } = await import(address);
          const words = { "x": "{count} plików", "x.one": "{count} plik", "x.few": "{count} pliki", "x.zero": "nic" };
          useWords(words, "pl");
          return [say("x", {}, 0), ...[1, 3, 5, 22].map((count) => say("x", { count }))];
        }""",
        page.locator("link[rel=modulepreload][href$='/js/words.js']").get_attribute("href"),
    )
    assert said == ["nic", "1 plik", "3 pliki", "5 plików", "22 pliki"]
