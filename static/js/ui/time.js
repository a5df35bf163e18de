/**
 * The time bar: the scrubber over the whole run with a strip of its outcomes, steps, run and pause, speed, the clock,
 * and whether what is shown is live or in the past.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Timeline } from "../timeline.js"
 */
import { talliesOf } from "../tally.js";
import { milliseconds, say } from "../words.js";
import { byId, tell } from "./element.js";
import { Travel } from "./travel.js";

/** How often the scrubber's ends follow the run, in milliseconds of wall time. */
const EXTEND_MS = 250;
/** How often the clock is read while time runs, in milliseconds of wall time. */
const CLOCK_MS = 80;
/** The strip's width in its own units. */
const WIDE = 1000;

/** @implements {Part} */
export class TimeControls {
  everyMs = 0;

  /** @param {App} app @param {Travel} travel */
  constructor(app, travel) {
    this.app = app;
    this.travel = travel;
    this.bar = /** @type {HTMLElement} */ (document.querySelector(".time"));
    this.run = byId("run", HTMLButtonElement);
    this.step = byId("step", HTMLButtonElement);
    this.where = byId("where", HTMLButtonElement);
    this.scrub = byId("scrub", HTMLInputElement);
    this.speed = byId("speed", HTMLInputElement);
    this.reading = byId("reading", HTMLOutputElement);
    this.clock = byId("clock", HTMLOutputElement);
    this.marks = ["fail", "unknown", "violated"].map((word) => /** @type {SVGPathElement} */ (document.querySelector(`#marks .${word}`)));
    this.now_us = -1;
    this.read_ms = -Infinity;
    /** What the scrubber and the strip were made from. */
    this.made = { from_us: -1, to_us: -1, size: -1, timeline: /** @type {Timeline | null} */ (null) };
    this.extended_ms = -Infinity;
    /** A slider in somebody's hand, which nothing else must move. @type {HTMLInputElement | null} */
    this.held = null;
    this.listen();
    this.startSpeed(app.boot.speed);
  }

  listen() {
    const { travel } = this;
    this.run.addEventListener("click", () => travel.toggle());
    this.step.addEventListener("click", () => travel.forward());
    byId("back", HTMLButtonElement).addEventListener("click", () => travel.back());
    byId("turn-back", HTMLButtonElement).addEventListener("click", () => travel.turnBack());
    byId("turn-on", HTMLButtonElement).addEventListener("click", () => travel.turnForward());
    this.where.addEventListener("click", () => travel.live());
    this.scrub.addEventListener("pointerdown", () => {
      if (this.app.view) this.extend(this.app.view);
      this.held = this.scrub;
    });
    for (const end of ["pointerup", "pointercancel", "change"]) {
      this.scrub.addEventListener(end, () => {
        this.held = null;
        this.extended_ms = -Infinity;
      });
    }
    this.scrub.addEventListener("input", () => {
      const at_us = Number(this.scrub.value);
      // A slider rounds its value; a microsecond is less than anybody can point at.
      if (at_us > Number(this.scrub.max) - 1) travel.live();
      else travel.standAt(at_us);
    });
  }

  /** @param {{ min: number, max: number, default: number }} speeds */
  startSpeed(speeds) {
    this.speed.min = String(Math.log10(speeds.min));
    this.speed.max = String(Math.log10(speeds.max));
    this.speed.value = String(Math.log10(speeds.default));
    this.speed.addEventListener("input", () => {
      this.held = this.speed;
      this.read(this.chosen);
    });
    this.speed.addEventListener("change", async () => {
      // Until it is so, it would jump back to what was.
      await this.travel.setSpeed(this.chosen);
      if (this.held === this.speed) this.held = null;
    });
    this.read(speeds.default);
  }

  /** The speed that the slider stands at, to three digits. */
  get chosen() {
    return Number((10 ** Number(this.speed.value)).toPrecision(3));
  }

  /** @param {number} speed */
  read(speed) {
    const seconds = Number((0.001 / speed).toPrecision(2));
    const reading = speed >= 1 ? say("time.real") : say("time.reading", { seconds });
    this.told = speed;
    tell(this.reading, reading);
    this.speed.setAttribute("aria-valuetext", reading);
  }

