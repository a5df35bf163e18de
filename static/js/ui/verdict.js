/**
 * The verdict as of the moment that is shown; behind it the reason, the operations that prove it, and the way there.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { VerdictState } from "../protocol.js"
 */
import { milliseconds, say } from "../words.js";
import { byId, make, tell } from "./element.js";
import { what } from "./operation_words.js";
import { showTab } from "./tabs.js";

/** @type {Record<VerdictState["word"], { sign: string, code: string }>} */
export const WORDS = {
  ok: { sign: "✓", code: "verdict.ok" },
  violated: { sign: "✗", code: "verdict.violated" },
  unknown: { sign: "?", code: "verdict.unknown" },
};

/** @implements {Part} */
export class Verdict {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.chip = byId("verdict", HTMLButtonElement);
    this.box = byId("verdict-why", HTMLElement);
    this.title = byId("verdict-title", HTMLElement);
    this.sentence = byId("verdict-sentence", HTMLElement);
    this.when = byId("verdict-when", HTMLElement);
    this.witness = byId("verdict-witness", HTMLElement);
    this.go = byId("verdict-go", HTMLButtonElement);
    this.said = byId("verdict-said", HTMLElement);
    this.told = "";
    /** The word of the present, and the room that it is about. */
    this.present = { room: "", word: "" };
    this.box.addEventListener("toggle", () => this.chip.classList.remove("new"));
    this.go.addEventListener("click", () => this.takeThere());
    this.witness.addEventListener("click", (event) => {
      const id = /** @type {HTMLElement} */ (event.target).dataset.witness;
      if (id) this.select(id);
    });
  }

  /** @param {View} view */
  draw(view) {
    const { verdict } = view.scene;
    const told = JSON.stringify([verdict, view.isLive, this.app.run.room, view.timeline.from_us]);
    if (told === this.told) return;
    this.told = told;
    this.chip.hidden = !verdict;
    if (!verdict) return;
    const { sign, code } = WORDS[verdict.word];
    this.chip.dataset.word = verdict.word;
    const [mark, text] = this.chip.children;
    tell(/** @type {Element} */ (mark), sign);
    tell(/** @type {Element} */ (text), say(code));
    this.explain(view, verdict);
    if (view.isLive) this.watch(verdict);
  }

  /** @param {View} view @param {VerdictState} verdict */
  explain({ timeline, at_us, isLive }, verdict) {
    const { word, code, facts, witness } = verdict;
    tell(this.title, say(WORDS[word].code));
    tell(this.sentence, say(`check.${code}`, facts));
    tell(this.when, isLive ? "" : say("verdict.then"));
    this.go.hidden = !witness.length;
    this.witness.replaceChildren(
      ...witness.map((id) => {
        const state = timeline.at("operation", id, at_us);
        const button = make("button", "button", state ? `${what(state)} · ${milliseconds(state.invoked_us)} ms` : id);
        button.type = "button";
        button.dataset.witness = id;
        const item = make("li");
        item.append(button);
        return item;
      }),
    );
  }

  /** A violation that was not there before is told once. @param {VerdictState} verdict */
  watch({ word, code, facts }) {
    const { room } = this.app.run;
    const isNews = this.present.room === room && this.present.word !== "violated" && word === "violated";
    this.present = { room, word };
    this.chip.classList.toggle("new", isNews || (this.chip.classList.contains("new") && word === "violated"));
    if (isNews) this.said.textContent = `${say(WORDS[word].code)}. ${say(`check.${code}`, facts)}`;
  }

  /** To the moment at which the offending operation ended. */
  takeThere() {
    const { app } = this;
    const id = app.view?.scene.verdict?.witness[0];
    const state = id && app.view && app.timeline.at("operation", id, app.view.at_us);
    if (!id || !state) return;
    if (state.responded_us !== null) app.playhead.seek(state.responded_us);
    this.select(id);
    showTab("tab-story")?.focus();
  }

  /** @param {string} id */
  select(id) {
    this.box.hidePopover();
    showTab("tab-story");
    this.app.selection.select("operation", id);
    this.app.redraw();
  }
}
