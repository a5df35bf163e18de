/**
 * What an event of the space-time diagram is called.
 *
 * @import { Event } from "../draw/spacetime/events.js"
 * @import { NodeState, OperationState } from "../protocol.js"
 * @import { Flight, Timeline } from "../timeline.js"
 */
import { courseOf, sent } from "../draw/spacetime/course.js";
import { milliseconds, say } from "../words.js";
import { carries, messageName } from "./message_words.js";

const ENDINGS = {
  delivered: "spacetime.delivered",
  refused: "spacetime.refused",
  lost: "spacetime.lost",
  held: "spacetime.held",
  in_flight: "spacetime.due",
};

const STATES = {
  up: "spacetime.is_up",
  down: "spacetime.is_down",
  frozen: "spacetime.is_frozen",
  leaving: "spacetime.is_leaving",
};

/** @param {Timeline} timeline @param {Event} event */
export function eventName(timeline, event) {
  const { kind, id, at_us, lane } = event;
  const at = milliseconds(at_us);
  if (kind === "state") return say("spacetime.state", { lane, at, state: stateName(timeline, id, at_us) });
  if (kind === "invoke" || kind === "respond") {
    const state = /** @type {OperationState} */ (timeline.versions("operation", id).at(-1)?.fields);
    const facts = { id, at, what: what(state), outcome: say(`operation.${state.outcome}`) };
    return kind === "invoke" ? say("spacetime.invoke", facts) : say("spacetime.respond", facts);
  }
  const flight = timeline.flights[timeline.flightOf.get(id) ?? -1];
  if (!flight) return "";
  return kind === "send" ? say("spacetime.send", { course: courseName(flight) }) : say("spacetime.receive", { course: courseName(flight) });
}

/** @param {Flight} flight */
function courseName(flight) {
  const state = sent(flight);
  const { ending, turns } = courseOf(flight, flight.from_us);
  return say("spacetime.course", {
    message: flight.id,
    what: [messageName(state.type), carries(state)].filter(Boolean).join(" "),
    source: state.source,
    target: state.target,
    sent: milliseconds(state.sent_us),
    ending: say(ENDINGS[ending], { at: milliseconds(turns.at(-1)?.at_us ?? state.due_us) }),
  });
}

/** @param {OperationState} state */
function what({ type, client, key, value }) {
  return type === "write" ? say("operation.write", { client, key, value: value ?? "" }) : say("operation.read", { client, key });
}

/** @param {Timeline} timeline @param {string} id @param {number} at_us */
function stateName(timeline, id, at_us) {
  const node = /** @type {NodeState | null} */ (timeline.at("node", id, at_us));
  if (!node) return timeline.at("client", id, at_us) ? say("spacetime.is_there") : say("spacetime.is_gone");
  const lead = node.role === "leader" ? say("spacetime.leader", { term: node.term ?? 0 }) : "";
  return [say(STATES[node.status]), lead].filter(Boolean).join(", ");
}
