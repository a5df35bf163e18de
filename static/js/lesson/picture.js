/**
 * The picture that goes with a step: the view that it asks for, and what it is about, selected.
 *
 * @import { App, Part } from "../app.js"
 * @import { Kind, Thing } from "../selection.js"
 * @import { Timeline } from "../timeline.js"
 * @import { Course } from "./course.js"
 */

/** @type {readonly Kind[]} */
const KINDS = ["operation", "node", "client", "message", "link"];

/** @implements {Part} */
export class Picture {
  /** @param {App} app @param {Course} course */
  constructor(app, course) {
    this.app = app;
    this.course = course;
    this.place = -1;
    /** The goal whose entity is to be selected, once it is known. @type {string | null} */
    this.wanted = null;
    /** What was selected for the step. @type {Thing | null} */
    this.selected = null;
    course.onChange(() => this.show());
    this.show();
  }

  show() {
    const { place, step } = this.course;
    if (place === this.place) return;
    this.place = place;
    document.dispatchEvent(new CustomEvent("view", { detail: step.view }));
    const { selection } = this.app;
    if (this.selected && selection.is(this.selected.kind, this.selected.id)) selection.clear();
    this.selected = null;
    this.wanted = step.select;
  }

  move() {
    if (this.wanted === null) return;
    const { timeline } = this.app.run;
    const by = timeline.at("goal", this.wanted, Infinity)?.by;
    const thing = by == null ? null : thingOf(timeline, by);
    if (!thing) return;
    this.wanted = null;
    this.selected = thing;
    const { selection } = this.app;
    if (!selection.is(thing.kind, thing.id)) selection.change({ ...thing, isOffered: true });
  }
}

/**
 * What can be selected of an entity: of a record (n2/x) its node, of a coordination (op1@n2) its operation, of a verdict
 * the operation that gave it.
 * @param {Timeline} timeline @param {string} entity @returns {Thing | null}
 */
function thingOf(timeline, entity) {
  const id = timeline.at("verdict", entity, Infinity)?.witness[0] ?? entity;
  for (const name of [id, id.split(/[/@]/)[0] ?? id]) {
    const kind = KINDS.find((one) => timeline.versions(one, name).length > 0);
    if (kind) return { kind, id: name };
  }
  return null;
}
