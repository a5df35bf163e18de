"""Somebody who goes through a lesson: its steps one after another, and what its scripts do by hand."""

import json
import re
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import address_of, watch
from tests.browser.gestures import Gestures, Keys, Mouse
from tests.server import Server
from webapp.lessons.experiment import UNSURE, Step
from webapp.lessons.lesson import Lesson, shown

# While somebody's hands are busy hardly any time passes; between their gestures it flies.
SLOW = 0.0001
FAST = 0.2
# How long a gap between two gestures takes: the shorter, the less exact.
GAP_S = 0.15
# So long a learner who takes their time is busy with one gesture, at the lesson's own speed.
GESTURE_S = 2.0
# A gesture that is later than this may miss what it is meant for.
LATE_MS = 0.5

# Let time pass until a moment, and answer how late it then is. It goes the slower the nearer it is, and is stopped a
# little before, since that takes some time too.
PASS = """async ([until_us, speed, slow, gap_s]) => {
  const { connection, playhead } = window.quorumscope;
  const now_us = () => playhead.serverTime(playhead.clock());
  const set = (speed) => connection.command({ type: "set_speed", speed });
  const near_us = 0.2 * (until_us - now_us());
  while (until_us - now_us() > near_us) {
    const pace = Math.min(speed, Math.max(slow, (until_us - now_us()) / gap_s / 1e6));
    const asked_ms = playhead.clock();
    await set(pace);
    const lead_us = (playhead.clock() - asked_ms) * pace * 1000;
    while (now_us() + lead_us < until_us) await new Promise((done) => setTimeout(done, 4));
    await set(slow);
  }
}"""

# Let time pass until goals are met and a moment has come, or until another moment; answers which are not met.
# The room may be behind what the page takes for its time: it says itself when it is.
FINISH = """async ([until_us, latest_us, goals, speed, slow]) => {
  const { connection, playhead, run } = window.quorumscope;
  const unmet = () => goals.filter((goal) => run.timeline.at("goal", goal, Infinity)?.done_us == null);
  const isOver = (now_us) => now_us >= until_us && (now_us >= latest_us || unmet().length === 0);
  const set = async (speed) => {
    const answer = await connection.command({ type: "set_speed", speed });
    if (answer?.at_us === undefined) throw new Error(`the speed is not set: ${JSON.stringify(answer)}`);
    return answer.at_us;
  };
  do {
    await set(speed);
    while (!isOver(playhead.serverTime(playhead.clock()))) await new Promise((done) => setTimeout(done, 8));
  } while (!isOver(await set(slow)));
  return unmet();
}"""

# What stands where a number belongs, what the run says, and where it is asked for.
NUMBERS = """() => {
  const { run } = window.quorumscope;
  return [...document.querySelectorAll(".step:not([hidden]) [data-number]")]
    .filter((output) => output.checkVisibility())
    .map((output) => {
      const { number, side } = output.dataset;
      const timeline = side === "beside" ? run.twin : run.timeline;
      return [number, side === "beside", output.textContent, timeline?.at("measure", number, Infinity)?.value ?? null];
    });
}"""

# Which controls are on the page, and which are meant to be.
CONTROLS = """() => [...document.querySelectorAll("[data-control]")].map((element) => [
  element.dataset.control.split(" "), element.hasAttribute("data-in"), element.checkVisibility(),
])"""


def ready(page: Page) -> None:
    """Wait until the page of a lesson shows its room."""
    page.wait_for_selector("#stage g.node")
    # The first frame is drawn a moment before the answer to what was asked for is there.
    page.wait_for_function("() => document.documentElement.dataset.line === 'up' && window.quorumscope.joined")


def painted(page: Page) -> None:
    """Wait until what has been done is drawn, which is in the next frame at the earliest."""
    page.wait_for_function(
        """async () => {
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          return !window.quorumscope?.due.size;
        }"""
    )


def listen(page: Page, selector: str) -> None:
    """From here on, take note of all that an element says, however soon it says something else."""
    page.locator(selector).evaluate(
        """(element) => {
          const heard = (window.heard = []);
          new MutationObserver(() => heard.push(element.textContent)).observe(element, { childList: true });
        }"""
    )


def until_heard(page: Page, text: str) -> None:
    page.wait_for_function("text => heard.includes(text)", arg=text)


