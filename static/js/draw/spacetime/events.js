/**
 * The events of a lane in order, for whoever goes from one to the next with the keys. Pure.
 *
 * @import { OperationState } from "../../protocol.js"
 * @import { Timeline } from "../../timeline.js"
 * @import { Lane } from "./lanes.js"
 *
 * @typedef {object} Event something that happened on a lane
 * @property {string} lane
 * @property {"state" | "invoke" | "receive" | "respond" | "send"} kind
 * @property {string} id of the message or operation, or of the actor itself
 * @property {number} at_us
 */
import { sent } from "./course.js";

/** What happens at one moment has an order all the same: an answer is there before what it leads to. */
const ORDER = { state: 0, invoke: 1, receive: 2, respond: 3, send: 4 };

/** It is looked this far at first, and then further and further. */
const LOOK_US = 2000;

/**
 * @param {Timeline} timeline @param {Pick<Lane, "id" | "kind">} lane @param {number} from_us @param {number} to_us
 * @returns {Event[]} those from one moment to another, both with them
 */
export function eventsOn(timeline, { id: lane, kind }, from_us, to_us) {
  /** @type {Event[]} */
  const found = [];
  const add = (/** @type {Event["kind"]} */ what, /** @type {string} */ id, /** @type {number | null} */ at_us) => {
    if (at_us !== null && at_us >= from_us && at_us <= to_us) found.push({ lane, kind: what, id, at_us });
  };
  for (const { at_us } of timeline.versions(kind, lane)) add("state", lane, at_us);
  for (const flight of timeline.flightsBetween(from_us, to_us)) {
    const { source, target, sent_us } = sent(flight);
    if (source === lane) add("send", flight.id, sent_us);
    const fate = flight.versions.at(-1)?.fields?.fate;
    if (target === lane && fate !== "lost" && flight.until_us < Infinity) add("receive", flight.id, flight.until_us);
  }
  if (kind === "client") {
    for (const id of timeline.invoked) {
      const state = /** @type {OperationState} */ (timeline.versions("operation", id).at(-1)?.fields);
      if (state.client !== lane) continue;
      add("invoke", id, state.invoked_us);
      add("respond", id, state.responded_us);
    }
  }
  return found.sort((a, b) => a.at_us - b.at_us || ORDER[a.kind] - ORDER[b.kind]);
}

/**
 * The event after this one on its lane, or (`step` -1) the one before it; null where there is none.
 * @param {Timeline} timeline @param {Lane} lane @param {Event} event @param {1 | -1} step
 * @returns {Event | null}
 */
export function beside(timeline, lane, event, step) {
  const { at_us } = event;
  const isAll = (/** @type {number} */ span_us) => (step > 0 ? at_us + span_us >= timeline.until_us : span_us >= at_us);
  for (let span_us = LOOK_US; ; span_us *= 8) {
    const events = step > 0 ? eventsOn(timeline, lane, at_us, at_us + span_us) : eventsOn(timeline, lane, at_us - span_us, at_us);
    const place = events.findIndex((other) => isSame(other, event));
    const found = events[place + step];
    if (found || isAll(span_us)) return found ?? null;
  }
}

/** The event of a lane that is nearest to a moment, or null if it has none. @param {Timeline} timeline @param {Lane} lane @param {number} at_us @returns {Event | null} */
export function nearest(timeline, lane, at_us) {
  for (let span_us = LOOK_US; ; span_us *= 8) {
    const events = eventsOn(timeline, lane, at_us - span_us, at_us + span_us);
    const off = (/** @type {Event} */ event) => Math.abs(event.at_us - at_us);
    if (events.length) return events.reduce((best, event) => (off(event) < off(best) ? event : best));
    if (span_us >= at_us && at_us + span_us >= timeline.until_us) return null;
  }
}

/** @param {Event | null} a @param {Event | null} b */
export function isSame(a, b) {
  return a !== null && b !== null && a.lane === b.lane && a.kind === b.kind && a.id === b.id && a.at_us === b.at_us;
}
