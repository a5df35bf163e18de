/**
 * All other settings of the cluster, made from the engine's own list: each says what it means as it stands, and what it was.
 *
 * @import { App, Boot, Part, View } from "../app.js"
 * @import { ClusterState, ConfigureCommand } from "../protocol.js"
 *
 * @typedef {Boot["settings"][number]} Setting
 * @typedef {{ setting: Setting, line: HTMLElement, field: HTMLInputElement | HTMLSelectElement, means: HTMLElement, was: HTMLButtonElement, until_us: number }} Row
 * `until_us`: what was asked for holds from then on, and until that is shown the field goes on to say it
 */
import { say } from "../words.js";
import { byId, make, options, tell } from "./element.js";
import { choices, limit, read, sayChoice, sayValue, write } from "./setting_fields.js";
import { toast } from "./toasts.js";

/** In which order they are told, and under which headings. n, w and r have a place of their own on the page. */
const GROUPS = {
  replication: ["strategy", "versions", "vnodes"],
  operations: ["write_to", "read_from", "follower_reads", "timeout_us", "retries"],
  repair: ["read_repair", "sloppy", "suspect_after_us", "handoff_every_us"],
  gossip: ["gossip_every_us", "gossip_mode", "gossip_fanout", "gossip_digest"],
  network: ["latency", "failover_us"],
};
/** What shapes that which is stored can be set only before the first operation. */
const FOUNDATIONS = new Set(["strategy", "versions", "vnodes"]);
/** Those that mean nothing unless something else holds. @type {Record<string, (cluster: ClusterState) => boolean>} */
const ONLY_WHERE = {
  follower_reads: isLed,
  failover_us: isLed,
  write_to: isNotLed,
  read_from: isNotLed,
  read_repair: isNotLed,
  sloppy: isNotLed,
  suspect_after_us: (cluster) => isNotLed(cluster) && cluster.sloppy,
  handoff_every_us: (cluster) => isNotLed(cluster) && cluster.sloppy,
};

/** @implements {Part} */
export class MoreSettings {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("more-settings", HTMLDetailsElement);
    this.nodes = byId("how-many-nodes", HTMLElement);
    /** @type {Row[]} */
    this.rows = [];
    this.box.addEventListener("toggle", () => {
      if (this.box.open && !this.rows.length) this.build();
      app.redraw();
    });
    byId("add-node", HTMLButtonElement).addEventListener("click", () => void app.actions.send({ type: "add_node" }));
  }

  build() {
    const list = byId("settings-list", HTMLElement);
    for (const [group, names] of Object.entries(GROUPS)) {
      const section = make("section", "setting-group");
      section.append(make("h3", "", say(`settings.${group}`)));
      for (const setting of this.app.boot.settings.filter(({ name }) => names.includes(name))) {
        const row = this.row(setting);
        this.rows.push(row);
        section.append(row.line);
      }
      list.append(section);
    }
  }

  /** @param {Setting} setting @returns {Row} */
  row(setting) {
    const line = make("div", "more-setting");
    const label = make("label", "", say(`setting.${setting.name}`));
    const given = choices(setting, this.app.boot);
    const field = make(given ? "select" : "input");
    field.id = `setting-${setting.name}`;
    label.htmlFor = field.id;
    const means = make("p", "soft");
    means.id = `means-${setting.name}`;
    field.setAttribute("aria-describedby", means.id);
    const was = make("button", "button quiet");
    was.type = "button";
    was.hidden = true;
    if (field instanceof HTMLSelectElement) {
      options(field, (given ?? []).map((choice) => [choice, sayChoice(setting.name, choice)]));
    } else {
      limit(setting, field);
    }
    const row = { setting, line, field, means, was, until_us: 0 };
    field.addEventListener("change", () => {
      if (field.checkValidity()) return void this.ask(row, read(setting, field));
      toast(`${label.textContent}: ${field.validationMessage}`);
      write(setting, field, this.now(setting.name));
    });
    was.addEventListener("click", () => void this.ask(row, JSON.parse(was.dataset.value ?? "null")));
    line.append(label, field, means, was);
    return row;
  }

  /** @param {Row} row @param {unknown} value */
  async ask(row, value) {
    const { app } = this;
    const { setting, field, was } = row;
    const { name } = setting;
    if (document.activeElement === was) field.focus();
    const late = FOUNDATIONS.has(name) && app.view?.timeline.invoked.length !== 0;
    // Too late for this run: the same cluster from the beginning, as a branch.
    if (late) app.playhead.seek(0);
    row.until_us = Infinity;
    const answer = await app.actions.send(/** @type {ConfigureCommand} */ ({ type: "configure", [name]: value }));
    const done = answer && !("error" in answer);
    row.until_us = done && "at_us" in answer ? answer.at_us : 0;
    if (late && done) toast(say("settings.from_the_beginning"));
    if (late && !done) app.playhead.goLive();
    // What was refused is not what the field should go on to say.
    if (!done) write(setting, field, this.now(name));
    app.redraw();
  }

  /** The value in force. @param {string} name */
  now(name) {
    return /** @type {Record<string, any>} */ (this.app.view?.scene.cluster ?? {})[name];
  }

  /** @param {View} view */
  draw({ at_us, scene: { cluster }, timeline }) {
    if (!this.box.open) return;
    tell(this.nodes, say("settings.nodes", {}, cluster.nodes));
    const first = /** @type {Record<string, any>} */ (timeline.versions("cluster", "cluster")[0]?.fields ?? {});
    for (const { setting, line, field, means, was, until_us } of this.rows) {
      const value = this.now(setting.name);
      const isMeant = ONLY_WHERE[setting.name] ?? (() => true);
      const isIn = this.app.introduced?.has(`settings:${setting.name}`) ?? true;
      line.hidden = !isIn || !isMeant(cluster);
      const isBusy = document.activeElement === field && field instanceof HTMLInputElement;
      if (!isBusy && at_us >= until_us) write(setting, field, value);
      tell(means, sayMeaning(setting, value));
      const before = first[setting.name];
      was.hidden = before === undefined || before === value;
      was.dataset.value = JSON.stringify(before);
      tell(was, was.hidden ? "" : say("settings.was", { value: sayValue(setting, before) }));
    }
  }
}

/** @param {ClusterState} cluster */
function isLed(cluster) {
  return cluster.strategy === "leader";
}

/** @param {ClusterState} cluster */
function isNotLed(cluster) {
  return !isLed(cluster);
}

/** @param {Setting} setting @param {any} value */
function sayMeaning({ name }, value) {
  if (typeof value === "string") return say(`setting.${name}.${value}`);
  return say(`setting.${name}.means`);
}
