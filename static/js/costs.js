/**
 * What an operation costs: messages, and round trips one after another. Counted once as messages come, not at each draw.
 *
 * @import { Timeline, Flight } from "./timeline.js"
 * @import { ClusterState, OperationState } from "./protocol.js"
 * @import { Asking } from "./quorums.js"
 *
 * @typedef {{ sent: number[], requests: number[] }} Sent when its messages were sent; and of these, the client's requests to a node
 */
import { countUntil } from "./timeline.js";

class Traffic {
  constructor() {
    /** @type {WeakSet<Flight>} */
    this.seen = new WeakSet();
    /** @type {Map<string, Sent>} */
    this.operations = new Map();
    this.from_us = 0;
  }

  /** Take in what has been sent since the last time. @param {Timeline} timeline */
  follow({ flights, kinds, from_us }) {
    let next = flights.length;
    while (next > 0 && !this.seen.has(/** @type {Flight} */ (flights[next - 1]))) next -= 1;
    for (; next < flights.length; next++) this.add(/** @type {Flight} */ (flights[next]));
    if (from_us === this.from_us) return;
    // What the timeline has forgotten is forgotten here too.
    this.from_us = from_us;
    for (const id of this.operations.keys()) if (!kinds.get("operation")?.has(id)) this.operations.delete(id);
  }

  /** @param {Flight} flight */
  add(flight) {
    this.seen.add(flight);
    const { operation, type } = /** @type {import("./protocol.js").MessageState} */ (flight.versions[0]?.fields) ?? {};
    if (!operation) return;
    let sent = this.operations.get(operation);
    if (!sent) this.operations.set(operation, (sent = { sent: [], requests: [] }));
    sent.sent.push(flight.from_us);
    if (type === "client_request") sent.requests.push(flight.from_us);
  }
}

/** @type {WeakMap<Timeline, Traffic>} */
const traffic = new WeakMap();

/** @param {Timeline} timeline @param {string} id @returns {Sent | undefined} */
function sentFor(timeline, id) {
  let found = traffic.get(timeline);
  if (!found) traffic.set(timeline, (found = new Traffic()));
  found.follow(timeline);
  return found.operations.get(id);
}

/**
 * How many messages an operation has caused by a moment; null where not all of them are known.
 * @param {Timeline} timeline @param {string} id @param {OperationState} state @param {number} at_us
 */
export function messagesOf(timeline, id, state, at_us) {
  if (state.invoked_us < timeline.from_us) return null;
  return countUntil(sentFor(timeline, id)?.sent ?? [], at_us, (sent_us) => sent_us);
}

/**
 * How many times somebody had to send and wait for an answer, one after another.
 * @param {Timeline} timeline @param {string} id @param {OperationState} state @param {Asking} asked @param {ClusterState} cluster @param {number} at_us
 */
export function roundTrips(timeline, id, state, asked, cluster, at_us) {
  const rounds = new Set([...asked.answers.map(({ round }) => round), asked.round]).size;
  if (!state.via) return rounds + state.attempt - 1;
  const requests = countUntil(sentFor(timeline, id)?.requests ?? [], at_us, (sent_us) => sent_us) || state.attempt;
  // A leader that needs no copy but its own, and whoever answers a read alone, ask nobody.
  const alone = !asked.by || (cluster.strategy === "leader" && asked.needed === 1);
  return requests + (alone ? 0 : rounds);
}
