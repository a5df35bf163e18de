/**
 * Which of the two pictures is shown: the stage, the space-time diagram, or both. The diagram is loaded when it is first wanted.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { SpaceTime } from "./spacetime.js"
 */
import { keep, recall } from "../kept.js";
import { byId } from "./element.js";

const VIEWS = ["stage", "spacetime", "both"];
const KEPT = "view";

/** @implements {Part} */
export class Views {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.group = byId("views", HTMLElement);
    this.stages = byId("stages", HTMLElement);
    this.box = byId("spacetime", HTMLElement);
    this.chosen = "stage";
    /** @type {SpaceTime | null} */
    this.diagram = null;
    this.loading = false;
    this.group.addEventListener("change", () => this.choose(this.field(":checked").value));
    // A lesson says which picture a step is about, until its reader chooses another.
    document.addEventListener("view", (event) => this.show(/** @type {CustomEvent} */ (event).detail ?? this.chosen));
    const kept = app.introduced ? null : recall(KEPT);
    if (kept && VIEWS.includes(kept)) this.choose(kept);
  }

  /** @param {string} which */
  field(which) {
    return /** @type {HTMLInputElement} */ (this.group.querySelector(`input${which}`));
  }

  /** @param {string} view */
  choose(view) {
    this.chosen = view;
    if (!this.app.introduced) keep(KEPT, view);
    this.show(view);
  }

  /** @param {string} view */
  show(view) {
    this.field(`[value=${view}]`).checked = true;
    this.stages.hidden = view === "spacetime";
    this.box.hidden = view === "stage";
    /** @type {HTMLElement} */ (this.group.parentElement).dataset.view = view;
    if (view !== "stage" && !this.loading) void this.load();
    this.app.redraw();
  }

  async load() {
    this.loading = true;
    const { SpaceTime } = await import("./spacetime.js");
    this.diagram = new SpaceTime(this.app);
    this.app.redraw();
  }

  /** @param {View} view */
  draw(view) {
    if (!this.box.hidden) this.diagram?.draw(view);
  }

  /** @param {View} view */
  move(view) {
    if (!this.box.hidden) this.diagram?.move(view);
  }
}
