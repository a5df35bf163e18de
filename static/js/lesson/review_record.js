/**
 * How the reviews went: kept in this browser, for nobody else to see. And the answers to the one that is under way, for as
 * long as its window is open.
 *
 * @typedef {{ right: number, asked: number }} Tally
 * @typedef {{ lesson: string, choice: string, right: boolean }} Given an answer that was given
 * @typedef {{ version: number, taken: number, best: number, lessons: { [slug: string]: Tally } }} Kept
 */
import { keep, recall } from "../kept.js";

const KEY = "quorumscope.review";
const VERSION = 1;
const LESSONS_MAX = 500;
const QUESTIONS_MAX = 100;
const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Where a browser forbids storage, everything lasts as long as the page. */
export class ReviewRecord {
  /** @param {number} seed */
  constructor(seed) {
    this.place = `${KEY}.${seed}`;
    /** @type {Kept} */
    this.kept = reviewsKept() ?? { version: VERSION, taken: 0, best: 0, lessons: {} };
    /** @type {Given[]} */
    this.given = parse(recall(this.place, true), isGiven) ?? [];
  }

  /** @param {Given} answer */
  answer(answer) {
    this.given.push(answer);
    keep(this.place, JSON.stringify(this.given), true);
  }

  get right() {
    return this.given.filter(({ right }) => right).length;
  }

  /** A review is over: count it, once. */
  finish() {
    // Another tab may have finished one meanwhile.
    this.kept = reviewsKept() ?? this.kept;
    const { lessons } = this.kept;
    for (const { lesson, right } of this.given) {
      const before = lessons[lesson] ?? { right: 0, asked: 0 };
      lessons[lesson] = { right: before.right + Number(right), asked: before.asked + 1 };
    }
    this.kept.taken += 1;
    this.kept.best = Math.max(this.kept.best, this.right);
    keep(KEY, JSON.stringify(this.kept));
  }

  forget() {
    this.given = [];
    keep(this.place, null, true);
  }
}

/** How all reviews went. @returns {Kept | null} */
export function reviewsKept() {
  return parse(recall(KEY), isKept);
}

/** What a file says of reviews; of what is here and what is there, the longer story is kept. @param {unknown} there */
export function takeReviews(there) {
  const here = reviewsKept();
  if (isKept(there) && there.taken > (here?.taken ?? 0)) keep(KEY, JSON.stringify({ ...there, best: Math.max(there.best, here?.best ?? 0) }));
}

export function forgetReviews() {
  keep(KEY, null);
}

/** @template T @param {string | null} text @param {(data: any) => data is T} isGood */
function parse(text, isGood) {
  try {
    const data = JSON.parse(text ?? "null");
    return isGood(data) ? data : null;
  } catch {
    return null;
  }
}

/** @param {any} data @returns {data is Kept} */
function isKept(data) {
  if (data?.version !== VERSION || !isCount(data.taken) || !isCount(data.best) || typeof data.lessons !== "object" || !data.lessons) return false;
  const tallies = Object.entries(data.lessons);
  return tallies.length <= LESSONS_MAX && tallies.every(([slug, tally]) => SLUG.test(slug) && isCount(tally?.right) && isCount(tally?.asked));
}

/** @param {any} data @returns {data is Given[]} */
function isGiven(data) {
  return (
    Array.isArray(data) &&
    data.length <= QUESTIONS_MAX &&
    data.every((one) => typeof one?.lesson === "string" && typeof one?.choice === "string" && typeof one?.right === "boolean")
  );
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isInteger(value) && Number(value) >= 0;
}
