"""What the page costs in a real Chromium, its CPU slowed four times: prints the figures that the docs state.

``python -m tests.bench.browser`` prints all; ``--minutes 0`` leaves out the long run.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.browser.chromium import find
from tests.server import Server

SLOWED = 4
NODES = 9
IN_FLIGHT = 200
MESSAGES = 10_000

# What the main thread does for us in a frame: our script, and the style and layout that it causes.
SCRIPT_AND_LAYOUT = {
    "FireAnimationFrame",
    "FunctionCall",
    "TimerFire",
    "EventDispatch",
    "RunMicrotasks",
    "UpdateLayoutTree",
    "Layout",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10, help="how long the memory is watched [10]")
    minutes = options.parse_args().minutes
    with tempfile.TemporaryDirectory() as data, Server(Path(data)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])

        @contextmanager
        def opened(address: str) -> Iterator[tuple[Page, CDPSession]]:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            yield page, context.new_cdp_session(page)
            context.close()

        for which in ("the server's first page", "a second visitor"):
            with opened(server.address) as (page, cdp):
                first_load(page, cdp, server.address, which)
        with opened(server.address) as (page, cdp):
            open_room(page, server.address)
            click_to_dot(page)
        with opened(server.address) as (page, cdp):
            frames(page, cdp, server.address)
        with opened(server.address) as (page, cdp):
            scrub(page, cdp, server.address)
        if minutes:
            with opened(server.address) as (page, cdp):
                memory(page, cdp, server.address, minutes)
        browser.close()


def first_load(page: Page, cdp: CDPSession, address: str, which: str) -> None:
    """Bytes over the wire until the page can be used, and how long that took."""
    sizes: list[int] = []
    cdp.send("Network.enable")
    cdp.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    open_room(page, address)
    interactive_ms = page.evaluate("performance.now()")
    page.wait_for_timeout(500)
    print(
        f"first load, {which}: {sum(sizes) / 1024:.0f} KB compressed in {len(sizes)} responses (aim 200),"
        f" interactive after {interactive_ms:.0f} ms (aim 1000)"
    )


def click_to_dot(page: Page, clicks: int = 40) -> None:
    """From the click on "write" to the first dot in a frame."""
    # Ten times as fast as usual, so that the messages of one click have ended before the next.
    command(page, type="set_speed", speed=0.01)
    page.evaluate(
        """() => {
          window.delays = [];
          const button = document.querySelector("form[data-client=A] [data-do=write]");
          button.addEventListener("click", () => {
            const began = performance.now();
            const known = new Set([...document.querySelectorAll("#stage g.message")].map((g) => g.dataset.message));
            const look = () => {
              const dot = [...document.querySelectorAll("#stage g.message")].find((g) => !known.has(g.dataset.message));
              if (dot) window.delays.push(performance.now() - began);
              else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
          }, true);
        }"""
    )
    for click in range(1, clicks + 1):
        page.locator("form[data-client=A] [data-do=write]").click()
        page.wait_for_function("count => window.delays.length >= count", arg=click)
        # Not in step with the server's ticks.
        page.wait_for_timeout(350 + 37 * (click % 10))
    delays = page.evaluate("window.delays")
    print(
        f"click on write to first dot: p50 {percentile(delays, 50):.0f} ms, p95 {percentile(delays, 95):.0f} (aim 100)"
    )


def frames(page: Page, cdp: CDPSession, address: str) -> None:
    """Script and layout in each frame, with many messages in flight."""
    open_room(page, address)
    for _ in range(NODES - 5):
        command(page, type="add_node")
    # A client has at most twenty operations under way.
    command(page, type="add_client")
    command(page, type="add_client")
    command(page, type="configure", n=NODES, w=5, r=5)
    rate, flying = 1_000, 0
    while flying < IN_FLIGHT:
        rate = round(rate * 1.25)
        command(page, type="workload", rate=rate, read_share=0.5, keys=3)
        # Until the run has settled at this rate; faster, that takes no time.
        command(page, type="set_speed", speed=0.05)
        page.wait_for_timeout(2000)
        command(page, type="set_speed", speed=0.001)
        page.wait_for_timeout(1000)
        flying = dots(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.wait_for_timeout(2000)
    seen = [dots(page)]
    events = trace(cdp, lambda: page.wait_for_timeout(8000))
    seen.append(dots(page))
    costs = per_frame(events)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    p50, p95, p99 = (percentile(costs, share) for share in (50, 95, 99))
    print(
        f"{NODES} nodes, {min(seen)}-{max(seen)} messages in flight, CPU slowed {SLOWED}x:"
        f" {len(costs) / 8:.0f} frames a second, script + layout p50 {p50:.1f} ms, p95 {p95:.1f} (aim 8), p99 {p99:.1f}"
    )


def scrub(page: Page, cdp: CDPSession, address: str) -> None:
    """From one end of a long run to the other, by the scrubber."""
    open_room(page, address)
    command(page, type="set_speed", speed=1)
    command(page, type="workload", rate=500, read_share=0.5, keys=3)
    until(page, lambda: sent(page) >= MESSAGES)
    command(page, type="pause")
    room = page.url
    messages = sent(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto("about:blank")
    open_room(page, room)
    page.wait_for_function("Number(document.querySelector('#scrub').min) === 0", timeout=120_000)
    page.wait_for_timeout(1000)
    steps = 120
    events = trace(
        cdp,
        lambda: page.evaluate(
            """async (steps) => {
              const field = document.querySelector("#scrub");
              const [low, high] = [Number(field.min), Number(field.max)];
              for (const back of [true, false]) {
                for (let step = 0; step <= steps; step++) {
                  const part = back ? 1 - step / steps : step / steps;
                  field.value = String(low + (high - low) * part);
                  field.dispatchEvent(new Event("input", { bubbles: true }));
                  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 25)));
                }
              }
            }""",
            steps,
        ),
    )
    tasks = [event["dur"] / 1000 for event in events if event["name"] == "RunTask" and "dur" in event]
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    over = [task for task in tasks if task > 50]
    print(
        f"a run of {messages} messages, scrubbed back and forth in {2 * steps} steps, CPU slowed {SLOWED}x:"
        f" longest task {max(tasks):.0f} ms (aim 50), {len(over)} tasks over 50 ms"
    )


def memory(page: Page, cdp: CDPSession, address: str, minutes: float) -> None:
    """The heap after a collection, minute by minute, at about 50 messages a second of wall time."""
    open_room(page, address)
    # 5 nodes: 10 messages an operation, 5,000 operations in a virtual second; at 0.001 that is 5 a second of wall time.
    command(page, type="workload", rate=5000, read_share=0.5, keys=3)
    cdp.send("HeapProfiler.enable")
    heaps = []
    began = sent(page)
    for _ in range(max(2, round(minutes))):
        page.wait_for_timeout(60_000)
        cdp.send("HeapProfiler.collectGarbage")
        heaps.append(cdp.send("Runtime.getHeapUsage")["usedSize"] / 1e6)
    told = " ".join(f"{heap:.1f}" for heap in heaps)
    rate = (sent(page) - began) / (60 * len(heaps))
    print(f"heap after each of {len(heaps)} minutes at {rate:.0f} messages a second: {told} MB")


# Help


def open_room(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#gossip:not([disabled])", timeout=60_000)
    page.wait_for_selector("g.node", timeout=60_000)
    page.wait_for_selector("form[data-client=A] [data-do=write]", timeout=60_000)


def command(page: Page, **asked: Any) -> None:
    answer = page.evaluate("command => window.quorumscope.connection.command(command)", asked)
    assert answer and answer["accepted"], answer


def dots(page: Page) -> int:
    """How many messages are drawn on their way: a crowd is one path, so the timeline is asked."""
    return page.evaluate("window.quorumscope.timeline.inFlight(window.quorumscope.view.at_us).length")


def sent(page: Page) -> int:
    """How many messages the run has had: they are numbered."""
    return page.evaluate("Number((window.quorumscope.timeline.flights.at(-1)?.id ?? 'm0').slice(1))")


def until(page: Page, reached: Callable[[], bool]) -> None:
    for _ in range(1200):
        if reached():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the run did not get there in two minutes")


def trace(cdp: CDPSession, act: Callable[[], object]) -> list[dict[str, Any]]:
    """What the page's main thread did while ``act`` ran, as Chromium's own trace events, in order of time."""
    events: list[dict[str, Any]] = []
    ended: list[bool] = []
    cdp.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    cdp.once("Tracing.tracingComplete", lambda _: ended.append(True))
    categories = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "blink.user_timing"]
    cdp.send("Tracing.start", {"traceConfig": {"includedCategories": categories}})
    act()
    cdp.send("Tracing.end")
    while not ended:
        cdp.send("Runtime.evaluate", {"expression": "0"})
    fired = [event for event in events if event["name"] == "FireAnimationFrame"]
    assert fired, "the page drew nothing"
    main_thread = statistics.mode((event["pid"], event["tid"]) for event in fired)
    mine = [event for event in events if (event["pid"], event["tid"]) == main_thread and event.get("ph") == "X"]
    return sorted(mine, key=lambda event: event["ts"])


def per_frame(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of script, style and layout between one animation frame's beginning and the next."""
    costs: list[float] = []
    covered_until = 0
    cost = 0.0
    for event in events:
        if event["name"] not in SCRIPT_AND_LAYOUT:
            continue
        if event["name"] == "FireAnimationFrame":
            costs.append(cost)
            cost = 0.0
        end = event["ts"] + event["dur"]
        # What is inside an event that is counted already counts once.
        if event["ts"] >= covered_until:
            cost += event["dur"] / 1000
            covered_until = end
        elif end > covered_until:
            cost += (end - covered_until) / 1000
            covered_until = end
    return costs[1:]


def percentile(values: list[float], share: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * share // 100)]


if __name__ == "__main__":
    main()
