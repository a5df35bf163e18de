/**
 * Where things stand on the stage, from its size and from how many there are. Pure.
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
 * @property {"full" | "compact" | "dots" | "small"} detail what there is room for in a node; small: a thumbnail
 * @property {number} client half the side of a client
 * @property {boolean} named whether there is room for the names and versions of the nodes
 * @property {"below" | "beside" | "mark" | "none"} meter where a client's meter goes; mark: only its outcome
 * @property {number} dot radius of a message
 * @property {Point[]} nodes by seat
 * @property {Point[]} clients by place
 */

const NARROW = 620;
/** On a stage that is lower than this, what clients do is told by a mark only. */
const LOW = 380;
/** Room for the label under a node; how far below the node its middle is, and how far its letters reach from there. */
const LABEL = 22;
const LETTERS = { below: 12, x: 26, y: 8 };
/** Room for the meter under a client. */
const METER = 62;
/** Room for a name outside the ring, and from one such name to the next. */
const NAME = 14;
const NAMES_APART = 18;
/** From this radius on a node has room for a value and a label, from the second on for a name and a version. */
const FULL = 25;
const COMPACT = 13;
/** Half the side of a client where there is little room. */
const SMALL_CLIENT = 16;

/**
 * @param {number} width @param {number} height @param {number} nodeCount @param {number} clientCount @param {boolean} [small] a thumbnail
 * @returns {Layout}
 */
export function layOut(width, height, nodeCount, clientCount, small = false) {
  if (small) return thumbnail(width, height, nodeCount, clientCount);
  const narrow = width < NARROW;
  const base = narrow ? clamp(width * 0.093, 26, 36) : clamp(Math.min(width, height) * 0.085, 40, 56);
  const squat = narrow && isSquat(width, height, clientCount);
  const row = narrow && !squat ? rowsBelow(width, height, clientCount) : null;
  const free = height - (row ? row.height : 8);
  const found = ringIn(width / 2 - (squat ? 2 * SMALL_CLIENT + 14 : narrow ? 10 : 150), (free - LABEL) / 2 - 10, base, nodeCount);
  const { node } = found;
  const detail = node >= FULL ? "full" : node >= COMPACT ? "compact" : "dots";
  // The names of the smallest nodes stand outside the ring, if they can stand apart.
  const named = detail !== "dots" || chord(found.ring + node - 4, nodeCount) >= NAMES_APART;
  const names = detail === "dots" && named ? NAME : 0;
  const ring = found.ring - names;
  const centre = { x: width / 2, y: 10 + node + ring + names };
  if (!narrow) centre.y = Math.max(centre.y, (height - LABEL) / 2);
  return {
    width,
    height,
    narrow,
    centre,
    ring,
    node,
    detail,
    named,
    dot: clamp(node * 0.3, 5, narrow ? 8 : 10),
    nodes: Array.from({ length: nodeCount }, (_, seat) => onRing(centre, ring, seat / nodeCount)),
    ...(row ?? (squat ? clientsAtEdges(width, centre, clientCount) : columnsBeside(width, height, centre, ring, node, nodeCount, clientCount))),
  };
}

/** @param {number} width @param {number} height @param {number} nodeCount @param {number} clientCount @returns {Layout} */
function thumbnail(width, height, nodeCount, clientCount) {
  const centre = { x: width / 2, y: height / 2 };
  const base = Math.min(width, height) * 0.11;
  const client = clamp((height - 8) / (Math.ceil(clientCount / 2) || 1) / 2 - 2, 2, base * 0.75);
  const { ring, node } = ringIn(width / 2 - 3 * client - 4, height / 2 - 3, base, nodeCount, 0);
  const rows = Math.ceil(clientCount / 2);
  return {
    width,
    height,
    narrow: true,
    centre,
    ring,
    node,
    detail: "small",
    named: false,
    client,
    meter: "none",
    dot: Math.max(2, node * 0.35),
    nodes: Array.from({ length: nodeCount }, (_, seat) => onRing(centre, ring, seat / nodeCount)),
    clients: Array.from({ length: clientCount }, (_, place) => ({
      x: place % 2 === 0 ? client + 3 : width - client - 3,
      y: centre.y + (Math.floor(place / 2) - (rows - 1) / 2) * (2 * client + 4),
    })),
  };
}

