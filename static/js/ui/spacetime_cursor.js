/**
 * From event to event with the keys: left and right along a lane, up and down to the nearest event of the next lane, Enter to
 * select and go there. One event is in the page's order of focus; each step focuses a new element, so that its name is read.
 *
 * @import { App } from "../app.js"
 * @import { Event } from "../draw/spacetime/events.js"
 * @import { Lane } from "../draw/spacetime/lanes.js"
 * @import { Kind } from "../selection.js"
 * @import { SpaceTime } from "./spacetime.js"
 */
import { RULER, LABELS } from "../draw/spacetime/diagram.js";
import { beside, eventsOn, nearest } from "../draw/spacetime/events.js";
import { say } from "../words.js";
import { make } from "./element.js";
import { eventName } from "./spacetime_words.js";

export class SpaceTimeCursor {
  /** @param {App} app @param {SpaceTime} diagram */
  constructor(app, diagram) {
    this.app = app;
    this.diagram = diagram;
    this.layer = make("div", "st-cursor");
    /** Where it is, in which of two diagrams. @type {[side: number, event: Event] | null} */
    this.at = null;
    this.isFocused = false;
    this.forget();
  }

  /** Back to the beginning: another run. */
  forget() {
    this.at = null;
    this.renew(say("spacetime.enter"));
  }

  /** The event that has the focus. */
  shown() {
    return this.isFocused ? this.at : null;
  }

  /** @param {string} name */
  renew(name) {
    const had = this.isFocused;
    const button = make("button", "st-event");
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.addEventListener("keydown", (event) => this.press(event));
    button.addEventListener("click", () => this.choose());
    button.addEventListener("focus", () => this.light(true));
    button.addEventListener("blur", () => this.light(false));
    this.button = button;
    this.layer.replaceChildren(button);
    if (had) button.focus({ preventScroll: true });
  }

  /** @param {boolean} on */
  light(on) {
    this.isFocused = on;
    // Before the first step there is nothing to be shown, and no place to stand.
    this.diagram.light(this.shown());
  }

  /** Every lane of every diagram, from top to bottom. @returns {[side: number, lane: Lane][]} */
  lanes() {
    return this.diagram.diagrams.flatMap(({ lanes }, side) => lanes.list.map((lane) => /** @type {[number, Lane]} */ ([side, lane])));
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey) return;
    const found = this.target(key);
    if (found === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (found) this.go(found);
  }

  /** Where a key leads; null: nowhere; undefined: it is none of ours. @param {string} key @returns {[side: number, event: Event] | null | undefined} */
  target(key) {
    const steps = /** @type {Record<string, 1 | -1>} */ ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 });
    const step = steps[key];
    if (step === undefined && key !== "Home" && key !== "End") return undefined;
    const lanes = this.lanes();
    if (!this.at) return this.from(lanes, 0, 1);
    const [side, event] = this.at;
    const place = lanes.findIndex(([other, { id }]) => other === side && id === event.lane);
    if (key === "ArrowUp" || key === "ArrowDown") return this.from(lanes, place + (step ?? 1), step ?? 1);
    const lane = lanes[place]?.[1];
    const timeline = this.diagram.diagrams[side]?.timeline;
    if (!lane || !timeline) return null;
    const found = step ? beside(timeline, lane, event, step) : eventsOn(timeline, lane, timeline.from_us, Infinity).at(key === "Home" ? 0 : -1);
    return found ? [side, found] : null;
  }

  /** The nearest event of the first lane from here that has one. @param {[number, Lane][]} lanes @param {number} place @param {1 | -1} step @returns {[number, Event] | null} */
  from(lanes, place, step) {
    const at_us = this.at?.[1].at_us ?? this.app.playhead.now();
    for (let i = place; i >= 0 && i < lanes.length; i += step) {
      const [side, lane] = /** @type {[number, Lane]} */ (lanes[i]);
      const timeline = this.diagram.diagrams[side]?.timeline;
      const event = timeline && nearest(timeline, lane, at_us);
      if (event) return [side, event];
    }
    return null;
  }

  /** @param {[side: number, event: Event]} there */
  go(there) {
    this.at = there;
    const [side, event] = there;
    const { scroll, scale, diagrams } = this.diagram;
    // What lies under a pointer that rests does not speak against the keys.
    this.diagram.hovered = null;
    scroll.show(scale.x(event.at_us));
    const timeline = diagrams[side]?.timeline;
    if (timeline) this.renew(eventName(timeline, event));
    this.place();
    this.button?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Where its event is now. */
  place() {
    const [side, event] = this.at ?? [0, null];
    const { diagrams, scale } = this.diagram;
    const lane = event ? diagrams[side]?.lanes.of.get(event.lane) : diagrams[0]?.lanes.list[0];
    if (!lane || !this.button) return;
    const x = scale.x(event?.at_us ?? this.app.playhead.now());
    const told = `${Math.round(LABELS + x)}px ${Math.round(RULER + lane.y)}px`;
    if (this.button.style.translate !== told) this.button.style.translate = told;
  }

  /** Select what happened, and go to that moment. */
  choose() {
    if (!this.at) return;
    const [side, { kind, id, lane, at_us }] = this.at;
    const { app } = this;
    /** @type {Kind} */
    const what = kind === "state" ? (this.diagram.diagrams[side]?.lanes.of.get(lane)?.kind ?? "node") : kind === "send" || kind === "receive" ? "message" : "operation";
    app.playhead.seek(Math.min(at_us, app.playhead.present()));
    app.selection.select(what, id);
    app.redraw();
  }
}
