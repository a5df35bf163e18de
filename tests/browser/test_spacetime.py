"""The space-time diagram: what it draws is what the data says, and every hand on it works with mouse and keys."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, arrived, faster, in_scheme
from tests.server import Server

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

# A module of the page, by the address that the page itself has it from.
MODULE = """(name) => import(
  document.querySelector('link[href$="js/main.js"]').href.replace("main.js", `draw/spacetime/${name}.js`)
)"""

# Every event before another, found one message at a time from the events themselves: slow, and hard to get wrong.
PAST = """(event) => {
  const { timeline } = quorumscope;
  const messages = timeline.flights
    .filter(({ versions }) => versions.at(-1).fields.fate === "delivered")
    .map(({ id, versions, until_us }) => ({ id, ...versions[0].fields, until_us }));
  const reached = new Set();
  const visit = (actor, at_us) => {
    for (const message of messages) {
      if (message.target !== actor || message.until_us > at_us || reached.has(message.id)) continue;
      reached.add(message.id);
      visit(message.source, message.sent_us);
    }
  };
  visit(event.lane, event.at_us);
  return [...reached].sort();
}"""


def scenario(server: Server, open_page: Open, name: str, ends_ms: float, **more: object) -> Page:
    """A scenario that has run to its end, shown as a diagram, and paused."""
    page = open_page(f"{server.address}/scenario/{name}?seed=1", **more)
    faster(page, -1)
    page.wait_for_function("(us) => quorumscope.playhead.now() > us", arg=ends_ms * 1000)
    page.wait_for_function("() => !quorumscope.run.waiting")
    page.click("#run")
    arrived(page)
    show(page, "spacetime")
    page.wait_for_selector(".st-op", state="attached")
    painted(page)
    return page


def painted(page: Page) -> None:
    """Wait until the diagram is drawn for its place and for what is seen of it: both change in the next frames."""
    page.wait_for_function(
        """async () => {
          for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
          const { scroll, placed } = quorumscope.parts.find((part) => part.diagram).diagram;
          return Math.abs(scroll.left - placed.seen) <= 16 && quorumscope.due.size === 0;
        }"""
    )


def show(page: Page, view: str) -> None:
    page.locator(".view").filter(has=page.locator(f"[value={view}]")).click()


def seen_from_the_start(page: Page) -> None:
    page.locator(".st-scroll").evaluate("(box) => { box.scrollLeft = 0; }")
    painted(page)
    page.wait_for_selector("[data-op=op1]", state="attached")


def selected(page: Page) -> dict | None:
    return page.evaluate("() => quorumscope.selection.thing")


def now_us(page: Page) -> float:
    return page.evaluate("() => quorumscope.view.at_us")


def on_the_way(page: Page, message: str) -> tuple[float, float]:
    """A point of the window on a message's line."""
    return page.locator(f"[data-flight={message}] .st-line").evaluate(
        """(line) => {
          const at = line.getPointAtLength(line.getTotalLength() * 0.6).matrixTransform(line.getScreenCTM());
          return [at.x, at.y];
        }"""
    )


