"""The page itself: what is drawn is what the data says, and everybody can use it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, arrived, faster, in_scheme
from tests.browser.test_story import act, card, node, toggle, until_versions
from tests.server import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# Where each dot is on its way from edge to edge, against (now - sent) / (due - sent) of its message.
SAMPLE = """() => {
  const place = (g) => g.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
  const now = Number(document.querySelector("#stage svg").dataset.nowUs);
  const body = (name) => document.querySelector(`g[data-node="${name}"], g[data-client="${name}"]`);
  const reach = (g) => {
    const shape = g.querySelector(".body");
    return Number(shape.getAttribute("r") ?? shape.getAttribute("width") / 2);
  };
  return [...document.querySelectorAll("g.message")].map((dot) => {
    const [a, b] = [body(dot.dataset.source), body(dot.dataset.target)];
    const [[ax, ay], [bx, by], [x, y]] = [place(a), place(b), place(dot)];
    const length = Math.hypot(bx - ax, by - ay);
    const way = length - reach(a) - reach(b);
    const { sentUs, dueUs } = dot.dataset;
    const gone = Math.min(1, Math.max(0, (now - sentUs) / (dueUs - sentUs)));
    const along = (reach(a) + way * gone) / length;
    return { gone, off: Math.hypot(x - ax - (bx - ax) * along, y - ay - (by - ay) * along) };
  });
}"""


# The same in every frame from now on.
COLLECT = f"""() => {{
  const sample = {SAMPLE};
  window.samples = [];
  const look = () => {{
    window.samples.push(...sample());
    requestAnimationFrame(look);
  }};
  look();
}}"""


def test_a_dot_is_where_the_data_says(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    # From their very beginning, and so slowly that no dot is over before it has been seen.
    page.click("#run")
    expect(page.locator("#run")).to_have_text("Run")
    faster(page, -3.5)
    act(page, "A", "write", "apple")
    expect(page.locator("g.message")).to_have_count(5)
    page.evaluate(COLLECT)
    page.click("#run")
    page.wait_for_function("samples.length > 30 && samples.some(({ gone }) => gone > 0.3)")
    page.click("#run")
    arrived(page)
    samples = page.evaluate("samples") + page.evaluate(SAMPLE)
    assert len(samples) > 30
    assert max(sample["off"] for sample in samples) < 0.05
    assert min(sample["gone"] for sample in samples) < 0.2
    assert max(sample["gone"] for sample in samples) > 0.3


def test_time_can_be_paused_and_stepped(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.click("#run")
    expect(page.locator("#run")).to_have_text("Run")
    page.click("#step")
    expect(page.locator(".toast")).to_have_text("Nothing is under way: write, read or gossip first.")
    act(page, "A", "write", "apple")
    expect(page.locator("g.message")).to_have_count(5)
    stood = page.locator("#clock").text_content()
    page.wait_for_timeout(400)
    assert page.locator("#clock").text_content() == stood
    # Ten steps at most for five requests and five acknowledgements.
    for _ in range(10):
        page.click("#step")
        page.wait_for_timeout(50)
    expect(card(page, "op1").locator(".answer.ack")).to_have_count(5)
    expect(page.locator("g.message")).to_have_count(0)


def test_the_speed_slider_is_logarithmic_and_says_what_it_means(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    for log10, reading in ((-3, "1 ms lasts 1 s"), (-2, "1 ms lasts 0.1 s"), (-4, "1 ms lasts 10 s"), (0, "real time")):
        page.locator("#speed").fill(str(log10))
        expect(page.locator("#reading")).to_have_text(reading)


def test_settings_follow_the_condition(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.locator("#set-r").fill("2")
    expect(page.locator("#overlap")).to_contain_text("3 + 2 ≤ 5")
    expect(page.locator("#overlap")).to_contain_text("can miss")
    page.locator("#set-n").fill("2")
    expect(page.locator("#caption")).to_have_text("Now n = 2, w = 2, r = 2: w + r = 4.")
    expect(page.locator("#overlap")).to_contain_text("2 + 2 > 2")
    page.locator("#set-w").fill("4")
    expect(page.locator("#show-n")).to_have_text("4")
    expect(page.locator("#caption")).to_have_text("Now n = 4, w = 4, r = 2: w + r = 6.")


def test_gossip_can_be_left_running(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, -1.5)
    toggle(page, "n5")
    act(page, "A", "write", "apple")
    expect(card(page, "op1")).to_have_attribute("data-outcome", "ok")
    # Nothing of the write is still on its way to it.
    expect(page.locator("g.message")).to_have_count(0)
    toggle(page, "n5")
    expect(node(page, "n5").locator(".label")).to_have_text("nothing yet")
    page.click("#gossip-run")
    expect(page.locator("#gossip-run")).to_be_checked()
    until_versions(page, 1, 1, 1, 1, 1)


def test_the_keyboard_is_enough(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page)
    page.locator("form[data-client=A] input").focus()
    page.keyboard.press("Enter")
    until_versions(page, 1, 1, 1, 1, 1)
    node(page, "n2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector-title")).to_have_text("n2")
    page.keyboard.press("c")
    expect(node(page, "n2")).to_have_accessible_name("n2 apple v1·A down")
    page.keyboard.press("c")
    expect(node(page, "n2").locator(".label")).to_have_text("newest")


def check_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    # What fades in is judged when it is there.
    page.wait_for_function(
        "document.getAnimations().every("
        "(one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)"
    )
    found = page.evaluate("async () => (await axe.run()).violations")
    assert not found, "\n".join(f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_and_axe_finds_nothing(
    server: Server, open_page: Open, subtests: pytest.Subtests, viewport: dict
) -> None:
    page = open_page(server.address, viewport)
    faster(page)
    act(page, "A", "write", "apple")
    toggle(page, "n1", "n2", "n3")
    act(page, "B", "read")
    expect(card(page, "op2")).to_have_attribute("data-outcome", "fail")
    page.click("#gossip")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    for scheme in ("light", "dark"):
        with subtests.test(scheme=scheme):
            in_scheme(page, scheme)
            check_accessible(page)


def test_nothing_comes_from_elsewhere(server: Server, browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.address)
    page.wait_for_selector("g.node")
    page.close()
    assert len(asked) > 10
    assert all(url.startswith(server.address) for url in asked)
