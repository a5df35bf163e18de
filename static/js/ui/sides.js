/**
 * Two clusters side by side: for each what is special about it, the verdict on it, and what it has cost so far.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Scene } from "../scene.js"
 * @import { Timeline } from "../timeline.js"
 * @import { ClusterState } from "../protocol.js"
 */
import { talliesOf } from "../tally.js";
import { milliseconds, say } from "../words.js";
import { startDialog } from "./dialogs.js";
import { byId, make, tell } from "./element.js";
import { nameOf, sayValue } from "./setting_fields.js";

/** @type {Record<string, string>} */
const SIGNS = { ok: "✓", violated: "✗", unknown: "?" };

/** @typedef {{ title: HTMLElement, verdict: HTMLElement, cost: HTMLElement }} Column */

/** @implements {Part} */
export class Sides {
  everyMs = 200;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("sides", HTMLElement);
    this.columns = [this.column(), this.column()];
    byId("end-comparing", HTMLButtonElement).addEventListener("click", () => this.end());
    /** @type {Promise<import("./compare.js").Compare> | null} */
    let compare = null;
    const dialog = startDialog("compare-dialog", "open-compare", () => {
      compare ??= import("./compare.js").then(({ Compare }) => new Compare(app, dialog));
      void compare.then((opened) => opened.open());
    });
  }

  /** @returns {Column} */
  column() {
    const box = make("section", "side");
    const head = make("h2");
    const verdict = make("p", "side-verdict");
    const cost = make("p", "soft");
    box.append(head, verdict, cost);
    this.box.firstElementChild?.append(box);
    return { title: head, verdict, cost };
  }

  end() {
    const { app } = this;
    if (app.beside) {
      app.beside = null;
      app.redraw();
    } else {
      void app.connection.command({ type: "compare", settings: null });
    }
    // The button is gone; whoever used the keyboard goes on at the time bar.
    byId("where", HTMLButtonElement).focus();
  }

  /** @param {View} view */
  draw({ other, scene, timeline, at_us }) {
    this.box.hidden = !other;
    if (!other) return;
    const [here, there] = /** @type {[Column, Column]} */ (this.columns);
    const [mine, others] = this.titles(scene.cluster, other.scene.cluster, other.title);
    this.show(here, mine, scene, timeline, at_us);
    this.show(there, others, other.scene, other.timeline, at_us);
  }

  /** What they differ in; or, of another branch, its name. @param {ClusterState} here @param {ClusterState} there @param {string} title @returns {[string, string]} */
  titles(here, there, title) {
    if (title) return [say("sides.here"), title];
    const differing = this.app.boot.settings.filter(({ name }) => value(here, name) !== value(there, name));
    if (!differing.length) return [say("sides.first"), say("sides.second")];
    const tellOf = (/** @type {ClusterState} */ cluster) =>
      differing.map((setting) => `${nameOf(setting.name)}: ${sayValue(setting, value(cluster, setting.name))}`).join(" · ");
    return [tellOf(here), tellOf(there)];
  }

  /** @param {Column} column @param {string} name @param {Scene} scene @param {Timeline} timeline @param {number} at_us */
  show({ title, verdict, cost }, name, { verdict: found }, timeline, at_us) {
    tell(title, name);
    verdict.dataset.word = found?.word ?? "none";
    tell(verdict, found ? `${SIGNS[found.word]} ${say(`check.${found.code}`, found.facts)}` : say("sides.no_verdict"));
    const { messages, ok, fail, unknown, write_us, read_us } = talliesOf(timeline).by(at_us);
    const told = [say("sides.messages", {}, messages), say("sides.outcomes", { ok, fail, unknown })];
    if (write_us !== null) told.push(say("sides.write", { ms: milliseconds(write_us) }));
    if (read_us !== null) told.push(say("sides.read", { ms: milliseconds(read_us) }));
    tell(cost, told.join(" · "));
  }
}

/** @param {ClusterState} cluster @param {string} name */
function value(cluster, name) {
  return /** @type {Record<string, any>} */ (cluster)[name];
}
