/**
 * The members: who is here, whose hand is up, where they are, and what can be done for one of them.
 *
 * @import { App } from "../app.js"
 * @import { Roster } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 * @import { Prompt } from "./prompt.js"
 * @typedef {Roster["rows"][number]} Row
 */
import { startDialog } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { MemberRow } from "./member_row.js";

export class Members {
  /** @param {App} app @param {Classroom} classroom @param {Prompt} prompt */
  constructor(app, classroom, prompt) {
    this.app = app;
    this.classroom = classroom;
    this.prompt = prompt;
    this.list = byId("members-list", HTMLElement);
    this.sum = byId("members-sum", HTMLElement);
    this.none = byId("members-none", HTMLElement);
    this.find = byId("members-find", HTMLInputElement);
    /** @type {Map<string, MemberRow>} */
    this.made = new Map();
    /** The member whose row is unfolded. */
    this.unfolded = "";
    this.dialog = startDialog("members-dialog", "class-people", () => this.show());
    this.find.addEventListener("input", () => this.show());
    this.list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      const id = /** @type {HTMLElement | undefined} */ (button?.closest("li"))?.dataset.member;
      const row = classroom.rows.find((one) => one.id === id);
      if (button?.dataset.act && row) this.act(button.dataset.act, row);
    });
    classroom.onChange((what) => {
      if ((what === "roster" || what === "class") && this.dialog.open) this.show();
    });
  }

  show() {
    const { rows, seen } = this.classroom;
    if (!seen) return;
    const wanted = this.find.value.trim().toLowerCase();
    const all = inOrder(rows);
    const found = all.filter(({ name }) => name.toLowerCase().includes(wanted));
    const here = rows.filter((row) => row.here).length;
    tell(this.sum, rows.length ? say("members.sum", { here, away: rows.length - here }) : "");
    tell(this.none, !rows.length ? say("members.none") : found.length ? "" : say("members.not_found"));
    const [first, second] = all;
    // Of one hand alone there is nothing to say.
    const isFirst = (/** @type {Row} */ row) => row === first && row.hand !== null && second?.hand != null;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    for (const [place, row] of found.entries()) {
      let made = this.made.get(row.id);
      if (!made) this.made.set(row.id, (made = new MemberRow(row.id)));
      made.show(row, seen, isFirst(row), row.id === this.unfolded);
      if (this.list.children[place] !== made.item) this.list.insertBefore(made.item, this.list.children[place] ?? null);
    }
    while (this.list.children.length > found.length) this.list.lastElementChild?.remove();
    // A row that was moved has lost the focus.
    if (focused && focused !== document.activeElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
    const known = new Set(rows.map(({ id }) => id));
    for (const id of this.made.keys()) if (!known.has(id)) this.made.delete(id);
  }

  /** @param {string} act @param {Row} row */
  act(act, row) {
    const { classroom } = this;
    const { id, name } = row;
    if (act === "unfold") {
      this.unfolded = this.unfolded === id ? "" : id;
      this.show();
    } else if (act === "lower") {
      void classroom.do({ type: "lower_hand", member: id });
      // The button goes with the hand.
      this.made.get(id)?.name.focus();
    } else if (act === "call_back" || act === "let_go") {
      void classroom.do({ type: "call_back", member: id, on: act === "call_back" });
    } else if (act === "open") {
      this.dialog.close();
      document.dispatchEvent(new CustomEvent("visit", { detail: id }));
    } else this.ask(act, id, name);
  }

  /** @param {string} act @param {string} member @param {string} name */
  ask(act, member, name) {
    const { limits } = this.app.boot;
    if (act === "say") sayWord(this.app, this.prompt, { name, members: [member] });
    else if (act === "rename") {
      this.prompt.ask({
        title: say("members.rename_title", { name }),
        hint: "",
        field: { label: say("members.new_name"), value: name, max: limits?.name ?? 0 },
        go: say("classroom.save"),
        command: (text) => ({ type: "rename", member, name: text }),
      });
    } else {
      this.prompt.ask({
        title: say("members.remove_title", { name }),
        hint: say("members.remove_hint"),
        go: say("members.remove_go"),
        command: () => ({ type: "remove", member }),
      });
    }
  }
}

/** @param {App} app @param {Prompt} prompt @param {{ name: string, members: string[] } | null} to null: everybody */
export function sayWord({ boot }, prompt, to) {
  const [first = null, ...others] = to?.members ?? [];
  let said = "";
  prompt.ask({
    title: to ? say("classroom.say_one", { name: to.name }) : say("classroom.say_all"),
    hint: say("classroom.word_hint"),
    field: { label: say("classroom.word"), value: "", max: boot.limits?.comment ?? 0 },
    go: say("classroom.send"),
    command: (text) => ({ type: "comment", text: (said = text), member: first }),
    then: () => others.forEach((member) => void prompt.classroom.do({ type: "comment", text: said, member })),
  });
}

/** Hands come first, the one that is up for longest before all; the others by their names. @param {Row[]} rows */
function inOrder(rows) {
  const names = new Intl.Collator(document.documentElement.lang, { numeric: true });
  return [...rows].sort((a, b) => (a.hand ?? Infinity) - (b.hand ?? Infinity) || names.compare(a.name, b.name));
}
