/**
 * Questions that the present run asks by itself, and what the run answers. Pure.
 *
 * What a question is about is told from its words, so that whoever comes to it later can tell as well.
 *
 * @import { View } from "../app.js"
 * @import { PollSeen, OperationState } from "../protocol.js"
 * @import { Timeline } from "../timeline.js"
 *
 * @typedef {{ question: string, choices: string[] }} Question
 * @typedef {{ choice: number | null, sentence: string }} Proposal what the run says, and which choice that is; null: none of them
 * @typedef {{ before: Set<string>, at_us: number }} Since when a question was asked: the operations that there were, for a clock that stands tells nothing
 */
import { say } from "../words.js";
import { letter } from "./poll_picture.js";

/** So many choices a question without words of its own has. */
const LETTERS = 4;
/** So many operations are looked through for what has settled a question. */
const LOOKED_THROUGH = 500;

/** @param {View} view what is shown @param {number} most choices @returns {Question[]} */
export function quickQuestions({ scene }, most) {
  const { key, cluster } = scene;
  // Only a node that was asked on somebody's behalf can leave them without any answer.
  const unanswered = cluster.strategy === "client" ? [] : ["unknown"];
  return [
    { question: say("polls.ask.read", { key }), choices: [...found(scene, most - 1 - unanswered.length), ...["fail", ...unanswered].map((word) => say(`polls.read.${word}`))] },
    { question: say("polls.ask.write", { key }), choices: ["ok", "fail", ...unanswered].map((word) => say(`polls.write.${word}`)) },
    ...(scene.nodes.length > 1 && scene.nodes.length <= most ? [{ question: say("polls.ask.node", { key }), choices: scene.nodes.map(({ id }) => id) }] : []),
    { question: say("polls.ask.letters"), choices: [...Array(LETTERS).keys()].map(letter) },
  ];
}

/** What a read can find: what is stored, and what is on its way there; the newest first. @param {View["scene"]} scene @param {number} most */
function found({ key, nodes, records, operations, cluster }, most) {
  const writes = operations.filter(([, { type, key: of, outcome }]) => type === "write" && of === key && outcome === "pending").map(([, { value }]) => value);
  const stored = [...nodes].sort((a, b) => a.behind - b.behind).map(({ record }) => record?.value ?? null);
  const beside = records.filter((record) => record.key === key).flatMap((record) => record.siblings.map(({ value }) => value));
  const values = [...new Set([...writes, ...stored, ...beside].filter((value) => value !== null))];
  const others = [...(cluster.versions === "vector" && values.length > 1 ? [say("polls.read.several")] : []), ...(stored.includes(null) ? [say("polls.read.nothing")] : [])];
  const room = most - others.length;
  const named = values.map((value) => say("polls.read.value", { value }));
  return [...(named.length > room ? [...named.slice(0, room - 1), say("polls.read.another")] : named), ...others];
}

/**
 * What the run has answered to a question since then; null: nothing yet, or it is not for the run to say.
 * @param {PollSeen} poll @param {Timeline} timeline @param {Since} since
 * @returns {Proposal | null}
 */
export function proposal(poll, timeline, { before, at_us }) {
  const ended = timeline.operationsBy(Infinity, LOOKED_THROUGH).filter(([id, { invoked_us, outcome }]) => !before.has(id) && invoked_us >= at_us && outcome !== "pending");
  /** @param {"read" | "write" | "node"} about @param {"read" | "write"} type */
  const latest = (about, type) => {
    const own = ended.filter(([, state]) => state.type === type && poll.question === say(`polls.ask.${about}`, { key: state.key }));
    return own[0] && { id: own[0][0], state: own[0][1], count: own.length };
  };
  const read = latest("read", "read");
  if (read) return settled(poll, "read", readAs(read.state), read.state.key, read.count);
  const write = latest("write", "write");
  if (write) return settled(poll, "write", say(`polls.write.${word(write.state)}`), write.state.key, write.count);
  const spread = latest("node", "write");
  const node = spread && firstWith(timeline, spread.id);
  return spread && node ? settled(poll, "node", node, spread.state.key, spread.count) : null;
}

/** @param {PollSeen} poll @param {"read" | "write" | "node"} about @param {string} result @param {string} key @param {number} count */
function settled(poll, about, result, key, count) {
  return { choice: placeOf(poll, result), sentence: say(`polls.settled.${about}`, { key, result }, count) };
}

/** The one node that had a write before all others; null where there is none. @param {Timeline} timeline @param {string} write */
function firstWith(timeline, write) {
  const stored = timeline.all("record", Infinity).flatMap(([id, { node }]) => {
    const version = timeline.versions("record", id).find(({ fields }) => fields?.write === write);
    return version ? [{ node, at_us: version.at_us }] : [];
  });
  const [first, second] = stored.sort((a, b) => a.at_us - b.at_us);
  return first && first.at_us !== second?.at_us ? first.node : null;
}

/** @param {OperationState} state */
function readAs(state) {
  if (state.outcome !== "ok") return say(`polls.read.${word(state)}`);
  if (state.siblings.length > 1) return say("polls.read.several");
  return state.value === null ? say("polls.read.nothing") : say("polls.read.value", { value: state.value });
}

/** @param {OperationState} state */
function word({ outcome }) {
  return outcome === "ok" || outcome === "fail" ? outcome : "unknown";
}

/** The server keeps texts in their composed form and with single spaces. @param {PollSeen} poll @param {string} text */
function placeOf({ choices }, text) {
  const kept = text.normalize("NFC").trim().split(/\s+/).join(" ");
  const place = choices.indexOf(kept);
  return place < 0 ? null : place;
}
