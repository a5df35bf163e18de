/**
 * The space-time diagram of one cluster: a lane for each client and node, time to the right. It draws a window of the run.
 *
 * @import { VerdictState } from "../../protocol.js"
 * @import { Thing } from "../../selection.js"
 * @import { Timeline } from "../../timeline.js"
 * @import { Event } from "./events.js"
 * @import { Lanes } from "./lanes.js"
 *
 * @typedef {object} Window what there is to draw, and where
 * @property {TimeScale} scale
 * @property {Lanes} lanes
 * @property {number} from the left edge, in pixels of the scale
 * @property {number} to the right edge
 * @property {number} seen where what is seen begins: texts of what began before stand there
 * @property {number} now_us how far what has no end yet is drawn
 * @property {string} of the key that the picture is about
 * @property {Thing | null} selected
 * @property {readonly string[]} witness the operations that show a violation
 * @property {(operation: string) => string | undefined} clientOf
 * @property {string} key the same key, the same window
 */
import { say } from "../../words.js";
import { ConditionMarks } from "./conditions.js";
import { layLanes } from "./lanes.js";
import { MessageMarks } from "./messages.js";
import { Boxes, OperationMarks } from "./operations.js";
import { isMessageIn, pastOf } from "./past.js";
import { ticks, TimeScale } from "./scale.js";
import { mark, px } from "./svg.js";

/** The room for the names of lanes, and for the axis. */
export const LABELS = 52;
export const RULER = 30;

/** Above the first lane, for what is said of all. */
const HEAD = 12;

/** Patterns are found by their name in the whole page, so each diagram has its own. */
let diagrams = 0;

export class Diagram {
  /** @param {SVGGElement} layer @param {Timeline} timeline */
  constructor(layer, timeline) {
    this.timeline = timeline;
    this.layer = layer;
    this.boxes = new Boxes(timeline);
    diagrams += 1;
    const [down, failed] = [`st-down-${diagrams}`, `st-failed-${diagrams}`];
    layer.append(stripes(down, "st-stripe"), stripes(failed, "st-stripe failed"));
    const below = layer.appendChild(mark("g"));
    this.reach = layer.appendChild(mark("path", { class: "st-reach" }));
    const operations = layer.appendChild(mark("g"));
    this.messages = new MessageMarks(layer.appendChild(mark("g")));
    this.conditions = new ConditionMarks(below, layer.appendChild(mark("g")), down);
    this.operations = new OperationMarks(operations, layer.appendChild(mark("g")), failed);
    /** @type {Lanes} */
    this.lanes = layLanes(timeline, new Map(), 0, 0);
    /** @type {Event | null} */
    this.traced = null;
    /** @type {{ event: Event, past: import("./past.js").Past } | null} */
    this.known = null;
  }

  /** @param {number} top @param {number} height */
  layOut(top, height) {
    this.boxes.extend();
    const lanes = layLanes(this.timeline, this.boxes.counts(), top + HEAD, height - HEAD);
    if (lanes.key !== this.lanes.key) this.lanes = lanes;
    return this.lanes;
  }

  /**
   * @param {Pick<Window, "scale" | "from" | "to" | "seen" | "now_us" | "of" | "selected"> & { verdict: VerdictState | null }} seen
   */
  draw({ verdict, ...seen }) {
    const { lanes, timeline } = this;
    const witness = verdict?.word === "violated" ? verdict.witness : [];
    const { scale, from, to } = seen;
    /** @type {Window} */
    const window = { ...seen, lanes, witness, clientOf: (id) => this.boxes.clients.get(id), key: `${from} ${to} ${lanes.key}` };
    this.conditions.draw(timeline, window);
    this.operations.draw(this.boxes, window);
    const flights = timeline.flightsBetween(scale.time(from), to > scale.width ? Infinity : scale.time(to));
    this.messages.draw(flights, window);
    this.scale = scale;
    if (this.traced) this.light();
  }

  /** Show what happened before an event, and dim the rest; null: show all. @param {Event | null} event */
  trace(event) {
    if (event === this.traced) return;
    this.traced = event;
    this.layer.classList.toggle("tracing", event !== null);
    if (event) this.light();
    else this.reach.setAttribute("d", "");
  }

