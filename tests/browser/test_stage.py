"""The stage: everything the scene has is drawn, and can be chosen with the mouse and with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.commands import AddClient, AddNode, Heal, RemoveNode
from tests.browser.conftest import PHONE, Open, arrived, settled
from tests.browser.runs import Configure, Crash, Freeze, Hold, Link, Partition, Read, Skew, Slow, Workload, Write, link
from tests.server import Server

pytestmark = pytest.mark.browser

CUT = Partition((("A", "n4", "n5"), ("B", "n1", "n2", "n3")))


# Clients whose box reaches into the circle of a node.
CLIENTS_ON_NODES = """() => {
  const box = (body) => body.getBoundingClientRect();
  const nodes = [...document.querySelectorAll("#stage .node > .body")].map(box);
  return [...document.querySelectorAll("#stage .client")].filter((client) => {
    const { left, right, top, bottom } = box(client.querySelector(".body"));
    return nodes.some((node) => {
      const [x, y, r] = [(node.left + node.right) / 2, (node.top + node.bottom) / 2, node.width / 2];
      const [dx, dy] = [Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)];
      return Math.hypot(dx, dy) < r + 4;
    });
  }).map((client) => client.dataset.client);
}"""


def names_over_each_other(page: Page) -> list[str]:
    """Names of nodes that another name covers in part."""
    return page.evaluate(
        """() => {
          const names = [...document.querySelectorAll("#stage .node .name")].filter((name) => name.textContent);
          const boxes = names.map((name) => name.getBoundingClientRect());
          const over = (a, b) => a !== b && a.left < b.right && b.left < a.right
            && a.top + 2 < b.bottom - 2 && b.top + 2 < a.bottom - 2;
          return names.filter((_, i) => boxes.some((box) => over(boxes[i], box))).map((name) => name.textContent);
        }"""
    )


def node(page: Page, name: str) -> Locator:
    return page.locator(f"#stage [data-node={name}]")


def name_and_description(actor: Locator, name: str, description: str) -> None:
    expect(actor).to_have_accessible_name(name)
    expect(actor).to_have_accessible_description(description)


def at(page: Page, across: float, down: float) -> tuple[float, float]:
    """A point of the stage, as parts of its width and height."""
    box = page.locator("#stage svg").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


def resize(page: Page, width: int, height: int) -> None:
    """Change the window's size, and wait until the stage is drawn for the one that it has then."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(
        """([width, height]) => {
          const [box, svg] = [document.querySelector("#stage"), document.querySelector("#stage svg")];
          const off = [box.clientWidth - svg.getAttribute("width"), box.clientHeight - svg.getAttribute("height")];
          return innerWidth === width && innerHeight === height && off.every((by) => Math.abs(by) <= 1);
        }""",
        arg=[width, height],
    )
    settled(page)


def outside_or_touching(page: Page) -> list[str]:
    """Nodes and clients that reach beyond the stage, or into each other."""
    return page.evaluate(
        """() => {
          const stage = document.querySelector("#stage svg").getBoundingClientRect();
          const boxes = [...document.querySelectorAll("#stage :is(.node, .client) > .body")].map((body) => {
            const { left, top, right, bottom } = body.getBoundingClientRect();
            const round = body.tagName === "circle";
            const [x, y, r] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2];
            return { name: body.parentElement.textContent, left, top, right, bottom, round, x, y, r };
          });
          const bad = boxes.filter((b) =>
            b.left < stage.left || b.top < stage.top || b.right > stage.right || b.bottom > stage.bottom);
          const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
          // How far the middle of a is from b, a circle or a square.
          const away = (a, b) => (b.round
            ? Math.hypot(a.x - b.x, a.y - b.y) - b.r
            : Math.hypot(a.x - clamp(a.x, b.left, b.right), a.y - clamp(a.y, b.top, b.bottom)));
          const near = (a, b) => a !== b && away(a, b) < a.r;
          return [...bad, ...boxes.filter((a) => boxes.some((b) => near(a, b)))].map((b) => b.name);
        }"""
    )


