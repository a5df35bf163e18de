/**
 * A question to the class as everybody sees it: its choices while it is open, and how many chose what once that is shown.
 *
 * @import { PollSeen } from "../protocol.js"
 *
 * @typedef {{ question: string, choices: string[] }} PollTexts
 */
import { say } from "../words.js";
import { make, tell } from "../ui/element.js";

/** How many have answered. Who has answered may have gone since, so it is not so many of those who are here. @param {PollSeen} poll @param {number} here */
export function answered({ answers, phase }, here) {
  return phase === "open" ? say("polls.answers", { here }, answers) : say("polls.answers_in", {}, answers);
}

/**
 * The words of a question. One of a lesson has them in the lesson's prose: its step's heading, and what stands beside the radios.
 * @param {PollSeen} poll @param {ParentNode | null} prose an element with the lesson's prose, if there is one
 * @returns {PollTexts}
 */
export function pollTexts(poll, prose) {
  if (poll.slug === null) return { question: poll.question, choices: [...poll.choices] };
  const section = [...(prose?.querySelectorAll("[data-step]") ?? [])].find((one) => /** @type {HTMLElement} */ (one).dataset.step === poll.step);
  const fields = /** @type {HTMLInputElement[]} */ ([...(section?.querySelectorAll("input[type=radio]") ?? [])]);
  const texts = new Map(fields.map((field) => [field.value, read(field.closest("label"))]));
  // Without the prose, letters: they stand in the same order.
  return { question: read(section?.querySelector("h2")) || say("polls.of_lesson"), choices: poll.choices.map((id, i) => texts.get(id) || letter(i)) };
}

/** @param {number} place */
export function letter(place) {
  return String.fromCharCode(65 + place);
}

/** A text as it reads on one line. The quotes of values are not in the text. @param {Element | null | undefined} element */
function read(element) {
  const copy = /** @type {Element | undefined} */ (element?.cloneNode(true));
  for (const value of copy?.querySelectorAll("q-value") ?? []) value.textContent = say("polls.read.value", { value: value.textContent ?? "" });
  return (copy?.textContent ?? "").trim().replace(/\s+/g, " ");
}

export class PollPicture {
  /** @param {HTMLElement} box what it fills */
  constructor(box) {
    this.box = box;
    box.classList.add("poll-picture");
    this.question = make("h3", "poll-question");
    this.count = make("p", "poll-count");
    this.list = make("ol", "poll-choices");
    box.append(this.question, this.count, this.list);
    /** @type {Choice[]} */
    this.choices = [];
    this.poll = "";
  }

  /** @param {PollSeen} poll @param {PollTexts} texts @param {string} count how many have answered, in words @param {number | null} [own] what was chosen here */
  show(poll, texts, count, own = null) {
    const { counts, right } = poll;
    if (this.poll !== poll.id) {
      this.poll = poll.id;
      this.choices = poll.choices.map(() => new Choice());
      this.list.replaceChildren(...this.choices.map((choice) => choice.item));
    }
    this.box.dataset.phase = poll.phase;
    tell(this.question, texts.question);
    tell(this.count, count);
    const all = counts?.reduce((sum, one) => sum + one, 0) ?? 0;
    for (const [i, choice] of this.choices.entries()) {
      choice.show(texts.choices[i] ?? "", counts && { count: counts[i] ?? 0, all }, right === null ? "" : right === i ? "right" : "other", own === i);
    }
  }
}

/** One choice and, once it is shown, how many chose it. What stays is not made anew, so that a bar grows once. */
class Choice {
  constructor() {
    this.item = make("li", "poll-choice");
    this.text = make("span", "poll-text");
    this.marks = make("span", "poll-marks");
    this.number = make("span", "poll-number");
    this.track = make("span", "poll-track");
    this.bar = make("span", "poll-bar");
    this.track.append(this.bar);
    this.item.append(this.text, this.marks);
    this.marked = "";
  }

  /** @param {string} text @param {{ count: number, all: number } | null} shown @param {"" | "right" | "other"} judged @param {boolean} isOwn */
  show(text, shown, judged, isOwn) {
    tell(this.text, text);
    this.item.dataset.judged = judged;
    this.mark([...(judged === "right" ? [say("polls.right")] : []), ...(isOwn ? [say("polls.yours")] : [])]);
    if (!shown) return;
    const percent = shown.all ? Math.round((100 * shown.count) / shown.all) : 0;
    tell(this.number, say("polls.number", { count: shown.count, percent }));
    if (!this.track.isConnected) {
      this.item.append(this.number, this.track);
      // It grows from nothing: the browser has to have seen it so.
      void this.bar.offsetWidth;
    }
    this.bar.style.width = `${shown.all ? (100 * shown.count) / shown.all : 0}%`;
  }

  /** @param {string[]} texts */
  mark(texts) {
    const marked = texts.join("\n");
    if (marked === this.marked) return;
    this.marked = marked;
    this.marks.replaceChildren(...texts.map((text) => make("span", "poll-mark", text)));
  }
}
