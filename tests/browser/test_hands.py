"""Hands on the world: inspector, menu, keys, the choice of the next delivery; with the mouse and without it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, address_of, faster, gone_from
from tests.server import Server

pytestmark = pytest.mark.browser


def node(page: Page, name: str) -> Locator:
    return page.locator(f"#stage g.node[data-node={name}]")


def status(page: Page, name: str, is_now: str) -> None:
    expect(node(page, name)).to_have_class(re.compile(rf"\b{is_now}\b"))


def action(page: Page, code: str) -> Locator:
    return page.locator(f"#inspector [data-action={code}]")


def summary(page: Page) -> Locator:
    return page.locator("#inspector-summary")


def item(page: Page, code: str) -> Locator:
    return page.locator(f"#thing-menu [data-action={code}]")


def condition(page: Page, text: str | re.Pattern) -> Locator:
    return page.locator("#conditions-list button", has_text=text)


def open_menu(page: Page, name: str) -> None:
    node(page, name).click(button="right")
    expect(page.locator("#thing-menu")).to_be_visible()


def more(page: Page, title: str) -> None:
    page.locator("#inspector summary", has_text=title).click()


def write_paused(page: Page) -> None:
    """Time stands still, and A's five requests are under way."""
    page.locator("#run").click()
    expect(page.locator("#run")).to_have_text("Run")
    page.locator("form[data-client=A] [data-do=write]").click()
    expect(page.locator("#stage g.message")).to_have_count(5)


def test_a_click_tells_what_a_node_holds_and_acts_on_it(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, -1)
    page.locator("form[data-client=A] [data-do=write]").click()
    expect(page.locator("#stage g.node.newest")).to_have_count(5)
    node(page, "n2").click()
    expect(page.locator("#inspector-title")).to_have_text("n2")
    expect(summary(page)).to_have_text("up")
    expect(page.locator("#inspector .facts-table").first).to_contain_text("v1·A")
    more(page, "Messages sent and received")
    traffic = page.locator("#inspector tr", has_text="write request")
    expect(traffic.locator("td")).to_have_text(["0", "1"])
    more(page, "Merkle tree")
    expect(page.locator("#inspector .facts")).to_contain_text(
        [re.compile("Its clock"), re.compile(r"Root[0-9a-f]{12}")]
    )

    action(page, "freeze").click()
    expect(summary(page)).to_have_text("frozen: whatever reaches it waits")
    expect(action(page, "gossip")).to_have_attribute("aria-disabled", "true")
    action(page, "gossip").hover()
    expect(page.locator("#inspector .why-not")).to_have_text("n2 is frozen: thaw it first.")
    action(page, "thaw").click()
    expect(summary(page)).to_have_text("up")
    more(page, "More actions")
    action(page, "slow_10").click()
    expect(summary(page)).to_have_text("up · 10 times slower")
    page.locator("#inspector input[type=number]").fill("-5")
    page.locator("#inspector .skew button").click()
    expect(page.locator("#inspector .facts").first).to_contain_text("5 ms behind")
    action(page, "wipe").click()
    expect(page.locator("#inspector")).to_contain_text("It holds no record yet.")
    expect(page.locator("#inspector .facts")).to_contain_text(["Its clock", "Keys0"])
    action(page, "crash").click()
    expect(summary(page)).to_have_text("down · 10 times slower")
    action(page, "restart").click()
    expect(summary(page)).to_have_text("up · 10 times slower")
    page.locator("#inspector-close").click()
    expect(page.locator("#inspector")).to_be_hidden()


def test_a_node_leaves_and_the_card_says_so(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, -1)
    node(page, "n3").click()
    more(page, "More actions")
    expect(action(page, "remove")).to_have_attribute("aria-description", "At least 5 nodes must stay.")
    page.locator("#set-n").fill("3")
    expect(action(page, "remove")).not_to_have_attribute("aria-disabled", "true")
    action(page, "remove").click()
    expect(node(page, "n3")).to_have_count(0)
    expect(summary(page)).to_have_text("Not there at this moment.")
    expect(action(page, "crash")).to_have_count(0)


