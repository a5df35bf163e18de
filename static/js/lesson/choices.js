/**
 * Questions: what somebody expects, which stands once they have gone on, and what they keep, which is judged at once.
 *
 * @import { Course } from "./course.js"
 */
import { say } from "../words.js";
import { make, tell } from "../ui/element.js";

export class Choices {
  /** @param {Course} course @param {HTMLElement[]} sections one for each step */
  constructor(course, sections) {
    this.course = course;
    /** @type {Map<string, HTMLInputElement[]>} */
    this.fields = new Map();
    /** What is said only to those who chose something. @type {HTMLElement[]} */
    this.said = [];
    /** Whether the choice of a last question is right, before what is said to it. @type {Map<string, HTMLElement>} */
    this.judged = new Map();
    for (const [i, section] of sections.entries()) {
      const step = /** @type {import("../app.js").LessonStep} */ (course.steps[i]);
      this.said.push(.../** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll("[data-said]")));
      const fields = /** @type {HTMLInputElement[]} */ ([...section.querySelectorAll("input[type=radio]")]);
      if (!fields.length) continue;
      this.fields.set(step.id, fields);
      for (const field of fields) field.addEventListener("change", () => course.choose(field.value));
      if (step.kind !== "keep") continue;
      const judged = make("p", "judged");
      judged.setAttribute("role", "status");
      section.querySelector(".choices")?.after(judged);
      this.judged.set(step.id, judged);
    }
  }

  show() {
    const { course } = this;
    for (const [i, step] of course.steps.entries()) {
      const { id, kind, right } = step;
      const answer = course.answer(id);
      for (const field of this.fields.get(id) ?? []) {
        field.checked = field.value === answer;
        // What was expected before it was seen stays what it was.
        field.disabled = kind === "predict" && course.stands(i);
        /** @type {HTMLElement} */ (field.closest(".choice")).dataset.judged = course.judge(step, field.value);
      }
      const judged = this.judged.get(id);
      if (!judged) continue;
      judged.dataset.judged = answer === null ? "" : answer === right ? "right" : "wrong";
      tell(judged, answer === null ? "" : answer === right ? say("lesson.right") : say("lesson.wrong"));
    }
    for (const paragraph of this.said) {
      const answers = (paragraph.dataset.said ?? "").split(/\s+/).map((answer) => answer.split(":"));
      paragraph.hidden = !answers.some(([step = "", choice]) => course.answer(step) === choice);
    }
  }
}
