/**
 * A stroke drawn across the stage parts those on its one side from those on its other.
 *
 * @import { Point } from "./geometry.js"
 * @import { Stands } from "./stands.js"
 */
import { cross } from "./geometry.js";

/** A shorter stroke is a slip of the hand. */
const SHORTEST = 48;
/** The ends of a stroke go on so far, past everything on the stage. */
const FAR = 10_000;

/**
 * Who is on which side; null where the stroke parts nobody. Whoever draws a ring around some parts those inside from those outside.
 * @param {Point[]} points @param {Stands} stands
 * @returns {[string[], string[]] | null}
 */
export function sidesOf(points, stands) {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || lengthOf(points) < SHORTEST) return null;
  const line = isRing(points, first, last) ? [...points, first] : [beyond(first, last), ...points, beyond(last, first)];
  const origin = { x: -FAR / 3, y: -FAR / 7 };
  /** @type {[string[], string[]]} */
  const sides = [[], []];
  for (const [actor, { point }] of stands) {
    let crossings = 0;
    for (let i = 1; i < line.length; i++) {
      if (cross(point, origin, /** @type {Point} */ (line[i - 1]), /** @type {Point} */ (line[i]))) crossings += 1;
    }
    sides[crossings % 2 === 0 ? 0 : 1].push(actor);
  }
  return sides[0].length && sides[1].length ? sides : null;
}

/** @param {Point[]} points */
function lengthOf(points) {
  return points.reduce((sum, point, i) => sum + (i ? away(point, /** @type {Point} */ (points[i - 1])) : 0), 0);
}

/** Whether the end of a stroke comes back to its beginning. @param {Point[]} points @param {Point} first @param {Point} last */
function isRing(points, first, last) {
  return away(first, last) < 0.2 * lengthOf(points);
}

/** A point far off, from an end of the stroke away from the other. @param {Point} end @param {Point} other */
function beyond(end, other) {
  const length = away(end, other) || 1;
  return { x: end.x + ((end.x - other.x) / length) * FAR, y: end.y + ((end.y - other.y) / length) * FAR };
}

/** @param {Point} a @param {Point} b */
function away(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
