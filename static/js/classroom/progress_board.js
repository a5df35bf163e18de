/**
 * How far everybody is in the lesson, live, for the teacher: alone by their own steps, together by who has answered.
 *
 * @import { App } from "../app.js"
 * @import { ClassSeen, Row } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { startDialog } from "../ui/dialogs.js";
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";

/**
 * @typedef {object} Standing where a member is in the lesson
 * @property {Row} row
 * @property {"none" | "begun" | "finished"} state
 * @property {number} place counted from 0
 * @property {number} reached
 */

/** The furthest first; of those at the same step who came first. Pure. @param {Row[]} rows @param {string | null} slug @returns {Standing[]} */
export function standings(rows, slug) {
  const rank = { none: 0, begun: 1, finished: 2 };
  return rows.map((row) => standing(row, slug)).sort((a, b) => rank[b.state] - rank[a.state] || b.reached - a.reached || b.place - a.place);
}

/** @param {Row} row @param {string | null} slug @returns {Standing} */
function standing(row, slug) {
  if (slug === null || row.slug !== slug) return { row, state: "none", place: 0, reached: 0 };
  return { row, state: row.finished ? "finished" : "begun", place: row.place, reached: row.reached };
}

/** Those who play alone, in a sentence or three. Pure. @param {Standing[]} all */
export function summary(all) {
  if (!all.length) return say("class_lesson.nobody");
  const finished = all.filter(({ state }) => state === "finished").length;
  const begun = all.filter(({ state }) => state === "begun");
  const none = all.length - finished - begun.length;
  if (finished === all.length) return say("class_lesson.all_finished", {}, finished);
  return [
    say("class_lesson.finished_of", { of: all.length }, finished),
    ...(begun.length ? [whereabouts(begun.map(({ reached }) => reached + 1), all.length - finished, finished > 0)] : []),
    ...(none ? [say("class_lesson.not_begun", {}, none)] : []),
  ].join(" ");
}

/**
 * @param {number[]} steps of those who are on their way, counted from 1 @param {number} left how many have not finished
 * @param {boolean} areOthers whether there are others, who have
 */
function whereabouts(steps, left, areOthers) {
  const step = steps.reduce((most, one) => (countOf(steps, one) > countOf(steps, most) ? one : most));
  const most = countOf(steps, step);
  if (most === left && left > 1) return say(areOthers ? "class_lesson.others_at" : "class_lesson.all_at", { step });
  if (most === steps.length) return say("class_lesson.so_many_at", { step }, most);
  if (most * 2 > left) return say(areOthers ? "class_lesson.most_others_at" : "class_lesson.most_at", { step });
  return say("class_lesson.between", { count: steps.length, first: Math.min(...steps), last: Math.max(...steps) });
}

/** @param {number[]} steps @param {number} step */
function countOf(steps, step) {
  return steps.filter((one) => one === step).length;
}

/** The class's question about the step that it is at, if there is one. @param {ClassSeen} seen */
function pollOf({ poll, slug, step }) {
  return poll && poll.slug === slug && poll.step === step ? poll : null;
}

