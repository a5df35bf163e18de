/**
 * A student answers a question of the teacher's, and sees what became of it.
 *
 * @import { App, Part } from "../app.js"
 * @import { PollSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 * @import { PollTexts } from "./poll_picture.js"
 */
import { say } from "../words.js";
import { byId, make, tell } from "../ui/element.js";
import { OwnAnswer } from "./poll_answer.js";
import { answered, PollPicture, pollTexts } from "./poll_picture.js";

/** @param {App} app @param {Classroom} classroom @returns {Part[]} */
export function startAnswering(app, classroom) {
  new Answering(app, classroom);
  return [];
}

class Answering {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.card = byId("poll-answering", HTMLElement);
    this.count = byId("poll-count", HTMLElement);
    this.group = byId("poll-answers", HTMLFieldSetElement);
    this.question = byId("poll-asked-question", HTMLElement);
    this.choices = byId("poll-choices", HTMLElement);
    this.picture = new PollPicture(byId("poll-picture", HTMLElement));
    this.note = byId("poll-note", HTMLElement);
    this.said = byId("poll-said", HTMLElement);
    this.answer = new OwnAnswer(classroom, () => this.show());
    /** What the fields stand for. */
    this.asked = "";
    /** The question and its phase when they were last spoken of; null: nothing is known yet. @type {string | null} */
    this.told = null;
    classroom.onChange((what) => {
      if (what === "class" || what === "seat") this.show();
    });
  }

  get poll() {
    return this.classroom.seen?.poll ?? null;
  }

  /** Whether the lesson beside it takes the answer. @param {PollSeen} poll */
  isInProse({ slug, step }) {
    const { seen, seat } = this.classroom;
    return slug !== null && slug === this.app.boot.lesson?.slug && step === seen?.step && seat?.mode !== "own_copy";
  }

  show() {
    const { poll, classroom } = this;
    // A question of a lesson that the class has left has no words here.
    this.card.hidden = poll === null || classroom.seat?.member == null || ![null, this.app.boot.lesson?.slug].includes(poll.slug);
    if (!poll || !classroom.seat) return this.speak(null, null);
    const texts = pollTexts(poll, document.getElementById("prose"));
    const { answer } = classroom.seat;
    const isRevealed = poll.phase === "revealed";
    const isInProse = this.isInProse(poll);
    tell(this.count, answered(poll, classroom.seen?.here ?? 0));
    this.group.hidden = isRevealed || isInProse;
    this.picture.box.hidden = !isRevealed;
    if (isRevealed) this.picture.show(poll, texts, "", answer);
    this.fields(poll, texts);
    // Beside the radios it is said how the answer stands.
    const isElsewhere = isInProse && !isRevealed;
    this.card.toggleAttribute("data-idle", isElsewhere);
    tell(this.note, isElsewhere ? "" : this.noteOn(poll, answer));
    this.speak(poll, texts);
  }

  /** @param {PollSeen} poll @param {PollTexts} texts */
  fields(poll, texts) {
    tell(this.question, texts.question);
    if (this.asked !== poll.id) {
      this.asked = poll.id;
      this.choices.replaceChildren(...texts.choices.map((text, choice) => this.field(text, choice)));
    }
    for (const [choice, field] of this.choices.querySelectorAll("input").entries()) {
      field.checked = choice === this.answer.choice;
      field.disabled = poll.phase !== "open";
    }
  }

  /** @param {string} text @param {number} choice */
  field(text, choice) {
    const label = make("label", "choice");
    const field = make("input");
    field.type = "radio";
    field.name = "poll-choice";
    field.value = String(choice);
    field.addEventListener("change", () => this.answer.choose(choice));
    label.append(field, make("span", "", text));
    return label;
  }

  /** @param {PollSeen} poll @param {number | null} answer the one that the server has */
  noteOn({ phase, right }, answer) {
    if (phase === "open") {
      if (this.answer.wanted) return this.answer.hasFailed ? say("polls.note.waiting") : say("polls.note.sending");
      return answer === null ? say("polls.note.choose") : say("polls.note.sent");
    }
    if (phase === "closed") return answer === null ? say("polls.note.missed") : say("polls.note.closed");
    if (right === null || answer === null) return say("polls.note.shown");
    return answer === right ? say("polls.note.right") : say("polls.note.wrong");
  }

  /** What is new, for whoever listens; the page says the rest. @param {PollSeen | null} poll @param {PollTexts | null} texts */
  speak(poll, texts) {
    const told = poll ? `${poll.id} ${poll.phase}` : "";
    if (told === this.told || !this.classroom.seen) return;
    this.told = told;
    tell(this.said, poll?.phase === "open" ? say("polls.said.new", { question: texts?.question ?? "" }) : "");
  }
}
