/**
 * A client: its clock and its latest operation.
 *
 * @import { App, View } from "../app.js"
 * @import { Body } from "./inspector.js"
 */
import { say } from "../words.js";
import { ActionList } from "./action_list.js";
import { make } from "./element.js";
import { drawFacts } from "./facts.js";
import { LinkRows } from "./inspector_links.js";
import { clockText } from "./inspector_node.js";
import { Skew } from "./inspector_skew.js";

/** @implements {Body} */
export class ClientBody {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.skew = new Skew(app);
    this.actions = new ActionList(app, [this.skew.root]);
    this.facts = make("dl", "facts");
    this.links = new LinkRows(app);
    this.root = make("div");
    this.root.append(this.actions.root, this.facts, this.links.more);
  }

  /** @param {View} view @param {string} id */
  draw(view, id) {
    const client = view.scene.clients.find((one) => one.id === id);
    this.root.classList.toggle("gone", !client);
    if (!client) return null;
    this.skew.draw(id, client.state.skew_us);
    const [operation, state] = client.latest ?? ["", null];
    const what = state && say(state.type === "write" ? "operation.write" : "operation.read", { client: id, key: state.key, value: state.value ?? "" });
    const outcome = state && { pending: say("operation.pending"), ok: say("operation.ok"), fail: say("operation.fail"), unknown: say("operation.unknown") }[state.outcome];
    drawFacts(this.facts, [
      { name: say("inspector.latest"), text: state ? `${what}: ${outcome}` : "", onClick: () => this.app.selection.select("operation", operation) },
      { name: say("inspector.clock"), text: clockText(view.at_us, client.state.skew_us) },
    ]);
    this.links.draw(view, id);
    return state ? `${outcome}` : say("inspector.idle");
  }

  /** @param {string} part */
  open(part) {
    if (part === "links") this.links.enter();
    if (part === "clock") this.skew.enter(this.actions.more);
  }
}
