/**
 * The quorum of the operation that is selected: whom it asked, who answered, and where a read met the write that it saw.
 *
 * @import { Selection as Drawn } from "d3-selection"
 * @import { Column } from "../quorums.js"
 * @import { Selection } from "../selection.js"
 * @import { Timeline } from "../timeline.js"
 * @import { Stands } from "./stands.js"
 *
 * @typedef {"asked" | "yes" | "late" | "no" | "wrote" | "read" | "both"} Part late: after the outcome; wrote, read: in one of
 *   the two quorums only
 */
import { asking, counted, overlap, pairs, winnerOf } from "../quorums.js";
import { say } from "../words.js";
import { onRing } from "./geometry.js";
import { changed } from "./told.js";

/** What stands beside the ring: never the colour alone. @type {Record<Part, string>} */
const TAGS = { asked: "…", yes: "✓", late: "", no: "×", wrote: "W", read: "R", both: "W + R" };
const TURN = 0.87;

/**
 * @param {Drawn<SVGGElement, unknown, null, undefined>} layer @param {Timeline} timeline @param {number} at_us
 * @param {Selection} selection @param {Stands} stands @param {boolean} withTag
 */
export function drawQuorum(layer, timeline, at_us, selection, stands, withTag) {
  const { thing } = selection;
  const parts = thing?.kind === "operation" ? quorumOf(timeline, thing.id, at_us) : new Map();
  const marks = [...parts].flatMap(([node, { part, wins }]) => {
    const stand = stands.get(node);
    return stand ? [{ node, part, wins, stand }] : [];
  });
  const groups = layer
    .selectAll("g.quorum-mark")
    .data(marks, (mark) => /** @type {any} */ (mark).node)
    .join((enter) => {
      const group = enter.append("g").attr("data-quorum", ({ node }) => node);
      for (const name of ["round", "round second"]) group.append("circle").attr("class", name);
      const tag = group.append("g").attr("class", "tag");
      tag.append("rect").attr("y", -9).attr("height", 18).attr("rx", 9);
      tag.append("text").attr("dy", "0.36em");
      return group;
    });
  const others = changed(groups, ({ part, wins, stand }) => [part, wins, stand, withTag]);
  if (others.empty()) return;
  const text = (/** @type {{ part: Part, wins: boolean }} */ { part, wins }) => (TAGS[part] || say("stage.quorum.late")) + (wins ? " ★" : "");
  const wide = (/** @type {{ part: Part, wins: boolean }} */ mark) => text(mark).length * 7 + 12;
  others
    .attr("class", ({ part }) => `quorum-mark ${part}`)
    .attr("data-part", ({ part }) => part)
    .attr("transform", ({ stand: { point } }) => `translate(${point.x} ${point.y})`);
  others.select("circle.round").attr("r", ({ stand }) => stand.reach + 6);
  others.select("circle.second").attr("r", ({ part, stand }) => (part === "both" ? stand.reach + 10 : 0));
  others
    .select("g.tag")
    .attr("transform", (mark) => {
      const { point, reach } = mark.stand;
      const { x, y } = onRing({ x: 0, y: 0 }, reach + 11, TURN);
      // Outside the node, as far as the stage reaches.
      const middle = Math.max(x + 3 - wide(mark) / 2, wide(mark) / 2 + 2 - point.x);
      return `translate(${middle.toFixed(1)} ${y.toFixed(1)})`;
    })
    .attr("display", withTag ? null : "none");
  others.select("g.tag rect").attr("x", (mark) => -wide(mark) / 2).attr("width", wide);
  others.select("g.tag text").text(text);
}

/**
 * Which part each node has in an operation, as far as it is known at a moment.
 * @param {Timeline} timeline @param {string} id @param {number} at_us
 * @returns {Map<string, { part: Part, wins: boolean }>}
 */
function quorumOf(timeline, id, at_us) {
  const operation = timeline.at("operation", id, at_us);
  if (!operation) return new Map();
  const [pair] = operation.type === "read" ? pairs(timeline, id, operation, at_us) : [];
  if (pair) return new Map(overlap(timeline, pair, at_us).columns.map((column) => [column.node, { part: partIn(column), wins: column.won }]));
  const asked = asking(timeline, id, operation, at_us);
  const winner = winnerOf(operation, asked);
  const yes = new Map(counted(asked, operation.type).map(({ node, at_us: answered_us }) => [node, answered_us]));
  const no = new Set(asked.answers.filter(({ says }) => says === "refused" || says === "stale").map(({ node }) => node));
  /** @param {string} node @returns {Part} */
  const part = (node) => {
    const answered_us = yes.get(node);
    if (answered_us !== undefined) return answered_us <= asked.ended_us ? "yes" : "late";
    return no.has(node) ? "no" : "asked";
  };
  return new Map([...new Set([...asked.asked, ...yes.keys()])].map((node) => [node, { part: part(node), wins: node === winner }]));
}

/** @param {Column} column @returns {Part} */
function partIn({ both, ack, reply }) {
  if (both) return "both";
  if (ack === "counted") return "wrote";
  if (reply === "counted") return "read";
  if (ack === "late" || reply === "late") return "late";
  return ack === "refused" || reply === "refused" ? "no" : "asked";
}
