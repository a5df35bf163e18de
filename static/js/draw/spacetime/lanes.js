/**
 * A lane for each client and each node that ever was: where they are from top to bottom. Clients come first.
 *
 * @import { Timeline } from "../../timeline.js"
 *
 * @typedef {object} Lane
 * @property {string} id
 * @property {"client" | "node"} kind
 * @property {number} who for a client, which of the two colours it has; for a node 0
 * @property {number} y its middle
 * @property {number} height
 * @property {number} rows how many operations stand above one another
 *
 * @typedef {object} Lanes
 * @property {Lane[]} list from top to bottom
 * @property {Map<string, Lane>} of
 * @property {number} top @property {number} bottom
 * @property {string} key the same key, the same lanes
 */

const LOW = 30;
const HIGH = 84;
/** An operation's box with the distance to the next. */
export const ROW = 23;

/**
 * @param {Timeline} timeline @param {Map<string, number>} rowsOf of each client
 * @param {number} top where the first lane begins @param {number} height there is for all of them; they may need more
 * @returns {Lanes}
 */
export function layLanes(timeline, rowsOf, top, height) {
  const clients = byPlace(timeline, "client");
  const nodes = byPlace(timeline, "node");
  const usual = Math.max(LOW, Math.min(HIGH, height / Math.max(1, clients.length + nodes.length)));
  /** @type {Lane[]} */
  const list = [];
  let y = top;
  for (const [kind, ids] of /** @type {["client" | "node", string[]][]} */ ([["client", clients], ["node", nodes]])) {
    for (const [place, id] of ids.entries()) {
      const rows = kind === "client" ? (rowsOf.get(id) ?? 1) : 1;
      const tall = Math.max(usual, rows * ROW + 10);
      list.push({ id, kind, who: kind === "client" ? place % 2 : 0, y: y + tall / 2, height: tall, rows });
      y += tall;
    }
  }
  const key = list.map(({ id, y: middle, rows }) => `${id} ${middle} ${rows}`).join();
  return { list, of: new Map(list.map((lane) => [lane.id, lane])), top, bottom: y, key };
}

/** @param {Timeline} timeline @param {"client" | "node"} kind @returns {string[]} */
function byPlace(timeline, kind) {
  const place = (/** @type {string} */ id) => timeline.versions(kind, id).find(({ fields }) => fields)?.fields.place ?? 0;
  return timeline.ids(kind).sort((a, b) => place(a) - place(b));
}