  /** @param {View} view */
  draw({ isLive, isMoving }) {
    tell(this.run, say(isMoving ? "time.pause" : "time.run"));
    // The room's clock is not for everybody.
    const looks = isLive && !this.app.can("arrange");
    this.step.disabled = looks;
    this.bar.toggleAttribute("data-looks", looks);
    this.bar.toggleAttribute("data-stands", looks && !isMoving);
    const where = isLive ? "live" : "past";
    if (this.where.dataset.where === where) return;
    this.where.dataset.where = where;
    const text = say(isLive ? "time.live" : "time.past");
    tell(this.where, text);
    this.where.setAttribute("aria-label", isLive ? text : `${text}: ${say("time.back_to_live")}`);
    this.where.title = isLive ? "" : say("time.back_to_live");
  }

  /** @param {View} view */
  move(view) {
    const { playhead } = this.app;
    const { at_us, isLive, isMoving } = view;
    if (this.held !== this.speed && playhead.speed !== this.told) {
      this.speed.value = String(Math.log10(playhead.speed));
      this.read(playhead.speed);
    }
    const wall_ms = playhead.wall_ms();
    if (wall_ms - this.extended_ms >= EXTEND_MS && !this.held) {
      this.extended_ms = wall_ms;
      this.extend(view);
      this.speak(view);
    }
    // While time runs nobody can read more of the clock than this, and each reading costs a layout.
    if (at_us === this.now_us || (isMoving && wall_ms - this.read_ms < CLOCK_MS)) return;
    this.read_ms = wall_ms;
    this.now_us = at_us;
    tell(this.clock, say("time.now", { ms: milliseconds(at_us) }));
    if (!isLive && this.held !== this.scrub) this.scrub.value = String(at_us);
    if (!isMoving) this.speak(view);
  }

  /** What a screen reader says of the scrubber; not in every frame. @param {View} view */
  speak({ at_us, isLive }) {
    const text = say(isLive ? "time.at_live" : "time.at_past", { ms: milliseconds(at_us) });
    if (this.scrub.getAttribute("aria-valuetext") !== text) this.scrub.setAttribute("aria-valuetext", text);
  }

  /** The scrubber goes from the beginning to the present, though not all of it may be known at once. @param {View} view */
  extend({ at_us, isLive }) {
    const { starts_us: from_us, timeline } = this.app.run;
    const to_us = Math.max(this.app.playhead.present(), from_us + 1);
    const { made } = this;
    if (made.timeline === timeline && made.from_us === from_us && made.to_us === to_us && made.size === timeline.size) {
      if (isLive) this.scrub.value = String(to_us);
      return;
    }
    this.made = { timeline, from_us, to_us, size: timeline.size };
    this.scrub.min = String(from_us);
    this.scrub.max = String(to_us);
    this.scrub.value = String(isLive ? to_us : at_us);
    this.mark(timeline, from_us, to_us);
  }

  /** A tick for each operation that did not end well, and for each moment at which the verdict fell. @param {Timeline} timeline @param {number} from_us @param {number} to_us */
  mark(timeline, from_us, to_us) {
    const place = (/** @type {number} */ at_us) => (((at_us - from_us) / (to_us - from_us)) * WIDE).toFixed(1);
    const endings = talliesOf(timeline).follow().endings.filter(({ at_us }) => at_us >= from_us && at_us <= to_us);
    const verdicts = timeline.versions("verdict", "verdict");
    const isFall = (/** @type {any} */ fields, /** @type {number} */ i) => fields?.word === "violated" && verdicts[i - 1]?.fields?.word !== "violated";
    const falls = verdicts.filter(({ fields, at_us }, i) => isFall(fields, i) && at_us >= from_us && at_us <= to_us);
    const lines = [
      endings.filter(({ outcome }) => outcome === "fail").map(({ at_us }) => `M${place(at_us)} 0V10`),
      endings.filter(({ outcome }) => outcome === "unknown").map(({ at_us }) => `M${place(at_us)} 5V10`),
      falls.map(({ at_us }) => `M${place(at_us)} 0V10`),
    ];
    for (const [i, path] of this.marks.entries()) {
      const d = lines[i]?.join("") ?? "";
      if (path.getAttribute("d") !== d) path.setAttribute("d", d);
    }
  }
}
