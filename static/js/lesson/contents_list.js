/**
 * How far one is in each lesson, in words and in a shape, and the one button that goes on.
 *
 * @import { Listed } from "../contents.js"
 * @import { Progress } from "./progress.js"
 *
 * @typedef {{ state: "none" | "begun" | "done", step: number, steps: number }} Place `step` counts from 1
 */
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";

export class ContentsList {
  /** @param {Listed[]} lessons @param {Progress} progress */
  constructor(lessons, progress) {
    this.lessons = lessons;
    this.progress = progress;
  }

  draw() {
    for (const lesson of this.lessons) {
      const { state, step, steps } = this.place(lesson);
      const row = /** @type {HTMLElement} */ (document.querySelector(`[data-lesson="${lesson.slug}"] .lesson-state`));
      row.dataset.state = state;
      row.style.setProperty("--part", String(step / steps));
      tell(/** @type {HTMLElement} */ (row.querySelector(".lesson-said")), say(`contents.state.${state}`, { step, steps }));
    }
    this.go();
  }

  /** @param {Listed} lesson @returns {Place} */
  place({ slug, steps }) {
    const { step, reached, finished } = this.progress.lesson(slug);
    const state = finished ? "done" : step ? "begun" : "none";
    return { state, step: Math.min(reached + 1, steps), steps };
  }

  /** On with what was begun, or else with the first that is left. */
  go() {
    const left = this.lessons.filter((lesson) => this.place(lesson).state !== "done");
    const next = left.find((lesson) => this.place(lesson).state === "begun") ?? left[0];
    if (!this.lessons.length) return;
    const button = byId("go", HTMLAnchorElement);
    const title = byId("go-title", HTMLElement);
    if (!next) {
      button.href = "/lessons/review";
      tell(button, say("contents.all_done"));
      tell(title, "");
      return;
    }
    const { slug, number, minutes } = next;
    const isBegun = left.length < this.lessons.length || this.place(next).state === "begun";
    button.href = `/lessons/${slug}`;
    tell(button, say(isBegun ? "contents.go_on" : "contents.start", { number }));
    tell(title, say("contents.go_title", { title: next.title, count: minutes }));
  }
}
