/**
 * Choosing the next delivery: time stands still, and whoever is here says which message arrives next.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { MessageState, RoomCommand } from "../protocol.js"
 */
import { select } from "d3-selection";
import { milliseconds, say } from "../words.js";
import { byId, make } from "./element.js";
import { setText } from "./facts.js";
import { carries, messageName } from "./message_words.js";

/** So many are listed; who has more of them under way wants the earliest. */
const SHOWN = 60;

/** @typedef {[id: string, state: MessageState]} Row */

/** @implements {Part} */
export class Deliveries {
  everyMs = 80;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.button = byId("choose", HTMLButtonElement);
    this.box = byId("deliveries", HTMLElement);
    this.list = byId("deliveries-list", HTMLOListElement);
    this.none = byId("deliveries-none", HTMLElement);
    this.chooses = false;
    this.isStopping = false;
    /** The messages of which something was asked for that is not done yet: one after another, and of each but one. @type {Set<string>} */
    this.asked = new Set();
    this.done = Promise.resolve();
    this.button.addEventListener("click", () => this.toggle());
    this.list.addEventListener("keydown", (event) => this.press(event));
  }

  toggle() {
    this.chooses = !this.chooses;
    this.button.setAttribute("aria-pressed", String(this.chooses));
    this.box.hidden = !this.chooses;
    if (!this.chooses && this.app.selection.thing?.kind === "message") this.app.selection.clear();
    this.app.redraw();
  }

  /** @param {View} view */
  draw(view) {
    if (!this.chooses || !this.app.can("break")) return;
    if (view.isMoving) this.stop(view);
    const rows = view.timeline.inFlight(view.at_us).sort(byDue);
    setText(this.none, rows.length === 0 ? say("deliveries.none") : rows.length > SHOWN ? say("deliveries.more", { count: rows.length - SHOWN }) : "");
    const place = this.rowOf(document.activeElement);
    select(this.list)
      .selectAll("li")
      .data(rows.slice(0, SHOWN), (row) => /** @type {Row} */ (row)[0])
      .join((enter) => {
        const item = enter.append("li").attr("data-delivery", ([id]) => id);
        item.append(() => this.rowButton());
        const drop = item.append("button").attr("type", "button").attr("class", "button small").attr("data-do", "drop").text(say("deliveries.drop"));
        drop.attr("aria-label", ([id]) => say("deliveries.drop_it", { message: id }));
        for (const event of ["pointerenter", "focusin"]) item.on(event, (_, [id]) => this.app.selection.select("message", id));
        item.on("click", (event, [id]) => this.choose(event, id));
        return item;
      })
      .order()
      .classed("selected", ([id]) => view.selection.is("message", id))
      .each(function ([id, state]) {
        const [what, way, when] = /** @type {HTMLElement} */ (this).querySelectorAll("span");
        setText(/** @type {HTMLElement} */ (what), `${messageName(state.type)} ${carries(state)}`.trim());
        setText(/** @type {HTMLElement} */ (way), `${state.source} → ${state.target} · ${id}`);
        setText(/** @type {HTMLElement} */ (when), state.fate === "held" ? say("deliveries.held") : `${milliseconds(state.due_us)} ms`);
      });
    // The row that had the focus has been delivered: the next one takes it.
    if (place >= 0 && !this.list.contains(document.activeElement)) this.focus(Math.min(place, this.list.childElementCount - 1));
  }

  rowButton() {
    const button = make("button", "delivery");
    button.type = "button";
    button.dataset.do = "deliver";
    button.title = say("deliveries.deliver");
    button.append(make("span", "what"), " ", make("span", "way"), " ", make("span", "when"));
    return button;
  }

  /** @param {Event} event @param {string} message */
  choose(event, message) {
    const wanted = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.do;
    if ((wanted !== "deliver" && wanted !== "drop") || this.asked.has(message)) return;
    this.asked.add(message);
    const before = this.done.catch(() => {});
    this.done = before.then(() => this.ask({ type: wanted, message })).finally(() => this.asked.delete(message));
  }

  /** In the past that is the beginning of a branch, which stands still as well. @param {RoomCommand} command */
  async ask(command) {
    const { playhead, actions } = this.app;
    const answer = playhead.isLive || !actions.forks ? {} : await actions.fork();
    if (answer && !("error" in /** @type {object} */ (answer))) await actions.send(command);
  }

  /** @param {View} view */
  stop(view) {
    const { playhead, connection } = this.app;
    if (!view.isLive) playhead.stand();
    else if (!this.isStopping && this.asked.size === 0 && this.app.can("arrange")) {
      this.isStopping = true;
      void connection.command({ type: "pause" }).then(() => (this.isStopping = false));
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const place = this.rowOf(/** @type {Element} */ (event.target));
    if (step === undefined || place < 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.focus(Math.max(0, Math.min(this.list.childElementCount - 1, place + step)));
  }

  /** @param {Element | null} element */
  rowOf(element) {
    const row = element?.closest("#deliveries-list > li");
    return row ? [...this.list.children].indexOf(row) : -1;
  }

  /** @param {number} place */
  focus(place) {
    const button = this.list.children[place]?.querySelector("button") ?? this.button;
    button.focus();
  }
}

/** What is held has no due time until it goes on: it comes last. @param {Row} a @param {Row} b */
function byDue([, a], [, b]) {
  return Number(a.fate === "held") - Number(b.fate === "held") || a.due_us - b.due_us;
}