export class ProgressBoard {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.dialog = startDialog("progress-board", "class-progress", () => this.draw());
    this.said = byId("progress-said", HTMLElement);
    this.key = byId("progress-key", HTMLElement);
    this.body = byId("progress-rows", HTMLElement);
    /** By member; what a row says is only written where it is another than before. @type {Map<string, Line>} */
    this.lines = new Map();
    classroom.onChange((what) => {
      if (this.dialog.open && (what === "class" || what === "roster")) this.draw();
    });
  }

  draw() {
    const { seen, rows } = this.classroom;
    const { lesson } = this.app.boot;
    if (!seen || !lesson) return;
    const isAlone = seen.mode === "own_copy";
    const all = isAlone ? standings(rows, seen.slug) : rows.map((row) => standing(row, seen.slug));
    tell(this.said, isAlone ? summary(all) : this.together(seen, all));
    this.key.hidden = !isAlone || !all.length;
    const lines = all.map((one) => this.line(one.row.id).show(one, isAlone ? lesson.steps.length : null, seen));
    const wanted = new Set(lines);
    for (const [id, line] of this.lines) {
      if (wanted.has(line)) continue;
      this.lines.delete(id);
      line.item.remove();
    }
    for (const [place, { item }] of lines.entries()) {
      if (this.body.children[place] !== item) this.body.insertBefore(item, this.body.children[place] ?? null);
    }
  }

  /** @param {ClassSeen} seen @param {Standing[]} all */
  together(seen, all) {
    if (!all.length) return say("class_lesson.nobody");
    const steps = this.app.boot.lesson?.steps ?? [];
    const here = say("class_lesson.together", { step: steps.findIndex(({ id }) => id === seen.step) + 1, of: steps.length });
    if (!pollOf(seen)) return here;
    return `${here} ${say("class_lesson.answered_of", { of: all.length }, all.filter(({ row }) => row.answered).length)}`;
  }

  /** @param {string} id */
  line(id) {
    let line = this.lines.get(id);
    if (!line) this.lines.set(id, (line = new Line()));
    return line;
  }
}

/** A member's line: name, steps, and in words how far. */
class Line {
  constructor() {
    this.item = make("li", "progress-row");
    this.name = make("span", "progress-name");
    this.away = make("span", "progress-away", say("class_lesson.away"));
    this.marks = make("span", "progress-marks");
    this.marks.setAttribute("aria-hidden", "true");
    this.words = make("span", "progress-words");
    const who = make("span", "progress-who");
    who.append(this.name, this.away);
    this.item.append(who, this.marks, this.words);
    this.told = "";
  }

  /** @param {Standing} standing @param {number | null} steps null: all go together @param {ClassSeen} seen */
  show({ row, state, place, reached }, steps, seen) {
    const isBack = row.called_back;
    const told = JSON.stringify([row.name, row.here, row.answered, isBack, state, place, reached, steps, seen.mode, pollOf(seen)?.id]);
    if (told === this.told) return this;
    this.told = told;
    tell(this.name, row.name);
    this.away.hidden = row.here;
    this.item.dataset.state = steps === null ? this.answered(row, seen) : state;
    this.marks.hidden = steps === null;
    this.marks.replaceChildren(...Array.from({ length: steps ?? 0 }, (_, i) => this.mark(i, state, place, reached)));
    tell(this.words, steps === null ? this.togetherWords(row, state, seen) : isBack ? say("class_lesson.called_back") : this.aloneWords(state, place, steps));
    return this;
  }

  /** @param {number} i @param {Standing["state"]} state @param {number} place @param {number} reached */
  mark(i, state, place, reached) {
    const mark = make("span", "progress-mark");
    const isDone = state === "finished" || (state === "begun" && i < reached);
    mark.dataset.is = state === "begun" && i === place ? "here" : isDone ? "done" : "ahead";
    return mark;
  }

  /** @param {Standing["state"]} state @param {number} place @param {number} steps */
  aloneWords(state, place, steps) {
    return state === "begun" ? say("class_lesson.step_of", { step: place + 1, steps }) : say(`class_lesson.state.${state}`);
  }

  /** @param {Row} row @param {ClassSeen} seen */
  answered(row, seen) {
    return !pollOf(seen) ? "" : row.answered ? "answered" : "open";
  }

  /** @param {Row} row @param {Standing["state"]} state @param {ClassSeen} seen */
  togetherWords(row, state, seen) {
    const poll = pollOf(seen);
    if (poll) return say(row.answered ? "class_lesson.answered" : poll.phase === "open" ? "class_lesson.not_yet" : "class_lesson.no_answer");
    return state === "finished" ? say("class_lesson.state.finished") : "";
  }
}
