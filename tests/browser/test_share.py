"""Taking a run away: links, copies, pictures, a film, and the data. Whoever opens a link has the identical run."""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, address_of, arrived, drawn, faster, gone_from, live
from tests.browser.test_panel import check_accessible, until
from tests.browser.test_story import act
from tests.server import CONSOLE, Server

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"

# How large a picture is, how many pictures there are, and how many colours the first has.
LOOK_AT = """async ([bytes, type]) => {
  const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type });
  await decoder.tracks.ready;
  const { image } = await decoder.decode();
  await decoder.completed;
  const [width, height] = [image.displayWidth, image.displayHeight];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const colours = new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)).size;
  return { width, height, colours, frames: decoder.tracks.selectedTrack.frameCount };
}"""


def digest(page: Page) -> str:
    """The fingerprint of the room that the page shows, as the server works it out."""
    return page.evaluate("quorumscope.connection.ask('digest', {}).then((answer) => answer.digest)")


def a_run(server: Server, open_page: Open) -> Page:
    """A room with a write, a crash and a read, in which the clock stands still."""
    page = open_page(server.address)
    faster(page)
    act(page, "A", "write", "apple")
    until(page, "scene.operations[0]?.[1].outcome === 'ok'")
    page.evaluate("quorumscope.actions.crash('n2')")
    act(page, "B", "read")
    until(page, "scene.operations.length === 2 && scene.operations[0][1].outcome === 'ok'")
    page.click("#run")
    arrived(page)
    return page


def knows_the_past(page: Page) -> None:
    """Wait until what is drawn is made of the run's history; what the server has said first may be in another order."""
    page.wait_for_function("!quorumscope.run.waiting && quorumscope.view.timeline === quorumscope.run.timeline")


def open_dialog(page: Page) -> None:
    page.click("#share")
    expect(page.locator("#share-digest")).to_have_text(re.compile("^[0-9a-f]{32}$"))


def unfold(page: Page, part: str) -> None:
    page.locator("#share-dialog details", has_text=part).locator("summary").click()


def take(page: Page, what: str) -> Download:
    with page.expect_download() as downloading:
        page.locator(what).click()
    return downloading.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def look_at(page: Page, picture: bytes, kind: str) -> dict:
    return page.evaluate(LOOK_AT, [base64.b64encode(picture).decode(), f"image/{kind}"])


# Links


def test_a_link_to_the_run_shows_the_identical_run_and_leaves_it_alone(server: Server, open_page: Open) -> None:
    page = a_run(server, open_page)
    open_dialog(page)
    link, told = page.input_value("#share-run"), page.inner_text("#share-digest")
    assert "/run#" in link
    assert told == digest(page)

    other = open_page(link)
    until(other, "scene.operations.length === 2")
    assert digest(other) == told
    assert address_of(other) != address_of(page)
    scene = "JSON.stringify([quorumscope.view.scene.nodes, quorumscope.view.scene.operations])"
    knows_the_past(page)
    knows_the_past(other)
    assert other.evaluate(scene) == page.evaluate(scene)
    # Whoever opens it shares the very same run again; whoever goes on has another.
    open_dialog(other)
    expect(other.locator("#share-digest")).to_have_text(told)
    other.keyboard.press("Escape")
    act(other, "A", "write", "pear")
    until(other, "scene.operations.length === 3")
    assert digest(other) != told
    assert digest(page) == told


def test_a_link_ends_at_the_moment_that_is_shown(server: Server, open_page: Open) -> None:
    page = a_run(server, open_page)
    page.evaluate("quorumscope.playhead.seek(quorumscope.view.scene.operations[0][1].invoked_us - 1)")
    until(page, "scene.operations.length === 1")
    open_dialog(page)
    other = open_page(page.input_value("#share-run"))
    until(other, "scene.operations.length === 1")
    assert digest(other) == page.inner_text("#share-digest") != digest(page)


def test_a_long_run_is_stored_and_works_the_same(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.locator("#speed").fill("0")
    values = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(160)]
    refused = page.evaluate(
        """async (values) => {
          const { actions } = quorumscope;
          let refused = 0;
          for (const [i, value] of values.entries()) {
            const answer = await actions.write("AB"[i % 2], value.slice(32), value);
            if (answer?.error) refused += 1;
          }
          return refused;
        }""",
        values,
    )
    assert refused < 20
    page.click("#run")
    page.wait_for_function("!quorumscope.view.isMoving")
    open_dialog(page)
    link, told = page.input_value("#share-run"), page.inner_text("#share-digest")
    assert re.search(r"/run/[\w-]+$", link)

    other = open_page(link)
    assert digest(other) == told
    act(other, "A", "write", "pear")
    other.wait_for_function(
        "told => quorumscope.connection.ask('digest', {}).then(({ digest }) => digest !== told)", arg=told
    )
    assert digest(page) == told
    again = open_page(link)
    assert digest(again) == told


def test_a_copy_for_oneself(server: Server, open_page: Open) -> None:
    page = a_run(server, open_page)
    room, told = address_of(page), digest(page)
    # With the keyboard alone.
    page.locator("#share").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#share-digest")).to_have_text(told)
    page.locator("#share-remix").focus()
    page.keyboard.press("Enter")
    gone_from(page, room)
    expect(page.locator(".toast")).to_have_text("This is a copy of your own.")
    assert digest(page) == told


