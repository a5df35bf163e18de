/**
 * Messages as slanted lines from lane to lane. Requests are solid and end in an arrowhead, replies thinner and in a ring, gossip
 * dashed and in a diamond; a loss is a cross, a refusal a bar. In a crowd they are hairs without ends, and in a larger one
 * only how many were sent and taken on each lane.
 *
 * @import { Flight } from "../../timeline.js"
 * @import { MessageState } from "../../protocol.js"
 * @import { Window } from "./diagram.js"
 * @import { Lane } from "./lanes.js"
 * @import { Ending, Turn } from "./course.js"
 *
 * @typedef {{ x: number, y: number }} Point
 */
import { courseOf, sent } from "./course.js";
import { mark, Marks, px } from "./svg.js";

/** More messages than that in the window are hairs, and more than that a crowd. */
export const HAIRS = 300;
export const CROWD = 1500;
/** A bar of the crowd, in pixels of the axis. */
const BIN = 12;
/** A message to oneself leaves its lane, and comes back. */
const HUMP = 13;

export class MessageMarks {
  /** @param {SVGGElement} layer */
  constructor(layer) {
    this.hairs = layer.appendChild(mark("g", { class: "st-hairs" }));
    this.marks = new Marks(layer.appendChild(mark("g")));
    this.crowded = "";
  }

  /** @param {Flight[]} flights @param {Window} window */
  draw(flights, window) {
    const { selected } = window;
    const few = flights.length <= HAIRS;
    this.marks.begin();
    for (const flight of flights) {
      if (few || isSelected(flight, selected)) this.line(flight, window);
    }
    this.marks.end();
    const crowded = few ? "" : `${flights.length} ${flights.at(-1)?.id} ${window.key}`;
    if (crowded === this.crowded) return;
    this.crowded = crowded;
    this.hairs.replaceChildren(...(few ? [] : flights.length <= CROWD ? hairs(flights, window) : crowd(flights, window)));
  }

  /** @param {Flight} flight @param {Window} window */
  line(flight, window) {
    const state = sent(flight);
    const [source, target] = [window.lanes.of.get(state.source), window.lanes.of.get(state.target)];
    if (!source || !target) return;
    const open = flight.until_us === Infinity;
    const selected = isSelected(flight, window.selected);
    // What is over is where it was; only what is under way may have to be drawn anew.
    const until = open ? `${px(window.scale.x(window.now_us))} ${px(window.scale.x(lastDue(flight)))}` : flight.until_us;
    this.marks.show(flight.id, `${flight.versions.length} ${until} ${selected} ${window.lanes.key}`, (element) => {
      const { turns, ending } = courseOf(flight, window.now_us);
      const points = turns.map((turn) => place(turn, source, target, window));
      const looks = `st-message ${styleOf(state)} ${familyOf(state, window)} ${ending}${selected ? " selected" : ""}`;
      element.setAttribute("class", looks);
      element.dataset.flight = flight.id;
      const d = way(points, source === target);
      element.append(mark("path", { class: "hit", d }), mark("path", { class: "st-line", d }));
      const level = points.slice(1).map((to, i) => [/** @type {Point} */ (points[i]), to]).filter(([from, to]) => source !== target && from?.y === to?.y && from?.x !== to?.x);
      for (const stay of level) element.append(mark("path", { class: "st-stay", d: way(/** @type {Point[]} */ (stay), false) }));
      const end = endMark(points, ending, styleOf(state), source === target);
      if (end) element.append(mark("path", { class: "st-end", d: end }));
    });
  }
}

/** @param {Flight} flight */
function lastDue(flight) {
  return /** @type {MessageState} */ (flight.versions.at(-1)?.fields).due_us;
}

/** @param {Flight} flight @param {Window["selected"]} selected */
function isSelected(flight, selected) {
  if (selected?.kind === "message") return selected.id === flight.id;
  return selected?.kind === "operation" && sent(flight).operation === selected.id;
}

/** @param {MessageState} state */
function styleOf({ operation, role }) {
  return operation ? role : "exchange";
}

/** Whose colour it has: that of the client whose operation it serves, or gossip's. @param {MessageState} state @param {Window} window */
function familyOf({ operation, source, target }, { lanes, clientOf }) {
  if (!operation) return "gossip";
  const lane = lanes.of.get(clientOf(operation) ?? source) ?? lanes.of.get(target);
  return `who-${lane?.who ?? 0}`;
}

/** @param {Turn} turn @param {Lane} source @param {Lane} target @param {Window} window @returns {Point} */
function place({ at_us, part }, source, target, { scale }) {
  return { x: scale.x(at_us), y: source.y + (target.y - source.y) * part };
}

