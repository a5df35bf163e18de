/**
 * How the reviews went: kept in this browser, for nobody else to see. And the answers to the one that is under way, for as
 * long as its window is open.
 *
 * @typedef {{ right: number, asked: number }} Tally
 * @typedef {{ lesson: string, choice: string, right: boolean }} Given an answer that was given
 * @typedef {{ version: number, taken: number, best: number, lessons: { [slug: string]: Tally } }} Kept
 */
const KEY = "quorumscope.review";
const VERSION = 1;
const LESSONS_MAX = 500;
const QUESTIONS_MAX = 100;
const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Where a browser forbids storage, everything lasts as long as the page. */
export class ReviewRecord {
  /** @param {Storage | null} storage @param {Storage | null} session @param {number} seed */
  constructor(storage, session, seed) {
    this.storage = storage;
    this.session = session;
    this.place = `${KEY}.${seed}`;
    /** @type {Kept} */
    this.kept = parse(storage, KEY, isKept) ?? { version: VERSION, taken: 0, best: 0, lessons: {} };
    /** @type {Given[]} */
    this.given = parse(session, this.place, isGiven) ?? [];
  }

  /** @param {number} seed */
  static load(seed) {
    try {
      return new ReviewRecord(localStorage, sessionStorage, seed);
    } catch {
      return new ReviewRecord(null, null, seed);
    }
  }

  /** @param {Given} answer */
  answer(answer) {
    this.given.push(answer);
    write(this.session, this.place, this.given);
  }

  get right() {
    return this.given.filter(({ right }) => right).length;
  }

  /** A review is over: count it, once. */
  finish() {
    // Another tab may have finished one meanwhile.
    this.kept = parse(this.storage, KEY, isKept) ?? this.kept;
    const { lessons } = this.kept;
    for (const { lesson, right } of this.given) {
      const before = lessons[lesson] ?? { right: 0, asked: 0 };
      lessons[lesson] = { right: before.right + Number(right), asked: before.asked + 1 };
    }
    this.kept.taken += 1;
    this.kept.best = Math.max(this.kept.best, this.right);
    write(this.storage, KEY, this.kept);
  }

  forget() {
    this.given = [];
    try {
      this.session?.removeItem(this.place);
    } catch {
      this.session = null;
    }
  }
}

/** How all reviews went, to take along. @returns {Kept | null} */
export function reviewsKept() {
  return parse(storageOf(), KEY, isKept);
}

/** What a file says of reviews; of what is here and what is there, the longer story is kept. @param {unknown} there */
export function takeReviews(there) {
  const here = reviewsKept();
  if (isKept(there) && there.taken > (here?.taken ?? 0)) write(storageOf(), KEY, { ...there, best: Math.max(there.best, here?.best ?? 0) });
}

export function forgetReviews() {
  write(storageOf(), KEY, null);
}

function storageOf() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/**
 * @template T
 * @param {Storage | null} storage @param {string} key @param {(data: any) => data is T} isGood
 */
function parse(storage, key, isGood) {
  try {
    const data = JSON.parse(storage?.getItem(key) ?? "null");
    return isGood(data) ? data : null;
  } catch {
    return null;
  }
}

/** @param {Storage | null} storage @param {string} key @param {unknown} data */
function write(storage, key, data) {
  try {
    storage?.setItem(key, JSON.stringify(data));
  } catch {
    // It is full or forbidden; what is known stays known as long as the page.
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
