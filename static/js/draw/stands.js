/**
 * Where everybody stands at a moment. Pure.
 *
 * @import { Scene } from "../scene.js"
 * @import { Layout, Point } from "./geometry.js"
 *
 * @typedef {object} Stand
 * @property {Point} point
 * @property {number} reach how far its edge is from its middle
 * @property {number | null} who for a client, which of the clients' colours it has
 *
 * @typedef {Map<string, Stand>} Stands by the name of a node or client
 */

/** @param {Scene} scene @param {Layout} layout @returns {Stands} */
export function standing(scene, layout) {
  /** @type {Stands} */
  const stands = new Map();
  for (const { id, seat } of scene.nodes) {
    stands.set(id, { point: /** @type {Point} */ (layout.nodes[seat]), reach: layout.node, who: null });
  }
  for (const [place, { id }] of scene.clients.entries()) {
    stands.set(id, { point: /** @type {Point} */ (layout.clients[place]), reach: layout.client, who: place % 2 });
  }
  return stands;
}
