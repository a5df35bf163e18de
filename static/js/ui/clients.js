/**
 * The clients' controls: a value to write, write, read; and which record it is about.
 *
 * @import { Actions } from "../actions.js"
 * @import { Scene, SceneClient } from "../scene.js"
 */
import { say } from "../words.js";
import { byId, make } from "./element.js";

/** What the value field proposes, one after another. */
const VALUES = ["apple", "pear", "plum", "fig", "lime", "mango", "quince", "kiwi", "peach", "grape"];

export class ClientControls {
  /** @param {Actions} actions @param {() => void} onKey */
  constructor(actions, onKey) {
    this.actions = actions;
    this.box = byId("clients", HTMLElement);
    this.keyField = byId("key", HTMLInputElement);
    this.keyField.addEventListener("input", onKey);
    this.proposed = 0;
  }

  /** The record that reads, writes and the picture are about. */
  get key() {
    return this.keyField.value.trim() || "x";
  }

  /** @param {Scene} scene */
  draw(scene) {
    if (this.box.childElementCount === scene.clients.length) return;
    this.box.replaceChildren(...scene.clients.map((client) => this.row(client)));
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
    write.dataset.do = "write";
    read.dataset.do = "read";
    row.append(badge, value, write, read);
    row.addEventListener("submit", (event) => {
      event.preventDefault();
      this.actions.write(id, this.key, value.value.trim() || this.propose());
      value.value = this.propose();
    });
    read.addEventListener("click", () => this.actions.read(id, this.key));
    return row;
  }

  propose() {
    return /** @type {string} */ (VALUES[this.proposed++ % VALUES.length]);
  }
}