def test_the_scale_keeps_moments_apart_and_shortens_silence(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    found = page.evaluate(
        f"""async () => {{
          const {{ TimeScale, GAP_MAX, GAP_MIN, ticks }} = await ({MODULE})("scale");
          const moments = [0, 1, 2, 500, 500, 1500, 9_000_000, 9_000_001];
          const scale = new TimeScale(0);
          scale.extend([{{ moments: moments.slice(0, 4) }}]);
          const early = moments.slice(0, 4).map((at) => scale.x(at));
          scale.extend([{{ moments }}]);
          const places = moments.map((at) => scale.x(at));
          const back = [3, 250, 1000, 4_000_000].map((at) => scale.time(scale.x(at)) / at);
          return {{ early, places, back, GAP_MAX, GAP_MIN, future: scale.x(9_000_301) - scale.width,
            breaks: scale.breaks(0, scale.width).length, ticks: ticks(scale, 0, scale.width) }};
        }}"""
    )
    places = found["places"]
    assert places[:4] == found["early"]
    gaps = [after - before for before, after in pairwise(places)]
    assert gaps[0] == gaps[1] == gaps[6] == found["GAP_MIN"]
    assert gaps[3] == 0
    assert gaps[5] == found["GAP_MAX"]
    assert found["GAP_MIN"] < gaps[2] < gaps[4] < found["GAP_MAX"]
    assert found["back"] == pytest.approx([1] * 4)
    assert 0 < found["future"] < found["GAP_MAX"]
    assert found["breaks"] == 1
    apart = [tick["x"] for tick in found["ticks"]]
    assert all(after - before > 40 for before, after in pairwise(apart))


def test_the_view_is_chosen_by_mouse_and_keys_and_remembered(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    expect(page.locator("#spacetime")).to_be_hidden()
    show(page, "spacetime")
    expect(page.locator(".st-scroll")).to_be_visible()
    expect(page.locator("#stages")).to_be_hidden()
    page.locator("#views input:checked").press("ArrowRight")
    expect(page.locator("#stages")).to_be_visible()
    expect(page.locator(".st-scroll")).to_be_visible()
    page.reload()
    expect(page.locator(".st-scroll")).to_be_visible()
    expect(page.locator("#views input:checked")).to_have_value("both")
    page.locator("body").press("v")
    expect(page.locator("#spacetime")).to_be_hidden()
    expect(page.locator("#stages")).to_be_visible()


def test_it_draws_operations_messages_and_a_cut(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "partition", 30)
    seen_from_the_start(page)
    expect(page.locator(".st-text").nth(0)).to_have_text("w x=apple v1 OK")
    expect(page.locator("[data-op=op3].fail .st-failed")).to_have_count(1)
    expect(page.locator(".st-word.cut").first).to_have_text("cut A n1 n2 n3 | B n4 n5")
    expect(page.locator(".st-bracket")).to_have_count(2)
    expect(page.locator(".st-label")).to_have_text(["A", "B", "n1", "n2", "n3", "n4", "n5"])
    wrong = page.evaluate(
        """() => {
          const { timeline, parts } = quorumscope;
          const { scale, diagrams: [{ lanes }] } = parts.find((part) => part.diagram).diagram;
          const off = [];
          for (const mark of document.querySelectorAll("[data-flight]")) {
            const { versions, until_us } = timeline.flights[timeline.flightOf.get(mark.dataset.flight)];
            const { source, target, sent_us } = versions[0].fields;
            const line = mark.querySelector(".st-line");
            const [from, to] = [line.getPointAtLength(0), line.getPointAtLength(line.getTotalLength())];
            const y = (name) => lanes.of.get(name).y;
            const far = [from.x - scale.x(sent_us), from.y - y(source), to.x - scale.x(until_us), to.y - y(target)];
            const isLost = versions.at(-1).fields.fate === "lost";
            const isMarked = isLost === mark.classList.contains("lost");
            if (far.some((px) => Math.abs(px) > 0.2) || !isMarked) off.push(mark.dataset.flight);
          }
          return off;
        }"""
    )
    assert wrong == []
    assert page.locator("[data-flight].lost").count() >= 5


def test_a_click_moves_the_playhead_and_a_mark_is_selected_in_both_views(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "overlap", 20)
    show(page, "both")
    painted(page)
    seen_from_the_start(page)
    end_us = now_us(page)
    box = page.locator(".st-ruler").bounding_box()
    page.mouse.click(box["x"] + 52 + 120, box["y"] + 40)
    page.wait_for_function("(us) => quorumscope.view.at_us < us && !quorumscope.view.isLive", arg=end_us)
    first = now_us(page)
    # Dragged along the axis it goes with the pointer.
    page.mouse.move(box["x"] + 52 + 130, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 52 + 300, box["y"] + 20, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "(us) => quorumscope.view.at_us > us && quorumscope.view.at_us === quorumscope.playhead.now()", arg=first
    )
    moved = now_us(page)
    page.mouse.click(*on_the_way(page, "m1"))
    assert selected(page) == {"kind": "message", "id": "m1"}
    expect(page.locator("[data-flight=m1]")).to_have_class(re.compile("selected"))
    page.locator("[data-op=op1] .st-box").click(position={"x": 4, "y": 3})
    assert selected(page) == {"kind": "operation", "id": "op1"}
    expect(page.locator("[data-op=op1]")).to_have_class(re.compile("selected"))
    page.evaluate("() => quorumscope.selection.select('node', 'n2')")
    expect(page.locator(".st-label[data-id=n2]")).to_have_class(re.compile("selected"))
    page.locator(".st-label[data-id=n1]").click()
    assert selected(page) == {"kind": "node", "id": "n1"}
    assert now_us(page) == moved


def test_lanes_are_where_they_stay_as_soon_as_there_is_less_room(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "overlap", 20)
    page.evaluate("document.querySelector('#views [value=both]').click()")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    height = "document.querySelector('.st-plane').style.height"
    at_once = page.evaluate(height)
    page.wait_for_timeout(400)
    assert page.evaluate(height) == at_once


def test_the_keys_go_from_event_to_event(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "overlap", 20)
    page.locator("#views input:checked").focus()
    event = page.locator(".st-event")
    for _ in range(6):
        page.keyboard.press("Tab")
        if event.evaluate("(button) => button === document.activeElement"):
            break
    expect(event).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Home")
    expect(event).to_have_accessible_name("A: joins, 0.00 ms")
    page.keyboard.press("ArrowRight")
    expect(event).to_have_accessible_name(re.compile(r"op1 begins: A writes x = apple, \d"))
    page.keyboard.press("ArrowRight")
    name = re.compile(r"Sending: m1 .*A to n\d, sent \d+\.\d+ ms, arrives \d+\.\d+ ms")
    expect(event).to_have_accessible_name(name)
    expect(event).to_be_focused()
    page.keyboard.press("Enter")
    assert selected(page) == {"kind": "message", "id": "m1"}
    page.wait_for_function("() => quorumscope.view.at_us === quorumscope.timeline.flights[0].from_us")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(event).to_have_accessible_name(re.compile("^(n2: up|Arrival: .* to n2)"))
    page.keyboard.press("End")
    expect(event).to_have_accessible_name(re.compile("n2"))
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert selected(page) == {"kind": "node", "id": "n2"}


def test_the_causal_past_is_shown_on_hover_and_focus(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "overlap", 20)
    seen_from_the_start(page)

    def lit() -> list[str]:
        page.wait_for_selector(".tracing", state="attached")
        painted(page)
        return sorted(page.locator("[data-flight].past").evaluate_all("all => all.map((mark) => mark.dataset.flight)"))

    def wanted() -> list[str]:
        event = page.evaluate("() => quorumscope.parts.find((part) => part.diagram).diagram.diagrams[0].traced")
        shown = page.locator("[data-flight]").evaluate_all("all => all.map((mark) => mark.dataset.flight)")
        past = {*page.evaluate(PAST, event), *([event["id"]] if event["id"].startswith("m") else [])}
        return sorted(past & set(shown))

    reply = page.evaluate(
        "() => quorumscope.timeline.flights.find(({ versions }) => versions[0].fields.role === 'reply').id"
    )
    page.mouse.move(*on_the_way(page, reply))
    expect(page.locator(".st-reading")).to_contain_text(f"Arrival: {reply}")
    assert reply in lit()
    assert lit() == wanted()
    page.mouse.move(5, 5)
    expect(page.locator(".tracing")).to_have_count(0)
    page.locator(".st-event").focus()
    for key in ("ArrowRight", "ArrowDown", "End"):
        page.keyboard.press(key)
    assert len(lit()) > 5
    assert lit() == wanted()


def test_it_follows_until_somebody_scrolls(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    show(page, "spacetime")
    faster(page, -1.5)
    page.evaluate("() => quorumscope.actions.send({ type: 'workload', rate: 2000, read_share: 0.5, keys: 1 })")
    scroll = page.locator(".st-scroll")
    scroll.wait_for()
    page.wait_for_function("() => document.querySelector('.st-scroll').scrollLeft > 300")
    expect(page.locator(".st-follow")).to_be_hidden()
    scroll.hover()
    page.mouse.wheel(-200, 0)
    follow = page.locator(".st-follow")
    expect(follow).to_be_visible()
    # Until the wheel has done what it does.
    page.wait_for_function(
        """async () => {
          const box = document.querySelector(".st-scroll");
          const before = box.scrollLeft;
          for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
          return box.scrollLeft === before;
        }"""
    )
    left = scroll.evaluate("(box) => box.scrollLeft")
    page.wait_for_timeout(400)
    assert scroll.evaluate("(box) => box.scrollLeft") == left
    follow.press("Enter")
    expect(follow).to_be_hidden()
    page.wait_for_function("(left) => document.querySelector('.st-scroll').scrollLeft > left + 200", arg=left)


def test_a_long_run_is_drawn_a_window_at_a_time(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    faster(page, 0)
    page.evaluate("() => quorumscope.actions.send({ type: 'workload', rate: 2000, read_share: 0.5, keys: 1 })")
    page.wait_for_function("() => quorumscope.timeline.flights.length > 2500")
    # At once, not when the mouse has found a button that stands still.
    page.evaluate("() => document.getElementById('run').click()")
    arrived(page)
    show(page, "spacetime")
    page.wait_for_selector("[data-flight]", state="attached")
    for part in (0, 0.5, 0.8):
        page.locator(".st-scroll").evaluate("(box, part) => { box.scrollLeft = box.scrollWidth * part; }", part)
        painted(page)
        assert page.locator("[data-flight]").count() <= 300
        assert page.locator("[data-flight], .st-hair").count() > 3


def test_a_crowd_is_hairs_and_a_larger_one_is_bars(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "overlap", 20)
    found = page.evaluate(
        f"""async () => {{
          const {{ MessageMarks, HAIRS, CROWD }} = await ({MODULE})("messages");
          const {{ TimeScale }} = await ({MODULE})("scale");
          const {{ diagrams: [{{ lanes }}] }} = quorumscope.parts.find((part) => part.diagram).diagram;
          const layer = document.createElementNS("http://www.w3.org/2000/svg", "g");
          const marks = new MessageMarks(layer);
          const scale = new TimeScale(0);
          const [flight] = quorumscope.timeline.flights;
          const clientOf = () => "A";
          const window = {{ scale, lanes, from: 0, to: 2000, now_us: 1e6, selected: null, clientOf, key: "" }};
          const counts = [];
          for (const many of [HAIRS, HAIRS + 1, CROWD + 1]) {{
            const flights = Array.from({{ length: many }}, (_, i) => ({{ ...flight, id: `m${{i}}` }}));
            marks.draw(flights, window);
            counts.push([".st-message", ".st-hair", ".st-crowd"].map((name) => layer.querySelectorAll(name).length));
          }}
          return {{ counts, lanes: lanes.list.length, HAIRS }};
        }}"""
    )
    assert found["counts"] == [[found["HAIRS"], 0, 0], [0, 1, 0], [0, 0, found["lanes"]]]


def test_what_contradicts_itself_is_marked(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "new-old-inversion", 30)
    seen_from_the_start(page)
    witness = page.evaluate("() => quorumscope.view.scene.verdict.witness")
    marked = page.locator(".st-op.witness").evaluate_all("all => all.map((mark) => mark.dataset.op)")
    assert sorted(marked) == sorted(witness)
    expect(page.locator(".st-text.witness").first).to_have_text("contradiction")


def test_faults_of_nodes_are_shaded(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "read-repair", 12)
    seen_from_the_start(page)
    expect(page.locator(".st-down-stripes").first).to_be_attached()
    expect(page.locator(".st-word", has_text="down").first).to_be_attached()
    page = scenario(server, open_page, "frozen-node", 20)
    seen_from_the_start(page)
    expect(page.locator(".st-frozen").first).to_be_attached()
    expect(page.locator(".st-word.leader").first).to_have_text("leader, term 1")


def test_a_held_message_has_a_level_piece(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.click("#run")
    arrived(page)
    show(page, "spacetime")
    page.evaluate("() => quorumscope.actions.write('A', 'x', 'apple')")
    page.wait_for_selector("[data-flight=m1]", state="attached")
    held = "m1"
    page.evaluate("(message) => quorumscope.actions.send({ type: 'hold', message })", held)
    expect(page.locator(f"[data-flight={held}].held")).to_be_attached()
    for _ in range(3):
        page.click("#step")
    page.evaluate("(message) => quorumscope.actions.send({ type: 'release', message })", held)
    for _ in range(8):
        page.click("#step")
    expect(page.locator(f"[data-flight={held}].delivered .st-stay")).to_have_count(1)


def test_two_clusters_share_one_axis(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    show(page, "spacetime")
    faster(page, -1.5)
    page.evaluate("() => quorumscope.connection.command({ type: 'compare', settings: { type: 'configure', w: 1 } })")
    page.evaluate("() => quorumscope.actions.write('A', 'x', 'apple')")
    expect(page.locator("[data-op=op1].ok")).to_have_count(2)
    expect(page.locator(".st-title")).to_have_count(2)
    page.wait_for_function(
        """() => {
          const begins = [...document.querySelectorAll("[data-op=op1] .st-box")].map((mark) => mark.getBBox().x);
          return begins.length === 2 && begins[0] === begins[1];
        }"""
    )


def test_a_tap_moves_the_playhead_on_a_phone(server: Server, open_page: Open) -> None:
    page = scenario(server, open_page, "overlap", 20, viewport=PHONE)
    seen_from_the_start(page)
    page.locator(".st-scroll").scroll_into_view_if_needed()
    painted(page)
    box = page.locator(".st-scroll").bounding_box()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    before = now_us(page)
    tap = """([x, y]) => {
      const target = document.elementFromPoint(x, y);
      const how = { clientX: x, clientY: y, pointerType: "touch", bubbles: true, button: 0 };
      target.dispatchEvent(new PointerEvent("pointerdown", how));
      target.dispatchEvent(new PointerEvent("pointerup", how));
    }"""
    page.evaluate(tap, [box["x"] + 52 + 20, box["y"] + 45])
    page.wait_for_function("(us) => quorumscope.view.at_us < us && !quorumscope.view.isLive", arg=before)


def test_axe_finds_nothing(server: Server, open_page: Open, subtests: pytest.Subtests) -> None:
    page = scenario(server, open_page, "partition", 30)
    page.locator(".st-event").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate(AXE.read_text())
    for view in ("spacetime", "both"):
        show(page, view)
        painted(page)
        for scheme in ("light", "dark"):
            with subtests.test(view=view, scheme=scheme):
                in_scheme(page, scheme)
                found = page.evaluate("async () => (await axe.run({ include: ['#views', '#spacetime'] })).violations")
                assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
