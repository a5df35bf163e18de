/**
 * The space-time diagram on the page: the part of it that is seen, the playhead, and the hands on it.
 *
 * Only a window of the run is drawn, three times as wide as what is seen, so that most of the scrolling is the browser's own.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Event } from "../draw/spacetime/events.js"
 * @import { Kind } from "../selection.js"
 * @import { Timeline } from "../timeline.js"
 */
import { Diagram, drawRuler, LABELS, RULER } from "../draw/spacetime/diagram.js";
import { isTaken } from "../draw/spacetime/past.js";
import { TimeScale } from "../draw/spacetime/scale.js";
import { mark, px, set } from "../draw/spacetime/svg.js";
import { say } from "../words.js";
import { byId, make, tell } from "./element.js";
import { SpaceTimeCursor } from "./spacetime_cursor.js";
import { SpaceTimeScroll } from "./spacetime_scroll.js";
import { eventName } from "./spacetime_words.js";

/** Above each of two diagrams stands whose it is. */
const TITLE = 24;
/** In pixels of the scale. */
const GROWTH = 8;
const SCROLLED = 16;

/** @implements {Part} */
export class SpaceTime {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("spacetime", HTMLElement);
    this.reading = make("p", "st-reading");
    this.reading.setAttribute("aria-hidden", "true");
    this.plane = make("div", "st-plane");
    this.ruler = make("div", "st-ruler");
    this.rulerSvg = this.ruler.appendChild(mark("svg", { "aria-hidden": "true" }));
    this.rulerLayer = this.rulerSvg.appendChild(mark("g"));
    this.grip = make("div", "st-grip");
    this.ruler.append(make("span", "st-corner", say("spacetime.unit")), this.grip);
    this.labels = make("div", "st-labels");
    this.drawing = mark("svg", { class: "st-drawing", "aria-hidden": "true" });
    this.head = make("div", "st-head");
    this.scroll = new SpaceTimeScroll(app, () => this.scale, () => requestAnimationFrame(() => this.resize()));
    this.scroll.box.append(this.plane);
    this.cursor = new SpaceTimeCursor(app, this);
    this.plane.append(this.ruler, this.labels, this.drawing, this.head, this.cursor.layer);
    const foot = make("div", "st-foot");
    foot.append(this.reading, this.scroll.button);
    const frame = make("div", "st-frame");
    frame.append(this.scroll.box, foot);
    this.box.replaceChildren(frame, legend());
    this.scale = new TimeScale(0);
    /** @type {Diagram[]} */
    this.diagrams = [];
    /** @type {View | null} */
    this.view = null;
    /** Of all lanes. */
    this.height = 0;
    this.told = { labels: "", plane: "", ruler: "" };
    this.placed = { x: -1, from: -1, to: -1, height: -1, now: 0, seen: 0 };
    /** @type {Element | null} */
    this.hovered = null;
    /** The latest selection that was looked at for this. @type {import("../selection.js").Thing | null} */
    this.pointed = null;
    this.scroll.listen(this.plane, this.ruler);
    this.plane.addEventListener("pointerover", (event) => this.hover(/** @type {Element} */ (event.target)));
    this.plane.addEventListener("pointerleave", () => this.hover(null));
    this.plane.addEventListener("click", (event) => this.click(/** @type {Element} */ (event.target)));
    this.plane.addEventListener("contextmenu", (event) => this.menu(event));
  }

  // What is seen

  /** @param {View} view */
  draw(view) {
    this.view = view;
    const timelines = view.other ? [view.timeline, view.other.timeline] : [view.timeline];
    if (timelines.length !== this.diagrams.length || timelines.some((timeline, i) => this.diagrams[i]?.timeline !== timeline)) this.begin(timelines);
    this.scale.extend(timelines);
    this.layOut();
    this.point(view);
    this.paint();
    this.cursor.place();
  }

  /** An operation that a lesson points out comes into view, once. @param {View} view */
  point({ selection: { thing }, timeline }) {
    if (thing === this.pointed || !this.scroll.width) return;
    this.pointed = thing;
    const operation = thing?.isOffered && thing.kind === "operation" ? timeline.at("operation", thing.id, Infinity) : null;
    if (!operation) return;
    this.scroll.setFollowing(false);
    this.scroll.show(this.scale.x(operation.invoked_us), this.scale.x(operation.responded_us ?? operation.invoked_us));
  }

  /** In the next frame: a hand must not meet marks that are about to move. */
  resize() {
    if (!this.view || !this.scroll.height) return;
    this.layOut();
    this.paint();
    this.cursor.place();
  }

  /** Another run, or another past of the same. @param {Timeline[]} timelines */
  begin(timelines) {
    this.scroll.keepMoment(() => {
      this.scale = new TimeScale(Math.min(...timelines.map(({ from_us }) => from_us)));
      this.scale.extend(timelines);
    });
    this.drawing.replaceChildren();
    this.diagrams = timelines.map((timeline) => new Diagram(this.drawing.appendChild(mark("g")), timeline));
    this.hovered = null;
    this.cursor.forget();
  }

  layOut() {
    const { view, scale, diagrams } = this;
    if (!view) return;
    const two = diagrams.length > 1;
    const room = (this.scroll.height - RULER - 6) / diagrams.length - (two ? TITLE : 0);
    let top = 0;
    for (const diagram of diagrams) top = diagram.layOut(top + (two ? TITLE : 0), room).bottom;
    this.height = Math.ceil(top + 6);
    const size = { width: `${Math.ceil(LABELS + scale.width + 2 * this.scroll.width)}px`, height: `${RULER + this.height}px` };
    const plane = JSON.stringify(size);
    if (plane !== this.told.plane) {
      this.told.plane = plane;
      Object.assign(this.plane.style, size);
    }
    this.name(view, top);
  }

  /** The names of the lanes. @param {View} view @param {number} height */
  name({ selection, other }, height) {
    const titles = [say("spacetime.this"), other?.title || say("compare.other")];
    const told = JSON.stringify([selection.thing, titles, this.diagrams.map(({ lanes }) => lanes.key)]);
    if (told === this.told.labels) return;
    this.told.labels = told;
    const lanes = this.diagrams.map((diagram) => diagram.lanes);
    this.labels.style.height = `${height}px`;
    this.labels.replaceChildren(
      ...lanes.flatMap(({ list, top }, side) => [
        ...(lanes.length > 1 ? [at(make("span", "st-title", titles[side]), top - TITLE)] : []),
        ...list.map(({ id, kind, who, y }) => {
          const label = make("button", `st-label ${kind}${kind === "client" ? ` who-${who}` : ""}`, id);
          label.type = "button";
          label.tabIndex = -1;
          Object.assign(label.dataset, { kind, id });
          label.classList.toggle("selected", selection.is(kind, id));
          return at(label, y);
        }),
      ]),
    );
    const count = lanes[0]?.list.length ?? 0;
    this.scroll.box.setAttribute("aria-label", say("spacetime.summary", { lanes: count }));
  }

  /** Draw the window round what is seen. */
  paint() {
    const { view, scale, scroll } = this;
    if (!view) return;
    const { from, to } = scroll.window();
    const height = this.height;
    if (from !== this.placed.from || to !== this.placed.to || height !== this.placed.height) {
      this.placed = { ...this.placed, from, to, height };
      set(this.drawing, { viewBox: `${from} 0 ${to - from} ${height}`, width: to - from, height });
      set(this.rulerSvg, { viewBox: `${from} 0 ${to - from} ${RULER}`, width: to - from, height: RULER });
      this.drawing.style.translate = `${from}px`;
      this.rulerSvg.style.translate = `${from}px`;
    }
    const told = `${from} ${to} ${scale.moments[0]} ${scale.width}`;
    if (told !== this.told.ruler) drawRuler(this.rulerLayer, scale, from, to);
    this.told.ruler = told;
    this.placed.now = scale.x(this.now_us());
    this.placed.seen = scroll.left;
    const seen = { scale, from, to, seen: scroll.left, now_us: this.now_us(), of: view.scene.key, selected: view.selection.thing };
    const scenes = [view.scene, view.other?.scene ?? view.scene];
    for (const [side, diagram] of this.diagrams.entries()) diagram.draw({ ...seen, verdict: scenes[side]?.verdict ?? null });
  }

  /** How far the run has got. */
  now_us() {
    return Math.max(this.scale.last_us, this.app.playhead.present());
  }

  /** @param {View} view */
  move({ at_us, isLive, isMoving }) {
    const x = Math.round(this.scale.x(at_us) * 4) / 4;
    if (x !== this.placed.x) {
      this.placed.x = x;
      this.head.style.translate = this.grip.style.translate = `${x}px`;
    }
    this.scroll.follow(x, isLive, isMoving);
    // What has no end yet grows with time, though nothing happens.
    const grown = isLive && isMoving && x > this.placed.now + GROWTH;
    const scrolled = Math.abs(this.scroll.left - this.placed.seen) > SCROLLED;
    if (grown || scrolled) this.paint();
  }

  // Hands

  /** The event that a mark stands for, and whose diagram it is in. @param {Element | null} element @returns {[side: number, event: Event] | null} */
  eventOf(element) {
    const found = /** @type {SVGElement | null} */ (element?.closest("[data-flight], [data-op]") ?? null);
    const side = this.diagrams.findIndex(({ layer }) => found && layer.contains(found));
    const timeline = this.diagrams[side]?.timeline;
    if (!found || !timeline) return null;
    const { flight: message, op } = found.dataset;
    const flight = timeline.flights[timeline.flightOf.get(message ?? "") ?? -1];
    if (flight) {
      const { source, target, sent_us } = flight.versions[0]?.fields;
      return [side, isTaken(flight) ? { lane: target, kind: "receive", id: flight.id, at_us: flight.until_us } : { lane: source, kind: "send", id: flight.id, at_us: sent_us }];
    }
    const state = timeline.versions("operation", op ?? "").at(-1)?.fields;
    if (!op || !state) return null;
    const answered = state.responded_us !== null;
    return [side, { lane: state.client, kind: answered ? "respond" : "invoke", id: op, at_us: answered ? state.responded_us : state.invoked_us }];
  }

  /** @param {Element | null} element */
  hover(element) {
    const over = element?.closest("[data-flight], [data-op]") ?? null;
    if (over === this.hovered) return;
    this.hovered = over;
    this.light(this.eventOf(over) ?? this.cursor.shown());
  }

  /** @param {[side: number, event: Event] | null} shown */
  light(shown) {
    for (const [side, diagram] of this.diagrams.entries()) diagram.trace(shown?.[0] === side ? shown[1] : null);
    const timeline = shown && this.diagrams[shown[0]]?.timeline;
    tell(this.reading, timeline ? eventName(timeline, shown[1]) : "");
  }

  /** @param {Element} element @returns {[Kind, string] | null} */
  thingOf(element) {
    const found = /** @type {HTMLElement | null} */ (element.closest("[data-flight], [data-op], .st-label"));
    if (!found) return null;
    const { flight: message, op, kind, id } = found.dataset;
    if (message) return ["message", message];
    return op ? ["operation", op] : [/** @type {Kind} */ (kind), id ?? ""];
  }

  /** @param {Element} element */
  click(element) {
    const thing = this.thingOf(element);
    if (thing) this.app.selection.select(...thing);
  }

  /** @param {MouseEvent} event */
  menu(event) {
    const thing = this.thingOf(/** @type {Element} */ (event.target));
    if (!thing || !this.app.canAct) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("menu", { detail: { kind: thing[0], id: thing[1], at: { x: event.clientX, y: event.clientY } } }));
  }
}

