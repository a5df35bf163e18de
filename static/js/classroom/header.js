/**
 * The head of the teacher's page: the class's name and code, how many are here, and how many hands are up.
 *
 * @import { App } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 * @import { Prompt } from "./prompt.js"
 */
import { keepLanguage } from "../language.js";
import { closePops } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";

export class Header {
  /** @param {App} app @param {Classroom} classroom @param {Prompt} prompt */
  constructor(app, classroom, prompt) {
    this.app = app;
    this.classroom = classroom;
    this.prompt = prompt;
    this.title = byId("class-title", HTMLButtonElement);
    this.code = byId("class-code", HTMLButtonElement);
    this.people = byId("class-people", HTMLButtonElement);
    this.hands = byId("class-hands", HTMLElement);
    /** Whose hands were up when the roster was last told; null: it was not told yet. @type {Set<string> | null} */
    this.up = null;
    for (const button of [this.title, byId("open-rename-class", HTMLButtonElement)]) button.addEventListener("click", () => this.rename());
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-report]"))) {
      link.href = keepLanguage(`/teach/${classroom.id}/report`);
    }
    classroom.onChange((what) => {
      if (what === "class" || what === "roster") this.show();
      if (what === "roster") this.heed();
    });
  }

  show() {
    const { seen, rows } = this.classroom;
    if (!seen) return;
    tell(this.title, seen.title);
    this.title.disabled = seen.ended;
    byId("open-rename-class", HTMLElement).hidden = seen.ended;
    document.title = `${seen.title} · ${say("app.name")}`;
    tell(this.code, seen.code);
    this.code.setAttribute("aria-label", `${seen.code}: ${say("classroom.invite")}`);
    this.code.hidden = seen.code === "";
    const up = rows.filter(({ hand }) => hand !== null).length;
    tell(byId("class-here", HTMLElement), say("classroom.here", {}, seen.here));
    tell(byId("class-hands-count", HTMLElement), String(up));
    this.hands.hidden = up === 0;
    const { here } = seen;
    this.people.setAttribute("aria-label", up ? say("classroom.people_hands", { here }, up) : say("classroom.people", {}, here));
  }

  /** A hand that has just gone up is said once. */
  heed() {
    const rows = this.classroom.rows.filter(({ hand }) => hand !== null);
    const rose = rows.filter(({ id }) => this.up && !this.up.has(id));
    this.up = new Set(rows.map(({ id }) => id));
    if (rose.length) tell(byId("class-said", HTMLElement), rose.map(({ name }) => say("classroom.hand_rose", { name })).join(" "));
  }

  rename() {
    closePops();
    this.prompt.ask({
      title: say("classroom.rename"),
      hint: "",
      field: { label: say("classroom.name"), value: this.classroom.seen?.title ?? "", max: this.app.boot.limits?.title ?? 0 },
      go: say("classroom.save"),
      command: (title) => ({ type: "title", title }),
    });
  }
}
