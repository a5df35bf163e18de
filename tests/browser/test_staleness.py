"""How stale a read is: the curve, the cluster's own reads, and the map of r and w."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, faster
from tests.browser.test_why import SIZES, check
from tests.server import Server

pytestmark = pytest.mark.browser


def lab(page: Page) -> None:
    page.click("#tab-lab")
    # It is worked out with what the cores have left over.
    expect(page.locator("#staleness-sum")).to_contain_text("99.9 % of reads are fresh after", timeout=60_000)
    expect(page.locator("#staleness-map button")).to_have_count(25)


def cell(page: Page, r: int, w: int):
    return page.locator(f"#staleness-map [data-r='{r}'][data-w='{w}']")


def test_the_curve_can_be_read_by_mouse_keys_and_as_a_table(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    assert "staleness_panel" not in page.content()
    for name in ("r", "w"):
        page.locator(f"#set-{name}").fill("1")
        # Until that has come the sliders may still go back to what was.
        page.wait_for_function(
            "name => quorumscope.run.timeline.at('cluster', 'cluster', Infinity)[name] === 1", arg=name
        )
    expect(page.locator("#overlap")).to_contain_text("1 + 1 ≤ 5")
    lab(page)
    expect(page.locator("#staleness-about")).to_have_text("n = 5, r = 1, w = 1, latencies LNKD-DISK.")
    expect(page.locator("#staleness-reading")).to_contain_text("after 0 ms: 3")
    page.locator("#staleness-at").focus()
    page.keyboard.press("End")
    expect(page.locator("#staleness-reading")).to_contain_text("99.99 %")
    assert page.locator("#staleness-at").get_attribute("aria-valuetext").startswith("after ")
    box = page.locator("#staleness-chart svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 40)
    expect(page.locator("#staleness-reading")).not_to_contain_text("99.99 %")
    page.locator("#staleness summary").click()
    expect(page.locator("#staleness-rows tr")).to_have_count(40)


def test_the_clusters_own_reads_stand_on_the_curve(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, -1.5)
    lab(page)
    expect(page.locator("#staleness-measured")).to_contain_text("No read of this cluster")
    expect(page.locator("#staleness-chart .measured")).to_have_count(0)
    page.click("#tab-act")
    for number, (client, what) in enumerate((("A", "write"), ("B", "read"), ("B", "read")), start=1):
        page.locator(f"form[data-client={client}] [data-do={what}]").click()
        expect(page.locator(f"#operations [data-operation=op{number}]")).to_have_attribute("data-outcome", "ok")
    page.click("#tab-lab")
    page.click("#staleness-again")
    expect(page.locator("#staleness-measured")).to_have_text("Of this cluster's own 2 reads, 2 were fresh.")
    expect(page.locator("#staleness-chart .measured").first).to_be_attached()


def test_a_cell_of_the_map_sets_the_cluster(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    lab(page)
    expect(cell(page, 3, 3)).to_have_attribute("aria-current", "true")
    expect(cell(page, 3, 3)).to_have_class(re.compile("overlaps"))
    expect(cell(page, 1, 2)).to_have_class(re.compile("partial"))
    expect(cell(page, 1, 5)).to_contain_text("100%")
    cell(page, 1, 2).click()
    expect(cell(page, 1, 2)).to_have_attribute("aria-current", "true")
    expect(page.locator("#caption")).to_have_text("Now n = 5, w = 2, r = 1: w + r = 3.")
    expect(page.locator("#staleness-about")).to_contain_text("r = 1, w = 2")
    # With the keys: a row down, a column to the right.
    cell(page, 1, 2).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(cell(page, 2, 3)).to_be_focused()
    expect(cell(page, 2, 3)).to_have_accessible_name(re.compile(r"w = 3, r = 2: .* fresh at once"))
    page.evaluate("document.activeElement.name = 'old'")
    page.keyboard.press("Enter")
    expect(page.locator("#caption")).to_have_text("Now n = 5, w = 3, r = 2: w + r = 5.")
    # New numbers do not take the focus away.
    expect(cell(page, 2, 3)).not_to_have_attribute("name", "old", timeout=60_000)
    expect(cell(page, 2, 3)).to_be_focused()


def test_it_can_be_stopped_and_begun_again(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    lab(page)
    expect(page.locator("#staleness-progress")).to_be_hidden()
    # Twice in one breath: the second is in the middle of the work that the first has begun.
    page.evaluate("() => { const work = document.getElementById('staleness-work'); work.click(); work.click(); }")
    expect(page.locator("#staleness-state")).to_have_text("Stopped.")
    page.locator("#staleness-work").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#staleness-work")).to_have_text("Compute again", timeout=60_000)
    expect(page.locator("#staleness-state")).to_have_text("")


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_it_fits_and_axe_finds_nothing(server: Server, open_page: Open, width: int, scheme: str) -> None:
    page = open_page(server.address, {"width": width, "height": 800}, scheme)
    lab(page)
    page.locator("#staleness summary").click()
    check(page, width)
