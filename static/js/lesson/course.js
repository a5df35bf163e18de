/**
 * Where somebody is in a lesson. It knows no page: what shows it listens.
 *
 * @import { LessonPlan, LessonStep } from "../app.js"
 * @import { Known, Progress } from "./progress.js"
 */
export class Course {
  /** @param {LessonPlan} lesson @param {Progress} progress */
  constructor({ slug, steps }, progress) {
    this.slug = slug;
    this.steps = steps;
    this.progress = progress;
    /** The tasks that are done in the room that is watched. @type {Set<string>} */
    this.met = new Set();
    /** @type {(() => void)[]} */
    this.listeners = [];
    /** The room that is watched. @type {string | null} */
    this.room = null;
    this.place = 0;
    this.place = this.placeOf(this.known.step) ?? 0;
  }

  /** @returns {Readonly<Known>} */
  get known() {
    return this.progress.lesson(this.slug);
  }

  get step() {
    return /** @type {LessonStep} */ (this.steps[this.place]);
  }

  /** The furthest step that was reached. */
  get reached() {
    return Math.min(this.known.reached, this.steps.length - 1);
  }

  /** What was chosen in a step. @param {string} step @returns {string | null} */
  answer(step) {
    return this.known.answers[step] ?? null;
  }

  /** Whether nothing of the step is left to do. */
  get isDone() {
    const { kind, id, tasks } = this.step;
    if (kind === "predict" || kind === "keep") return this.answer(id) !== null;
    return tasks.every((task) => this.met.has(task));
  }

  /** Whether what was expected at a place stands: it was seen since. @param {number} place */
  stands(place) {
    return place < this.reached;
  }

  /** What can be said of a choice by now. @param {LessonStep} step @param {string} choice @returns {"right" | "wrong" | ""} */
  judge({ id, kind, right }, choice) {
    if (kind !== "keep" || this.answer(id) !== choice) return "";
    return choice === right ? "right" : "wrong";
  }

  /** The place of a step that may be gone to: null for one that is not reached, or that there is not. @param {string} id */
  placeOf(id) {
    const place = this.steps.findIndex((step) => step.id === id);
    return place >= 0 && place <= this.reached ? place : null;
  }

  /** @param {number} place */
  goTo(place) {
    if (place < 0 || place >= this.steps.length) return;
    this.place = place;
    const step = this.step.id;
    this.keep(({ reached }) => ({ step, reached: Math.min(Math.max(reached, place), this.steps.length - 1) }));
  }

  /** @param {string} choice */
  choose(choice) {
    const { id } = this.step;
    const isLast = this.place === this.steps.length - 1;
    this.keep(({ answers, finished }) => ({ answers: { ...answers, [id]: choice }, finished: finished || isLast }));
  }

  /** One more hint of the step. */
  hint() {
    const { id } = this.step;
    this.keep(({ hints }) => ({ hints: { ...hints, [id]: (hints[id] ?? 0) + 1 } }));
  }

  /** @param {string} room */
  enter(room) {
    this.room = room;
    this.keep(() => ({ room }));
  }

  /** Which tasks are done in the room. @param {Set<string>} met */
  meet(met) {
    if (met.size === this.met.size && [...met].every((task) => this.met.has(task))) return;
    this.met = met;
    const known = this.known.done;
    if ([...met].some((task) => !known.includes(task))) this.keep(({ done }) => ({ done: [...new Set([...done, ...met])] }));
    else this.tell();
  }

  /** @param {(known: Readonly<Known>) => Partial<Known>} change */
  keep(change) {
    const { place, room } = this;
    const step = this.step.id;
    // All of it may have been forgotten in another tab: then it begins with where we are.
    this.progress.change(this.slug, (known) => ({ step, reached: Math.max(known.reached, place), room: known.room ?? room, ...change(known) }));
    this.tell();
  }

  /** @param {() => void} listener */
  onChange(listener) {
    this.listeners.push(listener);
  }

  tell() {
    for (const listener of this.listeners) listener();
  }
}