def test_links_are_copied(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_dialog(page)
    # A button says so for two seconds only.
    page.evaluate(
        """() => {
          window.copied = new Set();
          const look = (changes) => {
            for (const { target } of changes) if (target.textContent === "Copied") copied.add(target.dataset.copy);
          };
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    page.click("[data-copy=share-run]")
    page.wait_for_function("copied.has('share-run')")
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#share-run")
    page.locator("[data-copy=share-room]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("copied.has('share-room')")
    assert page.evaluate("navigator.clipboard.readText()") == address_of(page)


def test_the_code_for_a_page_follows_its_fields(server: Server, open_page: Open) -> None:
    page = a_run(server, open_page)
    open_dialog(page)
    unfold(page, "On a page or a slide")
    page.locator("#embed-view").select_option("both")
    page.locator("#embed-from").fill("1")
    page.locator("#embed-to").fill("4")
    page.locator("#embed-lasts").fill("0.5")
    page.locator("#embed-loop").uncheck()
    code = page.input_value("#share-embed")
    assert "/embed?view=both&amp;speed=0.002&amp;from=1&amp;to=4#" in code
    # The code, on a page of somebody else's.
    host = page.context.new_page()
    host.set_content(f"<h1>A lecture</h1>{code}")
    player = host.frame_locator("iframe")
    expect(player.locator("g.node")).to_have_count(5)
    expect(player.locator("#spacetime")).to_be_visible()
    expect(player.locator("#clock")).to_have_text("4.00 ms")
    # An end before the beginning is no end.
    page.locator("#embed-to").fill("0.5")
    assert "to=" not in page.input_value("#share-embed")


# Pictures


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_stage_as_a_picture(server: Server, open_page: Open, scheme: str) -> None:
    page = open_page(f"{server.address}scenario/partition", DESKTOP, scheme)
    until(page, "scene.operations.length > 0")
    page.click("#run")
    # What is told beside the stage makes it smaller.
    arrived(page)
    drawn(page)
    open_dialog(page)
    unfold(page, "Pictures and data")
    svg = ElementTree.fromstring(content(take(page, "[data-export=stage-svg]")))
    size = page.evaluate(
        "(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])(document.querySelector('#stage'))"
    )
    assert [round(float(svg.get(side, "0"))) for side in ("width", "height")] == size
    texts = {"".join(text.itertext()) for text in svg.iter(f"{SVG}text")}
    assert {"n1", "n2", "n3", "n4", "n5"} <= texts
    # It needs no style sheet, and holds nothing that belongs to the page.
    assert not {
        name for element in svg.iter() for name in element.attrib if name in ("class", "style", "tabindex", "role")
    }
    picture = look_at(page, content(take(page, "[data-export=stage-png]")), "png")
    assert [picture["width"], picture["height"]] == [2 * side for side in size]
    assert picture["colours"] > 20


def test_the_space_time_diagram_as_a_picture(server: Server, open_page: Open) -> None:
    page = a_run(server, open_page)
    open_dialog(page)
    # With the keyboard alone.
    page.locator("#share-dialog summary").last.focus()
    page.keyboard.press("Enter")
    page.locator("[data-export=spacetime-svg]").focus()
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    svg = ElementTree.fromstring(content(downloading.value))
    texts = {"".join(text.itertext()) for text in svg.iter(f"{SVG}text")}
    assert {"A", "B", "n1", "n5"} <= texts
    assert any(text.startswith("w x=apple") for text in texts)
    picture = look_at(page, content(take(page, "[data-export=spacetime-png]")), "png")
    assert picture["width"] == round(2 * float(svg.get("width", "0")))
    assert picture["colours"] > 20
    expect(page.locator(".darkroom")).to_have_count(0)


def test_the_run_as_a_film(server: Server, open_page: Open) -> None:
    page = a_run(server, open_page)
    open_dialog(page)
    unfold(page, "Pictures and data")
    page.locator("[data-export=gif]").focus()
    with page.expect_download(timeout=60_000) as downloading:
        page.keyboard.press("Enter")
    film = look_at(page, content(downloading.value), "gif")
    assert (film["width"], film["height"]) == (640, 440)
    assert film["frames"] > 10
    assert film["colours"] > 10
    expect(page.locator("#gif-progress")).to_be_hidden()
    expect(page.locator(".darkroom")).to_have_count(0)


# Data


def test_the_log_and_the_history_are_taken_by_the_shell(server: Server, open_page: Open, tmp_path: Path) -> None:
    page = a_run(server, open_page)
    open_dialog(page)
    unfold(page, "Pictures and data")
    log, history = tmp_path / "log.jsonl", tmp_path / "operations.jsonl"
    log.write_bytes(content(take(page, "#export-log")))
    page.locator("#export-history").focus()
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    history.write_bytes(content(downloading.value))
    at_us = json.loads(log.read_text().splitlines()[-1])["at_us"]
    assert at_us > 0

    run = subprocess.run([CONSOLE, "run", log, "--digest"], capture_output=True, text=True, check=True)
    assert run.stdout.split()[-1] == page.inner_text("#share-digest")
    check = subprocess.run([CONSOLE, "check", history], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


# For everyone


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_dialog_and_it_fits(
    server: Server, open_page: Open, viewport: dict, scheme: str
) -> None:
    page = open_page(server.address, viewport, scheme)
    live(page)
    open_dialog(page)
    for part in ("On a page or a slide", "Pictures and data"):
        unfold(page, part)
    check_accessible(page, "#share-dialog")
    assert page.locator("#share-dialog").evaluate("box => box.scrollWidth <= box.clientWidth")
