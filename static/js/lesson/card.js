/**
 * The lesson's card: one step at a time, and the way from step to step. The step stands in the address, so that back and
 * forward go through the steps.
 *
 * @import { App } from "../app.js"
 * @import { Course } from "./course.js"
 */
import { say } from "../words.js";
import { byId, tell } from "../ui/element.js";
import { Choices } from "./choices.js";
import { Help } from "./help.js";

export class Card {
  /** @param {App} app @param {Course} course */
  constructor(app, course) {
    this.app = app;
    this.course = course;
    this.card = byId("lesson", HTMLElement);
    this.panel = byId("panel", HTMLElement);
    this.sections = /** @type {HTMLElement[]} */ ([...byId("prose", HTMLElement).querySelectorAll("[data-step]")]);
    this.dots = /** @type {HTMLAnchorElement[]} */ ([...byId("lesson-dots", HTMLElement).querySelectorAll("a")]);
    this.count = byId("lesson-count", HTMLElement);
    this.back = byId("lesson-back", HTMLButtonElement);
    this.next = byId("lesson-next", HTMLButtonElement);
    this.on = byId("lesson-on", HTMLAnchorElement);
    this.note = byId("lesson-note", HTMLElement);
    this.choices = new Choices(course, this.sections);
    this.help = new Help(app, course, this.sections);
    this.back.addEventListener("click", () => this.go(course.place - 1));
    this.next.addEventListener("click", ({ detail }) => {
      // A double click means one: the second would pass over a step that nobody has seen.
      if (detail < 2 || course.place < course.reached) this.go(course.place + 1);
    });
    for (const [place, dot] of this.dots.entries()) {
      dot.addEventListener("click", (event) => {
        event.preventDefault();
        if (dot.hasAttribute("href")) this.go(place);
      });
    }
    // The browser looks for what the address names, and takes the focus away: we come after it.
    addEventListener("popstate", () => requestAnimationFrame(() => this.follow()));
    history.scrollRestoration = "manual";
    course.onChange(() => this.show());
    history.replaceState(null, "", `#${course.step.id}`);
    this.show();
  }

  /** @param {number} place */
  go(place) {
    const step = this.course.steps[place];
    if (!step || place === this.course.place) return;
    history.pushState(null, "", `#${step.id}`);
    this.enter(place);
  }

  /** To the step in the address, if it may be gone to. */
  follow() {
    const place = this.course.placeOf(location.hash.slice(1));
    if (place === null) history.replaceState(null, "", `#${this.course.step.id}`);
    else if (place !== this.course.place) this.enter(place);
  }

  /** @param {number} place @param {number} [from] where they were when they wanted to go there */
  enter(place, from = this.course.place) {
    const { course, app } = this;
    // What was left undone on the way is done for them: the steps to come are about it.
    const isMissing = course.steps.slice(0, place).some(({ tasks }) => tasks.some((task) => !course.met.has(task)));
    course.goTo(place);
    if (place > from && isMissing && this.mayBegin && app.run.room === app.joined?.room) void this.help.begin(false);
    this.arrive(true);
  }

  /** Whether a room may be made for what was left undone. */
  get mayBegin() {
    return true;
  }

  /** To the beginning of the step. @param {boolean} withFocus */
  arrive(withFocus) {
    const heading = this.sections[this.course.place]?.querySelector("h2");
    if (withFocus) heading?.focus({ preventScroll: true });
    this.scroll();
  }

  scroll() {
    // On a wide screen the panel scrolls, on a narrow one the page.
    this.panel.scrollTop = 0;
    if (this.panel.scrollHeight <= this.panel.clientHeight || getComputedStyle(this.panel).overflowY === "visible") this.card.scrollIntoView();
  }

  show() {
    const { course } = this;
    const { place, step, steps, isDone } = course;
    for (const [i, section] of this.sections.entries()) section.hidden = i !== place;
    tell(this.count, say("lesson.count", { place: place + 1, steps: steps.length }));
    for (const [i, dot] of this.dots.entries()) this.dot(dot, i, place, this.furthest);
    this.choices.show();
    this.help.show();
    const isTask = step.kind === "do" || step.kind === "change";
    const isLast = place === steps.length - 1;
    this.back.hidden = place === 0;
    this.next.hidden = isLast;
    this.next.disabled = step.kind === "predict" && !isDone;
    this.next.classList.toggle("primary", !isTask || isDone);
    tell(this.next, isTask && !isDone ? say("lesson.without") : say("lesson.next"));
    this.on.hidden = !isLast;
    this.on.classList.toggle("primary", isDone);
    const note = step.kind !== "predict" ? "" : !isDone ? say("lesson.choose") : course.stands(place) ? say("lesson.chosen") : say("lesson.may_change");
    tell(this.note, note);
    this.note.hidden = !note;
  }

  /** The furthest step that can be gone to. */
  get furthest() {
    return this.course.reached;
  }

  /** @param {HTMLAnchorElement} dot @param {number} i @param {number} place @param {number} reached */
  dot(dot, i, place, reached) {
    const title = this.sections[i]?.querySelector("h2")?.textContent ?? "";
    dot.classList.toggle("reached", i <= reached);
    if (i === place) dot.setAttribute("aria-current", "step");
    else dot.removeAttribute("aria-current");
    if (i <= reached) dot.setAttribute("href", `#${dot.dataset.dot}`);
    else dot.removeAttribute("href");
    // What is to come is not told before its time.
    const name = i <= reached ? say("lesson.dot", { place: i + 1, title }) : say("lesson.dot_ahead", { place: i + 1 });
    dot.setAttribute("aria-label", name);
    dot.title = name;
  }
}
