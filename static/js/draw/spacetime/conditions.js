/**
 * What was wrong, and who led: crashes and pauses as shades on the node's lane, cuts as shades across lanes with a bracket for
 * each group, terms as a thin line.
 *
 * @import { NodeState } from "../../protocol.js"
 * @import { Timeline } from "../../timeline.js"
 * @import { Cut } from "./cuts.js"
 * @import { Window } from "./diagram.js"
 * @import { Lane } from "./lanes.js"
 *
 * @typedef {[tag: "path" | "rect" | "text", attributes: Record<string, string | number>, text?: string]} Shape
 */
import { say } from "../../words.js";
import { cutsOf } from "./cuts.js";
import { mark, px } from "./svg.js";

export class ConditionMarks {
  /** @param {SVGGElement} under what lies under the messages @param {SVGGElement} over its words @param {string} stripes the id of the pattern of what is down */
  constructor(under, over, stripes) {
    this.under = under;
    this.over = over;
    this.stripes = stripes;
    this.told = "";
    /** @type {{ timeline: Timeline | null, count: number, cuts: Cut[] }} */
    this.known = { timeline: null, count: 0, cuts: [] };
  }

  /** @param {Timeline} timeline @param {Window} window */
  draw(timeline, window) {
    const shapes = window.lanes.list.flatMap((lane) => this.lane(timeline, lane, window));
    for (const cut of this.cuts(timeline)) shapes.push(...cutShapes(cut, window));
    const told = JSON.stringify(shapes);
    if (told === this.told) return;
    this.told = told;
    const made = shapes.map(([tag, attributes, text]) => /** @type {[string, SVGElement]} */ ([tag, mark(tag, attributes, text)]));
    this.under.replaceChildren(...made.filter(([tag]) => tag !== "text").map(([, element]) => element));
    this.over.replaceChildren(...made.filter(([tag]) => tag === "text").map(([, element]) => element));
  }

  /** Worked out anew only when a link has changed. @param {Timeline} timeline */
  cuts(timeline) {
    const count = timeline.ids("link").reduce((sum, id) => sum + timeline.versions("link", id).length, 0);
    if (this.known.timeline !== timeline || this.known.count !== count) this.known = { timeline, count, cuts: cutsOf(timeline) };
    return this.known.cuts;
  }

  /** @param {Timeline} timeline @param {Lane} lane @param {Window} window @returns {Shape[]} */
  lane(timeline, { id, kind, y, height }, window) {
    /** @type {Shape[]} */
    const shapes = [];
    const versions = timeline.versions(kind, id);
    /** @param {(state: any) => string} told */
    const spans = (told) => spansOf(versions, told, window);
    for (const { from, to, open } of spans(() => "there")) shapes.push(["path", { class: "st-lane", d: `M${px(from)} ${px(y)}H${px(open ? window.to : to)}` }]);
    if (kind === "client") return shapes;
    const box = (/** @type {number} */ from, /** @type {number} */ to) => ({ x: px(from), y: px(y - height * 0.4), width: px(Math.max(2, to - from)), height: px(height * 0.8) });
    const word = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ text) => /** @type {Shape} */ (["text", { class: "st-word", x: px(start(from, to, window) + 5), y: px(y + height * 0.4 - 4) }, text]);
    for (const { from, to, told } of spans(statusOf)) {
      if (told === "down") shapes.push(["rect", { class: "st-down", ...box(from, to) }], ["rect", { class: "st-down-stripes", fill: `url("#${this.stripes}")`, ...box(from, to) }], word(from, to, say("spacetime.down")));
      if (told === "frozen") shapes.push(["rect", { class: "st-frozen", ...box(from, to) }], ["path", { class: "st-bars", d: `M${px(from + 5)} ${px(y - 5)}v10M${px(from + 10)} ${px(y - 5)}v10` }], word(from, to, say("spacetime.frozen")));
      if (told === "leaving") shapes.push(["rect", { class: "st-leaving", ...box(from, to) }], word(from, to, say("spacetime.leaving")));
    }
    for (const { from, to, told } of spans(slowOf)) shapes.push(["path", { class: "st-slow", d: `M${px(from)} ${px(y + 4)}H${px(to)}` }], word(from, to, told));
    for (const { from, to, told } of spans(leaderOf)) shapes.push(["path", { class: "st-leader", d: `M${px(from)} ${px(y - height * 0.36)}H${px(to)}` }], ["text", { class: "st-word leader", x: px(start(from, to, window) + 5), y: px(y - height * 0.36 + 11) }, told]);
    return shapes;
  }
}

