/**
 * A workload that invokes operations by itself: how many in a second of virtual time, which share reads, on how many keys.
 *
 * @import { App, Part, View } from "../app.js"
 */
import { say } from "../words.js";
import { byId, tell } from "./element.js";

/** The slider's ends, as powers of ten: from one operation in 100 ms to one in a tenth of a millisecond. */
const LOG_MIN = 1;
const LOG_MAX = 4;

/** @implements {Part} */
export class WorkloadControls {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.rate = byId("load-rate", HTMLInputElement);
    this.reads = byId("load-reads", HTMLInputElement);
    this.keys = byId("load-keys", HTMLInputElement);
    this.button = byId("load-run", HTMLButtonElement);
    this.state = byId("load-state", HTMLElement);
    this.running = false;
    this.rate.min = String(LOG_MIN);
    this.rate.max = String(LOG_MAX);
    this.rate.value = "2";
    for (const field of [this.rate, this.reads, this.keys]) {
      field.addEventListener("input", () => this.read());
      field.addEventListener("change", () => this.running && this.ask(this.chosen));
    }
    this.button.addEventListener("click", () => this.ask(this.running ? 0 : this.chosen));
    this.read();
  }

  /** Operations in a second of virtual time. */
  get chosen() {
    return Number((10 ** Number(this.rate.value)).toPrecision(2));
  }

  /** @param {number} rate */
  ask(rate) {
    void this.app.actions.send({ type: "workload", rate, read_share: Number(this.reads.value) / 100, keys: Number(this.keys.value) });
  }

  read() {
    this.show("show-rate", this.rate, say("workload.every", { ms: Number((1000 / this.chosen).toPrecision(2)) }));
    this.show("show-reads", this.reads, `${this.reads.value} %`);
    this.show("show-keys", this.keys, this.keys.value);
  }

  /** @param {string} output @param {HTMLInputElement} field @param {string} text */
  show(output, field, text) {
    tell(byId(output, HTMLOutputElement), text);
    field.setAttribute("aria-valuetext", text);
  }

  /** @param {View} view */
  draw({ scene: { workload } }) {
    this.running = workload !== null;
    tell(this.button, say(workload ? "workload.stop" : "workload.run"));
    const reads = Math.round((workload?.read_share ?? 0) * 100);
    tell(this.state, workload ? say("workload.runs", { ms: Number((1000 / workload.rate).toPrecision(2)), reads }) : "");
  }
}
