/**
 * What there is to see at one moment: the timeline's entities, put together for drawing. Pure.
 *
 * @import { Timeline } from "./timeline.js"
 * @import { ClientState, ClusterState, MessageState, NodeState, OperationState, RecordState, Version } from "./protocol.js"
 *
 * @typedef {object} SceneNode
 * @property {string} id
 * @property {NodeState} state
 * @property {RecordState | null} record what it holds for the key that is shown
 * @property {number} behind how many newer versions of the key exist on other nodes; 0 is the newest
 * @property {boolean} replica whether the key belongs on it, as far as operations have shown
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
 * @property {[id: string, state: OperationState][]} operations newest first
 * @property {Map<string, number>} copies how many nodes hold the record that a write made
 */

/**
 * The scene, without the messages in flight (they move; what is here only changes). Null before the first frame.
 * @param {Timeline} timeline @param {number} at_us @param {string} key
 * @returns {Scene | null}
 */
export function sceneAt(timeline, at_us, key) {
  const cluster = timeline.at("cluster", "cluster", at_us);
  if (!cluster) return null;
  const records = timeline.all("record", at_us).map(([, record]) => record);
  const operations = timeline.all("operation", at_us).sort(newestFirst);
  return {
    at_us,
    key,
    cluster,
    nodes: nodesAt(timeline, at_us, key, records, operations),
    clients: timeline
      .all("client", at_us)
      .map(([id, state]) => ({ id, state, latest: operations.find(([, operation]) => operation.client === id) ?? null }))
      .sort((a, b) => a.state.place - b.state.place),
    operations,
    copies: countBy(records, (record) => record.write),
  };
}

/**
 * @param {Timeline} timeline @param {number} at_us @param {string} key
 * @param {RecordState[]} records @param {[string, OperationState][]} operations
 * @returns {SceneNode[]}
 */
function nodesAt(timeline, at_us, key, records, operations) {
  const ofKey = records.filter((record) => record.key === key);
  const versions = distinctNewestFirst(ofKey.map((record) => record.version));
  const asked = operations.find(([, operation]) => operation.key === key)?.[1].asked;
  return timeline
    .all("node", at_us)
    .map(([id, state]) => {
      const record = ofKey.find((held) => held.node === id) ?? null;
      return {
        id,
        state,
        record,
        behind: record ? versions.findIndex((version) => compare(version, record.version) === 0) : versions.length,
        replica: !asked || asked.includes(id),
      };
    })
    .sort((a, b) => a.state.place - b.state.place);
}

/** @param {[string, OperationState]} a @param {[string, OperationState]} b */
function newestFirst([a, first], [b, second]) {
  return second.invoked_us - first.invoked_us || b.length - a.length || (a < b ? 1 : -1);
}

/** Where a message is between its ends, from 0 to 1. @param {MessageState} message @param {number} at_us */
export function progress(message, at_us) {
  return Math.max(0, Math.min(1, (at_us - message.sent_us) / (message.due_us - message.sent_us)));
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

/** @template T @param {T[]} items @param {(item: T) => string} name */
function countBy(items, name) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const item of items) counts.set(name(item), (counts.get(name(item)) ?? 0) + 1);
  return counts;
}