def test_how_each_node_is_can_be_seen_and_read(server: Server, open_page: Open) -> None:
    run = link(
        server,
        (0, Write("A", "x", "apple")),
        (6, Crash("n2")),
        (6, Freeze("n3")),
        (6, Slow("n4", 3)),
        (6, Skew("n5", 5_000)),
        (6, Skew("B", -250_000)),
        until_ms=8,
    )
    page = open_page(run)
    name_and_description(node(page, "n1"), "n1 apple v1·A newest", "n1 is up.")
    name_and_description(node(page, "n2"), "n2 apple v1·A down", "n2 is down.")
    name_and_description(node(page, "n3"), "n3 apple v1·A frozen", "n3 stands still; what reaches it waits.")
    expect(node(page, "n4")).to_have_accessible_description("n4 is up. Its messages take 3 times as long.")
    expect(node(page, "n5")).to_have_accessible_description("n5 is up. Its clock is off by +5 ms.")
    assert page.locator("#stage .node").evaluate_all("all => all.map((node) => node.dataset.status)") == [
        "up",
        "down",
        "frozen",
        "up",
        "up",
    ]
    expect(node(page, "n4").locator(".badge-mark.slow")).to_have_text("slow ×3")
    expect(node(page, "n5").locator(".badge-mark.skew")).to_have_text("+5 ms")
    expect(page.locator("[data-client=B] .badge-mark.skew")).to_have_text("−250 ms")


def test_a_leader_wears_a_crown_and_hints_are_counted(server: Server, open_page: Open) -> None:
    page = open_page(link(server, (0, Configure(strategy="leader")), (1, Write("A", "x", "apple")), until_ms=20))
    expect(page.locator("#stage .badge-mark.leader")).to_have_count(1)
    expect(node(page, "n1")).to_have_accessible_description("n1 is up. It leads term 1.")
    expect(node(page, "n2")).to_have_accessible_description("n2 is up. It follows in term 1.")
    sloppy = Configure(n=3, w=2, r=2, sloppy=True)
    page = open_page(
        link(server, (0, sloppy), (0, Crash("n2")), (0, Crash("n3")), (1, Write("A", "x", "apple")), until_ms=40)
    )
    expect(page.locator("#stage .badge-mark.hints")).not_to_have_count(0)
    holder = page.locator("#stage .node:has(.badge-mark.hints)").first
    expect(holder).to_have_accessible_description(re.compile("It keeps 1 hint for another node."))


def test_siblings_are_counted(server: Server, open_page: Open) -> None:
    both = ((1, Write("A", "x", "apple")), (1, Write("B", "x", "pear")))
    page = open_page(link(server, (0, Configure(versions="vector", w=1)), *both, until_ms=30))
    expect(page.locator("#stage .node.split")).to_have_count(5)
    expect(node(page, "n1").locator(".value")).to_have_text("2 values")


