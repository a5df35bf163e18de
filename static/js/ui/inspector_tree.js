/**
 * A node's Merkle tree, as the server works it out: its root, and the leaves that are not empty.
 *
 * @import { App, View } from "../app.js"
 *
 * @typedef {object} Inspection what the server says of a node (engine/inspection.py)
 * @property {number} keys
 * @property {string} merkle_root
 * @property {{ leaf: number, hash: string, keys: string[] }[]} merkle_leaves
 * @property {number | null} log
 * @property {number | null} term
 * @property {string | null} leader
 */
import { fetchFrom } from "../asking.js";
import { say } from "../words.js";
import { make } from "./element.js";
import { drawFacts, drawRows, makeMore, makeTable, setText } from "./facts.js";

/** The server is asked no more often than this. */
const ASK_EVERY_MS = 500;

export class TreeOfHashes {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    const { more } = makeMore(say("inspector.tree"));
    this.more = more;
    this.facts = make("dl", "facts");
    this.table = makeTable(say("inspector.leaves"), [say("inspector.leaf"), say("inspector.hash"), say("inspector.keys")]);
    this.state = make("p", "soft");
    more.append(this.state, this.facts, this.table.box);
    more.addEventListener("toggle", () => app.redraw());
    /** What the answer that is shown, or awaited, is about. */
    this.asked = "";
    this.asked_ms = -Infinity;
  }

  /** @param {View} view @param {string} id */
  draw({ scene, at_us, timeline }, id) {
    const { joined, playhead } = this.app;
    if (!this.more.open || !joined) return;
    const versions = timeline.all("record", at_us).filter(([, record]) => record.node === id);
    const wanted = JSON.stringify([joined.room, id, scene.cluster.strategy, versions.map(([key, record]) => [key, record.version, record.siblings])]);
    if (wanted === this.asked) return;
    const wall_ms = playhead.wall_ms();
    if (wall_ms - this.asked_ms < ASK_EVERY_MS) {
      setTimeout(() => this.app.redraw(), ASK_EVERY_MS);
      return;
    }
    this.asked = wanted;
    this.asked_ms = wall_ms;
    void this.ask(`/r/${joined.room}/inspect?node=${encodeURIComponent(id)}&at_us=${Math.floor(at_us)}`, wanted);
  }

  /** @param {string} address @param {string} wanted */
  async ask(address, wanted) {
    setText(this.state, say("inspector.asking"));
    const answer = await fetchFrom(address).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (this.asked !== wanted) return;
    if (!answer?.ok || !told) {
      setText(this.state, told?.error?.sentence ?? say("inspector.no_answer"));
      // As it is drawn again and again, it is asked for again, but not before the server wants it.
      const retry_ms = 1000 * (told?.error?.retry_s ?? 0);
      this.asked_ms = this.app.playhead.wall_ms() + Math.max(0, retry_ms - ASK_EVERY_MS);
      this.asked = "";
      return;
    }
    setText(this.state, "");
    this.show(told);
  }

  /** @param {Inspection} told */
  show({ keys, merkle_root, merkle_leaves, log, leader }) {
    drawFacts(this.facts, [
      { name: say("inspector.root"), text: merkle_root },
      { name: say("inspector.key_count"), text: String(keys) },
      { name: say("inspector.log"), text: log === null ? "" : String(log) },
      { name: say("inspector.believes"), text: leader ?? "" },
    ]);
    this.table.box.hidden = merkle_leaves.length === 0;
    drawRows(
      this.table.body,
      merkle_leaves.map(({ leaf, hash, keys: inLeaf }) => [String(leaf), hash, inLeaf.join(", ")]),
    );
  }
}
