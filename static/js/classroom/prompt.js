/**
 * One dialog that asks for a line of text, or only whether something shall be done. A refusal stands under the field.
 *
 * @import { ClassCommand } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 *
 * @typedef {object} Question
 * @property {string} title
 * @property {string} hint
 * @property {{ label: string, value: string, max: number }} [field] without one, it only asks whether
 * @property {string} go what the button says
 * @property {(text: string) => ClassCommand} command
 * @property {(answer: any) => void} [then]
 */
import { startDialog } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { TYPED } from "./classroom.js";

export class Prompt {
  /** @param {Classroom} classroom */
  constructor(classroom) {
    this.classroom = classroom;
    this.dialog = startDialog("class-prompt");
    this.title = byId("prompt-title", HTMLElement);
    this.hint = byId("prompt-hint", HTMLElement);
    this.row = byId("prompt-row", HTMLElement);
    this.label = byId("prompt-label", HTMLElement);
    this.field = byId("prompt-field", HTMLInputElement);
    this.problem = byId("prompt-problem", HTMLElement);
    this.go = byId("prompt-go", HTMLButtonElement);
    /** @type {Question | null} */
    this.question = null;
    byId("prompt", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    this.field.addEventListener("input", () => this.tellProblem(""));
  }

  /** @param {Question} question */
  ask(question) {
    const { field } = question;
    this.question = question;
    tell(this.title, question.title);
    tell(this.hint, question.hint);
    tell(this.go, question.go);
    this.row.hidden = !field;
    tell(this.label, field?.label ?? "");
    this.field.value = field?.value ?? "";
    this.field.maxLength = field?.max ?? 0;
    this.tellProblem("");
    this.dialog.showModal();
    if (field) this.field.select();
  }

  async send() {
    const { question } = this;
    if (!question || this.go.disabled) return;
    this.go.disabled = true;
    const answer = await this.classroom.line?.ask("class", { command: question.command(this.field.value) }, TYPED);
    this.go.disabled = false;
    if (!answer) this.tellProblem(say("classroom.no_answer"));
    else if ("error" in answer) this.tellProblem(answer.error.sentence);
    else {
      this.dialog.close();
      question.then?.(answer);
    }
  }

  /** @param {string} sentence */
  tellProblem(sentence) {
    tell(this.problem, sentence);
    this.field.setAttribute("aria-invalid", String(sentence !== ""));
    if (sentence && !this.row.hidden) this.field.focus();
  }
}
