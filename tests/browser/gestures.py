"""Commands as a learner gives them: with the mouse or with the keyboard, on what the page has to offer."""

import math
from abc import ABC, abstractmethod

from msgspec import structs
from playwright.sync_api import Locator, Page, expect

from engine.commands import (
    Command,
    Configure,
    Crash,
    Gossip,
    Heal,
    Promote,
    Read,
    Restart,
    Skew,
    Wipe,
    Workload,
    Write,
)

# How many commands the server has taken from this page.
WATCH = """() => {
  const { connection } = window.quorumscope;
  const ask = connection.ask.bind(connection);
  const taken = (window.taken = { count: 0, refused: "" });
  connection.ask = async (event, request, expected) => {
    const answer = await ask(event, request, expected);
    if (event === "command" && request.command.type !== "set_speed") {
      if (answer && !("error" in answer)) taken.count += 1;
      else taken.refused += ` ${JSON.stringify(request.command)}: ${JSON.stringify(answer)}`;
    }
    return answer;
  };
}"""


class Hands(ABC):
    """One way to use a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, button: Locator) -> None: ...

    @abstractmethod
    def pick(self, thing: Locator) -> None:
        """Something on the stage."""

    @abstractmethod
    def type(self, field: Locator, text: str) -> None: ...

    @abstractmethod
    def slide(self, slider: Locator, value: float) -> None: ...

    @abstractmethod
    def choose(self, field: Locator, option: str) -> None: ...

    @abstractmethod
    def check(self, radio: Locator) -> None:
        """One of several, in its group."""


class Mouse(Hands):
    def press(self, button: Locator) -> None:
        button.click()

    def pick(self, thing: Locator) -> None:
        """Not in its middle: a message that a node sends to itself is there."""
        body = thing.locator(".body")
        box = body.bounding_box()
        assert box is not None
        body.click(position={"x": 0.3 * box["width"], "y": 0.3 * box["height"]})

    def type(self, field: Locator, text: str) -> None:
        field.click(click_count=3)
        self.page.keyboard.type(text)

    def slide(self, slider: Locator, value: float) -> None:
        """Where the value is on the track; a pixel may be more than a step, and so the arrows do the rest."""
        low, high = (float(slider.get_attribute(end) or 0) for end in ("min", "max"))
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None
        thumb_px = box["height"]
        x = thumb_px / 2 + (box["width"] - thumb_px) * (value - low) / (high - low)
        slider.click(position={"x": x, "y": box["height"] / 2})
        _arrows(slider, value)

    def choose(self, field: Locator, option: str) -> None:
        if field.get_attribute("type") == "checkbox":
            if field.is_checked() != (option == "True"):
                field.click()
            expect(field).to_be_checked(checked=option == "True")
        else:
            field.select_option(option)

    def check(self, radio: Locator) -> None:
        radio.click()


class Keys(Hands):
    """No mouse at all."""

    def reach(self, target: Locator) -> Locator:
        """The focus, where Tab may come to as well."""
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        target.focus()
        expect(target).to_be_focused()
        return target

    def tab_to(self, target: Locator, most: int = 6) -> None:
        """With Tab alone, which must not take long."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if target.evaluate("target => target === document.activeElement"):
                return
        raise AssertionError(f"{target} is not among the next {most} places of the focus")

    def press(self, button: Locator) -> None:
        self.reach(button)
        self.page.keyboard.press("Enter")

    def pick(self, thing: Locator) -> None:
        self.press(thing)

    def type(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def slide(self, slider: Locator, value: float) -> None:
        _arrows(self.reach(slider), value)

    def choose(self, field: Locator, option: str) -> None:
        self.reach(field)
        if field.get_attribute("type") == "checkbox":
            if field.is_checked() != (option == "True"):
                self.page.keyboard.press("Space")
            return
        values: list[str] = field.evaluate("field => [...field.options].map(({ value }) => value)")
        by = values.index(option) - values.index(field.input_value())
        # Opened, so that what is passed over on the way is not chosen.
        self.page.keyboard.press("Space")
        for _ in range(abs(by)):
            self.page.keyboard.press("ArrowDown" if by > 0 else "ArrowUp")
        self.page.keyboard.press("Enter")
        expect(field).to_have_value(option)

    def check(self, radio: Locator) -> None:
        group = radio.locator("xpath=ancestor::*[@role='radiogroup']").get_by_role("radio")
        self.reach(group.first if group.locator(":scope:checked").count() == 0 else group.locator(":scope:checked"))
        if group.locator(":scope:checked").count() == 0:
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()
        expect(radio).to_be_focused()


def _arrows(slider: Locator, value: float) -> None:
    near = 0.51 * float(slider.get_attribute("step") or 1)
    for _ in range(200):
        off = value - float(slider.input_value())
        if abs(off) <= near:
            return
        before = slider.input_value()
        slider.press("ArrowRight" if off > 0 else "ArrowLeft")
        assert slider.input_value() != before, f"the slider stays at {before}, and {value} is wanted"
    raise AssertionError(f"the slider does not come to {value}")


class Gestures:
    """Gives commands by hand. What the page does not offer cannot be given."""

    def __init__(self, page: Page, hands: Hands) -> None:
        self.page = page
        self.hands = hands
        # Which node took an operation for which the script names another, where the learner has no choice.
        self.instead: dict[str, str] = {}
        page.evaluate(WATCH)

    def give(self, command: Command) -> None:
        """Do what gives the command, and wait until the server has taken it."""
        before, operations = self.page.evaluate("[taken.count, quorumscope.run.timeline.invoked.length]")
        match command:
            case Write() | Read():
                self._ask(command)
            case Crash(node, disk):
                self._act("node", node, "crash" if disk == "kept" else "crash_lost")
            case Restart(node) | Wipe(node) | Promote(node):
                self._act("node", node, type(command).__name__.lower())
            case Skew(actor, skew_us):
                self._skew(actor, skew_us / 1000)
            case Gossip(node):
                if node is None:
                    self.hands.press(self.page.locator("#gossip"))
                else:
                    self._act("node", node, "gossip")
            case Heal():
                self.hands.press(self.page.locator("#heal"))
            case Workload():
                self._load(command)
            case Configure():
                self._configure(command)
            case _:
                raise AssertionError(f"no gesture is known for {command}")
        self.page.wait_for_function("before => taken.count > before || taken.refused", arg=before)
        refused = self.page.evaluate("taken.refused")
        assert not refused, f"refused: {refused}"
        if isinstance(command, Write | Read) and command.via is not None:
            self._see_who_took_it(command.via, operations)

    def select(self, kind: str, name: str) -> None:
        title = self.page.locator("#inspector-title")
        if title.is_visible() and title.inner_text() in (name, f"Client {name}"):
            return
        self.hands.pick(self.page.locator(f"#stage g.{kind}[data-{kind}={name}]"))
        expect(title).to_have_text(name if kind == "node" else f"Client {name}")
        # A card that is hidden still says what it was about before.
        expect(title).to_be_visible()

    def _ask(self, command: Write | Read) -> None:
        row = self.page.locator(f"form[data-client={command.client}]")
        key = self.page.locator("#key")
        if key.input_value() != command.key:
            self.hands.type(key, command.key)
        if isinstance(command, Write):
            self.hands.type(row.locator("input"), command.value)
        self.hands.press(row.locator(f"[data-do={'write' if isinstance(command, Write) else 'read'}]"))

    def _see_who_took_it(self, meant: str, before: int) -> None:
        self.page.wait_for_function("before => quorumscope.run.timeline.invoked.length > before", arg=before)
        self.instead[meant] = self.page.evaluate("quorumscope.run.timeline.operationsBy(Infinity, 1)[0][1].via")

    def _act(self, kind: str, name: str, code: str) -> None:
        self.select(kind, self.instead.get(name, name))
        button = self.page.locator(f"#inspector [data-action={code}]")
        expect(button).to_have_count(1)
        if not button.is_visible():
            self._unfold()
        expect(button).not_to_have_attribute("aria-disabled", "true")
        self.hands.press(button)

    def _unfold(self) -> None:
        self.hands.press(self.page.locator("#inspector .actions details > summary"))

    def _skew(self, actor: str, ms: float) -> None:
        self.select("client" if actor.isupper() else "node", actor)
        form = self.page.locator("#inspector .skew")
        if not form.is_visible():
            self._unfold()
        self.hands.type(form.locator("input"), f"{ms:g}")
        self.hands.press(form.locator("button"))

    def _load(self, command: Workload) -> None:
        card = self.page.locator("#workload")
        if card.get_attribute("open") is None:
            self.hands.press(card.locator("summary"))
        if command.rate:
            self.hands.slide(self.page.locator("#load-rate"), math.log10(command.rate))
            self.hands.slide(self.page.locator("#load-reads"), 100 * command.read_share)
            self.hands.slide(self.page.locator("#load-keys"), command.keys)
        # What the button does follows from what is drawn.
        button = self.page.locator("#load-run")
        expect(button).to_have_text("Start" if command.rate else "Stop")
        self.hands.press(button)

    def _configure(self, command: Configure) -> None:
        for name, value in structs.asdict(command).items():
            if value is None:
                continue
            if name in ("n", "w", "r"):
                self.hands.slide(self.page.locator(f"#set-{name}"), value)
            else:
                # Before it is drawn the field says nothing of the cluster.
                expect(self.page.locator(f"#means-{name}")).not_to_be_empty()
                self.hands.choose(self.page.locator(f"#setting-{name}"), str(value))
            self.page.wait_for_function(
                "([name, value]) => quorumscope.run.timeline.at('cluster', 'cluster', Infinity)[name] === value",
                arg=[name, value],
            )
