/**
 * Beside tasks: hints, one by one; the engine plays the step; and the step from its beginning once more.
 * The last two make a new room, so that whatever has happened there is a way on.
 *
 * @import { App } from "../app.js"
 * @import { Course } from "./course.js"
 */
import { say } from "../words.js";
import { byId } from "../ui/element.js";

export class Help {
  /** @param {App} app @param {Course} course @param {HTMLElement[]} sections one for each step */
  constructor(app, course, sections) {
    this.app = app;
    this.course = course;
    this.row = byId("lesson-help", HTMLElement);
    this.hint = byId("lesson-hint", HTMLButtonElement);
    this.play = byId("lesson-show", HTMLButtonElement);
    this.again = byId("lesson-again", HTMLButtonElement);
    this.said = byId("lesson-said", HTMLElement);
    this.hints = sections.map((section) => /** @type {HTMLElement[]} */ ([...section.querySelectorAll("[data-hint]")]));
    this.hint.addEventListener("click", () => this.more());
    for (const [button, show] of /** @type {const} */ ([[this.play, true], [this.again, false]])) {
      // A double click means one.
      button.addEventListener("click", ({ detail }) => void (detail < 2 && this.begin(show)));
    }
  }

  show() {
    const { step, place, known } = this.course;
    this.row.hidden = step.kind !== "do" && step.kind !== "change";
    this.play.hidden = !step.show;
    for (const [i, hints] of this.hints.entries()) {
      const shown = known.hints[this.course.steps[i]?.id ?? ""] ?? 0;
      for (const [number, hint] of hints.entries()) hint.hidden = number >= shown;
    }
    const isLeft = this.hints[place]?.some((hint) => hint.hidden) ?? false;
    // The button is about to go, and the focus must not go with it.
    if (!isLeft && document.activeElement === this.hint) this.play.focus();
    this.hint.hidden = !isLeft;
  }

  more() {
    const next = this.hints[this.course.place]?.find((hint) => hint.hidden);
    this.course.hint();
    this.said.textContent = next?.textContent ?? "";
  }

  /** A room at the beginning of the step. @param {boolean} show whether the engine plays the step in it */
  async begin(show) {
    const { app, course } = this;
    app.leave();
    const answer = await app.connection.begin({ slug: course.slug, step: course.step.id, show });
    if (answer && "room" in answer) this.said.textContent = show ? say("lesson.shown") : say("lesson.begun");
  }
}
