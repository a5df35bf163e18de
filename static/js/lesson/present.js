/**
 * What the run has come to, whatever moment is shown: which tasks are done, and the numbers in the prose.
 *
 * @import { App, Part } from "../app.js"
 * @import { Timeline } from "../timeline.js"
 * @import { Course } from "./course.js"
 */
import { say } from "../words.js";
import { byId, tell } from "../ui/element.js";

const NONE = "–";

/** @implements {Part} */
export class Present {
  /** @param {App} app @param {Course} course */
  constructor(app, course) {
    this.app = app;
    this.course = course;
    this.said = byId("lesson-said", HTMLElement);
    const prose = byId("prose", HTMLElement);
    this.tasks = new Map([...prose.querySelectorAll("[data-task]")].map((item) => [/** @type {HTMLElement} */ (item).dataset.task ?? "", item]));
    this.numbers = /** @type {HTMLElement[]} */ ([...prose.querySelectorAll("[data-number]")]);
    this.room = "";
    /** @type {[timeline: Timeline | null, size: number, twin: number]} */
    this.seen = [null, 0, 0];
  }

  move() {
    const { timeline, twin, room } = this.app.run;
    const beside = twin?.size ?? 0;
    if (timeline === this.seen[0] && timeline.size === this.seen[1] && beside === this.seen[2]) return;
    this.seen = [timeline, timeline.size, beside];
    for (const output of this.numbers) {
      const run = output.dataset.side === "beside" ? twin : timeline;
      tell(output, shown(run?.at("measure", output.dataset.number ?? "", Infinity)?.value ?? null));
    }
    this.tick(timeline, room);
  }

  /** @param {Timeline} timeline @param {string} room */
  tick(timeline, room) {
    const before = this.course.met;
    const met = new Set([...this.tasks.keys()].filter((task) => timeline.at("goal", task, Infinity)?.done_us != null));
    // Of a run that was gone to nothing is news.
    const news = room === this.room ? this.course.step.tasks.filter((task) => met.has(task) && !before.has(task)) : [];
    this.room = room;
    for (const [task, item] of this.tasks) {
      item.classList.toggle("met", met.has(task));
      tell(/** @type {Element} */ (item.querySelector("[data-state]")), met.has(task) ? say("lesson.done") : say("lesson.not_done"));
    }
    this.course.meet(met);
    if (!news.length) return;
    const texts = news.map((task) => say("lesson.did", { task: this.tasks.get(task)?.querySelector(".text")?.textContent ?? "" }));
    this.said.textContent = [...texts, ...(this.course.isDone ? [say("lesson.did_all")] : [])].join(" ");
  }
}

/** A number for people: whole ones as they are, others with three digits that count. @param {number | string | null} value */
function shown(value) {
  if (value === null) return NONE;
  return typeof value === "string" || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
