/**
 * A run's history, which the server streams as lines of JSON, becomes a timeline piece by piece.
 *
 * @import { Frame, Pace } from "./protocol.js"
 *
 * @typedef {object} Ending the last line of a history
 * @property {true} done
 * @property {string} digest
 * @property {number} at_us
 * @property {Pace} pace
 * @property {string} scenario
 * @property {string} title
 * @property {number} seed
 */
import { fetchFrom } from "./asking.js";
import { Timeline } from "./timeline.js";

/**
 * @param {string} address @param {RequestInit} [request]
 * @returns {AsyncGenerator<any, void, void>} one value for each line; between two of them the page can breathe
 */
export async function* lines(address, request) {
  const answer = await fetchFrom(address, request);
  if (!answer.ok || !answer.body) throw new Error((await answer.json().catch(() => null))?.error?.sentence ?? answer.statusText);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const texts = (rest + part.value).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) {
        yield JSON.parse(text);
        // A page that nobody sees need not breathe, and its timers are slow.
        if (!document.hidden) await breathe();
      }
    }
  } finally {
    // Whoever has stopped listening stops the server's work as well. What has broken off has nothing to stop.
    reader.cancel().catch(() => {});
  }
}

/**
 * The whole of a run.
 * @param {string} address @param {RequestInit} [request] @param {() => boolean} [isWanted] asked between two pieces
 * @returns {Promise<{ timeline: Timeline, twin: Timeline | null, ending: Ending } | null>} null: no longer wanted, or cut short
 */
export async function history(address, request, isWanted = () => true) {
  const timeline = new Timeline();
  /** @type {Timeline | null} */
  let twin = null;
  for await (const line of lines(address, request)) {
    if (!isWanted()) return null;
    if (line.done) return { timeline, twin, ending: line };
    timeline.take(line.changes);
    if (line.twin) (twin ??= new Timeline()).take(line.twin);
    else twin = null;
  }
  return null;
}

/** A history that did not come is asked for again after so long: the server may be busy, or about to come back. */
const RETRY_MS = [500, 2000, 8000];

function breathe() {
  return new Promise((resolve) => setTimeout(resolve));
}

/** @typedef {{ from_us: number, until_us: number, timeline: Timeline, twin: Timeline | null }} Stretch a part of the run */

/** The cluster that is watched and, side by side with it, a second one: live frames, and behind them the history. */
export class Run {
  /** @param {() => void} onHistory the past is there now */
  constructor(onHistory) {
    this.onHistory = onHistory;
    this.room = "";
    this.timeline = new Timeline();
    /** @type {Timeline | null} */
    this.twin = null;
    /** What came after the snapshot, for the history to go on with. @type {Frame[]} */
    this.since = [];
    this.stay = 0;
    /** Whether the history is still on its way. */
    this.waiting = false;
    /** As far back as one can go: the run's beginning, once its history is there. */
    this.starts_us = 0;
    /** A stretch that the timeline has forgotten, asked for anew. @type {Stretch | null} */
    this.earlier = null;
    this.reaching = false;
  }

  /** What is known of a moment and of what is round it. @param {number} at_us @returns {Stretch} */
  at(at_us) {
    const { earlier, timeline, twin } = this;
    if (earlier && at_us < timeline.from_us && at_us >= earlier.from_us && at_us <= earlier.until_us) return earlier;
    return { from_us: timeline.from_us, until_us: Infinity, timeline, twin };
  }

  /** Ask for the stretch round a moment that the timeline has forgotten. @param {number} at_us */
  async reach(at_us) {
    if (this.reaching) return;
    this.reaching = true;
    const { stay, timeline } = this;
    const isWanted = () => stay === this.stay;
    // As long as what is kept: the moment is then somewhere in the middle of what comes.
    const until_us = Math.floor(Math.min(timeline.from_us, at_us + (timeline.until_us - timeline.from_us) / 2));
    const found = await history(`/r/${this.room}/history?until=${until_us}`, undefined, isWanted).catch(() => null);
    this.reaching = false;
    if (!isWanted()) return;
    if (found) this.earlier = { from_us: found.timeline.from_us, until_us, timeline: found.timeline, twin: found.twin };
    // What does not come is as good as gone.
    if (!found || found.timeline.from_us > at_us) this.starts_us = Math.max(this.starts_us, found?.timeline.from_us ?? timeline.from_us);
    this.onHistory();
  }

  /** @param {Frame} frame */
  take(frame) {
    if (!frame.whole) {
      this.follow(frame);
      if (this.waiting) this.since.push(frame);
      return;
    }
    this.room = frame.room;
    this.timeline = new Timeline();
    this.timeline.begin(frame.changes, frame.now_us);
    this.twin = null;
    if (frame.twin) {
      this.twin = new Timeline();
      this.twin.begin(frame.twin, frame.now_us);
    }
    this.since = [];
    this.earlier = null;
    this.reaching = false;
    this.waiting = frame.now_us > 0 || frame.seq > 0;
    this.starts_us = frame.now_us;
    this.stay += 1;
    if (this.waiting) void this.lookBack(frame, this.stay);
  }

  /** @param {Frame} frame */
  follow(frame) {
    this.timeline.take(frame.changes);
    if (!frame.twin) this.twin = null;
    else {
      this.twin ??= new Timeline();
      this.twin.take(frame.twin);
    }
  }

  /** @param {Frame} frame @param {number} stay */
  async lookBack(frame, stay) {
    const isWanted = () => stay === this.stay;
    const address = `/r/${frame.room}/history?seq=${frame.seq}&until=${frame.now_us}`;
    let found = await history(address, undefined, isWanted).catch(() => null);
    for (const wait_ms of RETRY_MS) {
      if (found || !isWanted()) break;
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      if (isWanted()) found = await history(address, undefined, isWanted).catch(() => null);
    }
    if (!isWanted()) return;
    // Without a history the run is known from the snapshot on, and the timeline says so.
    this.waiting = false;
    if (found) {
      this.timeline = found.timeline;
      this.twin = found.twin;
      this.starts_us = 0;
      for (const later of this.since) this.follow(later);
    }
    this.since = [];
    this.onHistory();
  }
}
