/**
 * A network in pieces: a patch under each piece, and a line between two of them. Many links are cut then; each is not drawn.
 *
 * @import { Selection as Drawn } from "d3-selection"
 * @import { Layout, Point } from "./geometry.js"
 * @import { Stand, Stands } from "./stands.js"
 */
import { say } from "../words.js";
import { around, between, hull } from "./geometry.js";
import { changed } from "./told.js";

/** Between an actor and the edge of its patch. */
const MARGIN = 12;

/** @typedef {{ id: number, members: Stand[], points: Point[], path: string, reach: number, isLargest: boolean }} Piece */

/**
 * @param {Drawn<SVGGElement, unknown, null, undefined>} layer
 * @param {string[][]} islands @param {Stands} stands @param {Layout} layout
 */
export function drawCuts(layer, islands, stands, layout) {
  const pieces = piecesOf(islands, stands);
  const [one, other] = pieces;
  const line = one && other && pieces.length === 2 ? lineBetween(one, other, layout) : null;
  const patches = layer
    .selectAll("g.island")
    .data(pieces)
    .join((enter) => {
      const group = enter.append("g").attr("class", "island");
      group.append("path").attr("class", (_, i) => `patch patch-${i % 3}`);
      group.append("path").attr("class", "shore");
      return group;
    });
  const others = changed(patches, ({ path, isLargest }) => [path, isLargest, line !== null]);
  others.select("path.patch").attr("d", ({ path }) => path);
  // Where no straight line keeps them apart, a line around each does.
  others.select("path.shore").attr("d", ({ path, isLargest }) => (line || isLargest ? "" : path));
  const cuts = layer
    .selectAll("g.cut-line")
    .data(line ? [line] : [])
    .join((enter) => {
      const group = enter.append("g").attr("class", "cut-line");
      group.append("path");
      if (layout.detail !== "small") group.append("text").text(say("stage.cut"));
      return group;
    });
  cuts.select("path").attr("d", ([a, b]) => `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`);
  cuts.select("text").attr("transform", ([a, b]) => {
    const { x, y } = between(a, b, 0.06);
    return `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  });
}

/** @param {string[][]} islands @param {Stands} stands @returns {Piece[]} */
function piecesOf(islands, stands) {
  const largest = Math.max(...islands.map(({ length }) => length));
  const isLargest = islands.findIndex(({ length }) => length === largest);
  return islands.map((actors, id) => {
    const members = actors.flatMap((actor) => stands.get(actor) ?? []);
    const points = hull(members.map(({ point }) => point));
    const reach = Math.max(0, ...members.map((member) => member.reach));
    return { id, members, points, path: around(points, reach + MARGIN), reach, isLargest: id === isLargest };
  });
}

/**
 * The straight line that keeps farthest from everybody on its two sides, as far as the stage reaches; null where there is none.
 * @param {Piece} one @param {Piece} other @param {Layout} layout
 * @returns {[Point, Point] | null}
 */
function lineBetween(one, other, layout) {
  /** @type {{ a: Point, b: Point, room: number } | null} */
  let best = null;
  for (const [a, b] of facing(one.points, other.points)) {
    const middle = between(a, b, 0.5);
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const ahead = (/** @type {Point} */ { x, y }) => ((x - middle.x) * (b.x - a.x) + (y - middle.y) * (b.y - a.y)) / length;
    const room = Math.min(...one.members.map(({ point, reach }) => -ahead(point) - reach), ...other.members.map(({ point, reach }) => ahead(point) - reach));
    if (room > (best?.room ?? 0)) best = { a, b, room };
  }
  return best && across(best.a, best.b, layout);
}

/** The line half way between two points, from end to end of the ring and a little more. @param {Point} a @param {Point} b @param {Layout} layout @returns {[Point, Point]} */
function across(a, b, { width, height, ring }) {
  const middle = between(a, b, 0.5);
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [-(b.y - a.y) / length, (b.x - a.x) / length];
  /** How far it can go in a direction before it leaves the stage. @param {number} from @param {number} by @param {number} end */
  const until = (from, by, end) => (by > 0 ? (end - 8 - from) / by : by < 0 ? (8 - from) / by : Infinity);
  const reach = (/** @type {number} */ way) => Math.max(0, Math.min(ring * 1.5, until(middle.x, dx * way, width), until(middle.y, dy * way, height))) * way;
  const along = (/** @type {number} */ by) => ({ x: middle.x + dx * by, y: middle.y + dy * by });
  return [along(reach(-1)), along(reach(1))];
}

/**
 * Pairs of points between which a line may lie: the corners of two hulls, and where a corner faces an edge.
 * @param {Point[]} some @param {Point[]} others
 * @returns {[Point, Point][]}
 */
function facing(some, others) {
  /** @type {[Point, Point][]} */
  const pairs = some.flatMap((a) => others.map((b) => /** @type {[Point, Point]} */ ([a, b])));
  const next = (/** @type {Point[]} */ all, /** @type {number} */ i) => /** @type {Point} */ (all[(i + 1) % all.length]);
  for (const a of some) for (const [i, start] of others.entries()) pairs.push([a, footOn(a, start, next(others, i))]);
  for (const b of others) for (const [i, start] of some.entries()) pairs.push([footOn(b, start, next(some, i)), b]);
  return pairs;
}

/** The point of a stretch that is nearest to another point. @param {Point} point @param {Point} a @param {Point} b */
function footOn(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const part = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  return between(a, b, Math.max(0, Math.min(1, part)));
}