class Learner:
    """``Learner(context, server, lesson, Mouse)`` opens the lesson."""

    def __init__(
        self, context: BrowserContext, server: Server, lesson: Lesson, hands: type[Mouse] | type[Keys]
    ) -> None:
        self.lesson = lesson
        self.steps = lesson.experiment.steps
        self.page: Page = context.new_page()
        watch(self.page)
        self.hands = hands(self.page)
        self.place = 0
        self.answers: dict[str, str] = {}
        self.page.goto(f"{server.address}lessons/{lesson.slug}")
        self.ready()

    def ready(self) -> None:
        ready(self.page)
        self.began = self.room
        self.gestures = Gestures(self.page, self.hands)
        self.set_speed(SLOW)

    # What there is

    @property
    def step(self) -> Step:
        return self.steps[self.place]

    @property
    def section(self) -> Locator:
        return self.page.locator(f"#prose [data-step={self.step.id}]")

    @property
    def next(self) -> Locator:
        return self.page.locator("#lesson-next")

    @property
    def known(self) -> dict[str, Any]:
        """What is kept of the lesson."""
        known: dict[str, Any] = json.loads(self.page.evaluate("localStorage['quorumscope.progress']"))["lessons"]
        return known[self.lesson.slug]

    @property
    def room(self) -> str:
        """Where the page is; ``began`` is the room that this learner began last."""
        return self.page.evaluate("quorumscope.joined.room")

    def task(self, name: str) -> Locator:
        return self.section.locator(f"[data-task={name}]")

    def ticked(self) -> list[str]:
        return self.section.locator(".met").evaluate_all("tasks => tasks.map((task) => task.dataset.task)")

    # The way

    def go_on(self) -> None:
        self.hands.press(self.next)
        self.place += 1

    def check_place(self, *, is_new: bool = True) -> None:
        """The step is shown and no other, with what it brings; ``is_new``: and the focus is at its beginning."""
        expect(self.page.locator(".step:visible")).to_have_attribute("data-step", self.step.id)
        expect(self.page.locator("#lesson-count")).to_have_text(f"{self.place + 1} of {len(self.steps)}")
        assert address_of(self.page).endswith(f"/lessons/{self.lesson.slug}#{self.step.id}")
        if self.place and is_new:
            expect(self.section.locator("h2")).to_be_focused()
        names = {name for step in self.steps[: self.place + 1] for name in step.controls}
        names |= {"settings" for name in names if name.startswith("settings:")}
        for of, is_in, is_visible in self.page.evaluate(CONTROLS):
            wanted = bool(names.intersection(of))
            assert is_in == wanted, f"{self.step.id}: {of} is {'' if is_in else 'not '}on the page"
            assert is_in or not is_visible, f"{self.step.id}: {of} is to be seen"
        for name in names - {"nodes", "inspector"}:
            if setting := re.fullmatch("settings:(.+)", name):
                expect(self.page.locator(f"#setting-{setting[1]}")).to_be_visible()
            else:
                assert any(name in of for of, *_ in self.page.evaluate(CONTROLS)), f"no control is called {name}"
        if self.step.view:
            expect(self.page.locator(".world")).to_have_attribute("data-view", self.step.view)

    def choose(self, choice: str) -> None:
        self.answers[self.step.id] = choice
        self.hands.check(self.section.locator(f"input[value='{choice}']"))

    def wrong(self) -> str:
        return next(choice for choice in self.step.choices if choice != self.step.right)

    def check_said(self) -> None:
        """Of what is said to those who have chosen something, only that is shown which is meant for this learner."""
        for said in self.section.locator("[data-said]").all():
            step, _, choice = (said.get_attribute("data-said") or "").partition(":")
            assert choice in (*next(one for one in self.steps if one.id == step).choices, UNSURE)
            expect(said).to_be_visible(visible=self.answers.get(step) == choice)

    def check_evidence(self) -> None:
        """What the step is about is shown in detail: what met the goal that it names."""
        if self.step.select is None:
            return
        met = "goal => quorumscope.run.timeline.at('goal', goal, Infinity)?.by"
        self.page.wait_for_function(met, arg=self.step.select)
        by: str = self.page.evaluate(met, self.step.select)
        title = self.page.locator("#inspector-title")
        expect(title).to_have_text(re.compile(rf"^(Client )?{re.split('[/@]', by)[0]}$"))
        expect(title).to_be_visible()
        if by.startswith("op"):
            expect(self.page.locator("#why p").first).to_be_visible()

    # Time

    def set_speed(self, speed: float) -> None:
        self.page.evaluate("speed => quorumscope.connection.command({ type: 'set_speed', speed })", speed)

    def now_ms(self) -> float:
        return self.page.evaluate("quorumscope.playhead.serverTime(quorumscope.playhead.clock())") / 1000

    def wait(self, ms: float) -> None:
        """Let virtual time pass."""
        self.page.evaluate(PASS, [1000 * (self.now_ms() + ms), FAST, SLOW, GAP_S])

    def finish(self, until_ms: float, latest_ms: float) -> list[str]:
        """Let time pass until a moment, or longer until all tasks are ticked; answers those that are not."""
        tasks = [task.id for task in self.step.tasks]
        speed = min(FAST, max(until_ms - self.now_ms(), 1) / 1000 / GAP_S)
        return self.page.evaluate(FINISH, [1000 * until_ms, 1000 * latest_ms, tasks, speed, SLOW])

    # The experiment

    def do(self, *, at_leisure: bool = False, part: slice = slice(None)) -> list[str]:
        """What the step's script does, by hand, about when the script does it; answers the tasks that are not ticked.

        ``at_leisure``: each gesture takes as long as somebody needs who does not know what comes next. ``part`` of the
        script may be enough for now. Hands that were too late, since the machine was busy, begin the whole step again.
        """
        for _ in range(3):
            unmet, late_ms = self._try(at_leisure, part)
            if not unmet or late_ms <= LATE_MS or part != slice(None):
                break
            self.start_over()
        return unmet

    def _try(self, at_leisure: bool, part: slice) -> tuple[list[str], float]:
        """Also answers by how much the latest gesture came too late."""
        step = self.step
        cues, after = step.script[part], step.script[part.stop :] if part.stop is not None else ()
        if not cues:
            return self.finish(self.now_ms(), self.now_ms() + max(20.0, step.lasts_ms)), 0.0
        busy_ms = GESTURE_S * 1000 * self.lesson.experiment.speed if at_leisure else 0.0
        # How far this run is behind the script's own times.
        behind_ms, last_ms = self.now_ms() - cues[0].at_ms, None
        most_late_ms = 0.0
        for cue in cues:
            if last_ms is not None:
                behind_ms += max(0.0, busy_ms - (cue.at_ms - last_ms))
            last_ms = cue.at_ms
            if (wait_ms := behind_ms + cue.at_ms - self.now_ms()) > 0.1:
                self.wait(wait_ms)
            # What comes after waits as long as it is meant to, however late this is.
            late_ms = max(0.0, self.now_ms() - (behind_ms + cue.at_ms))
            behind_ms += late_ms
            most_late_ms = max(most_late_ms, late_ms)
            self.gestures.give(cue.command)
        if after:
            return self.finish(behind_ms + after[0].at_ms, 0), most_late_ms
        ends_ms = behind_ms + step.lasts_ms
        return self.finish(ends_ms, ends_ms + max(20.0, step.lasts_ms)), most_late_ms

    def crash(self, *nodes: str) -> None:
        """With the key that crashes what has the focus."""
        down = self.down()
        for node in nodes:
            if node not in down:
                self.page.locator(f"#stage g.node[data-node={node}]").focus()
                self.page.keyboard.press("c")
        self.page.wait_for_function(
            "nodes => nodes.every((node) => quorumscope.run.timeline.at('node', node, Infinity).status === 'down')",
            arg=nodes,
        )

    def down(self) -> list[str]:
        """The nodes that are down."""
        nodes: list[tuple[str, dict]] = self.page.evaluate("quorumscope.run.timeline.all('node', Infinity)")
        return [name for name, state in nodes if state["status"] == "down"]

    def start_over(self) -> None:
        """Another room, at the beginning of the step."""
        self._begin("#lesson-again")

    def show_me(self) -> None:
        """Another room, in which the engine does what the step asks for."""
        self._begin("#lesson-show")
        begins_ms = sum(step.lasts_ms for step in self.steps[: self.place])
        assert self.finish(begins_ms + self.step.lasts_ms, begins_ms + 2 * self.step.lasts_ms) == []
        self.check_done()

    def _begin(self, button: str) -> None:
        room = self.room
        self.hands.press(self.page.locator(button))
        self.page.wait_for_function(
            "room => quorumscope.joined.room !== room && quorumscope.run.room === quorumscope.joined.room", arg=room
        )
        self.began = self.room
        self.set_speed(SLOW)
        assert self.page.evaluate("quorumscope.playhead.isMoving"), "the clock of a new room stands still"
        self.gestures.instead.clear()

    def check_done(self) -> None:
        for task in self.step.tasks:
            expect(self.task(task.id)).to_have_class(re.compile(r"\bmet\b"))
            expect(self.task(task.id).locator("[data-state]")).to_have_text("(done)")
        expect(self.next).to_have_class(re.compile(r"\bprimary\b"))
        expect(self.next).to_have_text("Next")

    def check_numbers(self, *, exactly: bool) -> None:
        """Every number is that of the run; ``exactly``: what the lesson says that it comes to."""
        self.page.wait_for_function(
            f"""() => ({NUMBERS})().every(([, , text, value]) =>
              value !== null && (text === value || Math.abs(Number(text) - value) <= 0.005 * Math.abs(value)))"""
        )
        numbers = {(number.id, False): number.expected for number in self.step.numbers}
        numbers |= {(number.id, True): number.expected_beside for number in self.step.numbers}
        for name, beside, text, _ in self.page.evaluate(NUMBERS):
            where = f"{self.lesson.slug}/{self.step.id}: {'beside.' if beside else ''}{name}"
            if exactly and (expected := numbers.get((name, beside))) is not None:
                assert text == shown(expected), f"{where} is {text}, and {shown(expected)} is said"
