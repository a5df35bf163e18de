/**
 * Inside a node: what it holds for every key, what it keeps for others, its links, its traffic, its tree of hashes.
 *
 * @import { App, View } from "../app.js"
 * @import { NodeState, RecordState, Version } from "../protocol.js"
 * @import { Body } from "./inspector.js"
 */
import { compare } from "../scene.js";
import { milliseconds, say } from "../words.js";
import { ActionList } from "./action_list.js";
import { make } from "./element.js";
import { drawFacts, drawRows, makeMore, makeTable, setText } from "./facts.js";
import { LinkRows } from "./inspector_links.js";
import { Skew } from "./inspector_skew.js";
import { Traffic } from "./inspector_traffic.js";
import { TreeOfHashes } from "./inspector_tree.js";

/** @implements {Body} */
export class NodeBody {
  /** @param {App} app */
  constructor(app) {
    this.skew = new Skew(app);
    this.actions = new ActionList(app, [this.skew.root]);
    this.facts = make("dl", "facts");
    this.records = makeTable(say("inspector.records"), [say("inspector.key"), say("inspector.value"), say("inspector.version"), say("inspector.freshness")]);
    this.records.caption.className = "";
    this.none = make("p", "soft", say("inspector.no_records"));
    this.hints = makeMore(say("inspector.hints"));
    this.hintTable = makeTable(say("inspector.hints"), [say("inspector.hint_for"), say("inspector.value"), say("inspector.version")]);
    this.hints.more.append(this.hintTable.box);
    this.links = new LinkRows(app);
    this.traffic = new Traffic(app);
    this.tree = new TreeOfHashes(app);
    this.root = make("div");
    this.root.append(this.actions.root, this.facts, this.none, this.records.box);
    this.root.append(this.hints.more, this.links.more, this.traffic.more, this.tree.more);
  }

  /** @param {View} view @param {string} id */
  draw(view, id) {
    const node = view.scene.nodes.find((one) => one.id === id);
    this.root.classList.toggle("gone", !node);
    if (!node) return null;
    this.skew.draw(id, node.state.skew_us);
    drawFacts(this.facts, [{ name: say("inspector.clock"), text: clockText(view.at_us, node.state.skew_us) }]);
    const rows = view.scene.records.filter((record) => record.node === id).map((record) => row(record, view));
    this.none.hidden = rows.length > 0;
    this.records.box.hidden = rows.length === 0;
    drawRows(this.records.body, rows.sort(byName));
    this.drawHints(view, id);
    this.links.draw(view, id);
    this.traffic.draw(view, id);
    this.tree.draw(view, id);
    return status(node.state);
  }

  /** @param {View} view @param {string} id */
  drawHints({ scene }, id) {
    const kept = scene.hints.filter(({ holder }) => holder === id);
    this.hints.more.hidden = kept.length === 0;
    setText(this.hints.summary, say("inspector.hints_held", {}, kept.length));
    drawRows(
      this.hintTable.body,
      kept.map(({ target, key, value, version }) => [say("inspector.hint", { key, target }), value, versionText(version)]),
    );
  }

  /** @param {string} part */
  open(part) {
    if (part === "links") this.links.enter();
    if (part === "clock") this.skew.enter(this.actions.more);
  }
}

/** @param {string[]} a @param {string[]} b k2 before k10 */
function byName([a = ""], [b = ""]) {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** @param {NodeState} state */
function status({ status: is, role, term, slow }) {
  const words = { up: say("inspector.up"), down: say("inspector.down"), frozen: say("inspector.frozen"), leaving: say("inspector.leaving") }[is];
  const roles = { leader: say("inspector.leader", { term: term ?? 0 }), follower: say("inspector.follower", { term: term ?? 0 }), candidate: say("inspector.candidate", { term: term ?? 0 }) };
  return [words, role && roles[role], slow > 1 && say("inspector.slow", { factor: slow })].filter(Boolean).join(" · ");
}

/** What the wall clock of somebody shows. @param {number} at_us @param {number} skew_us */
export function clockText(at_us, skew_us) {
  const reads = say("inspector.reads", { ms: milliseconds(Math.max(0, at_us + skew_us)) });
  if (skew_us === 0) return reads;
  return `${reads}, ${say(skew_us > 0 ? "inspector.ahead" : "inspector.behind_clock", { by_us: Math.abs(skew_us) })}`;
}

/** @param {RecordState} record @param {View} view */
function row(record, { scene }) {
  const versions = scene.records.filter(({ key }) => key === record.key).map(({ version }) => version);
  const newer = new Set(versions.filter((version) => compare(version, record.version) > 0).map(versionText)).size;
  const held = record.siblings.length ? record.siblings : [record];
  return [
    record.key,
    held.map(({ value }) => value).join(" | "),
    held.map(({ version }) => versionText(version)).join(" | "),
    newer === 0 ? say("inspector.newest") : say("inspector.newer_exist", {}, newer),
  ];
}

/** @param {Version} version */
function versionText({ counter, writer }) {
  return `v${counter}·${writer}`;
}
