/**
 * Operations as boxes on their client's lane, from invocation to response. The outcome is told by the frame, the filling and a word:
 * OK is whole, FAIL striped, UNKNOWN dashed, and one that waits is open to the right.
 *
 * @import { OperationState } from "../../protocol.js"
 * @import { Timeline, Version } from "../../timeline.js"
 * @import { Window } from "./diagram.js"
 * @import { Lane } from "./lanes.js"
 *
 * @typedef {object} Box
 * @property {string} id
 * @property {readonly Version[]} versions
 * @property {number} from_us
 * @property {number} row among those of its client that are open at the same time
 */
import { say } from "../../words.js";
import { countUntil } from "../../timeline.js";
import { fit } from "../text.js";
import { start } from "./conditions.js";
import { ROW } from "./lanes.js";
import { mark, Marks, px } from "./svg.js";

/** So many boxes stand above one another at the most; more of them share the last row. */
const ROWS_MAX = 4;
const HEIGHT = ROW - 5;
const SIZE = 11;

/** Which row each operation has. It is known at the invocation, and so never changes. */
export class Boxes {
  /** @param {Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.count = 0;
    this.first = "";
    /** Per client and row, in order of invocation. @type {Map<string, Box[][]>} */
    this.rows = new Map();
    /** Whose an operation is. @type {Map<string, string>} */
    this.clients = new Map();
  }

  /** The timeline has forgotten what was first. */
  clear() {
    this.count = 0;
    this.rows.clear();
    this.clients.clear();
  }

  /** Take in what was invoked since. */
  extend() {
    const { invoked } = this.timeline;
    const first = invoked[0] ?? "";
    if (this.first !== first || this.count > invoked.length) this.clear();
    this.first = first;
    for (; this.count < invoked.length; this.count++) this.add(/** @type {string} */ (invoked[this.count]));
  }

  /** @param {string} id */
  add(id) {
    const versions = this.timeline.versions("operation", id);
    const state = stateOf(versions);
    const rows = this.rows.get(state.client) ?? [];
    this.rows.set(state.client, rows);
    let row = rows.findIndex((boxes) => endOf(/** @type {Box} */ (boxes.at(-1)).versions) <= state.invoked_us);
    if (row < 0) row = Math.min(rows.length, ROWS_MAX - 1);
    (rows[row] ??= []).push({ id, versions, from_us: state.invoked_us, row });
    this.clients.set(id, state.client);
  }

  /** How many rows each client needs. */
  counts() {
    return new Map([...this.rows].map(([client, rows]) => [client, rows.length]));
  }

  /**
   * The boxes of a row that are seen between two moments, each with the next one after it.
   * @param {Box[]} boxes @param {number} from_us @param {number} to_us
   * @returns {[Box, Box | undefined][]}
   */
  seen(boxes, from_us, to_us) {
    const end = countUntil(boxes, to_us, (box) => box.from_us);
    // Only where more are open than there are rows may an earlier one last longer than a later one.
    const start = Math.max(0, countUntil(boxes, from_us, (box) => box.from_us) - 8);
    return boxes.slice(start, end).map((box, i) => /** @type {[Box, Box | undefined]} */ ([box, boxes[start + i + 1]])).filter(([{ versions }]) => endOf(versions) >= from_us);
  }
}

export class OperationMarks {
  /** @param {SVGGElement} layer @param {SVGGElement} over for their texts @param {string} stripes the id of the pattern of what failed */
  constructor(layer, over, stripes) {
    this.marks = new Marks(layer);
    this.texts = new Marks(over);
    this.stripes = stripes;
  }

  /** @param {Boxes} boxes @param {Window} window */
  draw(boxes, window) {
    const { scale, lanes, from, to } = window;
    const [from_us, to_us] = [scale.time(from), scale.time(to)];
    this.marks.begin();
    this.texts.begin();
    for (const [client, rows] of boxes.rows) {
      const lane = lanes.of.get(client);
      if (!lane) continue;
      for (const row of rows) {
        for (const [box, next] of boxes.seen(row, from_us, to_us)) this.box(box, next, lane, window);
      }
    }
    this.marks.end();
    this.texts.end();
  }

  /** @param {Box} box @param {Box | undefined} next @param {Lane} lane @param {Window} window */
  box({ id, versions, from_us, row }, next, lane, window) {
    const { scale, witness, selected } = window;
    const state = stateOf(versions);
    const left = scale.x(from_us);
    const right = Math.max(left + 3, scale.x(state.responded_us ?? Math.max(window.now_us, from_us)));
    const begin = start(left, right, window);
    const room = (next ? scale.x(next.from_us) - 3 : Math.max(right, left + 230)) - begin - 8;
    const isSelected = selected?.kind === "operation" && selected.id === id;
    const isWitness = witness.includes(id);
    const aside = state.key !== window.of;
    const told = `${px(left)} ${px(right)} ${px(begin)} ${px(room)} ${state.outcome} ${state.value} ${isSelected} ${isWitness} ${aside} ${lane.y} ${lane.rows}`;
    const top = lane.y - (lane.rows * ROW) / 2 + row * ROW + (ROW - HEIGHT) / 2;
    this.marks.show(id, told, (element) => {
      const open = state.responded_us === null;
      element.setAttribute("class", `st-op ${state.outcome} who-${lane.who}${aside ? " aside" : ""}${isSelected ? " selected" : ""}${isWitness ? " witness" : ""}`);
      element.dataset.op = id;
      const d = `M${px(right)} ${px(top)}H${px(left)}v${HEIGHT}H${px(right)}${open ? "" : "Z"}`;
      element.append(mark("path", { class: "st-box", d }));
      if (state.outcome === "fail") element.append(mark("path", { class: "st-failed", d, fill: `url("#${this.stripes}")` }));
    });
    if (room < 16) return;
    this.texts.show(id, told, (element) => {
      const text = fit((isWitness ? "✗ " : "") + textOf(state), room, SIZE);
      element.append(mark("text", { class: "st-text", x: px(begin + 5), y: px(top + HEIGHT / 2), dy: "0.35em" }, text));
      // Where boxes stand above one another there is no room for the word, and the sign has to do.
      if (isWitness && lane.rows === 1) element.append(mark("text", { class: "st-text witness", x: px(begin), y: px(top - 4) }, fit(say("spacetime.witness"), room, SIZE)));
    });
  }
}

/** @param {readonly Version[]} versions @returns {OperationState} */
function stateOf(versions) {
  return /** @type {Version} */ (versions[versions.length - 1]).fields;
}

/** @param {readonly Version[]} versions */
function endOf(versions) {
  return stateOf(versions).responded_us ?? Infinity;
}

/** @param {OperationState} state */
function textOf({ type, key, value, version, outcome, siblings }) {
  const held = value === null ? "–" : siblings.length > 1 ? siblings.map((sibling) => sibling.value).join("|") : value;
  const known = type === "write" || outcome === "ok" ? `=${held}` : "";
  const which = version && known ? ` v${version.counter}` : "";
  const word = outcome === "pending" ? "…" : say(`operation.${outcome}`);
  return `${type === "write" ? "w" : "r"} ${key}${known}${which} ${word}`;
}
