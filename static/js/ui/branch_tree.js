/**
 * The tree of branches: each with a picture of where it stands, its name, where it went off and how far it has come.
 *
 * @import { App } from "../app.js"
 * @import { Branch } from "../protocol.js"
 */
import { history } from "../history.js";
import { milliseconds, say } from "../words.js";
import { byId, make } from "./element.js";
import { Thumbnail } from "./thumbnail.js";
import { toast } from "./toasts.js";

const NAME_MAX = 40;

export class BranchTree {
  /** @param {App} app @param {HTMLDialogElement} dialog */
  constructor(app, dialog) {
    this.app = app;
    this.dialog = dialog;
    this.box = byId("branch-tree", HTMLElement);
    /** @type {Map<string, Thumbnail>} */
    this.pictures = new Map();
    /** What is shown, so that nothing is made anew without need. */
    this.shown = "";
    /** Pictures are fetched one after another; another number, and the rest is no longer wanted. */
    this.wanted = 0;
    dialog.addEventListener("close", () => {
      this.wanted += 1;
      this.shown = "";
      this.box.replaceChildren();
    });
  }

  /** @param {Branch[]} branches */
  show(branches) {
    const here = this.app.joined?.room ?? "";
    const shown = JSON.stringify([branches, here]);
    // Whoever is writing a name is not disturbed.
    if (shown !== this.shown && !isBeingWritten(document.activeElement)) {
      this.shown = shown;
      const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.branchDoes;
      this.box.replaceChildren(this.list(branches, null, here));
      if (focused) /** @type {HTMLElement | null} */ (this.box.querySelector(`[data-branch-does="${focused}"]`))?.focus();
    }
    void this.fetch(branches);
  }

  /** @param {Branch[]} branches @param {string | null} parent @param {string} here @returns {HTMLElement} */
  list(branches, parent, here) {
    const list = make("ul", "branch-list");
    for (const [i, branch] of branches.entries()) {
      if (branch.parent !== parent) continue;
      const item = make("li", "branch-item");
      item.append(this.card(branch, i, here));
      if (branches.some((other) => other.parent === branch.room)) item.append(this.list(branches, branch.room, here));
      list.append(item);
    }
    return list;
  }

  /** @param {Branch} branch @param {number} place @param {string} here */
  card(branch, place, here) {
    const { room } = branch;
    const card = make("article", "branch");
    const title = titleOf(branch, place);
    card.dataset.room = room;
    card.setAttribute("aria-label", title);
    if (room === here) card.setAttribute("aria-current", "true");
    const picture = this.pictures.get(room) ?? new Thumbnail(this.app);
    this.pictures.set(room, picture);
    const facts = make("p", "soft");
    const far = { ms: milliseconds(branch.clock_us) };
    facts.textContent = branch.forked_us === null ? say("branches.first", far) : say("branches.forked", { ...far, at: milliseconds(branch.forked_us) });
    const words = make("div", "branch-words");
    words.append(this.nameField(branch, title), facts, this.buttons(room, title, here));
    card.append(picture.box, words);
    return card;
  }

  /** @param {Branch} branch @param {string} title */
  nameField({ room, name }, title) {
    const field = make("input", "branch-name");
    field.maxLength = NAME_MAX;
    field.autocomplete = "off";
    field.spellcheck = false;
    field.defaultValue = title;
    field.dataset.branchDoes = `name-${room}`;
    field.setAttribute("aria-label", say("branches.name", { title }));
    field.addEventListener("focus", () => field.select());
    field.addEventListener("keydown", (event) => event.key === "Enter" && field.select());
    field.addEventListener("change", () => {
      const wanted = field.value.trim();
      if (!wanted || wanted === name) field.value = title;
      else void this.app.connection.ask("rename", { room, name: wanted });
      field.defaultValue = field.value;
    });
    return field;
  }

  /** @param {string} room @param {string} title @param {string} here */
  buttons(room, title, here) {
    const row = make("p", "row");
    if (room === here) {
      row.append(make("strong", "here", say("branches.here")));
      return row;
    }
    row.append(
      this.button("go", room, say("branches.go"), title, () => this.go(room)),
      this.button("compare", room, say("branches.compare"), title, () => void this.compare(room, title)),
    );
    return row;
  }

  /** @param {string} does @param {string} room @param {string} text @param {string} title @param {() => void} press */
  button(does, room, text, title, press) {
    const button = make("button", "button", text);
    button.type = "button";
    button.dataset.branchDoes = `${does}-${room}`;
    button.setAttribute("aria-label", `${text}: ${title}`);
    button.addEventListener("click", press);
    return button;
  }

  /** @param {string} room */
  go(room) {
    const { app } = this;
    this.dialog.close();
    app.leave();
    void app.connection.join("join", { room });
  }

  /** Its run as far as it has come, beside this one. @param {string} room @param {string} title */
  async compare(room, title) {
    this.dialog.close();
    const found = await history(`/r/${room}/history`).catch(() => null);
    if (!found) return toast(say("branches.failed"));
    this.app.beside = { title, timeline: found.timeline };
    this.app.redraw();
  }

  /** @param {Branch[]} branches */
  async fetch(branches) {
    const wanted = ++this.wanted;
    for (const branch of branches) {
      const picture = this.pictures.get(branch.room);
      if (!picture || picture.told === told(branch)) continue;
      const answer = await this.app.connection.ask("peek", { room: branch.room });
      if (wanted !== this.wanted) return;
      if (!answer || "error" in answer) continue;
      picture.show(answer.frame);
      picture.told = told(branch);
    }
  }
}

/** Whether somebody is in the middle of a name. @param {Element | null} field */
function isBeingWritten(field) {
  return field instanceof HTMLInputElement && field.dataset.branchDoes !== undefined && field.value !== field.defaultValue;
}

/** As long as this is the same, so is its picture. @param {Branch} branch */
function told({ clock_us, entries }) {
  return `${clock_us} ${entries}`;
}

/** @param {Branch} branch @param {number} place */
function titleOf({ name, parent }, place) {
  return name ?? (parent === null ? say("branches.root") : say("branches.untitled", { number: place + 1 }));
}
