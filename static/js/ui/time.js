/**
 * Time's controls: run or pause, a single step, the speed on a log scale, and the clock.
 *
 * @import { Actions } from "../actions.js"
 * @import { Pace } from "../protocol.js"
 */
import { milliseconds, say } from "../words.js";
import { byId } from "./element.js";

export class TimeControls {
  /** @param {Actions} actions @param {{ min: number, max: number, default: number }} speeds */
  constructor(actions, speeds) {
    this.run = byId("run", HTMLButtonElement);
    this.step = byId("step", HTMLButtonElement);
    this.speed = byId("speed", HTMLInputElement);
    this.reading = byId("reading", HTMLOutputElement);
    this.clock = byId("clock", HTMLOutputElement);
    this.running = false;
    this.held = false;
    this.speed.min = String(Math.log10(speeds.min));
    this.speed.max = String(Math.log10(speeds.max));
    this.speed.step = "0.05";
    this.speed.value = String(Math.log10(speeds.default));
    this.run.addEventListener("click", () => (this.running ? actions.pause() : actions.run()));
    this.step.addEventListener("click", () => actions.step());
    this.speed.addEventListener("input", () => {
      this.held = true;
      this.read(this.chosen);
    });
    this.speed.addEventListener("change", () => {
      this.held = false;
      actions.setSpeed(this.chosen);
    });
    this.read(speeds.default);
  }

  /** The speed that the slider stands at, to three digits. */
  get chosen() {
    return Number((10 ** Number(this.speed.value)).toPrecision(3));
  }

  /** @param {Pace} pace */
  setPace(pace) {
    this.running = pace.running;
    this.run.textContent = say(pace.running ? "time.pause" : "time.run");
    if (this.held) return;
    this.speed.value = String(Math.log10(pace.speed));
    this.read(pace.speed);
  }

  /** @param {number} speed */
  read(speed) {
    const seconds = Number((0.001 / speed).toPrecision(2));
    const reading = speed >= 1 ? say("time.real") : say("time.reading", { seconds });
    this.reading.textContent = reading;
    this.speed.setAttribute("aria-valuetext", reading);
  }

  /** @param {number} at_us */
  showTime(at_us) {
    const text = say("time.now", { ms: milliseconds(at_us) });
    if (this.clock.textContent !== text) this.clock.textContent = text;
  }
}
