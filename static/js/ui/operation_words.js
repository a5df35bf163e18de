/**
 * Operations in words: what was asked, how it stands, what that means.
 *
 * @import { Answer, OperationState, Version } from "../protocol.js"
 * @import { Asking } from "../quorums.js"
 */
import { counted } from "../quorums.js";
import { milliseconds, say } from "../words.js";

/** What each outcome means, but for those that need no word. @type {Record<string, { write: string, read: string }>} */
const OUTCOMES = {
  quorum_impossible: { write: "outcome.quorum_impossible", read: "outcome.quorum_impossible" },
  timeout: { write: "outcome.timeout_write", read: "outcome.timeout_read" },
  leader_changed: { write: "outcome.leader_changed", read: "outcome.leader_changed" },
  nobody_took_it: { write: "outcome.nobody_took_it", read: "outcome.nobody_took_it" },
  no_leader: { write: "outcome.no_leader", read: "outcome.no_leader" },
  no_answer: { write: "outcome.no_answer_write", read: "outcome.no_answer_read" },
};

/** Failed before any node began with it: there can be no copies. */
const NEVER_BEGUN = new Set(["nobody_took_it", "no_leader"]);

/** @param {OperationState} state */
export function what({ client, type, key, value }) {
  return type === "write" ? say("operation.write", { client, key, value: value ?? "" }) : say("operation.read", { client, key });
}

/** How many have answered, of how many needed. @param {OperationState} state @param {Asking} asked */
export function count({ type }, asked) {
  const code = type === "write" ? "operation.acks" : "operation.replies";
  const have = new Set(counted(asked, type).map(({ node }) => node)).size;
  const told = type === "read" && asked.round > 1 ? have : Math.min(have, asked.needed);
  if (type === "read" && asked.round > 1) return `${say("operation.replied", {}, told)} · ${say("operation.wrote_back", { needed: asked.needed })}`;
  const counts = say(code, { have: told, needed: asked.needed });
  return asked.round > 1 ? `${counts} · ${say("operation.round", { round: asked.round })}` : counts;
}

/** Through which node it went, and how often it was tried. @param {OperationState} state */
export function through({ via, attempt }) {
  return [...(via ? [say("operation.via", { node: via })] : []), ...(attempt > 1 ? [say("operation.attempt", { attempt })] : [])].join(" · ");
}

/** What has come of it. @param {OperationState} state @param {string | null} winner @param {number} copies */
export function means(state, winner, copies) {
  const { type, outcome, code } = state;
  if (outcome === "ok" && type === "read") return found(state, winner);
  if (outcome === "fail" && type === "read") return say("operation.read_failed");
  if (type === "read" || (outcome !== "fail" && outcome !== "unknown") || NEVER_BEGUN.has(code)) return "";
  return say(outcome === "fail" ? "operation.copies" : "operation.copies_unknown", {}, copies);
}

/** Why it came to that. @param {OperationState} state */
export function reason({ type, code }) {
  const meaning = OUTCOMES[code]?.[type];
  return meaning ? say(meaning) : "";
}

/** @param {OperationState} state @param {string | null} winner */
function found({ value, version, siblings }, winner) {
  if (siblings.length > 1) return say("operation.got_siblings", {}, siblings.length);
  if (value === null) return say("operation.got_nothing");
  return say("operation.got", { value, counter: version?.counter ?? 0, winner: winner ?? "" });
}

/** @param {OperationState} state @param {number | null} messages @param {number} trips @param {boolean} isLed whether a leader's log carries its writes */
export function cost(state, messages, trips, isLed) {
  const parts = [];
  if (messages !== null) parts.push(say(isLed && state.type === "write" ? "cost.messages_led" : "cost.messages", {}, messages));
  parts.push(say("cost.trips", {}, trips));
  if (state.responded_us !== null) parts.push(`${milliseconds(state.responded_us - state.invoked_us)} ms`);
  return parts.join(" · ");
}

/** @param {Version} version */
export function versionName({ counter, writer }) {
  return `v${counter}·${writer}`;
}

/** @param {Answer | undefined} answer */
export function sign(answer) {
  if (!answer) return "";
  if (answer.says === "value") return answer.version ? ` v${answer.version.counter}` : " –";
  return { ack: " ✓", stale: " !", refused: " ×" }[answer.says];
}

/** @param {string} node @param {Answer | undefined} answer */
export function describe(node, answer) {
  const says = !answer ? "none" : answer.says === "value" && !answer.version ? "empty" : answer.says;
  return say(`operation.answer.${says}`, { node, counter: answer?.version?.counter ?? 0 });
}