@pytest.mark.parametrize("nodes", [1, 9, 20, 50])
def test_any_cluster_fits(server: Server, open_page: Open, nodes: int) -> None:
    more = [(0, AddNode())] * (nodes - 5) + [(0, RemoveNode(f"n{i}")) for i in range(5, nodes, -1)]
    clients = [(0, AddClient())] * (24 if nodes == 50 else 2)
    page = open_page(link(server, (0, Configure(n=1, w=1, r=1)), *more, *clients, until_ms=400))
    expect(page.locator("#stage .node")).to_have_count(nodes)
    expect(page.locator("#stage .client")).to_have_count(len(clients) + 2)
    assert outside_or_touching(page) == []
    resize(page, **PHONE)
    assert outside_or_touching(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    resize(page, 320, 640)
    assert names_over_each_other(page) == []
    expect(node(page, "n1")).to_have_accessible_name(re.compile("n1"))


def test_both_views_leave_the_clients_clear_of_the_nodes(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.locator(".view").filter(has=page.locator("[value=both]")).click()
    for height in (720, 800, 900, 960):
        resize(page, 1280, height)
        assert outside_or_touching(page) == []
        assert page.evaluate(CLIENTS_ON_NODES) == []


def test_a_network_in_two_is_one_line_and_a_link_with_a_fault_is_one_arrow(server: Server, open_page: Open) -> None:
    page = open_page(
        link(server, (0, CUT), (1, Link("n1", "n2", loss=0.3)), (1, Link("n3", "B", cut=True)), until_ms=3)
    )
    expect(page.locator("#stage .cut-line")).to_have_count(1)
    expect(page.locator("#stage .island")).to_have_count(2)
    expect(page.locator("#stage [data-link]")).to_have_count(2)
    expect(page.locator("#stage [data-link='n1>n2']")).to_have_accessible_name("Link from n1 to n2: 30% lost")
    cut = page.locator("#stage [data-link='n3>B']")
    expect(cut).to_have_accessible_name("Link from n3 to B: cut")
    cut.focus()
    page.keyboard.press("Enter")
    expect(cut).to_have_attribute("aria-pressed", "true")
    whole = open_page(link(server, (0, CUT), (2, Heal()), until_ms=3))
    expect(whole.locator("#stage :is(.cut-line, .island, [data-link])")).to_have_count(0)


def test_a_stroke_across_the_ring_cuts_the_network_there(server: Server, open_page: Open) -> None:
    page = open_page(link(server, until_ms=1))
    page.mouse.move(*at(page, 0.5, 0.04))
    page.mouse.move(*at(page, 0.43, 0.02))
    page.mouse.down()
    page.mouse.move(*at(page, 0.5, 0.5), steps=6)
    page.mouse.move(*at(page, 0.5, 0.97), steps=6)
    expect(page.locator("#stage [data-side='0']")).not_to_have_count(0)
    sides = page.evaluate(
        "() => ['0', '1'].map((side) => [...document.querySelectorAll(`#stage [data-side='${side}']`)]"
        ".map((actor) => actor.dataset.node ?? actor.dataset.client).sort())"
    )
    assert sorted(sides) == [["A", "n4", "n5"], ["B", "n1", "n2", "n3"]]
    page.mouse.up()
    expect(page.locator("#stage .cut-line, #stage .shore:not([d=''])")).not_to_have_count(0)
    expect(page.locator("#stage .stroke")).to_have_count(0)
    expect(page.locator("#stage [data-side]")).to_have_count(0)


def test_a_stroke_can_be_given_up(server: Server, open_page: Open) -> None:
    page = open_page(link(server, until_ms=1))
    page.mouse.move(*at(page, 0.43, 0.02))
    page.mouse.down()
    page.mouse.move(*at(page, 0.5, 0.97), steps=6)
    expect(page.locator("#stage .stroke")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#stage .stroke")).to_have_count(0)
    page.mouse.up()
    page.wait_for_timeout(300)
    expect(page.locator("#stage .island")).to_have_count(0)


def check_menu(page: Page, kind: str, name: str) -> None:
    """It was asked for, of this thing. It opens once it is loaded, and takes the focus; here it is closed again."""
    menu = page.locator("#thing-menu")
    expect(menu).to_be_visible()
    assert page.evaluate("window.menus[0]") == [kind, name]
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def listen(page: Page) -> None:
    page.evaluate(
        """() => {
          window.menus = [];
          document.addEventListener("menu", ({ detail }) => window.menus.push([detail.kind, detail.id]));
        }"""
    )


def test_things_are_chosen_with_the_mouse(server: Server, open_page: Open) -> None:
    page = open_page(link(server, (0, Write("A", "x", "apple")), (0.2, Hold("m1")), until_ms=0.3))
    listen(page)
    held = page.locator("#stage [data-message=m1]")
    expect(held).to_have_accessible_name("m1, put request, A to n2, held 1")
    node(page, "n2").click()
    expect(node(page, "n2")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#stage [data-link]")).to_have_count(6)
    page.locator("#stage [data-link='n2>n4']").click()
    expect(page.locator("#stage [data-link='n2>n4']")).to_have_attribute("aria-pressed", "true")
    held.click()
    expect(held).to_have_attribute("aria-pressed", "true")
    page.locator("#stage [data-client=B]").click(button="right")
    check_menu(page, "client", "B")
    page.mouse.click(*at(page, 0.02, 0.02))
    expect(page.locator("#stage [aria-pressed=true]")).to_have_count(0)


def test_things_are_chosen_with_the_keyboard(server: Server, open_page: Open) -> None:
    page = open_page(link(server, (0, Write("A", "x", "apple")), until_ms=0.3))
    listen(page)
    node(page, "n2").focus()
    page.keyboard.press("Enter")
    expect(node(page, "n2")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    expect(node(page, "n3")).to_be_focused()
    page.keyboard.press("Shift+F10")
    check_menu(page, "node", "n3")
    arrived(page)
    # Of the messages one is in the order of the tab key while time stands still, and the arrows go on to the others.
    stops = page.locator("#stage [data-message][tabindex='0']")
    expect(stops).to_have_count(1)
    first = stops.get_attribute("data-message")
    stops.focus()
    page.keyboard.press("ArrowDown")
    expect(stops).to_be_focused()
    assert stops.get_attribute("data-message") != first
    page.keyboard.press("Enter")
    expect(stops).to_have_attribute("aria-pressed", "true")


def test_the_quorums_of_a_read_and_of_the_write_it_saw_overlap(server: Server, open_page: Open) -> None:
    page = open_page(link(server, (0, Write("A", "x", "apple")), (8, Read("B", "x")), until_ms=20))
    page.click("#tab-story")
    page.locator("[data-operation=op2]").first.click()
    marks = page.locator("#stage [data-quorum]")
    expect(marks).to_have_count(5)
    parts = marks.evaluate_all("all => all.map((mark) => mark.dataset.part)")
    # Three acknowledged and three answered, of five: at least one did both.
    assert "both" in parts
    assert set(parts) <= {"both", "wrote", "read", "late"}
    expect(page.locator("#stage [data-quorum] .tag").filter(has_text="★")).to_have_count(1)


def test_many_messages_are_drawn_together_and_apart_again_when_time_stands_still(
    server: Server, open_page: Open
) -> None:
    crowd = [(0, AddClient())] * 6
    page = open_page(link(server, *crowd, (0, Workload(rate=20_000, read_share=0.5, keys=5)), until_ms=6))
    page.wait_for_function("document.querySelectorAll('#stage [data-message]').length > 80")
    page.click("#run")
    expect(page.locator("#stage [data-message]")).to_have_count(0)
    expect(page.locator("#stage .crowd path[d]")).not_to_have_count(0)
    page.click("#run")
    expect(page.locator("#stage [data-message]")).not_to_have_count(0)
    expect(page.locator("#stage .crowd path[d]")).to_have_count(0)


def test_the_focus_goes_from_a_message_that_is_gone_to_the_next(server: Server, open_page: Open) -> None:
    page = open_page(server.address)
    page.click("#run")
    # The focus is handed on where time stands still.
    expect(page.locator("#run")).to_have_text("Run")
    page.evaluate("quorumscope.actions.read('A', 'x')")
    first = page.locator("#stage [data-message=m1]")
    first.focus()
    page.keyboard.press("d")
    expect(first).to_have_count(0)
    expect(page.locator("#caption")).to_have_text(re.compile(r"^m1 \(read request, A to n\d\) is dropped\.$"))
    gone = ["m1"]
    while left := page.locator("#stage .message").count():
        focused = page.locator("#stage .message:focus")
        expect(focused).to_have_count(1)
        gone.append(focused.get_attribute("data-message") or "")
        page.keyboard.press("d")
        expect(page.locator("#stage .message")).to_have_count(left - 1)
    assert len(set(gone)) == len(gone) > 2
    expect(page.locator("#stage .node:focus")).to_have_count(1)
