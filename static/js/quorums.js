/**
 * Who acknowledged a write, who answered a read, and which nodes did both: all of it read off the timeline. Pure.
 *
 * @import { Timeline } from "./timeline.js"
 * @import { Answer, OperationState, Version } from "./protocol.js"
 *
 * @typedef {object} Asking one operation as whoever asked the nodes knows it: the client, or a node on its behalf
 * @property {string | null} by the node that coordinates
 * @property {readonly string[]} asked
 * @property {number} needed
 * @property {number} round
 * @property {readonly Answer[]} answers
 * @property {string} outcome what whoever asked came to
 * @property {number} ended_us when it came to that; Infinity while it waits
 *
 * @typedef {[id: string, state: OperationState]} Entry
 *
 * @typedef {"saw" | "missed" | "newer" | "beside" | "other" | "pending" | "unanswered"} Relation
 * @typedef {{ write: Entry, read: Entry, relation: Relation }} Pair a write and a read of the same key
 *
 * @typedef {object} Column one node of the picture
 * @property {string} node
 * @property {"counted" | "late" | "refused" | null} ack what it said to the write; late: after the outcome
 * @property {"counted" | "late" | "refused" | null} reply what it said to the read
 * @property {Version | null} held what its reply held
 * @property {boolean} both whether it is in both quorums
 * @property {boolean} won whether its reply gave the read its value
 * @property {boolean} forgot whether it is in both and yet its reply did not show the write
 *
 * @typedef {object} Overlap
 * @property {Column[]} columns
 * @property {number} n @property {number} w @property {number} r
 * @property {boolean} promised whether w + r > n says that one node must be in both: an acknowledged write, a later read
 * @property {boolean} shifted whether others than the n replicas were asked
 * @property {string[]} both
 * @property {string[]} forgot those in both whose reply did not show the write
 */
import { compare } from "./scene.js";

/** So many operations are looked through for the other half of a pair, and so many pairs are offered. */
const LOOKED_THROUGH = 500;
const OFFERED = 12;

/** @param {Timeline} timeline @param {string} id @param {OperationState} state @param {number} at_us @returns {Asking} */
export function asking(timeline, id, state, at_us) {
  const name = `${id}@${state.via}`;
  const coordination = state.via ? timeline.at("coordination", name, at_us) : null;
  if (!state.via || !coordination) return { ...state, by: null, ended_us: state.responded_us ?? Infinity };
  const ended = timeline.versions("coordination", name).find(({ fields }) => fields && fields.outcome !== "pending");
  return { ...coordination, by: state.via, ended_us: ended && ended.at_us <= at_us ? ended.at_us : Infinity };
}

/** What counted for the operation: acknowledgements of the present round, or the replies of a read. @param {Asking} asked @param {"write" | "read"} type */
export function counted({ answers, round }, type) {
  // A read's replies are in its first round; a second one writes back what they told.
  return answers.filter((answer) => (type === "write" ? answer.says === "ack" && answer.round === round : answer.says === "value"));
}

/** The node whose reply gave a read its value. @param {OperationState} state @param {Asking} asked */
export function winnerOf(state, asked) {
  if (!asked.by || state.version === null) return state.winner;
  const { version } = state;
  return counted(asked, "read").find((answer) => answer.version && compare(answer.version, version) === 0)?.node ?? null;
}

/**
 * The pairs that explain an operation, the most telling first: for a read the write that it saw and the newest that
 * had been acknowledged before it; for a write the reads that could have seen it, the latest first.
 * @param {Timeline} timeline @param {string} id @param {OperationState} state @param {number} at_us
 * @returns {Pair[]}
 */
export function pairs(timeline, id, state, at_us) {
  // Much may have happened since a read, and it could know only of what came before it.
  const until_us = state.type === "read" ? state.invoked_us : at_us;
  const others = timeline.operationsBy(until_us, LOOKED_THROUGH).filter(([, other]) => other.key === state.key && other.type !== state.type);
  const ordered = timeline.at("cluster", "cluster", at_us)?.versions !== "vector";
  if (state.type === "write") {
    return others
      .filter(([, read]) => read.responded_us === null || read.responded_us >= state.invoked_us)
      .slice(0, OFFERED)
      .map((read) => pair([id, state], read, ordered));
  }
  const newest = newestBefore(others, ordered);
  /** @type {Pair[]} */
  const found = [];
  for (const write of new Set([newest, state.write])) {
    const known = write === null ? null : timeline.at("operation", write, at_us);
    if (write !== null && known) found.push(pair([write, known], [id, state], ordered));
  }
  return found.sort((a, b) => Number(b.relation === "missed") - Number(a.relation === "missed") || Number(b.relation === "saw") - Number(a.relation === "saw"));
}

