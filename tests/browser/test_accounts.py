"""A teacher's account in the browser: with the keyboard, from one device to another, and out again."""

import contextlib
import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.accounts.people import HASHED, PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, address_of, live, watch
from tests.browser.test_page import check_accessible
from tests.server import Server
from webapp.accounts.accounts import INVITED_DAYS, new_account_id, send_out
from webapp.classroom.texts import likeness
from webapp.store.account_store import AccountRow
from webapp.store.opening import open_file
from webapp.store.sql_accounts import SqlAccountStore

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data"), QUORUMSCOPE_ACCOUNTS="password") as server:
        yield server
        assert "Traceback" not in server.errors, server.errors


def invite(site: Server) -> str:
    """The link that who keeps the site would send."""
    database = open_file(site.data_dir / "rooms.sqlite3")
    with contextlib.closing(database):
        token = send_out(SqlAccountStore(database), time.time_ns() // 1_000_000, INVITED_DAYS)
    return f"{site.address}account/sign-up#{token}"


def have_account(site: Server, name: str) -> None:
    database = open_file(site.data_dir / "rooms.sqlite3")
    with contextlib.closing(database):
        SqlAccountStore(database).add_account(AccountRow(new_account_id(), name, HASHED), likeness(name))


def device(browser: Browser, contexts: list[BrowserContext], **options) -> Page:
    contexts.append(browser.new_context(**{"viewport": DESKTOP} | options))
    page = contexts[-1].new_page()
    watch(page)
    return page


def fill(page: Page, **fields: str) -> None:
    """Into the form that has all of them, with the keyboard, and off it goes."""
    for name, text in fields.items():
        page.locator(f"[name={name}]").first.focus()
        page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def sign_in(page: Page, site: Server, name: str, then: str = "") -> None:
    page.goto(f"{site.address}account{then}")
    fill(page, name=name, password=PASSWORD)
    page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/account"))


def keys(page: Page) -> list[str]:
    """Of which classes this browser has keys."""
    return [one[0] for one in json.loads(page.evaluate("localStorage['quorumscope.classes'] ?? '[]'"))]


def test_an_invited_teacher_starts_a_class_and_finds_it_on_another_device(
    site: Server, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page = device(browser, contexts)
    link = invite(site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    # The code is in the form, and neither in the address bar nor in anything that was asked of the server.
    expect(page.locator("[name=invitation]")).to_be_hidden()
    assert address_of(page) == f"{site.address}account/sign-up"
    # One that is too short does not even leave the browser.
    fill(page, name="Ada", password="short")
    expect(page.locator("#account-password")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/teach")
    assert not [url for url in asked if link.rpartition("#")[2] in url]
    page.locator("#teach-name").fill("Monday")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/teach/[\w-]+$"))
    class_id = page.url.rpartition("/")[2]
    live(page)

    other = device(browser, contexts, viewport=PHONE)
    sign_in(other, site, "ada")
    card = other.locator(f"[data-class='{class_id}']")
    expect(card.locator("h2")).to_have_text("Monday")
    expect(card).to_contain_text("In your account")
    card.get_by_role("link", name="Open Monday").click()
    live(other)
    other.goto(f"{site.address}account")
    other.get_by_role("button", name="Sign out", exact=True).click()
    expect(other.locator("h1")).to_have_text("Sign in")
    # The next one at this computer finds nothing.
    assert keys(other) == []
    other.goto(f"{site.address}teach")
    expect(other.locator("#teach-note")).to_contain_text("No classes yet")

    # Signed out everywhere else as well, the first device forgets its keys; the class is there still.
    sign_in(other, site, "Ada")
    other.goto(f"{site.address}account")
    other.get_by_role("button", name="Sign out everywhere").click()
    expect(other.locator("h1")).to_have_text("Sign in")
    page.goto(f"{site.address}teach")
    expect(page.locator("#teach-note")).to_contain_text("No classes yet")
    assert keys(page) == []
    sign_in(page, site, "Ada")
    expect(page.locator(f"[data-class='{class_id}'] h2")).to_have_text("Monday")
    # Who deletes the account keeps the keys, here.
    page.goto(f"{site.address}account")
    page.locator("#delete-password").fill(PASSWORD)
    page.get_by_role("button", name="Delete the account").click()
    expect(page.locator("h1")).to_have_text("Sign in")
    page.goto(f"{site.address}teach")
    expect(page.locator(f"[data-class='{class_id}'] h2")).to_have_text("Monday")


def test_who_has_to_sign_in_first_is_back_at_what_they_wanted(
    site: Server, browser: Browser, contexts: list[BrowserContext]
) -> None:
    have_account(site, "Grace")
    page = device(browser, contexts)
    page.goto(site.address)
    live(page)
    page.wait_for_url("**/r/*")
    room = address_of(page)
    page.click("#class-entry summary")
    page.click("#class-start")
    page.wait_for_url("**/account?then=*")
    fill(page, name="Grace", password=PASSWORD)
    page.wait_for_url(room)
    expect(page.locator("#class-start")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/teach/[\w-]+$"))
    live(page)

    page = device(browser, contexts)
    page.goto(f"{site.address}teach")
    expect(page.locator("#teach-start")).to_have_text("Sign in to start a class")
    page.locator("#teach-name").fill("Tuesday")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account?then=*")
    fill(page, name="Grace", password=PASSWORD)
    page.wait_for_url("**/teach")
    expect(page.locator("#teach-name")).to_have_value("Tuesday")
    expect(page.locator("#teach-start")).to_be_focused()


def test_the_pages_fit_and_axe_finds_nothing(
    site: Server, browser: Browser, contexts: list[BrowserContext], subtests: pytest.Subtests
) -> None:
    name = "W" * 80
    have_account(site, name)
    phone = device(browser, contexts, viewport=PHONE, color_scheme="dark")
    for path in ("account/sign-up", "account", "teach"):
        with subtests.test(path):
            phone.goto(f"{site.address}{path}")
            check_accessible(phone)
            assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with subtests.test("a wrong password"):
        phone.goto(f"{site.address}account")
        fill(phone, name=name, password="something else")
        expect(phone.locator("#account-password-problem")).to_contain_text("wrong")
        phone.wait_for_load_state()
        check_accessible(phone)
    with subtests.test("signed in"):
        sign_in(phone, site, name)
        phone.goto(f"{site.address}account")
        expect(phone.locator("h1")).to_have_text("Account")
        check_accessible(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    session = phone.context.storage_state()
    desk = device(browser, contexts, storage_state=session)
    for path in ("account", "account/new-password"):
        with subtests.test(f"{path}, light"):
            desk.goto(f"{site.address}{path}")
            check_accessible(desk)
