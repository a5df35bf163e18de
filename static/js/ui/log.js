/**
 * The narration: every note by now as a line, the latest important one as the stage's caption, and what a screen reader hears.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Line, Timeline } from "../timeline.js"
 */
import { everyMsIn } from "../app.js";
import { milliseconds, say, sayNote } from "../words.js";
import { byId, make, tell } from "./element.js";

const SHOWN = 200;
/** While time runs, so much wall time passes between two lines that are said aloud. */
const PAUSE_MS = 1500;
/** What happens between an operation's beginning and its outcome: shown smaller, and neither as the caption nor aloud. */
export const DETAILS = new Set([
  "ack", "late_ack", "stale", "reply", "reply_empty", "reply_siblings", "late_reply", "refused", "repaired", "requests", "coordinator_answers",
  "gossip_asks", "gossip_refused", "gossip_same",
]);

/** @implements {Part} */
export class Narration {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("log", HTMLElement);
    this.list = byId("log-lines", HTMLOListElement);
    this.caption = byId("caption", HTMLElement);
    /** What it says before anything has happened. */
    this.start = this.caption.textContent ?? "";
    this.voice = new Voice(app);
    /** @type {Map<Line, HTMLElement>} */
    this.shown = new Map();
    this.list.addEventListener("click", (event) => {
      const line = /** @type {HTMLElement} */ (event.target).closest("li");
      if (line) this.go(line);
    });
    this.list.addEventListener("keydown", (event) => this.press(event));
  }

  /** @param {View} view */
  draw({ timeline, at_us, isMoving }) {
    const notes = timeline.notesBy(at_us, SHOWN);
    const important = notes.filter(({ note }) => !DETAILS.has(note.code));
    const latest = important.at(-1);
    tell(this.caption, latest ? sayNote(latest.note) : this.start);
    this.voice.hear(timeline, important, isMoving);
  }

  /** The lines are a part of their own: they may wait while nobody sees them. @returns {Part} */
  get lines() {
    const { box } = this;
    return {
      get everyMs() {
        return everyMsIn(box);
      },
      draw: ({ timeline, at_us }) => this.drawLines(timeline.notesBy(at_us, SHOWN)),
    };
  }

  move() {
    this.voice.speak();
  }

  /** @param {Line[]} notes */
  drawLines(notes) {
    if (notes.length === this.shown.size && notes.every((line) => this.shown.has(line))) return;
    const wanted = new Set(notes);
    for (const [line, item] of this.shown) {
      if (wanted.has(line)) continue;
      item.remove();
      this.shown.delete(line);
    }
    // What stays is a run of lines without gaps, so what is new comes before it or after it.
    const first = this.list.firstElementChild;
    let isBefore = first !== null;
    for (const line of notes) {
      const item = this.shown.get(line);
      if (item) isBefore = false;
      else this.list.insertBefore(this.line(line), isBefore ? first : null);
    }
    if (!this.list.querySelector("[tabindex='0']")) this.list.lastElementChild?.querySelector("button")?.setAttribute("tabindex", "0");
  }

  /** @param {Line} line */
  line(line) {
    const item = make("li", DETAILS.has(line.note.code) ? "detail" : "main");
    const button = make("button", "line");
    button.type = "button";
    button.tabIndex = -1;
    button.append(make("span", "when", milliseconds(line.at_us)), " ", make("span", "said", sayNote(line.note)));
    item.append(button);
    item.dataset.atUs = String(line.at_us);
    this.shown.set(line, item);
    return item;
  }

  /** To the moment of a line. @param {HTMLElement} item */
  go(item) {
    this.mark(item);
    this.app.playhead.seek(Number(item.dataset.atUs));
    this.app.redraw();
  }

  /** The line that the Tab key comes to. @param {HTMLElement} item */
  mark(item) {
    for (const other of this.list.querySelectorAll("[tabindex='0']")) other.setAttribute("tabindex", "-1");
    item.querySelector("button")?.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const item = /** @type {HTMLElement} */ (event.target).closest("li");
    const next = {
      ArrowUp: item?.previousElementSibling,
      ArrowDown: item?.nextElementSibling,
      Home: this.list.firstElementChild,
      End: this.list.lastElementChild,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(next instanceof HTMLElement)) return;
    this.mark(next);
    next.querySelector("button")?.focus();
  }
}

/** Says the important lines aloud, but never more than anybody can listen to. */
class Voice {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.said = byId("said", HTMLElement);
    /** @type {Timeline | null} */
    this.timeline = null;
    /** The last line that was taken note of. @type {Line | undefined} */
    this.heard = undefined;
    /** What waits to be said. @type {Line[]} */
    this.waiting = [];
    this.spoke_ms = -Infinity;
  }

  /** @param {Timeline} timeline @param {Line[]} important @param {boolean} isMoving */
  hear(timeline, important, isMoving) {
    const last = important.at(-1);
    const known = timeline === this.timeline;
    this.timeline = timeline;
    if (last === this.heard) return;
    const place = this.heard ? important.lastIndexOf(this.heard) : -1;
    const isNews = known && (place >= 0 || this.heard === undefined);
    // Somebody went back, or far ahead: then only where they are now.
    const lines = isNews ? important.slice(place + 1) : known && !isMoving && last ? [last] : [];
    this.heard = last;
    this.waiting.push(...lines);
    if (!isMoving) this.spoke_ms = -Infinity;
  }

  speak() {
    const last = this.waiting.at(-1);
    if (!last) return;
    const wall_ms = this.app.playhead.wall_ms();
    if (wall_ms - this.spoke_ms < PAUSE_MS) return;
    this.spoke_ms = wall_ms;
    const skipped = this.waiting.length - 1;
    const text = sayNote(last.note);
    this.said.textContent = skipped ? say("log.skipped", { text }, skipped) : text;
    this.waiting = [];
  }
}
