/**
 * How a review went: the score, question by question, with the lessons that are worth another look.
 *
 * @import { ReviewRecord } from "./review_record.js"
 * @import { Titled } from "./review_question.js"
 */
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";

/** @param {ReviewRecord} record @param {Map<string, Titled>} lessons */
export function drawResult(record, lessons) {
  const { given, kept } = record;
  const heading = byId("score", HTMLElement);
  tell(heading, say("review.score", { of: given.length }, record.right));
  tell(byId("best", HTMLElement), say("review.best", { of: given.length }, kept.best));
  byId("rows", HTMLElement).replaceChildren(
    ...given.map(({ lesson, right }, place) => {
      const row = make("li", "review-row");
      row.dataset.judged = right ? "right" : "wrong";
      const titled = lessons.get(lesson);
      const name = make(titled ? "a" : "span", "", titled ? say("review.from_lesson", { number: titled.number, title: titled.title }) : say("review.of", { number: place + 1, count: given.length }));
      if (name instanceof HTMLAnchorElement) name.href = `/lessons/${lesson}`;
      row.append(make("span", "review-row-word", say(right ? "review.row_right" : "review.row_wrong")), " ", name);
      return row;
    }),
  );
  byId("result", HTMLElement).hidden = false;
  heading.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}
