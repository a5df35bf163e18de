/**
 * The review: ten questions, one at a time. What is right comes from the server once one has answered.
 *
 * @import { Answered, Asked, Titled } from "./lesson/review_question.js"
 */
import { QuestionCard } from "./lesson/review_question.js";
import { ReviewRecord } from "./lesson/review_record.js";
import { drawResult } from "./lesson/review_result.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId, tell } from "./ui/element.js";
import { say, useWords } from "./words.js";

/** @type {{ review: { seed: number, lessons: Titled[] }, words: Record<string, string> }} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();

const { seed } = boot.review;
const lessons = new Map(boot.review.lessons.map((lesson) => [lesson.slug, lesson]));
const record = new ReviewRecord(seed);
const card = new QuestionCard();
const marks = /** @type {HTMLElement[]} */ ([...byId("marks", HTMLElement).children]);
const trouble = byId("trouble", HTMLElement);

/** The one that is asked. @type {Asked | null} */
let asked = null;
let isAnswered = false;
/** What to do again where the server did not answer. */
let again = () => {};

/** @param {"question" | "answer"} what @param {Record<string, string | number>} wanted @returns {Promise<any>} */
async function ask(what, wanted) {
  const words = new URLSearchParams(Object.entries({ seed, ...wanted }).map(([name, value]) => [name, String(value)]));
  const response = await fetch(`/lessons/review/${what}?${words}`);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

/** @param {() => Promise<void>} act */
async function tryTo(act) {
  trouble.hidden = true;
  try {
    await act();
  } catch {
    again = () => void tryTo(act);
    trouble.hidden = false;
  }
}

/** The next one that is not answered yet, or the end. @param {boolean} moves whether the reader is to be taken there */
async function next(moves) {
  const number = record.given.length + 1;
  for (const [place, mark] of marks.entries()) {
    const given = record.given[place];
    mark.dataset.judged = given ? (given.right ? "right" : "wrong") : "";
    mark.classList.toggle("current", place === record.given.length);
  }
  byId("about", HTMLElement).hidden = number > 1;
  if (number > marks.length) return end();
  tell(byId("place", HTMLElement), asked ? say("review.of", { number, count: marks.length }) : say("review.loading"));
  asked = /** @type {Asked} */ (await ask("question", { number }));
  isAnswered = false;
  tell(byId("place", HTMLElement), say("review.of", { number, count: marks.length }));
  card.draw(asked);
  if (!moves) return;
  scrollTo({ top: 0 });
  byId("place", HTMLElement).focus({ preventScroll: true });
}

async function answer() {
  const { choice } = card;
  if (!asked || choice === undefined || card.go.disabled) return;
  const { number, lesson } = asked;
  card.go.disabled = true;
  /** @type {Answered} */
  let answered;
  try {
    answered = await ask("answer", { number, choice });
  } catch (error) {
    card.go.disabled = false;
    throw error;
  }
  isAnswered = true;
  record.answer({ lesson, choice, right: answered.right });
  const mark = marks[number - 1];
  if (mark) mark.dataset.judged = answered.right ? "right" : "wrong";
  const isLast = number === marks.length;
  if (isLast) record.finish();
  card.judge(answered, lessons.get(lesson), say(isLast ? "review.finish" : "review.next"));
}

function end() {
  card.form.hidden = true;
  tell(byId("place", HTMLElement), "");
  drawResult(record, lessons);
}

card.form.addEventListener("submit", (event) => {
  event.preventDefault();
  void tryTo(isAnswered ? () => next(true) : answer);
});
// A double click means one: the second would pass over the explanation.
card.go.addEventListener("click", (event) => {
  if (event.detail > 1) event.preventDefault();
});
byId("retry", HTMLButtonElement).addEventListener("click", () => again());
byId("same", HTMLButtonElement).addEventListener("click", () => {
  record.forget();
  byId("result", HTMLElement).hidden = true;
  void tryTo(() => next(true));
});
void tryTo(() => next(false));
