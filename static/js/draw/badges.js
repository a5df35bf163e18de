/**
 * Small badges on the edge of a node or client: a mark, a text, or both. What they say is also told in words.
 *
 * @import { Selection as Drawn } from "d3-selection"
 *
 * @typedef {object} Badge
 * @property {string} name its class
 * @property {number} turn where on the edge: 0 at the top, clockwise
 * @property {string | null} mark the path of a mark of 12 by 12
 * @property {string} text
 */
import { onRing } from "./geometry.js";
import { appendTexts } from "./text.js";

export const CROWN = "M-6 4 -7 -3.5 -3 0 0 -5.5 3 0 7 -3.5 6 4z";
export const ENVELOPE = "M-6 -4H6V4H-6zM-6 -4 0 1 6 -4";
export const CLOCK = "M0 -5.5a5.5 5.5 0 1 0 .01 0zM0 -3V0H2.5";
export const QUESTION = "M-2.5 -3a2.5 2.5 0 1 1 3.6 2.3Q0 0 0 1.2M0 3.6v.6";

const LETTER = 6.4;
const HIGH = 16;

/**
 * @template T
 * @param {Drawn<any, T, any, unknown>} layers one in each group @param {(datum: T) => Badge[]} badgesOf
 * @param {number} radius of the group's shape @param {boolean} withText
 * @param {boolean} isOutside beside the edge, and not across it
 */
export function drawBadges(layers, badgesOf, radius, withText, isOutside) {
  const groups = layers
    .selectAll("g")
    .data(badgesOf, (badge) => /** @type {Badge} */ (badge).name)
    .join((enter) => {
      const group = enter.append("g").attr("class", (badge) => `badge-mark ${badge.name}`);
      group.append("rect").attr("height", HIGH).attr("y", -HIGH / 2).attr("rx", HIGH / 2);
      group.append("path").attr("stroke-linejoin", "round");
      appendTexts(group, ["says"]);
      group.select("text").attr("dy", "0.36em");
      return group;
    });
  const wide = (/** @type {Badge} */ badge) => (badge.mark ? 19 : 0) + (withText || !badge.mark ? badge.text.length * LETTER : 0) + 8;
  groups.attr("transform", (badge) => {
    const edge = onRing({ x: 0, y: 0 }, radius, badge.turn);
    const x = edge.x + (isOutside ? Math.sign(Math.round(edge.x)) * Math.max(0, wide(badge) / 2 - 9) : 0);
    // What stands on top leaves the name below it free.
    const y = badge.turn === 0 ? edge.y - 3 : edge.y;
    return `translate(${x.toFixed(1)} ${y.toFixed(1)})${withText ? "" : " scale(0.7)"}`;
  });
  groups.select("rect").attr("x", (badge) => -wide(badge) / 2).attr("width", wide);
  groups
    .select("path")
    .attr("d", (badge) => badge.mark ?? "")
    .attr("transform", (badge) => `translate(${withText && badge.text ? 12 - wide(badge) / 2 : 0} 0)`);
  groups
    .select("text")
    .attr("x", (badge) => (badge.mark ? 9 : 0))
    .text((badge) => (withText || !badge.mark ? badge.text : ""));
}
