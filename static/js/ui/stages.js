/**
 * The stage, and beside it a second one while two clusters are compared: the same hands on both.
 *
 * @import { App, Part, View } from "../app.js"
 */
import { Stage } from "../draw/stage.js";
import { say } from "../words.js";
import { byId, make, tell } from "./element.js";

/** A message that was lost is marked for so long, of what a viewer sees. */
const FADE_US = 600_000;
/** From this speed on (virtual seconds a second) such marks would only flicker. */
const FASTEST_FADE = 0.05;

/** @implements {Part} */
export class Stages {
  everyMs = 0;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.row = byId("stages", HTMLElement);
    /** @type {import("../draw/stage.js").Hands} */
    this.hands = {
      onSelect: (kind, id) => app.selection.select(kind, id),
      onNothing: () => app.selection.clear(),
      onMenu: (kind, id, at) => document.dispatchEvent(new CustomEvent("menu", { detail: { kind, id, at } })),
      onStroke: (groups) => app.can("break") && app.held === null && void app.actions.send({ type: "partition", groups }),
      onResize: () => app.redraw(),
    };
    this.first = new Stage(byId("stage", HTMLElement), this.hands);
    /** @type {Stage | null} */
    this.second = null;
    this.hasWaited = false;
    /** @type {[HTMLElement, HTMLElement]} */
    this.titles = [make("p", "stage-title"), make("p", "stage-title")];
  }

  /** @param {View} view */
  draw(view) {
    this.row.classList.toggle("paused", !view.isMoving);
    const { other } = view;
    if (other && !this.second) this.open();
    if (!other && this.second) this.close();
    this.first.drawScene(view.scene, view);
    if (!other) return;
    this.second?.drawScene(other.scene, { ...view, timeline: other.timeline });
    tell(this.titles[0], say("stage.this"));
    tell(this.titles[1], other.title || say("compare.other"));
  }

  /** @param {View} view */
  move(view) {
    // With a crowd on its way, a frame that has drawn everything else leaves the dots to the next one.
    this.app.isCrowded = this.first.isCrowded;
    this.hasWaited = this.app.isFresh && this.first.isCrowded && !this.hasWaited;
    if (this.hasWaited) return;
    const { speed } = this.app.playhead;
    const fade_us = speed <= FASTEST_FADE ? FADE_US * speed : 0;
    this.first.drawMotion(view.scene, view.timeline, view.at_us, fade_us);
    if (view.other) this.second?.drawMotion(view.other.scene, view.other.timeline, view.at_us, fade_us);
  }

  open() {
    const box = make("div", "stage");
    box.id = "stage-other";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", say("compare.other"));
    box.append(this.titles[1]);
    byId("stage", HTMLElement).append(this.titles[0]);
    this.row.append(box);
    this.row.classList.add("two");
    this.second = new Stage(box, this.hands);
    this.app.redraw();
  }

  close() {
    this.row.querySelector("#stage-other")?.remove();
    this.titles[0].remove();
    this.row.classList.remove("two");
    this.second = null;
  }
}
