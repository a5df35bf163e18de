/**
 * Asks for a second cluster beside the first: the same scenario, luck and commands from the beginning, but other settings.
 *
 * @import { App, Boot } from "../app.js"
 * @import { ClusterState, ConfigureCommand } from "../protocol.js"
 *
 * @typedef {Boot["settings"][number]} Setting
 * @typedef {Omit<ConfigureCommand, "type">} Settings
 */
import { say } from "../words.js";
import { byId, make, options, tell } from "./element.js";
import { choices, limit, nameOf, read, sayChoice, write } from "./setting_fields.js";

export class Compare {
  /** @param {App} app @param {HTMLDialogElement} dialog */
  constructor(app, dialog) {
    this.app = app;
    this.dialog = dialog;
    this.presets = byId("compare-presets", HTMLElement);
    this.rows = byId("compare-rows", HTMLElement);
    this.error = byId("compare-error", HTMLElement);
    byId("compare-more", HTMLButtonElement).addEventListener("click", () => this.addRow().focus());
    byId("compare-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask(this.chosen());
    });
  }

  /** Called when the dialog has been opened. */
  open() {
    const cluster = this.app.view?.scene.cluster;
    if (!cluster) return;
    tell(this.error, "");
    this.presets.replaceChildren(...presets(cluster).map(([text, settings]) => this.preset(text, settings)));
    if (!this.rows.childElementCount) this.addRow();
  }

  /** @param {string} text @param {Settings} settings */
  preset(text, settings) {
    const button = make("button", "button", text);
    button.type = "button";
    button.dataset.preset = Object.keys(settings).join();
    button.addEventListener("click", () => void this.ask(settings));
    return button;
  }

  /** One setting to differ, and its value. @returns {HTMLSelectElement} */
  addRow() {
    const row = make("div", "compare-row");
    const which = make("select");
    which.setAttribute("aria-label", say("compare.which"));
    const taken = new Set([...this.rows.querySelectorAll("select[data-which]")].map((other) => /** @type {HTMLSelectElement} */ (other).value));
    options(which, this.app.boot.settings.map(({ name }) => [name, nameOf(name)]));
    which.dataset.which = "";
    which.value = this.app.boot.settings.find(({ name }) => name !== "strategy" && !taken.has(name))?.name ?? "w";
    const place = make("span", "compare-value");
    const remove = make("button", "button quiet", say("compare.remove"));
    remove.type = "button";
    remove.addEventListener("click", () => {
      row.remove();
      byId("compare-more", HTMLButtonElement).focus();
    });
    const fill = () => place.replaceChildren(this.field(this.setting(which.value)));
    which.addEventListener("change", fill);
    fill();
    row.append(which, place, remove);
    this.rows.append(row);
    return which;
  }

  /** @param {string} name */
  setting(name) {
    return /** @type {Setting} */ (this.app.boot.settings.find((setting) => setting.name === name));
  }

  /** It begins as the cluster has it now. @param {Setting} setting */
  field(setting) {
    const known = choices(setting, this.app.boot);
    const field = make(known ? "select" : "input");
    field.setAttribute("aria-label", nameOf(setting.name));
    if (field instanceof HTMLSelectElement) options(field, (known ?? []).map((choice) => [choice, sayChoice(setting.name, choice)]));
    else limit(setting, field);
    write(setting, field, /** @type {Record<string, any>} */ (this.app.view?.scene.cluster ?? {})[setting.name]);
    return field;
  }

  /** @returns {Settings} */
  chosen() {
    /** @type {Record<string, any>} */
    const chosen = {};
    for (const row of this.rows.children) {
      const name = /** @type {HTMLSelectElement} */ (row.querySelector("select[data-which]")).value;
      chosen[name] = read(this.setting(name), /** @type {HTMLInputElement | HTMLSelectElement} */ (row.querySelector(".compare-value > *")));
    }
    return chosen;
  }

  /** It is asked of the room as it is, also from the past: the other cluster has the same past. @param {Settings} settings */
  async ask(settings) {
    tell(this.error, "");
    const answer = await this.app.connection.command({ type: "compare", settings: { type: "configure", ...settings } });
    if (answer && "error" in answer) tell(this.error, answer.error.sentence);
    if (!answer || "error" in answer) return;
    this.app.beside = null;
    this.dialog.close();
  }
}

/** What is mostly asked for, as it makes sense beside this cluster. @param {ClusterState} cluster @returns {[text: string, settings: Settings][]} */
function presets({ strategy, n, w }) {
  return [
    w === 1 ? [say("compare.w_beside", { other: Math.min(3, n), w }), { w: Math.min(3, n) }] : [say("compare.w_beside", { other: 1, w }), { w: 1 }],
    strategy === "leader" ? [say("compare.leaderless"), { strategy: "client" }] : [say("compare.leader"), { strategy: "leader" }],
    strategy === "coordinator" ? [say("compare.client"), { strategy: "client" }] : [say("compare.coordinator"), { strategy: "coordinator" }],
  ];
}