/**
 * The largest ring in a box, and nodes that fit on it: with their labels if that can be.
 * @param {number} acrossHalf @param {number} downHalf @param {number} base the largest node @param {number} count @param {number} [least] radius
 */
function ringIn(acrossHalf, downHalf, base, count, least = 60) {
  let node = base;
  let ring = least;
  // Smaller nodes leave room for a larger ring, where more of them fit.
  for (let i = 0; i < 3; i++) {
    ring = Math.max(least, Math.min(acrossHalf, downHalf) - node);
    const apart = chord(ring, count);
    const labelled = (apart - LABEL - 4) / 2;
    node = Math.min(base, labelled >= FULL || least === 0 ? Math.max(2, labelled, least === 0 ? apart * 0.4 : 0) : clamp((apart - 6) / 2, 5, FULL - 1));
  }
  return { ring, node };
}

/**
 * Clients in rows below the ring.
 * @param {number} width @param {number} height @param {number} count
 * @returns {{ height: number, client: number, meter: Layout["meter"], clients: Point[] }}
 */
function rowsBelow(width, height, count) {
  if (height >= LOW && count <= Math.floor(width / 118)) {
    const client = 20;
    const x = (/** @type {number} */ place) => (count === 2 ? (place === 0 ? 58 : width - 58) : ((place + 0.5) * width) / count);
    const clients = Array.from({ length: count }, (_, place) => ({ x: x(place), y: height - METER - client }));
    return { height: METER + 2 * client + 4, client, meter: "below", clients };
  }
  const client = count > 16 ? 13 : SMALL_CLIENT;
  const columns = Math.max(1, Math.min(count, Math.floor(width / (2 * client + 12))));
  const pitch = 2 * client + 22;
  const rows = Math.ceil(count / columns);
  const clients = Array.from({ length: count }, (_, place) => ({
    x: (((place % columns) + 0.5) * width) / columns,
    y: height - (rows - Math.floor(place / columns)) * pitch + client + 2,
  }));
  return { height: rows * pitch + 4, client, meter: "mark", clients };
}

/** Whether a narrow stage is so low that its few clients leave more room at its edges than below the ring. @param {number} width @param {number} height @param {number} count */
function isSquat(width, height, count) {
  return height < LOW && width > height * 1.25 && count <= 4;
}

/**
 * A few clients at the left and the right edge.
 * @param {number} width @param {Point} centre @param {number} count
 * @returns {{ client: number, meter: Layout["meter"], clients: Point[] }}
 */
function clientsAtEdges(width, centre, count) {
  const rows = Math.ceil(count / 2);
  const edge = SMALL_CLIENT + 10;
  const clients = Array.from({ length: count }, (_, place) => ({
    x: place % 2 === 0 ? edge : width - edge,
    y: centre.y + (Math.floor(place / 2) - (rows - 1) / 2) * (2 * SMALL_CLIENT + 30),
  }));
  return { client: SMALL_CLIENT, meter: "mark", clients };
}

/**
 * Clients in turns to the left and to the right of the ring.
 * @param {number} width @param {number} height @param {Point} centre @param {number} ring @param {number} node
 * @param {number} nodeCount @param {number} count
 * @returns {{ client: number, meter: Layout["meter"], clients: Point[] }}
 */
