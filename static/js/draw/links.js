/**
 * Links that are not whole, and those of whatever is selected. A whole link that nobody asks about is not drawn.
 *
 * @import { Selection as Drawn } from "d3-selection"
 * @import { Scene } from "../scene.js"
 * @import { Selection } from "../selection.js"
 * @import { LinkState } from "../protocol.js"
 * @import { Point } from "./geometry.js"
 * @import { Stands } from "./stands.js"
 *
 * @typedef {object} Line
 * @property {string} id
 * @property {LinkState | null} state null: it is whole
 * @property {Point} from
 * @property {Point} to
 * @property {boolean} selected
 * @property {boolean} isParted a cut that is drawn as a whole lies across it
 */
import { say } from "../words.js";
import { between, edgeToEdge } from "./geometry.js";
import { changed } from "./told.js";

/** The two directions of a link lie so far apart. */
const APART = 10;
/** With more lines than this, each is drawn without its label. */
const LABELS = 16;

/**
 * @param {Drawn<SVGGElement, unknown, null, undefined>} layer @param {Scene} scene @param {Stands} stands
 * @param {Selection} selection @param {(a: string, b: string) => boolean} isParted whether a cut drawn as a whole lies between two
 * @param {boolean} small
 */
export function drawLinks(layer, scene, stands, selection, isParted, small) {
  const lines = linesOf(scene, stands, selection, isParted);
  const groups = layer
    .selectAll("g.link-mark")
    .data(lines, (line) => /** @type {Line} */ (line).id)
    .join((enter) => {
      const group = enter.append("g").attr("data-link", ({ id }) => id);
      if (!small) group.attr("role", "button");
      for (const name of ["hit", "wire"]) group.append("path").attr("class", name);
      group.append("path").attr("class", "break");
      group.append("text");
      return group;
    });
  const withLabel = !small && lines.filter(({ state }) => state).length <= LABELS;
  const others = changed(groups, (line) => [line, withLabel]);
  if (others.empty()) return;
  others
    .attr("class", ({ state, selected }) => `link-mark ${state ? (state.cut ? "cut" : "lossy") : "whole"}${selected ? " selected" : ""}`)
    .attr("tabindex", ({ state }) => (small ? null : state ? 0 : -1))
    .attr("aria-label", (line) => (small ? null : name(line)))
    .attr("aria-pressed", ({ selected }) => (small ? null : String(selected)));
  others.select("path.hit").attr("d", ({ from, to }) => `M${at(from)}L${at(to)}`);
  others.select("path.wire").attr("d", wire);
  others.select("path.break").attr("d", ({ state, from, to }) => (state?.cut ? barrier(from, to) : ""));
  others
    .select("text")
    .attr("transform", ({ state, from, to }) => {
      const { x, y } = between(from, to, state?.cut ? 0.5 : 0.36);
      return `translate(${x.toFixed(1)} ${(y - 8).toFixed(1)})`;
    })
    .text(({ state, isParted }) => (withLabel && state && !isParted ? faults(state) : ""));
}

/**
 * @param {Scene} scene @param {Stands} stands @param {Selection} selection @param {(a: string, b: string) => boolean} isParted
 * @returns {Line[]}
 */
function linesOf(scene, stands, selection, isParted) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  const faulty = new Map(scene.links.map((state) => [`${state.source}>${state.target}`, state]));
  const add = (/** @type {string} */ source, /** @type {string} */ target) => {
    const [a, b] = [stands.get(source), stands.get(target)];
    const id = `${source}>${target}`;
    if (!a || !b || source === target || lines.has(id)) return;
    const state = faulty.get(id) ?? null;
    const back = faulty.has(`${target}>${source}`) || selection.is("link", `${target}>${source}`);
    const { from, to } = edgeToEdge(a.point, a.reach + 3, b.point, b.reach + 3);
    const ends = state || back ? aside(from, to, back ? APART / 2 : 0) : { from, to };
    lines.set(id, { id, state, ...ends, selected: selection.is("link", id), isParted: isParted(source, target) });
  };
  for (const { source, target, cut, loss, duplicate, reorder } of scene.links) {
    if (!cut || loss || duplicate || reorder || !isParted(source, target)) add(source, target);
  }
  const { thing } = selection;
  if (thing?.kind === "link") add(.../** @type {[string, string]} */ (thing.id.split(">")));
  if (thing?.kind === "node" || thing?.kind === "client") {
    for (const other of stands.keys()) if (!lines.has(`${other}>${thing.id}`)) add(thing.id, other);
  }
  return [...lines.values()];
}

/** A line moved to its own left. @param {Point} from @param {Point} to @param {number} by */
function aside(from, to, by) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [dx, dy] = [((to.y - from.y) / length) * by, ((from.x - to.x) / length) * by];
  return { from: { x: from.x + dx, y: from.y + dy }, to: { x: to.x + dx, y: to.y + dy } };
}

/** The line itself, with a gap and an arrow where it is cut. @param {Line} line */
function wire({ state, from, to }) {
  if (!state) return `M${at(from)}L${at(to)}`;
  const arrow = `M${at(head(from, to, 7, 4))}L${at(to)}L${at(head(from, to, 7, -4))}`;
  if (!state.cut) return `M${at(from)}L${at(to)}${arrow}`;
  return `M${at(from)}L${at(between(from, to, 0.46))}M${at(between(from, to, 0.54))}L${at(to)}${arrow}`;
}

/** Two bars across a gap. @param {Point} from @param {Point} to */
function barrier(from, to) {
  return [0.46, 0.54]
    .map((part) => {
      const middle = between(from, to, part);
      const { from: a } = aside(middle, to, 7);
      const { from: b } = aside(middle, to, -7);
      return `M${at(a)}L${at(b)}`;
    })
    .join("");
}

/** A point beside the end of a line. @param {Point} from @param {Point} to @param {number} back @param {number} beside */
function head(from, to, back, beside) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return aside(between(from, to, 1 - back / length), to, beside).from;
}

/** @param {Point} point */
function at({ x, y }) {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

/** @param {Line} line */
function name({ id, state }) {
  const [source = "", target = ""] = id.split(">");
  return say("stage.link", { source, target, what: state ? faults(state) : say("stage.link.whole") });
}

/** @param {LinkState} state */
function faults({ cut, loss, duplicate, reorder }) {
  if (cut) return say("stage.link.cut");
  const percent = (/** @type {number} */ part) => Number((part * 100).toPrecision(2));
  const told = [];
  if (loss) told.push(say("stage.link.loss", { percent: percent(loss) }));
  if (duplicate) told.push(say("stage.link.duplicate", { percent: percent(duplicate) }));
  if (reorder) told.push(say("stage.link.reorder", { percent: percent(reorder) }));
  return told.join(", ");
}
