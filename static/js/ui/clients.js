/**
 * The clients' controls: what to write, and the buttons that do it; how a single operation may differ from the rest.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { SceneClient } from "../scene.js"
 */
import { say } from "../words.js";
import { byId, make, options } from "./element.js";

/** What the value field proposes, one after another. */
const VALUES = ["apple", "pear", "plum", "fig", "lime", "mango", "quince", "kiwi", "peach", "grape"];

/** More clients than this are a list to scroll in. */
const SHOWN = 5;

/** @implements {Part} */
export class ClientControls {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("clients", HTMLElement);
    this.keyField = byId("key", HTMLInputElement);
    this.keys = byId("keys", HTMLDataListElement);
    this.via = byId("how-via", HTMLSelectElement);
    this.w = byId("how-w", HTMLSelectElement);
    this.r = byId("how-r", HTMLSelectElement);
    this.viaRow = byId("how-via-row", HTMLElement);
    this.rRow = byId("how-r-row", HTMLElement);
    this.proposed = 0;
    this.told = "";
    this.keyField.addEventListener("input", () => {
      app.key = this.keyField.value.trim() || "x";
      app.redraw();
    });
    // All keys of a large cluster are a long list: it is made when somebody is about to look at it.
    this.keyField.addEventListener("focus", () => {
      const keys = new Set(app.view?.scene.records.map((record) => record.key));
      options(this.keys, [...keys].sort().map((key) => [key, ""]));
    });
    byId("add-client", HTMLButtonElement).addEventListener("click", () => void app.actions.send({ type: "add_client" }));
  }

  /** @param {View} view */
  draw({ scene: { cluster, nodes, clients } }) {
    const { app } = this;
    this.drawRows(clients.filter(({ id }) => (app.own === null ? app.can("operate") : id === app.own)));
    const told = [cluster.strategy, cluster.n, cluster.w, cluster.r, ...nodes.map(({ id }) => id)].join();
    if (told === this.told) return;
    this.told = told;
    this.viaRow.hidden = cluster.strategy === "client";
    // A leader answers a read alone.
    this.rRow.hidden = cluster.strategy === "leader";
    options(this.via, [["", say("clients.any")], ...nodes.map(({ id }) => /** @type {[string, string]} */ ([id, id]))]);
    options(this.w, counts(cluster.w, cluster.n));
    options(this.r, counts(cluster.r, cluster.n));
  }

  /** A row that is there stays as it is: somebody may be typing in it. @param {SceneClient[]} clients */
  drawRows(clients) {
    const rows = /** @type {HTMLElement[]} */ ([...this.box.children]);
    if (rows.map((row) => row.dataset.client).join() === clients.map(({ id }) => id).join()) return;
    const kept = new Map(rows.map((row) => [row.dataset.client, row]));
    for (const [place, client] of clients.entries()) {
      const row = kept.get(client.id) ?? this.row(client);
      if (this.box.children[place] !== row) this.box.insertBefore(row, this.box.children[place] ?? null);
    }
    while (this.box.children.length > clients.length) this.box.lastElementChild?.remove();
    this.box.classList.toggle("many", clients.length > SHOWN);
  }

  /** @param {SceneClient} client */
  row({ id, state }) {
    const row = make("form", `client-row who-${state.place % 2}`);
    const badge = make("span", "badge", id);
    badge.setAttribute("aria-label", say("clients.name", { client: id }));
    const value = make("input");
    value.value = this.propose();
    value.maxLength = 64;
    value.autocomplete = "off";
    value.spellcheck = false;
    value.setAttribute("aria-label", say("clients.value_of", { client: id }));
    const write = make("button", "button", say("clients.write"));
    const read = make("button", "button", say("clients.read"));
    read.type = "button";
    row.dataset.client = id;
    write.setAttribute("aria-label", say("clients.write_of", { client: id }));
    read.setAttribute("aria-label", say("clients.read_of", { client: id }));
    write.dataset.do = "write";
    read.dataset.do = "read";
    row.append(badge, value, write, read);
    row.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.app.actions.write(id, this.app.key, value.value.trim() || this.propose(), { ...this.through, ...number("w", this.w) });
      value.value = this.propose();
    });
    read.addEventListener("click", () => void this.app.actions.read(id, this.app.key, { ...this.through, ...(this.rRow.hidden ? {} : number("r", this.r)) }));
    return row;
  }

  /** The node that the next operation is sent to, where one is chosen. */
  get through() {
    return this.via.value && !this.viaRow.hidden ? { via: this.via.value } : {};
  }

  propose() {
    return /** @type {string} */ (VALUES[this.proposed++ % VALUES.length]);
  }
}

/** As the cluster has it, or a number of this operation's own. @param {number} usual @param {number} most @returns {[string, string][]} */
function counts(usual, most) {
  return [["", say("clients.as_set", { count: usual })], ...Array.from({ length: most }, (_, i) => /** @type {[string, string]} */ ([String(i + 1), String(i + 1)]))];
}

/** @template {string} N @param {N} name @param {HTMLSelectElement} field @returns {{ [name in N]?: number }} */
function number(name, field) {
  return field.value ? /** @type {any} */ ({ [name]: Number(field.value) }) : {};
}