function columnsBeside(width, height, centre, ring, node, nodeCount, count) {
  const rows = Math.ceil(count / 2);
  const pitch = Math.min(132, (height - 12) / Math.max(1, rows));
  const full = pitch >= 116;
  const client = full ? 26 : clamp(pitch / 2 - 4, 9, 22);
  const gap = onRing(centre, Math.min(ring * 1.4, width / 2 - 120), gapBeside(nodeCount));
  const isFree = [0, 1].every((step) => {
    const { x, y } = onRing(centre, ring, (Math.floor(nodeCount / 4) + step) / nodeCount);
    const isBesideLabel = Math.abs(x - gap.x) > client + LETTERS.x || Math.abs(y + node + LETTERS.below - gap.y) > client + LETTERS.y;
    return isBesideLabel && Math.hypot(Math.max(0, Math.abs(x - gap.x) - client), Math.max(0, Math.abs(y - gap.y) - client)) > node + 10;
  });
  // A single row looks through a gap of the ring where that is wide enough; a column has to stand clear of it.
  const clear = Math.min(width / 2 + ring + node + client + 20, width - client - 76);
  const isInGap = rows < 2 && nodeCount > 1 && isFree && ring * 0.4 > client + 8;
  const x = isInGap ? gap.x : clear;
  const below = full ? METER : 0;
  const top = isInGap ? gap.y : clamp(centre.y - ((rows - 1) * pitch + below) / 2, client + 6, height - (rows - 1) * pitch - client - below);
  const clients = Array.from({ length: count }, (_, place) => ({ x: place % 2 === 0 ? width - x : x, y: top + Math.floor(place / 2) * pitch }));
  return { client, meter: full ? "below" : "beside", clients };
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

/** How far a point is from a stretch of a line. @param {Point} point @param {Point} a @param {Point} b */
export function distance(point, a, b) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const part = clamp(((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(point.x - a.x - dx * part, point.y - a.y - dy * part);
}

/** Whether two stretches cross. @param {Point} a @param {Point} b @param {Point} c @param {Point} d */
export function cross(a, b, c, d) {
  const side = (/** @type {Point} */ p, /** @type {Point} */ q, /** @type {Point} */ r) => (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
  return side(a, b, c) > 0 !== side(a, b, d) > 0 && side(c, d, a) > 0 !== side(c, d, b) > 0;
}

/** The convex hull of some points, in order (Andrew's monotone chain). @param {Point[]} points @returns {Point[]} */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const half = (/** @type {Point[]} */ along) => {
    /** @type {Point[]} */
    const chain = [];
    for (const point of along) {
      while (chain.length > 1) {
        const [b, a] = [/** @type {Point} */ (chain.at(-1)), /** @type {Point} */ (chain.at(-2))];
        if ((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** The path around some points at a distance, with round corners. @param {Point[]} points their hull, in order @param {number} away */
export function around(points, away) {
  const told = (/** @type {Point} */ { x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [only] = points;
  if (!only) return "";
  const arc = `A${away} ${away} 0 0 1 `;
  if (points.length === 1) {
    const [a, b] = [{ x: only.x - away, y: only.y }, { x: only.x + away, y: only.y }];
    return `M${told(a)}${arc}${told(b)}${arc}${told(a)}z`;
  }
  const edges = points.map((a, i) => {
    const b = /** @type {Point} */ (points[(i + 1) % points.length]);
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [dx, dy] = [((b.y - a.y) / length) * away, ((a.x - b.x) / length) * away];
    return `${told({ x: a.x + dx, y: a.y + dy })}L${told({ x: b.x + dx, y: b.y + dy })}`;
  });
  return `M${edges.join(arc)}${arc}${/** @type {string} */ (edges[0]).split("L")[0]}z`;
}

/** From one of so many points on a ring to the next. @param {number} radius @param {number} count */
function chord(radius, count) {
  return count < 2 ? Infinity : 2 * radius * Math.sin(Math.PI / count);
}

/** @param {Point} centre @param {number} radius @param {number} turn 0 at the top, clockwise */
export function onRing(centre, radius, turn) {
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  return { x: centre.x + radius * Math.cos(angle), y: centre.y + radius * Math.sin(angle) };
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
