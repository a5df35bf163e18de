"""The main job, by hand in a real browser: write, break, fail, come back, gossip, read."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PICTURES, Open, drawn, faster
from tests.server import Server

pytestmark = pytest.mark.browser


def act(page: Page, client: str, what: str, value: str | None = None) -> None:
    row = page.locator(f"form[data-client={client}]")
    if value is not None:
        row.locator("input").fill(value)
    row.locator(f"[data-do={what}]").click()


def toggle(page: Page, *nodes: str) -> None:
    """Crash nodes that are up, restart those that are down, by the inspector."""
    for node in nodes:
        page.locator(f"#stage g.node[data-node={node}]").click()
        expect(page.locator("#inspector-title")).to_have_text(node)
        page.locator("#inspector :is([data-action=crash], [data-action=restart]):not([aria-disabled=true])").click()
    page.keyboard.press("Escape")
    expect(page.locator("#inspector")).to_be_hidden()


def card(page: Page, operation: str):
    return page.locator(f"[data-operation={operation}]")


def node(page: Page, name: str):
    return page.locator(f"#stage g.node[data-node={name}]")


def versions(page: Page) -> list[int]:
    return page.locator("#stages g.node").evaluate_all("nodes => nodes.map((node) => Number(node.dataset.version))")


def until_versions(page: Page, *wanted: int) -> None:
    page.wait_for_function(
        """wanted => JSON.stringify(wanted) === JSON.stringify(
          [...document.querySelectorAll('#stages g.node')].map((node) => Number(node.dataset.version))
        )""",
        arg=list(wanted),
    )


def log(page: Page) -> list[str]:
    drawn(page)
    return page.locator("#log .said").all_inner_texts()


def test_the_seed_story(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page)
    expect(page.locator("#overlap")).to_contain_text("3 + 3 > 5")

    # All five up: OK after three.
    act(page, "A", "write", "apple")
    expect(card(page, "op1")).to_have_attribute("data-outcome", "ok")
    expect(card(page, "op1").locator(".count")).to_have_text("3 of 3 acks")
    expect(page.locator("g.client[data-client=A] .outcome")).to_have_text("✓ OK")
    said = log(page)
    outcome = said.index("A's write is OK: 3 nodes stored x = apple, v1.")
    assert re.fullmatch(r"n\d acknowledged to A: 3 of 3\.", said[outcome - 1])
    assert sum("acknowledged to A: " in line for line in said[:outcome]) == 3
    until_versions(page, 1, 1, 1, 1, 1)
    expect(card(page, "op1").locator(".answer.ack")).to_have_count(5)

    # Two down: still OK, and the two that sleep keep what they had.
    toggle(page, "n1", "n2")
    expect(node(page, "n1").locator(".label")).to_have_text("down")
    expect(node(page, "n2").locator(".label")).to_have_text("down")
    act(page, "A", "write", "pear")
    expect(card(page, "op2")).to_have_attribute("data-outcome", "ok")
    expect(card(page, "op2").locator(".answer.refused")).to_have_count(2)
    until_versions(page, 1, 1, 2, 2, 2)
    expect(page.locator("#caption")).to_have_text("A's write is OK: 3 nodes stored x = pear, v2.")

    # Three down: FAIL, and two copies exist all the same.
    toggle(page, "n3")
    act(page, "A", "write", "plum")
    expect(card(page, "op3")).to_have_attribute("data-outcome", "fail")
    until_versions(page, 1, 1, 2, 3, 3)
    expect(card(page, "op3").locator(".count")).to_have_text("2 of 3 acks")
    expect(card(page, "op3").locator(".means")).to_have_text("2 copies exist all the same; the value may surface later")
    expect(page.locator("g.client[data-client=A] .outcome")).to_have_text("✗ FAIL")
    assert any("A's write FAILs" in line and "too many nodes refuse" in line for line in log(page))

    # All up again, with what their disks held.
    toggle(page, "n1", "n2", "n3")
    expect(node(page, "n1").locator(".label")).to_have_text("2 behind")
    expect(node(page, "n3").locator(".label")).to_have_text("1 behind")
    assert versions(page) == [1, 1, 2, 3, 3]

    # Gossip, step by step, until every node has the newest version.
    for _ in range(30):
        if versions(page) == [3] * 5:
            break
        before = page.evaluate("quorumscope.run.timeline.notes.length")
        page.click("#gossip")
        page.wait_for_function("before => quorumscope.run.timeline.notes.length >= before + 10", arg=before)
    until_versions(page, *[3] * 5)
    expect(page.locator("g.node.newest")).to_have_count(5)
    expect(card(page, "op3").locator(".means")).to_have_text("5 copies exist all the same; the value may surface later")

    # The write that FAILed is what a read returns now.
    act(page, "B", "read")
    expect(card(page, "op4")).to_have_attribute("data-outcome", "ok")
    expect(card(page, "op4").locator(".means")).to_have_text(re.compile(r"^plum v3, from n[1-5]$"))
    expect(card(page, "op4").locator(".answer.winner")).to_have_count(1)
    expect(page.locator("g.client[data-client=B] .outcome")).to_have_text("✓ OK: plum")
    assert any(line.startswith("B read x = plum: v3, from n") for line in log(page))


def test_the_picture_of_the_readme(server: Server, open_page: Open, tmp_path) -> None:
    """A moment with everything in it. `make pictures` keeps it in docs/images."""
    page = open_page(server.address)
    faster(page)
    act(page, "A", "write", "apple")
    until_versions(page, 1, 1, 1, 1, 1)
    toggle(page, "n2")
    act(page, "A", "write", "pear")
    until_versions(page, 2, 1, 2, 2, 2)
    toggle(page, "n2")
    act(page, "B", "read")
    expect(card(page, "op3")).to_have_attribute("data-outcome", "ok")
    expect(page.locator("g.message")).to_have_count(0)
    page.click("#run")
    expect(page.locator("#link")).to_have_text("Paused")
    act(page, "B", "read")
    act(page, "A", "write", "plum")
    for _ in range(6):
        page.click("#step")
    page.wait_for_timeout(600)
    expect(page.locator("g.message")).not_to_have_count(0)
    pictures = PICTURES if os.environ.get("QUORUMSCOPE_PICTURES") else tmp_path
    pictures.mkdir(parents=True, exist_ok=True)
    picture = page.screenshot(path=pictures / "sandbox.png")
    assert picture.startswith(b"\x89PNG")
