/**
 * The dialog in which a question is asked: one that the present run asks by itself, with one click, or one in the teacher's words.
 *
 * @import { App } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 * @import { Question } from "./poll_questions.js"
 */
import { say } from "../words.js";
import { startDialog } from "../ui/dialogs.js";
import { byId, make, tell } from "../ui/element.js";
import { TYPED } from "./classroom.js";
import { quickQuestions } from "./poll_questions.js";

const FEWEST = 2;

export class PollDialog {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.limits = /** @type {NonNullable<App["boot"]["limits"]>} */ (app.boot.limits);
    this.quick = byId("poll-quick", HTMLElement);
    this.form = byId("poll-form", HTMLFormElement);
    this.question = byId("poll-question", HTMLInputElement);
    this.rows = byId("poll-rows", HTMLElement);
    this.add = byId("poll-add", HTMLButtonElement);
    this.problem = byId("poll-problem", HTMLElement);
    this.isAsking = false;
    this.dialog = startDialog("poll-dialog", "poll-ask", () => this.open());
    this.add.addEventListener("click", () => this.addRow().focus());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask(this.typed());
    });
    this.empty();
  }

  open() {
    tell(this.problem, "");
    const { view } = this.app;
    this.quick.replaceChildren(...(view ? quickQuestions(view, this.limits.choices) : []).map((question) => this.offer(question)));
    // The first of them is nearly always what is wanted.
    this.quick.querySelector("button")?.focus();
  }

  /** @param {Question} question */
  offer(question) {
    const item = make("li");
    const button = make("button", "scenario-item");
    button.type = "button";
    button.append(make("strong", "", question.question), make("span", "", question.choices.join(" · ")));
    button.addEventListener("click", () => void this.ask(question));
    item.append(button);
    return item;
  }

  get fields() {
    return /** @type {HTMLInputElement[]} */ ([...this.rows.querySelectorAll("input")]);
  }

  /** A row that was left empty is none. @returns {Question} */
  typed() {
    const typed = this.fields.map((field) => field.value);
    const filled = typed.filter((text) => text.trim());
    return { question: this.question.value, choices: filled.length < FEWEST ? typed.slice(0, FEWEST) : filled };
  }

  addRow() {
    const row = make("li", "poll-row");
    const field = make("input");
    field.type = "text";
    field.autocomplete = "off";
    field.maxLength = this.limits.choice;
    const remove = make("button", "button quiet", say("polls.remove"));
    remove.type = "button";
    remove.addEventListener("click", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      this.number();
      next?.querySelector("input")?.focus();
    });
    row.append(field, remove);
    this.rows.append(row);
    this.number();
    return field;
  }

  number() {
    for (const [i, row] of [...this.rows.children].entries()) {
      row.querySelector("input")?.setAttribute("aria-label", say("polls.choice", { number: i + 1 }));
      const remove = /** @type {HTMLButtonElement} */ (row.querySelector("button"));
      remove.setAttribute("aria-label", say("polls.remove_choice", { number: i + 1 }));
      remove.hidden = this.rows.childElementCount <= FEWEST;
    }
    this.add.hidden = this.rows.childElementCount >= this.limits.choices;
  }

  empty() {
    this.question.value = "";
    this.rows.replaceChildren();
    for (let i = 0; i < FEWEST; i++) this.addRow();
  }

  /** A double click asks once. @param {Question} question */
  async ask(question) {
    if (this.isAsking) return;
    this.isAsking = true;
    tell(this.problem, "");
    const answer = await this.classroom.line?.ask("class", { command: { type: "ask", ...question } }, TYPED);
    this.isAsking = false;
    if (!answer) tell(this.problem, say("classroom.no_answer"));
    else if ("error" in answer) this.refuse(answer.error);
    else {
      this.empty();
      this.dialog.close();
    }
  }

  /** @param {import("../protocol.js").Error} refusal */
  refuse({ sentence, field }) {
    tell(this.problem, sentence);
    const wrong = field?.startsWith("choices") ? (this.fields.find((one) => !one.value.trim()) ?? this.fields[0]) : field === "question" ? this.question : null;
    wrong?.focus();
  }
}
