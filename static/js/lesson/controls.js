/**
 * The page's controls come in one by one. What a step brings stays for all later ones; what is new in the step is marked.
 *
 * An element says in `data-control` what it is, or several things of which any will do. It is on the page while it has
 * `data-in` (lesson.css); whether it is `hidden` besides is its own part's business.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Course } from "./course.js"
 */
import { say } from "../words.js";
import { byId, tell } from "../ui/element.js";

const SETTING = "settings:";

/** @implements {Part} */
export class Controls {
  /** @param {App} app @param {Course} course @param {() => Set<string> | null} [limit] what may be there besides; null: all */
  constructor(app, course, limit = () => null) {
    this.app = app;
    this.course = course;
    this.limit = limit;
    this.elements = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-control]")]);
    this.time = /** @type {HTMLElement} */ (document.querySelector(".time"));
    this.stages = byId("stages", HTMLElement);
    this.inspector = byId("inspector", HTMLElement);
    this.settings = byId("more-settings", HTMLDetailsElement);
    tell(/** @type {HTMLElement} */ (this.settings.querySelector("h2")), say("lesson.settings"));
    this.workload = byId("workload", HTMLDetailsElement);
    this.told = "";
    course.onChange(() => this.show());
    this.show();
  }

  show() {
    const { course, app } = this;
    const { steps, place, reached } = course;
    const limit = this.limit();
    const told = `${place} ${reached} ${limit ? [...limit].join() : ""}`;
    if (told === this.told) return;
    this.told = told;
    const before = controls(steps.slice(0, place));
    const fresh = controls(steps.slice(place, place + 1));
    app.introduced = within(controls(steps.slice(0, reached + 1)), limit);
    for (const element of this.elements) {
      const names = (element.dataset.control ?? "").split(" ");
      const isIn = (/** @type {Set<string>} */ set) => names.some((name) => set.has(name));
      element.toggleAttribute("data-in", isIn(app.introduced));
      element.toggleAttribute("data-new", isIn(within(fresh, limit)) && !isIn(before));
    }
    // What is inside a thing comes later than what can be done to it.
    this.inspector.toggleAttribute("data-brief", !app.introduced.has("inspector"));
    this.stages.toggleAttribute("data-new", fresh.has("nodes") && !before.has("nodes"));
    // Whoever is to change a setting finds it open.
    if (fresh.has("settings") || fresh.has("nodes-count")) this.settings.open = true;
    if (fresh.has("workload")) this.workload.open = true;
    this.propose();
    app.redraw();
  }

  /** The workload that the step is about is the one that “Start” starts, unless somebody chooses another. */
  propose() {
    const { workload } = this.course.step;
    if (!workload) return;
    const { rate, read_share, keys } = workload;
    for (const [id, value] of Object.entries({ "load-rate": Math.log10(rate), "load-reads": 100 * read_share, "load-keys": keys })) {
      const field = byId(id, HTMLInputElement);
      field.value = String(value);
      field.dispatchEvent(new Event("input"));
    }
  }

  /** Whoever has gone into the past, or stopped the clock, must find the way back. @param {View} view */
  move({ isLive, isMoving }) {
    const isIn = this.app.introduced?.has("time") === true || !isLive || !isMoving;
    if (this.time.hasAttribute("data-in") !== isIn) this.time.toggleAttribute("data-in", isIn);
  }
}

/** @param {Set<string>} names @param {Set<string> | null} limit */
function within(names, limit) {
  return limit === null ? names : new Set([...names].filter((name) => limit.has(name)));
}

/** @param {import("../app.js").LessonStep[]} steps */
function controls(steps) {
  const names = new Set(steps.flatMap((step) => step.controls));
  if ([...names].some((name) => name.startsWith(SETTING))) names.add("settings");
  return names;
}