  light() {
    const event = /** @type {Event} */ (this.traced);
    if (this.known?.event !== event) this.known = { event, past: pastOf(this.timeline, event.lane, event.at_us) };
    const { past } = this.known;
    for (const element of /** @type {NodeListOf<SVGGElement>} */ (this.layer.querySelectorAll(".st-message, .st-op"))) {
      const { flight: message, op } = element.dataset;
      element.classList.toggle("past", message === event.id || op === event.id || (op ? this.isBegun(op, past) : this.isIn(message ?? "", past)));
    }
    const x = (/** @type {number} */ at_us) => px(this.scale?.x(at_us) ?? 0);
    const lines = this.lanes.list.filter(({ id }) => past.has(id));
    this.reach.setAttribute("d", lines.map(({ id, y }) => `M0 ${px(y)}H${x(past.get(id) ?? 0)}`).join(""));
  }

  /** @param {string} message @param {import("./past.js").Past} past */
  isIn(message, past) {
    const flight = this.timeline.flights[this.timeline.flightOf.get(message) ?? -1];
    return flight !== undefined && isMessageIn(flight, past);
  }

  /** @param {string} operation @param {import("./past.js").Past} past */
  isBegun(operation, past) {
    const state = this.timeline.versions("operation", operation).at(-1)?.fields;
    return state && state.invoked_us <= (past.get(state.client) ?? -1);
  }
}

/** The axis in milliseconds. @param {SVGGElement} layer @param {TimeScale} scale @param {number} from @param {number} to */
export function drawRuler(layer, scale, from, to) {
  const base = RULER - 8;
  layer.replaceChildren(
    mark("path", { class: "st-axis", d: `M${px(from)} ${RULER - 0.5}H${px(to)}` }),
    ...ticks(scale, from, to).flatMap(({ at_us, x }) => [
      mark("path", { class: "st-axis", d: `M${px(x)} ${RULER - 6}v6` }),
      mark("text", { class: "st-tick", x: px(x + 3), y: base }, String(Number((at_us / 1000).toPrecision(9)))),
    ]),
    ...scale.breaks(from, to).map((x) => mark("path", { class: "st-break", d: `M${px(x - 5)} ${RULER + 3}l4 -8m2 8l4 -8` })),
  );
}

/**
 * A stretch of a run as a drawing of its own, with the names of the lanes and the axis.
 * @param {Timeline} timeline @param {number} from_us @param {number} to_us @param {string} of the key that it is about
 * @returns {SVGSVGElement}
 */
export function drawAll(timeline, from_us, to_us, of) {
  const scale = new TimeScale(from_us);
  scale.extend([timeline]);
  const width = scale.x(to_us) + 24;
  const svg = mark("svg", { class: "st-drawing", role: "img", "aria-label": say("spacetime.title") });
  const inner = mark("svg", { x: LABELS, y: 0, width: px(width), overflow: "hidden" });
  const diagram = new Diagram(inner.appendChild(mark("g")), timeline);
  const lanes = diagram.layOut(RULER, 0);
  diagram.draw({ scale, from: 0, to: width, seen: 0, now_us: to_us, of, selected: null, verdict: timeline.at("verdict", "verdict", to_us) });
  drawRuler(inner.appendChild(mark("g")), scale, 0, width);
  const height = lanes.bottom + 8;
  inner.setAttribute("height", px(height));
  inner.setAttribute("viewBox", `0 0 ${px(width)} ${px(height)}`);
  svg.append(inner, mark("text", { class: "st-tick", x: 12, y: RULER - 8 }, say("spacetime.unit")));
  for (const { id, y } of lanes.list) svg.append(mark("text", { class: "st-name", x: 12, y: px(y), dy: "0.35em" }, id));
  const size = { width: px(width + LABELS), height: px(height) };
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  svg.setAttribute("width", size.width);
  svg.setAttribute("height", size.height);
  return svg;
}

/** @param {string} id @param {string} looks */
function stripes(id, looks) {
  const pattern = mark("pattern", { id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(mark("rect", { class: looks, width: 2, height: 7 }));
  const defs = mark("defs");
  defs.append(pattern);
  return defs;
}
