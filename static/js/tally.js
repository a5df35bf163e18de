/**
 * What a run has come to by a moment: messages, outcomes and mean latencies. Pure.
 *
 * It follows a timeline and reads only what is new, so that it may be asked in every frame. What the timeline has
 * forgotten since then it still counts.
 *
 * @import { Flight, Timeline } from "./timeline.js"
 * @import { OperationState } from "./protocol.js"
 *
 * @typedef {object} Sums over all operations that have ended by some moment
 * @property {number} ok @property {number} fail @property {number} unknown
 * @property {number} writes OK writes @property {number} writes_us the sum of their latencies
 * @property {number} reads OK reads @property {number} reads_us the sum of their latencies
 *
 * @typedef {{ at_us: number, outcome: "ok" | "fail" | "unknown", sums: Sums }} Ending an operation that has ended
 *
 * @typedef {object} Tally
 * @property {number} messages sent
 * @property {number} ok @property {number} fail @property {number} unknown operations that have ended so
 * @property {number | null} write_us mean latency of an OK write @property {number | null} read_us of an OK read
 */
import { countUntil } from "./timeline.js";

/** @type {Sums} */
const NONE = { ok: 0, fail: 0, unknown: 0, writes: 0, writes_us: 0, reads: 0, reads_us: 0 };

class Tallies {
  /** @param {Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    /** When messages were sent, in order. @type {number[]} */
    this.sent = [];
    /** The last that is counted. @type {Flight | null} */
    this.flight = null;
    /** The last operation that was seen. */
    this.invoked = "";
    /** Operations that had not ended when they were looked at. @type {string[]} */
    this.pending = [];
    /** In the order in which they ended. @type {Ending[]} */
    this.endings = [];
    /** Whose endings these are. @type {Set<string>} */
    this.ended = new Set();
    /** How far the timeline was when it was read last. */
    this.until_us = -1;
    this.size = -1;
  }

  /** Everything that is known by now. */
  follow() {
    const { timeline } = this;
    if (timeline.size === this.size && timeline.until_us === this.until_us) return this;
    this.size = timeline.size;
    this.until_us = timeline.until_us;
    this.count(timeline.flights);
    const place = timeline.invoked.lastIndexOf(this.invoked);
    const open = new Set([...this.pending, ...timeline.invoked.slice(place + 1)].filter((id) => !this.ended.has(id)));
    this.invoked = timeline.invoked.at(-1) ?? this.invoked;
    this.pending = [];
    const ended = [...open].flatMap((id) => this.look(id)).sort((a, b) => a.at_us - b.at_us);
    for (const { id, at_us, state } of ended) this.add(id, at_us, state);
    return this;
  }

  /** The timeline may have forgotten the last one that was counted; then time tells. @param {Flight[]} flights */
  count(flights) {
    const place = this.flight ? flights.lastIndexOf(this.flight) : -1;
    const since_us = this.sent.at(-1) ?? -Infinity;
    for (const flight of flights.slice(place + 1)) {
      if (place >= 0 || flight.from_us > since_us) this.sent.push(flight.from_us);
    }
    this.flight = flights.at(-1) ?? this.flight;
  }

  /** How it ended; nothing while it is pending. @param {string} id @returns {{ id: string, at_us: number, state: OperationState }[]} */
  look(id) {
    const version = this.timeline.versions("operation", id).find(({ fields }) => fields && fields.outcome !== "pending");
    if (version) return [{ id, at_us: version.at_us, state: version.fields }];
    this.pending.push(id);
    return [];
  }

  /** @param {string} id @param {number} at_us @param {OperationState} state */
  add(id, at_us, { outcome, type, invoked_us }) {
    if (outcome === "pending") return;
    this.ended.add(id);
    const before = this.endings.at(-1)?.sums ?? NONE;
    const sums = { ...before, [outcome]: before[outcome] + 1 };
    if (outcome === "ok" && type === "write") {
      sums.writes += 1;
      sums.writes_us += at_us - invoked_us;
    } else if (outcome === "ok") {
      sums.reads += 1;
      sums.reads_us += at_us - invoked_us;
    }
    this.endings.push({ at_us, outcome, sums });
  }

  /** @param {number} at_us @returns {Tally} */
  by(at_us) {
    this.follow();
    const ended = countUntil(this.endings, at_us, (ending) => ending.at_us);
    const { ok, fail, unknown, writes, writes_us, reads, reads_us } = this.endings[ended - 1]?.sums ?? NONE;
    return {
      messages: countUntil(this.sent, at_us, (sent_us) => sent_us),
      ok,
      fail,
      unknown,
      write_us: writes ? writes_us / writes : null,
      read_us: reads ? reads_us / reads : null,
    };
  }
}

/** @type {WeakMap<Timeline, Tallies>} */
const known = new WeakMap();

/** @param {Timeline} timeline */
export function talliesOf(timeline) {
  let tallies = known.get(timeline);
  if (!tallies) known.set(timeline, (tallies = new Tallies(timeline)));
  return tallies;
}