/** Of writes as they stood when a read began, the newest that had been acknowledged. @param {Entry[]} writes @param {boolean} ordered @returns {string | null} */
function newestBefore(writes, ordered) {
  /** @type {Entry | null} */
  let newest = null;
  for (const entry of writes) {
    const write = entry[1];
    if (write.outcome === "ok" && (!newest || isLater(write, newest[1], ordered))) newest = entry;
  }
  return newest && newest[0];
}

/** @param {OperationState} write @param {OperationState} other @param {boolean} ordered */
function isLater(write, other, ordered) {
  if (ordered && write.version && other.version) return compare(write.version, other.version) > 0;
  return (write.responded_us ?? 0) > (other.responded_us ?? 0);
}

/** @param {Entry} write @param {Entry} read @param {boolean} ordered @returns {Pair} */
function pair(write, read, ordered) {
  return { write, read, relation: relation(write, read[1], ordered) };
}

/** @param {Entry} write @param {OperationState} read @param {boolean} ordered @returns {Relation} */
function relation([id, write], read, ordered) {
  if (read.outcome === "pending") return "pending";
  if (read.outcome !== "ok") return "unanswered";
  if (read.write === id || read.siblings.some((sibling) => sibling.write === id)) return "saw";
  if (!isAfter(write, read)) return "beside";
  if (read.version === null) return "missed";
  if (!ordered || !write.version) return "other";
  return compare(read.version, write.version) > 0 ? "newer" : "missed";
}

/** Whether the write had been acknowledged when the read began. @param {OperationState} write @param {OperationState} read */
function isAfter(write, read) {
  return write.outcome === "ok" && write.responded_us !== null && write.responded_us <= read.invoked_us;
}

/** @param {Timeline} timeline @param {Pair} pair @param {number} at_us @returns {Overlap} */
export function overlap(timeline, { write: [writeId, write], read: [readId, read] }, at_us) {
  const puts = asking(timeline, writeId, write, at_us);
  const gets = asking(timeline, readId, read, at_us);
  const n = Math.max(...[write, read].map((operation) => timeline.at("cluster", "cluster", operation.invoked_us)?.n ?? 0));
  const names = [...new Set([...puts.asked, ...gets.asked, ...puts.answers.map(({ node }) => node), ...gets.answers.map(({ node }) => node)])];
  const after = isAfter(write, read);
  const winner = winnerOf(read, gets);
  const columns = names.sort(inOrder).map((node) => {
    const ack = said(puts, "write", node);
    const reply = said(gets, "read", node);
    const held = counted(gets, "read").find((answer) => answer.node === node)?.version ?? null;
    const saw = shows(read, write, writeId, held);
    const both = (ack === "counted" || ack === "late") && reply === "counted" && (saw || (ack === "counted" && after));
    return { node, ack, reply, held, both, won: node === winner, forgot: both && !saw };
  });
  const shifted = columns.length > n;
  return {
    columns,
    n,
    w: puts.needed,
    r: gets.round > 1 ? (timeline.at("cluster", "cluster", read.invoked_us)?.r ?? gets.needed) : gets.needed,
    promised: after && !shifted,
    shifted,
    both: columns.filter(({ both }) => both).map(({ node }) => node),
    forgot: columns.filter(({ forgot }) => forgot).map(({ node }) => node),
  };
}

/** Whether a reply held the write, or something newer. @param {OperationState} read @param {OperationState} write @param {string} id @param {Version | null} held */
function shows(read, write, id, held) {
  if (!held || !write.version) return false;
  return compare(held, write.version) >= 0 || read.siblings.some((sibling) => sibling.write === id);
}

/** @param {Asking} asked @param {"write" | "read"} type @param {string} node @returns {Column["ack"]} */
function said(asked, type, node) {
  const answer = counted(asked, type).find((one) => one.node === node);
  if (answer) return answer.at_us <= asked.ended_us ? "counted" : "late";
  return asked.answers.some((one) => one.node === node && (one.says === "refused" || one.says === "stale")) ? "refused" : null;
}

/** n2 before n10. @param {string} a @param {string} b */
export function inOrder(a, b) {
  return a.length - b.length || (a < b ? -1 : 1);
}
