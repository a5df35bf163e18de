/**
 * Where a moment stands from left to right. Between two moments at which something happened there is room for both to be told
 * apart, however short the time; a long silence takes no more room than it needs to be seen, and has a break mark.
 *
 * @import { Timeline } from "../../timeline.js"
 */
import { countUntil } from "../../timeline.js";

/** The least and the most room between two successive moments, in pixels. */
export const GAP_MIN = 7;
export const GAP_MAX = 120;
/** A gap so long has a width of `GROWTH` * ln 2; from there on the width grows with the logarithm. */
const SHORT_US = 150;
const GROWTH = 30;

/** The width between two successive moments, in pixels. @param {number} gap_us */
export function widthOf(gap_us) {
  return Math.min(GAP_MAX, Math.max(GAP_MIN, natural(gap_us)));
}

/** @param {number} gap_us */
function natural(gap_us) {
  return GROWTH * Math.log1p(gap_us / SHORT_US);
}

export class TimeScale {
  /** @param {number} first_us the moment at x = 0 */
  constructor(first_us) {
    /** Moments in time order, each once. @type {number[]} */
    this.moments = [first_us];
    /** Where they stand, in pixels. @type {number[]} */
    this.places = [0];
  }

  get last_us() {
    return /** @type {number} */ (this.moments.at(-1));
  }

  /** Where the last moment stands. */
  get width() {
    return /** @type {number} */ (this.places.at(-1));
  }

  /** Take in what has happened since; what is there already stays where it is. @param {Timeline[]} timelines */
  extend(timelines) {
    const { last_us } = this;
    const fresh = timelines.map(({ moments }) => moments.slice(countUntil(moments, last_us, (moment) => moment)));
    const merged = fresh.length === 1 ? /** @type {number[]} */ (fresh[0]) : fresh.flat().sort((a, b) => a - b);
    for (const moment of merged) this.add(moment);
  }

  /** @param {number} moment */
  add(moment) {
    const gap_us = moment - this.last_us;
    if (gap_us <= 0) return;
    this.places.push(this.width + widthOf(gap_us));
    this.moments.push(moment);
  }

  /** Where a moment stands, in pixels; also one that is still to come. @param {number} at_us */
  x(at_us) {
    const after = countUntil(this.moments, at_us, (moment) => moment);
    if (after === 0) return 0;
    const [from_us, from] = this.at(after - 1);
    if (after === this.moments.length) return from + Math.min(GAP_MAX, natural(at_us - from_us));
    const [to_us, to] = this.at(after);
    return from + ((to - from) * (at_us - from_us)) / (to_us - from_us);
  }

  /** Which moment stands there; beyond the last one, the last. @param {number} x */
  time(x) {
    const after = countUntil(this.places, x, (place) => place);
    if (after === 0) return /** @type {number} */ (this.moments[0]);
    const [from_us, from] = this.at(after - 1);
    if (after === this.moments.length) return from_us;
    const [to_us, to] = this.at(after);
    return from_us + ((to_us - from_us) * (x - from)) / (to - from);
  }

  /** Where silence has been shortened: the middles of such gaps, in pixels. @param {number} from @param {number} to */
  breaks(from, to) {
    /** @type {number[]} */
    const found = [];
    for (let i = Math.max(1, countUntil(this.places, from, (place) => place)); i < this.places.length; i++) {
      const [from_us, left] = this.at(i - 1);
      if (left > to) break;
      const [to_us, right] = this.at(i);
      if (natural(to_us - from_us) > GAP_MAX) found.push((left + right) / 2);
    }
    return found;
  }

  /** @param {number} i @returns {[moment: number, place: number]} */
  at(i) {
    return [/** @type {number} */ (this.moments[i]), /** @type {number} */ (this.places[i])];
  }
}

/** The ticks of the axis: one in each column of this width, in the first part of it, so that no two labels meet. */
const COLUMN = 110;
const FREE = 52;

/**
 * The roundest moment in each column between two places. They do not depend on where the window begins.
 * @param {TimeScale} scale @param {number} from @param {number} to pixels
 * @returns {{ at_us: number, x: number }[]}
 */
export function ticks(scale, from, to) {
  const found = [];
  for (let column = Math.floor(from / COLUMN) * COLUMN; column < Math.min(to, scale.width + COLUMN); column += COLUMN) {
    const at_us = roundest(Math.max(0, scale.time(column)), scale.time(column + FREE));
    if (at_us !== null) found.push({ at_us, x: scale.x(at_us) });
  }
  return found;
}

/** The roundest number of an interval in time; null where it is empty. @param {number} from_us @param {number} to_us */
function roundest(from_us, to_us) {
  if (to_us <= from_us) return null;
  for (let power = 10 ** Math.floor(Math.log10(Math.max(to_us, 1))); power >= 1; power /= 10) {
    for (const step of [5, 2, 1]) {
      const number = Math.ceil(from_us / (step * power)) * step * power;
      if (number <= to_us) return number;
    }
  }
  return null;
}
