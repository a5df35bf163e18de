/**
 * What a message is called, and what it carries.
 *
 * @import { MessageState } from "../protocol.js"
 */
import { say } from "../words.js";

/** @type {Record<string, string>} */
const CODES = {
  put_request: "message.put_request",
  put_ack: "message.put_ack",
  put_stale: "message.put_stale",
  get_request: "message.get_request",
  get_reply: "message.get_reply",
  repair_request: "message.repair_request",
  repair_ack: "message.repair_ack",
  client_request: "message.client_request",
  client_reply: "message.client_reply",
  gossip_digest: "message.gossip_digest",
  gossip_delta: "message.gossip_delta",
  gossip_push: "message.gossip_push",
  gossip_kept: "message.gossip_kept",
  merkle_hashes: "message.merkle_hashes",
  merkle_differs: "message.merkle_differs",
  handoff: "message.handoff",
  handoff_ack: "message.handoff_ack",
  refusal: "message.refusal",
  append: "message.append",
  append_reply: "message.append_reply",
  catch_up: "message.catch_up",
  vote_request: "message.vote_request",
  vote_reply: "message.vote_reply",
};

/** @param {string} type */
export function messageName(type) {
  const code = CODES[type];
  return code ? say(code) : type;
}

/** A record, a number of records, or "". @param {MessageState} message */
export function carries({ key, value, version, count }) {
  if (count !== null) return say("message.carries_many", {}, count);
  const held = version ? ` v${version.counter}·${version.writer}` : "";
  if (value !== null) return `${key ?? ""} = ${value}${held}`;
  return key === null ? "" : `${key}${held}`;
}
