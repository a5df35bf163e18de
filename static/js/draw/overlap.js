/**
 * The two quorums as two rows of the same nodes: above who acknowledged the write, below who answered the read.
 * A capsule with the word holds together the nodes that are in both.
 *
 * @import { Column, Overlap } from "../quorums.js"
 *
 * @typedef {object} Labels
 * @property {string} write over the upper row
 * @property {string} read under the lower row
 * @property {string} whole the picture in a sentence, for those who do not see it
 * @property {string} both @property {string} late @property {string} down @property {string} won @property {string} nothing
 */
import { select } from "d3-selection";
import { fit, wrap } from "./text.js";

/** The picture is as wide as the narrowest panel, and wider only if there are many nodes. */
const WIDTH = 264;
const LEAST = 34;
const MOST = 52;
const LABEL = 18;
/** The type size of what stands over the rows. */
const TITLE = 12.5;
/** And of what stands between them. */
const BETWEEN = 10.5;

/** @param {SVGSVGElement} box @param {Overlap} overlap @param {Labels} labels @param {{ write: number, read: number }} who the clients' colours */
export function drawOverlap(box, { columns }, labels, who) {
  const step = Math.min(MOST, Math.max(LEAST, WIDTH / Math.max(1, columns.length)));
  const width = Math.max(WIDTH, step * columns.length);
  const left = (width - step * columns.length) / 2;
  const radius = Math.min(17, step * 0.36);
  const titles = { write: wrap(labels.write, width, TITLE), read: wrap(labels.read, width, TITLE) };
  const upper = titles.write.length * LABEL + 10 + radius;
  const lower = upper + 2 * radius + 22;
  const bottom = lower + radius + 36;
  const x = (/** @type {number} */ place) => left + step * (place + 0.5);
  const svg = select(box).attr("viewBox", `0 0 ${width} ${bottom + titles.read.length * LABEL}`).attr("role", "img").attr("aria-label", labels.whole);
  svg.style("min-width", `${width}px`).selectAll("*").remove();
  for (const [place, line] of titles.write.entries()) title(line, (place + 1) * LABEL - 4);
  for (const [place, line] of titles.read.entries()) title(line, bottom + (place + 1) * LABEL - 5);
  for (const [place, column] of columns.entries()) {
    const group = svg.append("g").attr("class", `column${column.both ? " both" : ""}`).attr("transform", `translate(${x(place)} 0)`);
    if (column.both) {
      const half = radius + 5;
      group.append("rect").attr("class", "capsule").attr("x", -half).attr("width", 2 * half).attr("y", upper - half).attr("height", lower - upper + 2 * half).attr("rx", half);
    }
    node(group, column.node, upper, column.ack, `who-${who.write % 2}`);
    node(group, column.node, lower, column.reply, `who-${who.read % 2}`);
    text(group, fit(between(column), step, BETWEEN), upper + radius + 15, column.both ? "both-word" : "soft");
    text(group, under(column), lower + radius + 18, "version");
    if (column.won) {
      group.append("circle").attr("class", "won").attr("cy", lower).attr("r", radius + 2.5);
      text(group, labels.won, lower + radius + 31, "won-word");
    }
  }

  /** @param {string} words @param {number} y */
  function title(words, y) {
    svg.append("text").attr("class", "row-title").attr("x", width / 2).attr("y", y).text(words);
  }

  /** @param {import("d3-selection").Selection<SVGGElement, unknown, null, undefined>} group @param {string} name @param {number} y @param {Column["ack"]} part @param {string} colour */
  function node(group, name, y, part, colour) {
    group.append("circle").attr("class", `member ${part ?? "out"} ${colour}`).attr("cy", y).attr("r", radius);
    group.append("text").attr("class", `name ${part ?? "out"} ${colour}`).attr("y", y + 4).text(name);
  }

  /** @param {import("d3-selection").Selection<SVGGElement, unknown, null, undefined>} group @param {string} words @param {number} y @param {string} kind */
  function text(group, words, y, kind) {
    if (words) group.append("text").attr("class", kind).attr("y", y).text(words);
  }

  /** @param {Column} column */
  function between({ both, ack }) {
    if (both) return labels.both;
    return ack === "late" ? labels.late : ack === "refused" ? labels.down : "";
  }

  /** @param {Column} column */
  function under({ reply, held }) {
    if (reply === "late") return labels.late;
    if (reply === "refused") return labels.down;
    return reply === "counted" ? (held ? `v${held.counter}` : labels.nothing) : "";
  }
}
