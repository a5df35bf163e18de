/**
 * A small picture of another room as it stands.
 *
 * @import { App, View } from "../app.js"
 * @import { Frame } from "../protocol.js"
 */
import { Stage } from "../draw/stage.js";
import { sceneAt } from "../scene.js";
import { Selection } from "../selection.js";
import { Timeline } from "../timeline.js";
import { make } from "./element.js";

const nothing = () => undefined;

export class Thumbnail {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = make("div", "thumbnail");
    this.box.setAttribute("aria-hidden", "true");
    this.told = "";
    /** @type {View | null} */
    this.view = null;
    this.stage = new Stage(
      this.box,
      { onSelect: nothing, onNothing: nothing, onMenu: nothing, onStroke: nothing, onResize: () => this.draw() },
      { small: true },
    );
  }

  /** @param {Frame} frame a whole one */
  show(frame) {
    this.view = this.viewOf(frame);
    this.draw();
  }

  /** @param {Frame} frame @returns {View | null} */
  viewOf(frame) {
    const timeline = new Timeline();
    const at_us = frame.now_us;
    timeline.begin(frame.changes, at_us);
    const scene = sceneAt(timeline, at_us, this.app.key);
    return scene && { at_us, isLive: false, isMoving: false, timeline, scene, other: null, selection: new Selection() };
  }

  draw() {
    const { view } = this;
    if (!view || !this.box.isConnected) return;
    this.stage.drawScene(view.scene, view);
    this.stage.drawMotion(view.scene, view.timeline, view.at_us);
  }
}
