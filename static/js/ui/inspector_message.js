/**
 * A message: who sent it, what it carries, and what becomes of it.
 *
 * @import { App, View } from "../app.js"
 * @import { MessageState } from "../protocol.js"
 * @import { Body } from "./inspector.js"
 */
import { milliseconds, say } from "../words.js";
import { ActionList } from "./action_list.js";
import { make } from "./element.js";
import { drawFacts } from "./facts.js";
import { carries, messageName } from "./message_words.js";

/** @implements {Body} */
export class MessageBody {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.actions = new ActionList(app);
    this.facts = make("dl", "facts");
    this.root = make("div");
    this.root.append(this.actions.root, this.facts);
  }

  /** @param {View} view @param {string} id */
  draw({ timeline, at_us, selection }, id) {
    const message = timeline.at("message", id, at_us);
    this.root.classList.toggle("gone", !message);
    if (!message) return null;
    const { operation, source, target, fate } = message;
    const ended_us = timeline.versions("message", id).findLast((version) => version.at_us <= at_us)?.at_us ?? at_us;
    const under = fate === "in_flight" || fate === "held";
    drawFacts(this.facts, [
      { name: say("inspector.carries"), text: carries(message) },
      { name: say("inspector.sent"), text: say("inspector.at", { ms: milliseconds(message.sent_us) }) },
      { name: say("inspector.due"), text: fate === "in_flight" ? say("inspector.at", { ms: milliseconds(message.due_us) }) : "" },
      { name: say("inspector.ended"), text: under ? "" : say("inspector.at", { ms: milliseconds(ended_us) }) },
      { name: say("inspector.size"), text: say("inspector.size_bytes", { bytes: message.bytes }) },
      { name: say("inspector.operation"), text: operation ?? "", onClick: () => operation && selection.select("operation", operation) },
    ]);
    return `${messageName(message.type)}, ${source} → ${target} · ${fateText(message)}`;
  }
}

/** @param {MessageState} message */
function fateText({ fate, target }) {
  return {
    in_flight: say("fate.in_flight"),
    held: say("fate.held"),
    delivered: say("fate.delivered", { target }),
    refused: say("fate.refused", { target }),
    lost: say("fate.lost"),
  }[fate];
}
