/**
 * How far somebody is in the lessons: kept in this browser, for nobody else to see, and written to a file if they ask for it.
 *
 * @typedef {object} Known what is known of one lesson
 * @property {string} step where they are; "" before the first visit
 * @property {number} reached the furthest step, counted from 0
 * @property {string | null} room their cluster
 * @property {{ [step: string]: string }} answers the choices, by step
 * @property {{ [step: string]: number }} hints how many were asked for, by step
 * @property {string[]} done the tasks that were ever done
 * @property {boolean} finished whether the last question was answered
 */
const KEY = "quorumscope.progress";
const VERSION = 1;
/** More than anybody can have; a file with more of anything was not made here. */
const LESSONS_MAX = 500;
const ENTRIES_MAX = 200;
const STEPS_MAX = 100;
const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const ROOM = /^[\w-]{1,64}$/;

/** A file that cannot be taken. `code` is that of the sentence that says why. */
export class ProgressError extends Error {
  /** @param {"progress.unreadable" | "progress.other_file" | "progress.newer"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Where a browser forbids storage, progress lasts as long as the page. */
export class Progress {
  /** @param {Storage | null} storage @param {string} [name] under which it is kept there */
  constructor(storage, name = KEY) {
    this.storage = storage;
    this.name = name;
    /** @type {Map<string, Known>} */
    this.lessons = new Map();
    this.read();
  }

  /** @param {string} [name] */
  static load(name = KEY) {
    try {
      return new Progress(localStorage, name);
    } catch {
      return new Progress(null, name);
    }
  }

  /** @param {string} slug @returns {Readonly<Known>} */
  lesson(slug) {
    return this.lessons.get(slug) ?? fresh();
  }

  /** @param {string} slug @param {(known: Readonly<Known>) => Partial<Known>} change */
  change(slug, change) {
    // Another tab may have gone on, in this lesson or in another.
    this.read();
    const known = this.lesson(slug);
    this.lessons.set(slug, { ...known, ...change(known) });
    this.write();
  }

  /** @param {string} slug */
  reset(slug) {
    this.read();
    this.lessons.delete(slug);
    this.write();
  }

  /** All of it, as a file to keep. */
  text() {
    this.read();
    return `${JSON.stringify(this.plain(), null, 2)}\n`;
  }

  /** Take in a file; of what is here and what is there, each lesson keeps the further. @param {string} text @returns {number} how many lessons it told of */
  take(text) {
    const taken = parse(text);
    this.read();
    const all = new Map(this.lessons);
    for (const [slug, record] of taken) all.set(slug, further(this.lesson(slug), record));
    // What is kept must be readable again.
    if (!isAll(all)) throw new ProgressError("progress.other_file");
    this.lessons = all;
    this.write();
    return taken.size;
  }

  plain() {
    return { version: VERSION, lessons: Object.fromEntries(this.lessons) };
  }

  read() {
    try {
      const text = this.storage?.getItem(this.name);
      if (text) this.lessons = parse(text);
    } catch {
      // What cannot be read is begun anew.
    }
  }

  write() {
    try {
      this.storage?.setItem(this.name, JSON.stringify(this.plain()));
    } catch {
      // The storage is full or forbidden: what is known stays known as long as the page.
      this.storage = null;
    }
  }
}

/** @returns {Known} */
function fresh() {
  return { step: "", reached: 0, room: null, answers: {}, hints: {}, done: [], finished: false };
}

/** @param {Known} here @param {Known} there @returns {Known} */
function further(here, there) {
  const isThere = Number(there.finished) - Number(here.finished) || there.reached - here.reached;
  const [ahead, behind] = isThere > 0 ? [there, here] : [here, there];
  return {
    ...ahead,
    answers: { ...behind.answers, ...ahead.answers },
    hints: { ...behind.hints, ...ahead.hints },
    done: [...new Set([...ahead.done, ...behind.done])].slice(0, ENTRIES_MAX),
  };
}

/** Raises ProgressError. @param {string} text @returns {Map<string, Known>} */
function parse(text) {
  /** @type {any} */
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new ProgressError("progress.unreadable");
  }
  if (!isObject(data) || !Number.isInteger(data.version) || !isObject(data.lessons)) throw new ProgressError("progress.other_file");
  if (data.version > VERSION) throw new ProgressError("progress.newer");
  const lessons = new Map(Object.entries(data.lessons));
  if (data.version < 1 || !isAll(lessons)) throw new ProgressError("progress.other_file");
  return new Map([...lessons].map(([slug, { step, reached, room, answers, hints = {}, done, finished }]) => [slug, { step, reached, room, answers, hints, done, finished }]));
}

/** @param {Map<string, unknown>} lessons */
function isAll(lessons) {
  return lessons.size <= LESSONS_MAX && [...lessons].every(([slug, record]) => ID.test(slug) && isKnown(record));
}

/** @param {any} record */
function isKnown(record) {
  if (!isObject(record)) return false;
  const { step, reached, room, answers, hints = {}, done, finished } = record;
  return (
    (step === "" || isId(step)) &&
    isCount(reached) &&
    (room === null || (typeof room === "string" && ROOM.test(room))) &&
    isTable(answers, isId) &&
    isTable(hints, isCount) &&
    Array.isArray(done) &&
    done.length <= ENTRIES_MAX &&
    done.every(isId) &&
    typeof finished === "boolean"
  );
}

/** @param {any} table @param {(value: unknown) => boolean} isGood */
function isTable(table, isGood) {
  if (!isObject(table)) return false;
  const entries = Object.entries(table);
  return entries.length <= ENTRIES_MAX && entries.every(([name, value]) => isId(name) && isGood(value));
}

/** @param {unknown} thing */
function isObject(thing) {
  return typeof thing === "object" && thing !== null && !Array.isArray(thing);
}

/** @param {unknown} value */
function isId(value) {
  return typeof value === "string" && ID.test(value);
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < STEPS_MAX;
}
