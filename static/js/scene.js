/**
 * What there is to see at one moment: the timeline's entities, put together for drawing. Pure.
 *
 * @import { Timeline } from "./timeline.js"
 * @import {
 *   ClientState, ClusterState, HintState, LinkState, MessageState, NodeState, OperationState, RecordState, Version, VerdictState, WorkloadState,
 * } from "./protocol.js"
 *
 * @typedef {object} SceneNode
 * @property {string} id
 * @property {number} seat where it stands: counted among the nodes that are there, in the order in which they joined
 * @property {NodeState} state
 * @property {RecordState | null} record what it holds for the key that is shown
 * @property {number} behind how many newer versions of the key exist on other nodes; 0 is the newest
 * @property {boolean} replica whether the key belongs on it, as far as operations have shown
 * @property {number} hints how many hints it keeps for others
 *
 * @typedef {object} SceneClient
 * @property {string} id
 * @property {ClientState} state
 * @property {[id: string, state: OperationState] | null} latest
 *
 * @typedef {object} Scene
 * @property {number} at_us
 * @property {string} key
 * @property {ClusterState} cluster
 * @property {SceneNode[]} nodes in ring order
 * @property {SceneClient[]} clients
 * @property {[id: string, state: OperationState][]} operations the latest, newest first
 * @property {RecordState[]} records of all keys on all nodes
 * @property {HintState[]} hints
 * @property {LinkState[]} links those that are not whole
 * @property {VerdictState | null} verdict
 * @property {WorkloadState | null} workload
 * @property {Map<string, number>} copies how many nodes hold the record that a write made
 */

/** So many operations are part of a scene. */
const OPERATIONS = 60;

/**
 * The scene, without the messages in flight (they move; what is here only changes). Null before the first frame.
 * @param {Timeline} timeline @param {number} at_us @param {string} key
 * @returns {Scene | null}
 */
export function sceneAt(timeline, at_us, key) {
  const cluster = timeline.at("cluster", "cluster", at_us);
  if (!cluster) return null;
  const records = timeline.all("record", at_us).map(([, record]) => record);
  const hints = timeline.all("hint", at_us).map(([, hint]) => hint);
  const operations = timeline.operationsBy(at_us, OPERATIONS);
  return {
    at_us,
    key,
    cluster,
    nodes: nodesAt(timeline, at_us, key, cluster.n, records, hints, operations),
    clients: timeline
      .all("client", at_us)
      .map(([id, state]) => ({ id, state, latest: operations.find(([, operation]) => operation.client === id) ?? null }))
      .sort((a, b) => a.state.place - b.state.place),
    operations,
    records,
    hints,
    links: timeline.all("link", at_us).map(([, link]) => link),
    verdict: timeline.at("verdict", "verdict", at_us),
    workload: timeline.at("workload", "workload", at_us),
    copies: countBy(records, (record) => record.siblings.map((sibling) => sibling.write).concat(record.siblings.length ? [] : record.write)),
  };
}

/**
 * @param {Timeline} timeline @param {number} at_us @param {string} key @param {number} n
 * @param {RecordState[]} records @param {HintState[]} hints @param {[string, OperationState][]} operations
 * @returns {SceneNode[]}
 */
function nodesAt(timeline, at_us, key, n, records, hints, operations) {
  const ofKey = records.filter((record) => record.key === key);
  const versions = distinctNewestFirst(ofKey.map((record) => record.version));
  // An operation that asked fewer than n does not tell which all the replicas are.
  const asked = operations.find(([, operation]) => operation.key === key && operation.asked.length >= n)?.[1].asked;
  return timeline
    .all("node", at_us)
    .sort(([, a], [, b]) => a.place - b.place)
    .map(([id, state], seat) => {
      const record = ofKey.find((held) => held.node === id) ?? null;
      return {
        id,
        seat,
        state,
        record,
        behind: record ? versions.findIndex((version) => compare(version, record.version) === 0) : versions.length,
        replica: !asked || asked.includes(id),
        hints: hints.filter((hint) => hint.holder === id).length,
      };
    });
}

/**
 * Where a message is between its ends, from 0 to 1. One that is held stands where it was when that began.
 * @param {MessageState} message @param {number} at_us @param {number} since_us when it came into this state
 */
export function progress(message, at_us, since_us) {
  const when_us = message.fate === "held" ? since_us : at_us;
  return Math.max(0, Math.min(1, (when_us - message.sent_us) / (message.due_us - message.sent_us)));
}

/** Positive answers in the present round, as the client counts them. @param {OperationState} operation */
export function positiveAnswers(operation) {
  const says = operation.type === "write" ? "ack" : "value";
  return operation.answers.filter((answer) => answer.says === says && answer.round === operation.round);
}

/** @param {Version} a @param {Version} b negative where a is older */
export function compare(a, b) {
  return a.counter - b.counter || (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : 0);
}

/** @param {Version[]} versions */
function distinctNewestFirst(versions) {
  return [...versions].sort((a, b) => compare(b, a)).filter((v, i, all) => i === 0 || compare(v, /** @type {Version} */ (all[i - 1])) !== 0);
}

/** @template T @param {T[]} items @param {(item: T) => string | string[]} names */
function countBy(items, names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of items.flatMap(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
