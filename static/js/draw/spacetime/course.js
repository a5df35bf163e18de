/**
 * The way of one message through time: when it was where between its two ends. Pure.
 *
 * @import { Flight } from "../../timeline.js"
 * @import { MessageState } from "../../protocol.js"
 *
 * @typedef {object} Turn where a straight piece of its way begins or ends
 * @property {number} at_us
 * @property {number} part 0 at its source, 1 at its target
 *
 * @typedef {"delivered" | "refused" | "lost" | "held" | "in_flight"} Ending
 * @typedef {{ turns: Turn[], ending: Ending }} Course
 */
import { progress } from "../../scene.js";

/** @param {Flight} flight @returns {MessageState} as it was sent */
export function sent(flight) {
  return /** @type {{ fields: MessageState }} */ (flight.versions[0]).fields;
}

/**
 * A message that is held has a level piece. One that is under way is drawn to where it is due.
 * @param {Flight} flight @param {number} now_us how far a level piece goes that has no end yet
 * @returns {Course}
 */
export function courseOf(flight, now_us) {
  let state = sent(flight);
  let since_us = flight.from_us;
  /** @type {Turn[]} */
  const turns = [{ at_us: state.sent_us, part: 0 }];
  for (const { at_us, fields } of flight.versions.slice(1)) {
    const part = progress(state, at_us, since_us);
    const fate = fields?.fate ?? "delivered";
    if (fate === "delivered" || fate === "refused") return { turns: [...turns, { at_us, part: 1 }], ending: fate };
    turns.push({ at_us, part });
    if (fate === "lost") return { turns, ending: "lost" };
    state = fields;
    since_us = at_us;
  }
  if (state.fate === "held") {
    turns.push({ at_us: Math.max(now_us, since_us), part: progress(state, since_us, since_us) });
    return { turns, ending: "held" };
  }
  if (state.fate !== "in_flight") return { turns: [...turns, { at_us: flight.from_us, part: 1 }], ending: state.fate };
  return { turns: [...turns, { at_us: state.due_us, part: 1 }], ending: "in_flight" };
}
