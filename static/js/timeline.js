/**
 * The timeline store: for every entity its versions in time order, so that the world can be drawn at any moment.
 * What the world is at t is, for each entity, its last version at or before t.
 *
 * It keeps a run whole up to `KEPT` changes; of a longer one it forgets the oldest, which can be asked for again
 * (history.js), and `from_us` says since when it knows everything. A snapshot alone knows only its own moment: then `from_us` is that moment.
 *
 * @import { Change, MessageState, NoteState, OperationState, States } from "./protocol.js"
 *
 * @typedef {{ at_us: number, fields: any }} Version
 *
 * @typedef {object} Flight one message from its sending to its end
 * @property {string} id
 * @property {Version[]} versions
 * @property {number} from_us when it was first seen
 * @property {number} until_us when it ended; Infinity while it is under way
 *
 * @typedef {{ id: string, at_us: number, note: NoteState }} Line
 */

/** So many changes are kept: a run of somewhat more than 10,000 messages. */
export const KEPT = 60_000;

/** Flights are looked through in blocks of so many. */
const BLOCK = 64;

export class Timeline {
  constructor() {
    /** Since when everything is known. @type {number} */
    this.from_us = 0;
    this.clear();
  }

  clear() {
    /** @type {Map<string, Map<string, Version[]>>} */
    this.kinds = new Map();
    /** When anything changed, in time order. @type {number[]} */
    this.moments = [];
    /** @type {Line[]} */
    this.notes = [];
    /** @type {Flight[]} in order of sending */
    this.flights = [];
    /** The latest end in each block of flights. @type {number[]} */
    this.ends = [];
    /** When operations were invoked and answered. @type {number[]} */
    this.turns = [];
    /** The ids of operations, in order of invocation. @type {string[]} */
    this.invoked = [];
    /** @type {Map<string, number>} */
    this.flightOf = new Map();
  }

  /** How many changes it holds. */
  get size() {
    return this.moments.length;
  }

  /** The last moment at which anything changed. */
  get until_us() {
    return this.moments.at(-1) ?? this.from_us;
  }

  /** A snapshot: what stands at a moment, in no order of time. @param {readonly Change[]} changes @param {number} now_us */
  begin(changes, now_us) {
    this.clear();
    this.from_us = now_us;
    for (const change of [...changes].sort((a, b) => a.at_us - b.at_us)) this.add(change);
  }

  /** What follows, in order. @param {readonly Change[]} changes */
  take(changes) {
    for (const change of changes) this.add(change);
    if (this.moments.length > KEPT) this.forget(/** @type {number} */ (this.moments[this.moments.length - Math.floor(KEPT * 0.8)]));
  }

  /** @param {Change} change */
  add(change) {
    this.moments.push(change.at_us);
    if (change.kind === "note") {
      if (change.fields) this.notes.push({ id: change.id, at_us: change.at_us, note: change.fields });
      return;
    }
    let entities = this.kinds.get(change.kind);
    if (!entities) this.kinds.set(change.kind, (entities = new Map()));
    let versions = entities.get(change.id);
    if (!versions) entities.set(change.id, (versions = []));
    versions.push({ at_us: change.at_us, fields: change.fields });
    if (change.kind === "message") this.follow(change.id, versions, change.at_us, change.fields);
    if (change.kind === "operation" && change.fields) this.turn(change.id, versions, change.fields);
  }

  /** @param {string} id @param {Version[]} versions @param {number} at_us @param {MessageState | null} state */
  follow(id, versions, at_us, state) {
    let place = this.flightOf.get(id);
    if (place === undefined) {
      place = this.flights.length;
      this.flightOf.set(id, place);
      this.flights.push({ id, versions, from_us: at_us, until_us: Infinity });
      this.ends[Math.floor(place / BLOCK)] = Infinity;
    }
    if (state && (state.fate === "in_flight" || state.fate === "held")) return;
    /** @type {Flight} */ (this.flights[place]).until_us = at_us;
    this.closeBlock(Math.floor(place / BLOCK));
  }

  /** @param {number} block */
  closeBlock(block) {
    const first = block * BLOCK;
    let end = this.flights.length < first + BLOCK ? Infinity : -Infinity;
    for (let i = first; i < Math.min(first + BLOCK, this.flights.length); i++) {
      end = Math.max(end, /** @type {Flight} */ (this.flights[i]).until_us);
    }
    this.ends[block] = end;
  }

  /** @param {string} id @param {Version[]} versions @param {OperationState} state */
  turn(id, versions, state) {
    if (versions.length === 1) {
      this.invoked.push(id);
      insert(this.turns, state.invoked_us);
    }
    const before = versions.length > 1 ? /** @type {OperationState} */ (versions[versions.length - 2]?.fields) : null;
    if (state.responded_us !== null && before?.responded_us !== state.responded_us) insert(this.turns, state.responded_us);
  }

  // The world at a moment

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
   * The messages on their way at a moment, those that are held among them, in order of sending.
   * @param {number} at_us
   * @returns {[id: string, state: MessageState][]}
   */
  inFlight(at_us) {
    /** @type {[string, MessageState][]} */
    const found = [];
    for (const flight of this.flightsBetween(at_us, at_us)) {
      const state = flight.until_us > at_us ? lastAt(flight.versions, at_us) : null;
      if (state) found.push([flight.id, state]);
    }
    return found;
  }

