/**
 * The questions of a report: how many chose what, how many were right, and who answered what.
 *
 * @import { LessonWords, QuestionTold, ReportTold } from "./report_story.js"
 */
import { byId, make } from "../ui/element.js";
import { say } from "../words.js";
import { after } from "./documents.js";
import { PollPicture } from "./poll_picture.js";
import { tableOf } from "./report_table.js";

/** @param {ReportTold} report @param {Map<string, LessonWords>} lessons */
export function drawQuestions(report, lessons) {
  const box = byId("report-questions", HTMLElement);
  if (!report.questions.length) box.replaceChildren(make("p", "soft", say("report.no_questions")));
  else box.replaceChildren(...report.questions.map((question) => article(question, report, lessons)));
}

/** @param {QuestionTold} question @param {ReportTold} report @param {Map<string, LessonWords>} lessons */
function article(question, report, lessons) {
  const made = make("article", "report-question");
  const { answers, counts, lesson } = question;
  const picture = make("div");
  const seen = { id: question.id, question: question.question, choices: question.choices, slug: lesson, step: question.step, answers: answers.length };
  const of = report.members.length;
  new PollPicture(picture).show({ ...seen, phase: "revealed", counts, right: question.right }, question, say("report.answered", { count: answers.length, of }));
  if (lesson !== null) made.append(make("p", "soft", say("report.of_lesson", { title: lessons.get(lesson)?.title ?? lesson })));
  made.append(picture, make("p", "soft", judged(question)));
  if (report.members.length) made.append(who(question, report));
  return made;
}

/** @param {QuestionTold} question */
function judged({ right, right_share, phase }) {
  if (right_share !== null) return say("report.right_share", { percent: Math.round(100 * right_share) });
  if (right !== null) return "";
  return say(phase === "revealed" ? "report.nobody_said" : "report.not_revealed");
}

/** @param {QuestionTold} question @param {ReportTold} report */
function who(question, { members }) {
  const box = make("details", "report-who");
  box.append(make("summary", "", say("report.who")));
  // Of a large class this is much, and few look at it.
  box.addEventListener("toggle", () => box.append(answersOf(question, members)), { once: true });
  return box;
}

/** @param {QuestionTold} question @param {ReportTold["members"]} members */
function answersOf(question, members) {
  const given = new Map(question.answers.map((answer) => [answer.member, answer]));
  const rows = members.map(({ id, name }) => {
    const answer = given.get(id);
    if (!answer) return [name, say("report.no_answer"), "", ""];
    const word = answer.right === null ? "unknown" : answer.right ? "right" : "wrong";
    return [name, question.choices[answer.choice] ?? "", say(`report.judged.${word}`), after(answer.at_ms - question.asked_ms)];
  });
  const isJudged = question.right !== null;
  const heads = [say("report.name"), say("report.answer"), ...(isJudged ? [say("report.judged")] : []), say("report.when_answered")];
  return tableOf(`${say("report.who")}: ${question.question}`, heads, isJudged ? rows : rows.map(([name, answer, , when]) => [name, answer, when].map(String)));
}
