/**
 * How far somebody's wall clock is off, as a number to set.
 *
 * @import { App } from "../app.js"
 */
import { say } from "../words.js";
import { make } from "./element.js";

/** As far as the server allows, in milliseconds. */
const MAX_MS = 60_000;

export class Skew {
  /** @param {App} app */
  constructor(app) {
    this.actor = "";
    this.root = make("form", "skew");
    this.field = make("input");
    Object.assign(this.field, { type: "number", min: String(-MAX_MS), max: String(MAX_MS), step: "any", required: true });
    const label = make("label", "", `${say("inspector.skew")} `);
    label.append(this.field, ` ${say("inspector.ms")}`);
    const set = make("button", "button small", say("inspector.set"));
    this.root.append(label, set);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      void app.actions.send({ type: "skew", actor: this.actor, skew_us: Math.round(Number(this.field.value) * 1000) });
    });
  }

  /** @param {string} actor @param {number} skew_us */
  draw(actor, skew_us) {
    // What somebody is typing stays, as long as it is about the same clock.
    if (actor === this.actor && this.root.contains(document.activeElement)) return;
    this.actor = actor;
    const value = String(skew_us / 1000);
    if (this.field.value !== value) this.field.value = value;
  }

  /** @param {HTMLDetailsElement} more behind which it is */
  enter(more) {
    more.open = true;
    this.field.select();
  }
}
