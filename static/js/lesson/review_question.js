/**
 * One question on the page: drawn, answered, judged, and the run that shows it.
 *
 * @import { Line, Picture, Said } from "./review_picture.js"
 *
 * @typedef {object} Asked what the server tells of a question (webapp/lessons/review/review.py)
 * @property {number} number
 * @property {string} lesson
 * @property {Picture} picture
 * @property {Line[]} past
 * @property {Line[]} then
 * @property {boolean} beside
 * @property {Said} asks
 * @property {{ id: string, says: Said }[]} choices
 *
 * @typedef {{ right: boolean, correct: string, why: Said, packed: string, from_us: number, to_us: number }} Answered
 * @typedef {{ slug: string, number: number, title: string }} Titled
 */
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";
import { drawFigures, drawMoment, drawNodes, drawStory, sentence } from "./review_picture.js";

/** A run is shown in about so many seconds, but a message's millisecond never takes longer than one. */
const SHOWN_S = 15;
const SPEED_MIN = 0.001;

export class QuestionCard {
  constructor() {
    this.form = byId("question", HTMLFormElement);
    this.legend = byId("asks", HTMLElement);
    this.choices = byId("choices", HTMLElement);
    this.said = byId("said", HTMLElement);
    this.watch = byId("watch", HTMLButtonElement);
    this.run = byId("run", HTMLElement);
    this.go = byId("go", HTMLButtonElement);
    /** @type {HTMLInputElement[]} */
    this.fields = [];
    this.frame = "";
    this.choices.addEventListener("change", () => (this.go.disabled = false));
    this.watch.addEventListener("click", () => this.play());
  }

  /** @returns {string | undefined} */
  get choice() {
    return this.fields.find(({ checked }) => checked)?.value;
  }

  /** @param {Asked} asked */
  draw(asked) {
    drawFigures(byId("figures", HTMLElement), asked.picture);
    byId("past-box", HTMLElement).hidden = !asked.past.length;
    drawStory(byId("past", HTMLElement), asked.past);
    drawMoment(byId("cluster-title", HTMLElement), asked.picture);
    drawNodes(byId("nodes", HTMLElement), asked.picture);
    byId("beside", HTMLElement).hidden = !asked.beside;
    drawStory(byId("then", HTMLElement), asked.then);
    tell(this.legend, sentence(asked.asks));
    this.fields = [];
    this.choices.replaceChildren(...asked.choices.map(({ id, says }) => this.line(id, sentence(says))));
    this.said.replaceChildren();
    this.run.replaceChildren();
    for (const hidden of [byId("run-row", HTMLElement), this.run, byId("lesson", HTMLElement)]) hidden.hidden = true;
    this.watch.setAttribute("aria-expanded", "false");
    tell(this.go, say("review.answer"));
    this.go.disabled = true;
    this.form.hidden = false;
    this.form.setAttribute("aria-busy", "false");
  }

  /** @param {string} id @param {string} text */
  line(id, text) {
    const label = make("label", "choice");
    const field = make("input");
    Object.assign(field, { type: "radio", name: "choice", value: id });
    this.fields.push(field);
    label.append(field, make("span", "", text));
    const item = make("li");
    item.append(label);
    return item;
  }

  /** @param {Answered} answered @param {Titled | undefined} lesson @param {string} next what the button says then */
  judge({ right, correct, why, packed, from_us, to_us }, lesson, next) {
    let told = "";
    for (const field of this.fields) {
      const label = /** @type {HTMLElement} */ (field.closest("label"));
      field.disabled = true;
      if (field.value === correct) {
        label.dataset.judged = "right";
        told = label.textContent ?? "";
      } else if (field.checked) label.dataset.judged = "wrong";
    }
    const verdict = make("p", "review-verdict", right ? say("review.right") : say("review.wrong", { choice: told }));
    verdict.dataset.judged = right ? "right" : "wrong";
    this.said.replaceChildren(verdict, make("p", "", sentence(why)));
    const speed = Math.min(1, Math.max(SPEED_MIN, (to_us - from_us) / 1e6 / SHOWN_S));
    this.frame = `/embed?speed=${Number(speed.toPrecision(3))}&from=${from_us / 1000}&to=${to_us / 1000}#${packed}`;
    byId("open", HTMLAnchorElement).href = `/run#${packed}`;
    byId("run-row", HTMLElement).hidden = false;
    const link = byId("lesson", HTMLAnchorElement);
    link.hidden = !lesson;
    if (lesson) {
      link.href = `/lessons/${lesson.slug}`;
      tell(link, say("review.from_lesson", { number: lesson.number, title: lesson.title }));
    }
    tell(this.go, next);
    this.go.disabled = false;
    this.go.focus();
  }

  /** The run, in the page; it is fetched only when it is wanted. */
  play() {
    const isOpen = this.run.hidden;
    this.run.hidden = !isOpen;
    this.watch.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return this.run.replaceChildren();
    const player = make("iframe");
    player.title = say("review.watched");
    player.src = this.frame;
    return this.run.replaceChildren(player);
  }
}