  /**
   * The messages that are under way at some time from one moment to another, in order of sending.
   * @param {number} from_us @param {number} to_us
   * @returns {Flight[]}
   */
  flightsBetween(from_us, to_us) {
    const end = countUntil(this.flights, to_us, (flight) => flight.from_us);
    /** @type {Flight[]} */
    const found = [];
    for (let block = 0; block * BLOCK < end; block++) {
      if (/** @type {number} */ (this.ends[block]) < from_us) continue;
      for (let i = block * BLOCK; i < Math.min(end, (block + 1) * BLOCK); i++) {
        const flight = /** @type {Flight} */ (this.flights[i]);
        if (flight.until_us >= from_us) found.push(flight);
      }
    }
    return found;
  }

  /**
   * The last operations invoked by a moment, newest first.
   * @param {number} at_us @param {number} most
   * @returns {[id: string, state: OperationState][]}
   */
  operationsBy(at_us, most) {
    const operations = this.kinds.get("operation");
    /** @type {[string, OperationState][]} */
    const found = [];
    for (let i = this.invoked.length - 1; i >= 0 && found.length < most; i--) {
      const id = /** @type {string} */ (this.invoked[i]);
      const state = lastAt(operations?.get(id) ?? [], at_us);
      if (state) found.push([id, state]);
    }
    return found;
  }

  /** The last notes by a moment, oldest first. @param {number} at_us @param {number} most */
  notesBy(at_us, most) {
    const end = countUntil(this.notes, at_us, (note) => note.at_us);
    return this.notes.slice(Math.max(0, end - most), end);
  }

  // The course of time

  /** Every version of one entity, in time order. @param {keyof States} kind @param {string} id @returns {readonly Version[]} */
  versions(kind, id) {
    return this.kinds.get(kind)?.get(id) ?? [];
  }

  /** All entities of a kind that ever were. @param {keyof States} kind @returns {string[]} */
  ids(kind) {
    return [...(this.kinds.get(kind)?.keys() ?? [])];
  }

  /** How many changes have happened by a moment. @param {number} at_us */
  changesBy(at_us) {
    return countUntil(this.moments, at_us, itself);
  }

  /** The first moment after this one at which anything changed, or null. @param {number} at_us */
  momentAfter(at_us) {
    return this.moments[countUntil(this.moments, at_us, itself)] ?? null;
  }

  /** The last moment before this one at which anything changed, or null. @param {number} at_us */
  momentBefore(at_us) {
    return before(this.moments, at_us, this.from_us);
  }

  /** The first moment after this one at which an operation began or was answered, or null. @param {number} at_us */
  turnAfter(at_us) {
    return this.turns[countUntil(this.turns, at_us, itself)] ?? null;
  }

  /** The last moment before this one at which an operation began or was answered, or null. @param {number} at_us */
  turnBefore(at_us) {
    return before(this.turns, at_us, this.from_us);
  }

  // Memory

  /** Forget what was over before a moment. @param {number} at_us */
  forget(at_us) {
    this.from_us = Math.max(this.from_us, at_us);
    for (const [kind, entities] of this.kinds) {
      for (const [id, versions] of entities) {
        const keep = countUntil(versions, at_us, (version) => version.at_us) - 1;
        if (keep > 0) versions.splice(0, keep);
        const only = /** @type {Version} */ (versions[0]);
        if (versions.length === 1 && only.at_us <= at_us && isOver(kind, only.fields)) entities.delete(id);
      }
    }
    const operations = this.kinds.get("operation");
    this.invoked = this.invoked.filter((id) => operations?.has(id));
    this.notes.splice(0, countUntil(this.notes, at_us, (note) => note.at_us));
    this.moments.splice(0, countUntil(this.moments, at_us, itself));
    this.turns.splice(0, countUntil(this.turns, at_us, itself));
    this.flights = this.flights.filter((flight) => flight.until_us > at_us);
    this.flightOf = new Map(this.flights.map((flight, place) => [flight.id, place]));
    this.ends = [];
    for (let block = 0; block * BLOCK < this.flights.length; block++) this.closeBlock(block);
  }
}

/** Whether an entity in this state has come to its end, and may be forgotten. @param {string} kind @param {any} state */
function isOver(kind, state) {
  if (!state) return true;
  if (kind === "message") return state.fate !== "in_flight" && state.fate !== "held";
  return (kind === "operation" || kind === "coordination") && state.outcome !== "pending";
}

/** @param {readonly Version[]} versions @param {number} at_us */
function lastAt(versions, at_us) {
  const last = versions.length - 1;
  // Mostly the present is asked for.
  if (last < 0 || /** @type {Version} */ (versions[last]).at_us <= at_us) return versions[last]?.fields ?? null;
  const count = countUntil(versions, at_us, (version) => version.at_us);
  return count ? /** @type {Version} */ (versions[count - 1]).fields : null;
}

/**
 * How many items of a list in time order are at or before a moment.
 * @template T
 * @param {readonly T[]} items @param {number} at_us @param {(item: T) => number} time
 */
export function countUntil(items, at_us, time) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time(/** @type {T} */ (items[middle])) <= at_us) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last of these moments before one; before all of them the first that is known. @param {number[]} moments @param {number} at_us @param {number} first_us */
function before(moments, at_us, first_us) {
  const count = countUntil(moments, at_us - 1, itself);
  const found = count ? /** @type {number} */ (moments[count - 1]) : first_us;
  const moment = Math.max(found, first_us);
  return moment < at_us ? moment : null;
}

/** Into a list in order; mostly at its end. @param {number[]} moments @param {number} at_us */
function insert(moments, at_us) {
  moments.splice(countUntil(moments, at_us, itself), 0, at_us);
}

/** @param {number} moment */
function itself(moment) {
  return moment;
}
