/**
 * A report's summary and timeline.
 *
 * @typedef {object} QuestionTold (webapp/classroom/report.py)
 * @property {string} id
 * @property {string | null} lesson
 * @property {string | null} step
 * @property {string} question
 * @property {string[]} choices
 * @property {"open" | "closed" | "revealed"} phase
 * @property {number} asked_ms
 * @property {number[]} counts
 * @property {number | null} right
 * @property {number | null} right_share
 * @property {{ member: string, choice: number, right: boolean | null, at_ms: number }[]} answers
 *
 * @typedef {{ slug: string, title: string, steps: Record<string, string> }} LessonWords a lesson's words, and those over its steps
 *
 * @typedef {object} MemberTold
 * @property {string} id
 * @property {string} name
 * @property {boolean} removed
 * @property {number} answered
 * @property {number} judged
 * @property {number} right
 * @property {{ lesson: string, title: string, reached: number, steps: number, finished: boolean }[]} studies
 * @property {Record<string, number>} commands
 *
 * @typedef {object} ReportTold
 * @property {string} title
 * @property {number} opened_ms
 * @property {number} last_ms
 * @property {boolean} ended
 * @property {QuestionTold[]} questions
 * @property {MemberTold[]} members
 * @property {{ at_ms: number, by: string, event: any }[]} timeline events as in the class's log (webapp/classroom/events.py)
 */
import { byId, make } from "../ui/element.js";
import { say } from "../words.js";
import { after, moment } from "./documents.js";

/** Of those who joined one after another, so many are named. */
const NAMES_MAX = 12;

/** @param {ReportTold} report */
export function drawSummary({ opened_ms, last_ms, members, questions, ended }) {
  const facts = [
    [say("report.when"), moment(opened_ms)],
    [say("report.lasted"), say("report.minutes", {}, Math.round((last_ms - opened_ms) / 60_000))],
    [say("report.members"), String(members.length)],
    [say("report.questions"), String(questions.length)],
    [say("report.state"), say(`report.state.${ended ? "ended" : "open"}`)],
  ];
  byId("report-facts", HTMLElement).replaceChildren(
    ...facts.map(([name, value]) => {
      const fact = make("div");
      fact.append(make("dt", "", name), make("dd", "", value));
      return fact;
    }),
  );
}

/** @param {ReportTold} report @param {Map<string, LessonWords>} lessons */
export function drawTimeline({ timeline, opened_ms, questions }, lessons) {
  const words = new Map(questions.map(({ id, question }) => [id, question]));
  /** What members are called, as the class goes on. @type {Map<string, string>} */
  const names = new Map();
  /** @type {{ at_ms: number, text: string }[]} */
  const told = [];
  /** Those who joined one after another. @type {{ at_ms: number, names: string[] }} */
  let joined = { at_ms: 0, names: [] };
  const tellJoined = () => {
    const count = joined.names.length;
    const listed = joined.names.slice(0, NAMES_MAX).join(", ") + (count > NAMES_MAX ? ", …" : "");
    if (count) told.push({ at_ms: joined.at_ms, text: say("report.event.joined", { names: listed }, count) });
    joined = { at_ms: 0, names: [] };
  };
  for (const { at_ms, event } of timeline) {
    if (event.type === "joined") {
      names.set(event.member, event.name);
      if (!joined.names.length) joined.at_ms = at_ms;
      joined.names.push(event.name);
      continue;
    }
    tellJoined();
    told.push({ at_ms, text: sentence(event, names, words, lessons) });
    if (event.type === "renamed") names.set(event.member, event.name);
  }
  tellJoined();
  byId("report-timeline", HTMLElement).replaceChildren(
    ...told.map(({ at_ms, text }) => {
      const row = make("li");
      row.append(make("span", "report-at", after(at_ms - opened_ms)), make("span", "", text));
      return row;
    }),
  );
}

/** @param {any} event @param {Map<string, string>} names @param {Map<string, string>} questions @param {Map<string, LessonWords>} lessons */
function sentence(event, names, questions, lessons) {
  const name = names.get(event.member) ?? "";
  switch (event.type) {
    case "titled":
      return say("report.event.titled", { title: event.title });
    case "renamed":
      return say("report.event.renamed", { before: name, name: event.name });
    case "removed":
      return say("report.event.removed", { name });
    case "switched":
      return event.rooms ? say("report.event.groups", { count: event.rooms.length }) : say(`report.event.switched.${event.mode}`);
    case "called_back":
      return say(`report.event.called_back.${event.on ? "on" : "off"}`, { name });
    case "studied":
      return event.slug ? studied(lessons.get(event.slug), event) : say("report.event.studied_no_more");
    case "asked":
      return say("report.event.asked", { question: questions.get(event.poll) ?? "" });
    case "locked":
    case "frozen":
      return say(`report.event.${event.type}.${event.on ? "on" : "off"}`);
    default:
      return say(`report.event.${event.type}`);
  }
}

/** @param {LessonWords | undefined} lesson one that is gone has no words @param {{ slug: string, step: string }} event */
function studied(lesson, { slug, step }) {
  return say("report.event.studied", { title: lesson?.title ?? slug, heading: lesson?.steps[step] ?? step });
}
