/**
 * A student's own name and hand, in the header.
 *
 * @import { App } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 */
import { keepLanguage } from "../language.js";
import { startDialog } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { toast } from "../ui/toasts.js";
import { say } from "../words.js";
import { TYPED } from "./classroom.js";
import { forgetKey } from "./keys.js";

export class Me {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.classroom = classroom;
    this.button = byId("me", HTMLButtonElement);
    this.name = byId("me-name", HTMLElement);
    this.hand = byId("hand", HTMLButtonElement);
    this.form = byId("me-form", HTMLFormElement);
    this.field = byId("me-field", HTMLInputElement);
    this.problem = byId("me-problem", HTMLElement);
    this.not = byId("me-not", HTMLElement);
    this.field.maxLength = app.boot.limits?.name ?? -1;
    this.dialog = startDialog("me-dialog", "me", () => this.open());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.rename();
    });
    byId("me-leave", HTMLButtonElement).addEventListener("click", () => this.leave());
    this.hand.addEventListener("click", () => void this.raise());
    classroom.onChange((what) => {
      if (what === "class" || what === "seat") this.show();
    });
  }

  show() {
    const { seen, seat } = this.classroom;
    if (!seen || !seat) return;
    tell(byId("class-title", HTMLElement), seen.title);
    tell(this.name, seat.name);
    tell(this.not, say("student.not_you", { name: seat.name }));
    this.hand.setAttribute("aria-pressed", String(seat.hand));
    this.button.hidden = false;
    this.hand.hidden = this.form.hidden = seen.ended;
  }

  open() {
    this.field.value = this.classroom.seat?.name ?? "";
    this.wrong("");
    this.field.select();
  }

  async rename() {
    const answer = await this.classroom.line?.ask("class", { command: { type: "name", name: this.field.value } }, TYPED);
    if (answer && !answer.error) this.dialog.close();
    else this.wrong(answer?.error.sentence ?? say("classroom.no_answer"));
  }

  /** @param {string} sentence */
  wrong(sentence) {
    tell(this.problem, sentence);
    this.field.setAttribute("aria-invalid", String(sentence !== ""));
  }

  async raise() {
    const answer = await this.classroom.do({ type: "hand", up: this.classroom.seat?.hand !== true });
    if (answer === null) toast(say("classroom.no_answer"));
  }

  /** The next one at this computer is somebody else. */
  leave() {
    const { id, key, seen } = this.classroom;
    forgetKey(id, key);
    location.href = keepLanguage(seen && !seen.ended ? `/join/${seen.code}` : "/join");
  }
}
