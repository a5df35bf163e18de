/**
 * When the network was cut, and between whom. Pure.
 *
 * @import { LinkState } from "../../protocol.js"
 * @import { Timeline } from "../../timeline.js"
 *
 * @typedef {object} Cut a time during which the same links were cut
 * @property {number} from_us
 * @property {number} to_us Infinity while it lasts
 * @property {string[][]} groups parts of the network that did not hear of one another; none: single links are cut
 * @property {[source: string, target: string, bothWays: boolean][]} links that were cut, where there are no groups
 */

/** @param {Timeline} timeline @returns {Cut[]} in time order */
export function cutsOf(timeline) {
  /** @type {[at_us: number, id: string, cut: boolean][]} */
  const turns = [];
  for (const id of timeline.ids("link")) {
    let was = false;
    for (const { at_us, fields } of timeline.versions("link", id)) {
      const cut = /** @type {LinkState | null} */ (fields)?.cut ?? false;
      if (cut !== was) turns.push([at_us, id, cut]);
      was = cut;
    }
  }
  turns.sort((a, b) => a[0] - b[0]);
  /** @type {Cut[]} */
  const cuts = [];
  /** @type {Set<string>} */
  const now = new Set();
  for (const [i, [at_us, id, cut]] of turns.entries()) {
    if (cut) now.add(id);
    else now.delete(id);
    const next_us = turns[i + 1]?.[0] ?? Infinity;
    if (next_us > at_us && now.size) cuts.push({ from_us: at_us, to_us: next_us, ...shape(now) });
  }
  return cuts;
}

/** @param {Set<string>} cut ids of links @returns {Pick<Cut, "groups" | "links">} */
function shape(cut) {
  const pairs = [...cut].map((id) => /** @type {[string, string]} */ (id.split(">")));
  const isCut = (/** @type {string} */ a, /** @type {string} */ b) => cut.has(`${a}>${b}`) && cut.has(`${b}>${a}`);
  const left = new Set(pairs.flat().sort());
  /** @type {string[][]} */
  const groups = [];
  for (const first of left) {
    const group = [first];
    left.delete(first);
    for (const member of group) {
      for (const other of left) {
        if (isCut(member, other)) continue;
        group.push(other);
        left.delete(other);
      }
    }
    groups.push(group.sort());
  }
  if (groups.length > 1) return { groups, links: [] };
  const links = pairs.filter(([a, b]) => a < b || !isCut(a, b)).map(([a, b]) => /** @type {[string, string, boolean]} */ ([a, b, isCut(a, b)]));
  return { groups: [], links };
}