/** @template {HTMLElement} E @param {E} element @param {number} y */
function at(element, y) {
  element.style.top = `${px(y)}px`;
  return element;
}

function legend() {
  const list = make("ul", "st-legend");
  list.setAttribute("aria-hidden", "true");
  const kinds = /** @type {const} */ ([
    ["request who-0", say("spacetime.legend.request"), "M2 7H30", "M34 7l-9 4v-8z"],
    ["reply who-0", say("spacetime.legend.reply"), "M2 7H27", "M34 7A3.5 3.5 0 1 1 27 7A3.5 3.5 0 1 1 34 7Z"],
    ["exchange gossip", say("spacetime.legend.gossip"), "M2 7H24", "M34 7l-5 4l-5 -4l5 -4z"],
    ["request who-0 lost", say("spacetime.legend.lost"), "M2 7H30", "M24 2l10 10M34 2l-10 10"],
  ]);
  for (const [looks, text, line, end] of kinds) {
    const item = make("li");
    const svg = mark("svg", { viewBox: "0 0 36 14", width: 36, height: 14 });
    const group = svg.appendChild(mark("g", { class: `st-message ${looks}` }));
    group.append(mark("path", { class: "st-line", d: line }), mark("path", { class: "st-end", d: end }));
    item.append(svg, text);
    list.append(item);
  }
  return list;
}
