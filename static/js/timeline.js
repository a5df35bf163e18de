/**
 * The timeline store: for every entity its versions in time order, so that the world can be drawn at any moment.
 * What the world is at t is, for each entity, its last version at or before t.
 *
 * @import { Change, Frame, MessageState, NoteState, States } from "./protocol.js"
 * @typedef {{ at_us: number, fields: any }} Version
 */

/** How many ended messages, operations and notes are kept, each. */
const KEPT = 20_000;

export class Timeline {
  constructor() {
    this.clear();
  }

  clear() {
    /** @type {Map<string, Map<string, Version[]>>} */
    this.kinds = new Map();
    /** When anything changed, in time order. @type {number[]} */
    this.moments = [];
    /** @type {{ id: string, at_us: number, note: NoteState }[]} */
    this.notes = [];
    /** Messages that may be in flight at or after `openFrom`. @type {Map<string, Version[]>} */
    this.open = new Map();
    /** @type {number} */
    this.openFrom = -Infinity;
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame.whole) this.clear();
    // A snapshot lists entities, not events: put it into the order of time.
    const changes = frame.whole ? [...frame.changes].sort((a, b) => a.at_us - b.at_us) : frame.changes;
    for (const change of changes) this.add(change);
  }

  /** @param {Change} change */
  add(change) {
    this.moments.push(change.at_us);
    if (change.kind === "note") {
      if (change.fields) this.notes.push({ id: change.id, at_us: change.at_us, note: change.fields });
      if (this.notes.length > 2 * KEPT) this.notes.splice(0, KEPT);
      return;
    }
    let entities = this.kinds.get(change.kind);
    if (!entities) this.kinds.set(change.kind, (entities = new Map()));
    let versions = entities.get(change.id);
    if (!versions) {
      entities.set(change.id, (versions = []));
      if (change.kind === "message") this.open.set(change.id, versions);
      if (change.kind === "message" || change.kind === "operation") forgetOldest(entities);
    }
    versions.push({ at_us: change.at_us, fields: change.fields });
  }

  /**
   * The state of one entity at a moment, or null if there is none.
   * @template {keyof States} K
   * @param {K} kind @param {string} id @param {number} at_us
   * @returns {States[K] | null}
   */
  at(kind, id, at_us) {
    const versions = this.kinds.get(kind)?.get(id);
    return versions ? lastAt(versions, at_us) : null;
  }

  /**
   * All entities of a kind at a moment, in the order in which they were first seen.
   * @template {keyof States} K
   * @param {K} kind @param {number} at_us
   * @returns {[id: string, state: States[K]][]}
   */
  all(kind, at_us) {
    /** @type {[string, States[K]][]} */
    const found = [];
    for (const [id, versions] of this.kinds.get(kind) ?? []) {
      const state = lastAt(versions, at_us);
      if (state) found.push([id, state]);
    }
    return found;
  }

  /**
   * The messages in flight at a moment. Going forward in time, messages that have ended are not looked at again.
   * @param {number} at_us
   * @returns {[id: string, state: MessageState][]}
   */
  inFlight(at_us) {
    if (at_us < this.openFrom) this.open = new Map(this.kinds.get("message") ?? []);
    this.openFrom = at_us;
    /** @type {[string, MessageState][]} */
    const found = [];
    for (const [id, versions] of this.open) {
      const state = lastAt(versions, at_us);
      if (state?.fate === "in_flight") found.push([id, state]);
      else if (state) this.open.delete(id);
    }
    return found;
  }

  /** How many changes have happened by a moment. @param {number} at_us */
  changesBy(at_us) {
    return countUntil(this.moments, at_us, (moment) => moment);
  }

  /** The last notes by a moment, oldest first. @param {number} at_us @param {number} most */
  notesBy(at_us, most) {
    const end = countUntil(this.notes, at_us, (note) => note.at_us);
    return this.notes.slice(Math.max(0, end - most), end);
  }
}

/** @param {Version[]} versions @param {number} at_us */
function lastAt(versions, at_us) {
  for (let i = versions.length - 1; i >= 0; i--) {
    const version = /** @type {Version} */ (versions[i]);
    if (version.at_us <= at_us) return version.fields;
  }
  return null;
}

/**
 * How many items of a list in time order are at or before a moment.
 * @template T
 * @param {T[]} items @param {number} at_us @param {(item: T) => number} time
 */
function countUntil(items, at_us, time) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time(/** @type {T} */ (items[middle])) <= at_us) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Map<string, Version[]>} entities */
function forgetOldest(entities) {
  if (entities.size <= KEPT) return;
  for (const id of entities.keys()) {
    entities.delete(id);
    return;
  }
}
