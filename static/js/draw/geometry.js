/**
 * Where things stand on the stage, from its size alone. Pure.
 *
 * @typedef {{ x: number, y: number }} Point
 *
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {boolean} narrow clients below the ring instead of beside it
 * @property {Point} centre
 * @property {number} ring its radius
 * @property {number} node radius of a node
 * @property {number} client half the side of a client
 * @property {number} dot radius of a message
 * @property {Point[]} nodes
 * @property {Point[]} clients
 */

const NARROW = 620;
/** Room for the label under a node. */
const LABEL = 22;
/** Room for the meter under a client. */
const METER = 62;

/**
 * @param {number} width @param {number} height @param {number} nodeCount @param {number} clientCount
 * @returns {Layout}
 */
export function layOut(width, height, nodeCount, clientCount) {
  const narrow = width < NARROW;
  const node = narrow ? clamp(width * 0.093, 26, 36) : clamp(Math.min(width, height) * 0.085, 40, 56);
  const client = narrow ? 20 : 26;
  const side = narrow ? 10 : 150;
  const below = narrow ? METER + 2 * client + 4 : 8;
  const free = height - below;
  const ring = Math.max(60, Math.min(width / 2 - node - side, (free - LABEL) / 2 - node - 8));
  const centre = { x: width / 2, y: 8 + node + ring };
  if (!narrow) centre.y = Math.max(centre.y, (height - LABEL) / 2);
  return {
    width,
    height,
    narrow,
    centre,
    ring,
    node,
    client,
    dot: narrow ? 8 : 10,
    nodes: Array.from({ length: nodeCount }, (_, place) => onRing(centre, ring, place / nodeCount)),
    clients: Array.from({ length: clientCount }, (_, place) => {
      const left = place % 2 === 0;
      const row = Math.floor(place / 2);
      if (narrow) return { x: left ? 58 : width - 58, y: height - METER - client };
      const opposite = onRing(centre, Math.min(ring * 1.4, width / 2 - 120), gapBeside(nodeCount));
      return { x: left ? width - opposite.x : opposite.x, y: opposite.y + row * 130 };
    }),
  };
}

/**
 * The gap between two nodes that is nearest to the right, in turns: seen from there, no node hides another.
 * @param {number} nodeCount
 */
function gapBeside(nodeCount) {
  return (Math.floor(nodeCount / 4) + 0.5) / nodeCount;
}

/** A point on a line, from 0 (a) to 1 (b). @param {Point} a @param {Point} b @param {number} part */
export function between(a, b, part) {
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
}

/** A line between two shapes, from edge to edge. @param {Point} a @param {number} ra @param {Point} b @param {number} rb */
export function edgeToEdge(a, ra, b, rb) {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  return { from: between(a, b, ra / length), to: between(a, b, 1 - rb / length) };
}

/** @param {Point} centre @param {number} radius @param {number} turn 0 at the top, clockwise */
function onRing(centre, radius, turn) {
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
