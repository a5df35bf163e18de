/**
 * The causal past of an event: all that happened before it (Lamport 1978). It is told by how far it reaches on each lane: whatever
 * an actor did by then could have had an influence, and nothing that it did later. Pure.
 *
 * @import { Flight, Timeline } from "../../timeline.js"
 *
 * @typedef {Map<string, number>} Past for each actor in it, the moment of the last event that belongs to it
 */
import { countUntil } from "../../timeline.js";
import { sent } from "./course.js";

/** It is followed back over so many messages; what is before them is left out. */
const MESSAGES = 5000;

/** @param {Timeline} timeline @param {string} actor @param {number} at_us @returns {Past} */
export function pastOf(timeline, actor, at_us) {
  const arrivals = arrivalsBy(timeline, at_us);
  /** @type {Past} */
  const past = new Map([[actor, at_us]]);
  /** @type {Map<string, number>} how many arrivals of an actor have been followed */
  const followed = new Map();
  const left = [actor];
  for (let lane = left.pop(); lane !== undefined; lane = left.pop()) {
    const until_us = /** @type {number} */ (past.get(lane));
    const taken = arrivals.get(lane) ?? [];
    let i = followed.get(lane) ?? 0;
    for (; i < taken.length && /** @type {Flight} */ (taken[i]).until_us <= until_us; i++) {
      const { source, sent_us } = sent(/** @type {Flight} */ (taken[i]));
      if ((past.get(source) ?? -1) >= sent_us) continue;
      past.set(source, sent_us);
      left.push(source);
    }
    followed.set(lane, i);
  }
  return past;
}

/** Whether a message was taken, and that in the past. @param {Flight} flight @param {Past} past */
export function isMessageIn(flight, past) {
  return isTaken(flight) && flight.until_us <= (past.get(sent(flight).target) ?? -1);
}

/** @param {Flight} flight */
export function isTaken({ versions }) {
  return versions.at(-1)?.fields?.fate === "delivered";
}

/** What each actor was sent and took by a moment, in order of arrival. @param {Timeline} timeline @param {number} at_us */
function arrivalsBy(timeline, at_us) {
  /** @type {Map<string, Flight[]>} */
  const arrivals = new Map();
  const end = countUntil(timeline.flights, at_us, (flight) => flight.from_us);
  for (const flight of timeline.flights.slice(Math.max(0, end - MESSAGES), end)) {
    if (flight.until_us > at_us || !isTaken(flight)) continue;
    const { target } = sent(flight);
    const of = arrivals.get(target);
    if (of) of.push(flight);
    else arrivals.set(target, [flight]);
  }
  for (const of of arrivals.values()) of.sort((a, b) => a.until_us - b.until_us);
  return arrivals;
}