def test_keys_are_enough_for_a_node(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    node(page, "n4").focus()
    page.keyboard.press("c")
    status(page, "n4", "down")
    page.keyboard.press("c")
    status(page, "n4", "up")
    page.keyboard.press("f")
    status(page, "n4", "frozen")
    page.keyboard.press("f")
    status(page, "n4", "up")
    page.keyboard.press("s")
    expect(condition(page, "n4 is 3 times slower")).to_be_visible()
    page.keyboard.press("o")
    expect(condition(page, "network cut: n1 n2 n3 n5 A B | n4")).to_be_visible()
    page.keyboard.press("o")
    expect(condition(page, "network cut")).to_have_count(0)

    # The first Enter selects and leaves the focus where it is, the second goes into the card, Escape comes back.
    page.keyboard.press("Enter")
    expect(page.locator("#inspector-title")).to_have_text("n4")
    expect(node(page, "n4")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector-title")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(action(page, "crash")).to_be_focused()
    page.keyboard.press("Enter")
    expect(action(page, "restart")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#inspector")).to_be_hidden()
    expect(node(page, "n4")).to_be_focused()


def test_the_menu_does_the_same_with_the_mouse(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_menu(page, "n1")
    item(page, "crash").click()
    expect(page.locator("#thing-menu")).to_be_hidden()
    status(page, "n1", "down")
    open_menu(page, "n1")
    expect(item(page, "gossip")).to_have_attribute("aria-disabled", "true")
    expect(item(page, "gossip")).to_contain_text("n1 is down: restart it first.")
    item(page, "restart").click()
    status(page, "n1", "up")
    open_menu(page, "n1")
    item(page, "clock").click()
    expect(page.locator("#inspector input[type=number]")).to_be_focused()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(condition(page, "n1's clock +10.0 ms")).to_be_visible()
    open_menu(page, "n1")
    page.locator("#caption").click()
    expect(page.locator("#thing-menu")).to_be_hidden()


def test_the_menu_does_the_same_with_keys(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    node(page, "n2").focus()
    page.keyboard.press("m")
    expect(item(page, "crash")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(item(page, "freeze")).to_be_focused()
    page.keyboard.press("End")
    expect(item(page, "remove")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(item(page, "crash")).to_be_focused()
    page.keyboard.press("g")
    expect(item(page, "gossip")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#thing-menu")).to_be_hidden()
    expect(node(page, "n2")).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    status(page, "n2", "frozen")
    expect(node(page, "n2")).to_be_focused()


def test_a_message_is_held_doubled_dropped_and_delivered(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    write_paused(page)
    first = page.locator("#stage g.message").first
    name = first.get_attribute("data-message")
    first.click()
    expect(page.locator("#inspector-title")).to_have_text(str(name))
    expect(summary(page)).to_contain_text(re.compile(r"write request, A → n\d · on its way"))
    action(page, "hold").click()
    expect(summary(page)).to_contain_text("held")
    expect(condition(page, "1 message held")).to_be_visible()
    action(page, "duplicate").click()
    expect(page.locator("#stage g.message")).to_have_count(6)
    action(page, "release").click()
    expect(summary(page)).to_contain_text("on its way")
    page.locator("#inspector-title").focus()
    page.keyboard.press("n")
    expect(summary(page)).to_contain_text(re.compile(r"n\d took it"))
    expect(action(page, "drop")).to_have_attribute("aria-description", "It has come to its end already.")
    # Its answer is under way instead; and the last of the requests is dropped by its key.
    last = page.locator("#stage g.message.request").last
    last.click()
    page.keyboard.press("d")
    expect(summary(page)).to_contain_text("lost")


def test_the_next_delivery_is_chosen_with_the_mouse(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.locator("#choose").click()
    expect(page.locator("#run")).to_have_text("Run")
    page.locator("form[data-client=A] [data-do=write]").click()
    rows = page.locator("#deliveries-list > li")
    expect(rows).to_have_count(5)
    for _ in range(3):
        request = rows.filter(has_text="write request").last
        name = request.get_attribute("data-delivery")
        request.locator("[data-do=deliver]").click()
        expect(page.locator(f"[data-delivery={name}]")).to_have_count(0)
    acks = rows.filter(has_text="acknowledgement")
    expect(acks).to_have_count(3)
    acks.first.hover()
    expect(acks.first).to_have_class("selected")
    expect(page.locator("#inspector")).to_be_hidden()
    rows.filter(has_text="write request").first.locator("[data-do=drop]").click()
    expect(rows).to_have_count(4)
    # Hands that are faster than the answers: one after another, and each of them once.
    deliver = "ack => ack.querySelector('[data-do=deliver]').click()"
    acks.evaluate_all(f"([one, other]) => [one, other, one].forEach({deliver})")
    expect(acks).to_have_count(1)
    acks.first.locator("[data-do=deliver]").click()
    expect(acks).to_have_count(0)
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#stage g.client[data-client=A] .outcome")).to_have_text("✓ OK")
    page.locator("#choose").click()
    expect(page.locator("#deliveries")).to_be_hidden()
    expect(page.locator("#run")).to_have_text("Run")


def test_the_next_delivery_is_chosen_with_keys(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    write_paused(page)
    page.locator("#choose").focus()
    page.keyboard.press("Space")
    rows = page.locator("#deliveries-list > li")
    expect(rows).to_have_count(5)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    second = rows.nth(1)
    name = second.get_attribute("data-delivery")
    expect(second.locator("[data-do=deliver]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-delivery={name}]")).to_have_count(0)
    # The next row has the focus now, so that one key after another delivers.
    expect(rows.nth(1).locator("[data-do=deliver]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(4)


def test_links_are_cut_one_way_made_lossy_and_healed(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    node(page, "n1").click()
    more(page, "Links")
    page.locator("#inspector [data-to=n2]").click()
    expect(page.locator("#inspector-title")).to_have_text("Link n1 ⇄ n2")
    action(page, "cut_there").click()
    expect(page.locator("#inspector .facts")).to_contain_text("n1 → n2cut")
    expect(page.locator("#inspector .facts")).to_contain_text("n2 → n1whole")
    expect(condition(page, "n1 → n2: cut")).to_be_visible()
    page.keyboard.press("<")
    expect(condition(page, "network cut: n1 | n2")).to_be_visible()
    more(page, "More actions")
    page.locator("#inspector [data-fault=duplicate]").fill("40")
    for way in ("n1 → n2", "n2 → n1"):
        expect(page.locator("#inspector .facts")).to_contain_text(f"{way}cut, doubles 40 %")
    action(page, "whole").click()
    expect(summary(page)).to_have_text("whole")
    expect(page.locator("#heal")).to_be_hidden()

    # What a partition cuts is mended by ending the partition.
    page.keyboard.press("Escape")
    node(page, "n2").focus()
    page.keyboard.press("o")
    condition(page, "network cut: n1 n3 n4 n5 A B | n2").click()
    expect(summary(page)).to_have_text("cut by a partition")
    expect(action(page, "cut_both")).to_have_attribute("aria-description", "A partition cuts it: end that first.")
    page.locator("#heal").click()
    expect(summary(page)).to_have_text("whole")
    expect(page.locator("#conditions-list button")).to_have_count(0)


def test_two_nodes_can_be_cut_off_and_join_again(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    node(page, "n1").focus()
    page.keyboard.press("o")
    expect(condition(page, "network cut: n1 | n2 n3 n4 n5 A B")).to_be_visible()
    node(page, "n2").focus()
    page.keyboard.press("o")
    expect(condition(page, "network cut: n1 | n2 | n3 n4 n5 A B")).to_be_visible()
    node(page, "n1").focus()
    page.keyboard.press("o")
    expect(condition(page, "network cut: n1 n3 n4 n5 A B | n2")).to_be_visible()
    page.keyboard.press("m")
    item(page, "cut_out").click()
    expect(condition(page, "n1 → n3: cut")).to_be_visible()


def test_a_client_is_asked_from_its_menu(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, -1)
    expect(page.locator("form[data-client=B]")).to_be_visible()
    client = page.locator("#stage g.client[data-client=B]")
    client.focus()
    page.keyboard.press("w")
    expect(page.locator("form[data-client=B] input")).to_be_focused()
    page.keyboard.press("Enter")
    expect(client.locator(".outcome")).to_have_text("✓ OK")
    client.locator(".body").click()
    expect(page.locator("#inspector-title")).to_have_text("Client B")
    expect(page.locator("#inspector .facts")).to_contain_text("B writes x =")
    action(page, "read").click()
    expect(page.locator("#inspector .facts")).to_contain_text("B reads x: OK")
    page.locator("#inspector .facts .to").click()
    expect(page.locator("#inspector-title")).to_have_text("op2")
    expect(page.locator("#why")).to_be_visible()


def test_a_leader_is_made_by_hand(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.address}scenario/semi-synchronous?seed=1")
    node(page, "n2").click()
    expect(summary(page)).to_contain_text("follows, term")
    action(page, "promote").click()
    expect(summary(page)).to_contain_text("leads, term")
    expect(action(page, "promote")).to_have_attribute("aria-description", "n2 leads already.")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 640}], ids=["desktop", "phone", "small"])
def test_the_card_and_the_menu_fit(server: Server, open_page: Open, viewport: dict) -> None:
    page = open_page(server.address, viewport)
    node(page, "n3").click()
    expect(page.locator("#inspector")).to_be_in_viewport()
    if viewport is not DESKTOP:
        sheet, bar = page.locator("#inspector").bounding_box(), page.locator(".time").bounding_box()
        assert sheet is not None
        assert bar is not None
        assert sheet["y"] + sheet["height"] <= bar["y"] + 1
    page.keyboard.press("m")
    for edge in ("crash", "remove"):
        expect(item(page, edge)).to_be_in_viewport(ratio=0.5)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_what_is_done_in_the_past_begins_a_branch(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    write_paused(page)
    first = address_of(page)
    for node_name in ("n1", "n2"):
        node(page, node_name).focus()
        page.keyboard.press("c")
        status(page, node_name, "down")
    page.keyboard.press("Home")
    node(page, "n3").click()
    expect(page.locator("#inspector-past")).to_be_visible()
    action(page, "freeze").click()
    gone_from(page, first)
    status(page, "n3", "frozen")
    expect(page.locator("#inspector-past")).to_be_hidden()


def test_the_next_delivery_chosen_in_the_past_begins_a_branch_that_stands_still(
    server: Server, open_page: Open
) -> None:
    page = open_page(server.address)
    write_paused(page)
    first = address_of(page)
    page.locator("#step").click()
    expect(page.locator("#stage g.message.reply")).to_have_count(1)
    page.locator("#run").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#choose").click()
    rows = page.locator("#deliveries-list > li")
    expect(rows).to_have_count(5)
    last = rows.last.get_attribute("data-delivery")
    rows.last.locator("[data-do=deliver]").click()
    gone_from(page, first)
    expect(page.locator(f"[data-delivery={last}]")).to_have_count(0)
    expect(rows.filter(has_text="write request")).to_have_count(4)
    expect(page.locator("#run")).to_have_text("Run")