/** @param {Point[]} points @param {boolean} toItself */
function way(points, toItself) {
  const [from, ...rest] = points;
  const to = points.at(-1);
  if (!from || !to) return "";
  if (toItself) return `M${px(from.x)} ${px(from.y)}Q${px((from.x + to.x) / 2)} ${px(from.y - 2 * HUMP)} ${px(to.x)} ${px(to.y)}`;
  return `M${px(from.x)} ${px(from.y)}${rest.map(({ x, y }) => `L${px(x)} ${px(y)}`).join("")}`;
}

/**
 * The mark at the end of a line; it stands before its target, so that the point that touches the lane is the moment.
 * @param {Point[]} points @param {Ending} ending @param {string} style @param {boolean} toItself
 */
function endMark(points, ending, style, toItself) {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before || ending === "in_flight") return "";
  const from = toItself ? { x: (before.x + end.x) / 2, y: end.y - 2 * HUMP } : before;
  const length = Math.hypot(end.x - from.x, end.y - from.y) || 1;
  const [dx, dy] = [(end.x - from.x) / length, (end.y - from.y) / length];
  /** A point so far back along the line, and so far beside it. @param {number} back @param {number} beside */
  const at = (back, beside) => `${px(end.x - dx * back - dy * beside)} ${px(end.y - dy * back + dx * beside)}`;
  if (ending === "lost") return `M${at(3, -5)}L${at(13, 5)}M${at(13, -5)}L${at(3, 5)}`;
  if (ending === "held") return `M${px(end.x - 3)} ${px(end.y - 6)}v12M${px(end.x + 2)} ${px(end.y - 6)}v12`;
  if (ending === "refused") return `M${at(2, -6)}L${at(2, 6)}M${at(6, -6)}L${at(6, 6)}`;
  if (style === "exchange") return `M${at(0, 0)}L${at(5, 4)}L${at(10, 0)}L${at(5, -4)}Z`;
  if (style === "request") return `M${at(0, 0)}L${at(9, 4)}L${at(9, -4)}Z`;
  return `M${at(0, 0)}A3.5 3.5 0 1 1 ${at(7, 0)}A3.5 3.5 0 1 1 ${at(0, 0)}Z`;
}

/** One path for all lines of a kind. @param {Flight[]} flights @param {Window} window */
function hairs(flights, window) {
  /** @type {Map<string, string[]>} */
  const paths = new Map();
  for (const flight of flights) {
    const state = sent(flight);
    const [source, target] = [window.lanes.of.get(state.source), window.lanes.of.get(state.target)];
    if (!source || !target) continue;
    const kind = `${styleOf(state)} ${familyOf(state, window)}`;
    const points = courseOf(flight, window.now_us).turns.map((turn) => place(turn, source, target, window));
    const of = paths.get(kind) ?? [];
    of.push(way(points, source === target));
    paths.set(kind, of);
  }
  return [...paths].map(([kind, of]) => mark("path", { class: `st-hair ${kind}`, d: of.join("") }));
}

/** On each lane, bars as high as there were messages sent (up) and ended (down). @param {Flight[]} flights @param {Window} window */
function crowd(flights, window) {
  const { lanes, scale, from, to } = window;
  const bins = Math.ceil((to - from) / BIN);
  /** @type {Map<string, [up: Uint32Array, down: Uint32Array]>} */
  const counts = new Map(lanes.list.map(({ id }) => [id, [new Uint32Array(bins), new Uint32Array(bins)]]));
  let most = 1;
  const count = (/** @type {string} */ lane, /** @type {0 | 1} */ side, /** @type {number} */ at_us) => {
    const bin = Math.floor((scale.x(at_us) - from) / BIN);
    const of = counts.get(lane)?.[side];
    if (of && bin >= 0 && bin < bins) most = Math.max(most, (of[bin] = (of[bin] ?? 0) + 1));
  };
  for (const flight of flights) {
    const { source, target, sent_us } = sent(flight);
    count(source, 0, sent_us);
    if (flight.until_us < Infinity) count(target, 1, flight.until_us);
  }
  return lanes.list.map(({ id, y, height }) => {
    const [up, down] = /** @type {[Uint32Array, Uint32Array]} */ (counts.get(id));
    const bar = (/** @type {Uint32Array} */ of, /** @type {number} */ way) => [...of].map((n, i) => (n ? `M${px(from + i * BIN)} ${px(y)}h${BIN - 2}v${px((way * n * height * 0.42) / most)}h${2 - BIN}z` : "")).join("");
    return mark("path", { class: "st-crowd", d: bar(up, -1) + bar(down, 1) });
  });
}
