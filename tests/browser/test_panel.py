"""The panel and what is round the world: clients, settings, workload, scenarios, tables, colours, presenting."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, address_of, drawn, gone_from, in_scheme, settled
from tests.browser.test_page import AXE
from tests.browser.test_story import act
from tests.server import Server

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}


def told(page: Page, what: str) -> Any:
    """Something of the scene that is drawn now."""
    return page.evaluate(f"quorumscope.view.scene.{what}")


def until(page: Page, condition: str) -> None:
    """Wait until the scene that is drawn meets a condition."""
    page.wait_for_function(f"() => {{ const scene = window.quorumscope?.view?.scene; return scene && ({condition}); }}")


def check_accessible(page: Page, *within: str) -> None:
    """axe finds nothing in these parts of the page; without any, in all of it."""
    page.evaluate(AXE.read_text())
    # What comes or fades in is judged when it is there.
    settled(page)
    found = page.evaluate(
        "async (within) => (await axe.run(within.length ? within : document)).violations", list(within)
    )
    assert not found, "\n".join(f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found)


def open_card(page: Page, card: str) -> None:
    # What comes into the panel a little later would move it away under the mouse.
    drawn(page)
    page.locator(f"#{card} > summary").click()


# Clients


def test_one_operation_has_a_quorum_of_its_own(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "how")
    page.locator("#how-w").select_option("5")
    act(page, "A", "write", "apple")
    until(page, "scene.operations[0]?.[1].needed === 5")
    # With the keyboard alone: back to what the cluster has for writes, and a read that one reply is enough for.
    page.locator("#how-w").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.locator("form[data-client=B] [data-do=read]").focus()
    page.keyboard.press("Enter")
    until(page, "scene.operations[0]?.[1].needed === 1 && scene.operations[0][1].type === 'read'")
    page.locator("form[data-client=B] input").focus()
    page.keyboard.press("Enter")
    until(page, "scene.operations[0]?.[1].needed === 3 && scene.operations[0][1].type === 'write'")


def test_where_a_node_coordinates_it_can_be_chosen(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.address}scenario/coordinator-dies")
    open_card(page, "how")
    page.locator("#how-via").select_option("n3")
    act(page, "B", "read")
    until(page, "scene.operations.some(([, { client, via }]) => client === 'B' && via === 'n3')")


def test_a_client_is_added(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "how")
    page.click("#add-client")
    page.locator("form[data-client=C] input").focus()
    page.keyboard.press("Enter")
    until(page, "scene.operations[0]?.[1].client === 'C'")
    page.locator("#add-client").focus()
    page.keyboard.press("Enter")
    expect(page.locator("form[data-client=D]")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, SMALL], ids=["desktop", "small"])
def test_many_clients_and_nodes_leave_the_panel_usable(server: Server, open_page: Open, viewport: dict) -> None:
    page = open_page(server.address, viewport)
    page.evaluate(
        """async () => {
          for (let i = 0; i < 24; i++) await quorumscope.actions.send({ type: "add_client" });
          for (let i = 0; i < 45; i++) await quorumscope.actions.send({ type: "add_node" });
        }"""
    )
    expect(page.locator(".client-row")).to_have_count(26)
    expect(page.locator("#set-n")).to_have_attribute("max", "50")
    assert page.locator("#clients").evaluate("box => box.clientHeight") < 300
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.locator("form[data-client=Z] input").focus()
    expect(page.locator("form[data-client=Z]")).to_be_in_viewport()
    page.keyboard.press("Enter")
    until(page, "scene.operations[0]?.[1].client === 'Z'")
    check_accessible(page, "#panel")


# Settings


def test_the_quorum_goes_back_to_what_it_was(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    expect(page.locator("#quorum-was")).to_be_hidden()
    page.locator("#set-n").fill("3")
    page.locator("#set-w").fill("1")
    expect(page.locator("#quorum-was")).to_have_text("Back to n = 5, w = 3, r = 3")
    page.click("#quorum-was")
    expect(page.locator("#overlap")).to_contain_text("3 + 3 > 5")
    expect(page.locator("#quorum-was")).to_be_hidden()
    page.locator("#set-w").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#quorum-was")).to_be_visible()
    page.locator("#quorum-was").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#overlap")).to_contain_text("3 + 3 > 5")
    expect(page.locator("#set-n")).to_be_focused()


def test_what_the_quorum_promises_is_said_honestly(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "more-settings")
    page.locator("#setting-sloppy").check()
    expect(page.locator("#overlap")).to_contain_text("stand-ins count as well")
    page.locator("#setting-sloppy").uncheck()
    page.locator("#setting-read_from").select_option("one")
    expect(page.locator("#overlap")).to_contain_text("3 + 1 ≤ 5")
    page.locator("#setting-strategy").select_option("leader")
    expect(page.locator("#overlap")).to_contain_text("One leader orders all writes")
    expect(page.locator("#set-r")).to_be_hidden()
    expect(page.locator("#setting-sloppy")).to_be_hidden()
    expect(page.locator("#setting-follower_reads")).to_be_visible()


def test_a_setting_says_what_it_means_and_what_it_was(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "more-settings")
    line = page.locator(".more-setting").filter(has=page.locator("#setting-read_repair"))
    expect(line).to_contain_text("A read leaves the replicas as they are.")
    page.locator("#setting-read_repair").select_option("blocking")
    expect(line).to_contain_text("A read answers only when w replicas hold what it returns.")
    line.get_by_role("button", name="Back to: nothing").click()
    expect(page.locator("#setting-read_repair")).to_have_value("off")
    expect(line.get_by_role("button")).to_have_count(0)
    # With the keyboard alone.
    page.locator("#setting-timeout_us").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("80")
    page.keyboard.press("Enter")
    until(page, "scene.cluster.timeout_us === 80000")
    expect(page.get_by_role("button", name="Back to: 200")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "scene.cluster.timeout_us === 200000")
    expect(page.locator("#setting-timeout_us")).to_be_focused()


def test_a_value_that_is_refused_does_not_stay(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "more-settings")
    page.locator("#setting-retries").fill("99")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator("#setting-retries")).to_have_value("0")


def test_a_fraction_is_refused_in_the_words_of_the_browser(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "more-settings")
    for typed in ("2.5", ""):
        page.locator("#setting-retries").fill(typed)
        page.keyboard.press("Enter")
        # First, for what was said before may still be there.
        expect(page.locator("#setting-retries")).to_have_value("0")
        expect(page.locator(".toast").last).to_have_text(re.compile("^Retries: (?!Expected)."))
    # Times are in milliseconds, and may be parts of them.
    page.locator("#setting-timeout_us").fill("80.5")
    page.keyboard.press("Enter")
    until(page, "scene.cluster.timeout_us === 80500")


def test_a_foundation_is_changed_on_a_branch_from_the_beginning(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    act(page, "A", "write", "apple")
    until(page, "scene.operations.length === 1")
    room = address_of(page)
    open_card(page, "more-settings")
    page.locator("#setting-versions").select_option("vector")
    gone_from(page, room)
    # At once: it does not stay for long.
    expect(page.locator(".toast")).to_contain_text("a branch from the very beginning")
    until(page, "scene.cluster.versions === 'vector' && scene.operations.length === 0")
    expect(page.locator("#setting-versions")).to_have_value("vector")


def test_a_node_is_added(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "more-settings")
    page.click("#add-node")
    expect(page.locator("#how-many-nodes")).to_have_text("6 nodes")
    page.locator("#add-node").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#how-many-nodes")).to_have_text("7 nodes")


def test_clients_work_by_themselves(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    open_card(page, "workload")
    page.locator("#load-rate").fill("3")
    expect(page.locator("#show-rate")).to_have_text("1 ms")
    page.locator("#load-reads").fill("100")
    page.click("#load-run")
    expect(page.locator("#load-state")).to_have_text("Runs: one every 1 ms, 100 % reads.")
    until(page, "scene.operations.length > 3 && scene.operations.every(([, { type }]) => type === 'read')")
    # With the keyboard alone: only writes, then an end.
    page.locator("#load-reads").focus()
    page.keyboard.press("Home")
    until(page, "scene.workload?.read_share === 0")
    page.locator("#load-run").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#load-run")).to_have_text("Start")
    until(page, "scene.workload === null")


# Round the world


def test_a_scenario_is_picked(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    expect(page.locator("#about")).to_be_hidden()
    page.click("#scenario")
    expect(page.locator("#scenario-find")).to_be_focused()
    page.locator("#scenario-find").fill("no such thing")
    expect(page.locator("#scenario-list")).to_have_text("No scenario says that.")
    page.locator("#scenario-find").fill("Hint")
    page.click("[data-scenario=hint-lost]")
    expect(page.locator("#about-title")).to_have_text("The hint is lost with its holder")
    expect(page.locator("#scenario")).to_have_text("The hint is lost with its holder")
    # With the keyboard alone.
    page.locator("#scenario").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-scenario=hint-lost]")).to_have_attribute("aria-current", "true")
    page.keyboard.type("leader")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#about-title")).to_have_text("One follower must have it")
    page.keyboard.press("Enter")
    expect(page.locator("#scenarios")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#scenarios")).to_be_hidden()
    expect(page.locator("#scenario")).to_be_focused()


def test_a_press_inside_a_dialog_leaves_it_open(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.click("#scenario")
    box = page.locator("#scenarios").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] / 2)
    expect(page.locator("#scenarios")).to_be_visible()
    page.mouse.click(box["x"] - 20, box["y"] + box["height"] / 2)
    expect(page.locator("#scenarios")).to_be_hidden()


def test_everything_can_be_read_as_tables(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    act(page, "A", "write", "apple")
    page.click("#more > summary")
    page.click("#open-tables")
    table = page.get_by_role("table", name="Operations, newest first")
    expect(table.get_by_role("row", name="op1")).to_contain_text("A writes x = apple")
    expect(page.get_by_role("table", name="Nodes, for record x").get_by_role("row")).to_have_count(6)
    expect(table).to_contain_text("OK", timeout=15_000)
    page.get_by_role("button", name="Close").click()
    # With the keyboard alone.
    page.locator("#more > summary").focus()
    page.keyboard.press("Enter")
    page.locator("#open-tables").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tables")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tables")).to_be_hidden()
    expect(page.locator("#more > summary")).to_be_focused()


def test_colours_are_chosen_and_kept(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("#more > summary")
    page.locator("#theme").select_option("dark")
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    page.wait_for_selector("g.node")
    body = page.locator("body")
    expect(body).to_have_css("background-color", dark)
    # With the keyboard alone.
    page.locator("#more > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    page.keyboard.press("Home")
    expect(body).to_have_css("background-color", light)
    page.keyboard.press("Escape")
    expect(page.locator("#more > summary")).to_be_focused()


def test_presenting_is_large_and_has_an_end(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    size = "parseFloat(getComputedStyle(document.querySelector('#caption')).fontSize)"
    usual = page.evaluate(size)
    page.click("#more > summary")
    page.click("#present")
    page.wait_for_function("document.fullscreenElement !== null")
    page.wait_for_function(f"{size} > {usual * 1.4}")
    page.click("#more > summary")
    page.click("#present")
    # The page hears of it a little later than it is so.
    page.wait_for_function(f"document.fullscreenElement === null && {size} === {usual}")
    # With the keyboard alone; whatever ends the full screen ends the presenting.
    page.keyboard.press("p")
    page.wait_for_function("document.fullscreenElement !== null")
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function(f"{size} === {usual}")


def test_tabs_go_with_arrows(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.click("#tab-story")
    expect(page.locator("#panel-story")).to_be_visible()
    expect(page.locator("#panel-act")).to_be_hidden()
    page.locator("#tab-story").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#tab-act")).to_be_focused()
    expect(page.locator("#panel-act")).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator("#panel-lab")).to_be_visible()
    heights = page.locator(".tab").evaluate_all("tabs => tabs.map((tab) => tab.scrollHeight)")
    assert max(heights) < 45, "a tab's name is in two lines"


@pytest.mark.parametrize("theme", ["system", "contrast"])
def test_axe_finds_nothing_in_the_panel_and_its_dialogs(
    server: Server, open_page: Open, subtests: pytest.Subtests, theme: str
) -> None:
    page = open_page(f"{server.address}scenario/sloppy-quorum")

    def check(part: str) -> None:
        for scheme in ("light", "dark"):
            with subtests.test(part=part, scheme=scheme):
                in_scheme(page, scheme)
                check_accessible(page, part)

    page.click("#more > summary")
    page.locator("#theme").select_option(theme)
    check("header")
    page.keyboard.press("Escape")
    for card in ("how", "workload", "more-settings"):
        open_card(page, card)
    page.locator("#about summary").click()
    page.locator("#set-w").fill("1")
    page.locator("#setting-latency").select_option("WAN")
    expect(page.get_by_role("button", name="Back to: EVEN")).to_be_visible()
    check("#panel")
    page.click("#scenario")
    check("#scenarios")
    page.keyboard.press("Escape")
    page.click("#more > summary")
    page.click("#open-tables")
    expect(page.locator("#tables table")).not_to_have_count(0)
    check("#tables")


@pytest.mark.parametrize("viewport", [PHONE, SMALL], ids=["phone", "small"])
def test_the_header_fits(server: Server, open_page: Open, viewport: dict) -> None:
    page = open_page(f"{server.address}scenario/new-old-inversion", viewport)
    expect(page.locator("#scenario")).to_contain_text("First the new value, then the old")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    for name in ("#scenario", "#share", "#more > summary"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"]
        assert min(box["width"], box["height"]) >= 36
    # What a narrow header does not show is still there for whoever listens.
    expect(page.get_by_role("button", name="Share")).to_be_visible()
    for card in ("how", "workload", "more-settings"):
        open_card(page, card)
    expect(page.locator("#setting-latency")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