/** Where the text of a stretch begins, so that it is seen for as long as the stretch is. @param {number} from @param {number} to @param {Window} window */
export function start(from, to, { seen }) {
  return to > seen + 50 ? Math.max(from, seen + 4) : from;
}

/** @param {NodeState} state */
function statusOf({ status }) {
  return status === "up" ? "" : status;
}

/** @param {NodeState} state */
function slowOf({ slow }) {
  return slow === 1 ? "" : `×${slow}`;
}

/** @param {NodeState} state */
function leaderOf({ role, term, status }) {
  return role === "leader" && status !== "down" ? say("spacetime.leader", { term: term ?? 0 }) : "";
}

/**
 * Where in the window the same was true of an actor.
 * @param {readonly { at_us: number, fields: any }[]} versions @param {(state: any) => string} tell "": nothing to show
 * @param {Window} window
 */
function spansOf(versions, tell, window) {
  const spans = [];
  for (const [i, { at_us, fields }] of versions.entries()) {
    const told = fields ? tell(fields) : "";
    const before = i > 0 ? versions[i - 1]?.fields : null;
    if (!told || (before && tell(before) === told)) continue;
    const end = versions.slice(i + 1).find((version) => !version.fields || tell(version.fields) !== told);
    const [from, to] = [window.scale.x(at_us), window.scale.x(end?.at_us ?? window.now_us)];
    if (from <= window.to && to >= window.from) spans.push({ from, to, told, open: !end });
  }
  return spans;
}

/** @param {Cut} cut @param {Window} window @returns {Shape[]} */
function cutShapes({ from_us, to_us, groups, links }, window) {
  const { scale, lanes, now_us } = window;
  const from = scale.x(from_us);
  const to = scale.x(Math.min(to_us, now_us));
  if (from > window.to || to < window.from) return [];
  const middle = (/** @type {string} */ id) => lanes.of.get(id)?.y ?? null;
  /** @type {Shape[]} */
  const shapes = [];
  const shade = (/** @type {number} */ top, /** @type {number} */ bottom) => shapes.push(["rect", { class: "st-cut", x: px(from), y: px(top), width: px(Math.max(2, to - from)), height: px(bottom - top) }]);
  const word = (/** @type {number} */ y, /** @type {string} */ text) => shapes.push(["text", { class: "st-word cut", x: px(start(from + 6 * groups.length, to, window) + 5), y: px(y) }, text]);
  if (groups.length) {
    shade(lanes.top - 10, lanes.bottom - 2);
    for (const [i, group] of groups.entries()) {
      const rows = group.map(middle).filter((y) => y !== null).sort((a, b) => a - b);
      const x = from + 4 + 6 * i;
      shapes.push(["path", { class: "st-bracket", d: `M${px(x)} ${px(rows[0] ?? 0)}V${px(rows.at(-1) ?? 0)}${rows.map((y) => `M${px(x - 3)} ${px(y)}h6`).join("")}` }]);
    }
    word(lanes.top + 1, say("spacetime.cut", { groups: groups.map((group) => group.join(" ")).join(" | ") }));
    return shapes;
  }
  for (const [source, target, bothWays] of links) {
    const [a, b] = [middle(source), middle(target)];
    if (a === null || b === null) continue;
    shade(Math.min(a, b), Math.max(a, b));
    const half = (a + b) / 2;
    shapes.push(["path", { class: "st-bracket", d: `M${px(from + 3)} ${px(a)}V${px(b)}M${px(from - 1)} ${px(half - 4)}l8 8m0 -8l-8 8` }]);
    word(half - 8, say("spacetime.cut", { groups: `${source} ${bothWays ? "|" : "→"} ${target}` }));
  }
  return shapes;
}
