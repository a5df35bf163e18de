/**
 * Where drawings are made that nobody sees: for a picture, or one picture of a film.
 *
 * @import { Selection } from "../selection.js"
 * @import { Timeline } from "../timeline.js"
 * @import { Picture } from "./picture.js"
 */
import { Stage } from "../draw/stage.js";
import { sceneAt } from "../scene.js";
import { standalone } from "./picture.js";

const NO_HANDS = { onSelect() {}, onNothing() {}, onMenu() {}, onStroke() {}, onResize() {} };

/** @param {string} look the class of what is drawn there @param {{ width: number, height: number }} [size] */
function darkroom(look, size) {
  const box = document.createElement("div");
  box.className = `${look} darkroom`;
  if (size) Object.assign(box.style, { width: `${size.width}px`, height: `${size.height}px` });
  box.setAttribute("aria-hidden", "true");
  box.inert = true;
  document.body.append(box);
  return box;
}

/** A stage that can be photographed at any moment of a run. */
export class Studio {
  /** @param {Timeline} timeline @param {string} key @param {{ width: number, height: number }} size @param {Selection} selection */
  constructor(timeline, key, size, selection) {
    this.timeline = timeline;
    this.key = key;
    this.selection = selection;
    this.box = darkroom("stage", size);
    this.stage = new Stage(this.box, NO_HANDS);
  }

  /** @param {number} at_us @param {boolean} isMoving @param {string} [title] @returns {Picture} */
  at(at_us, isMoving, title) {
    const { timeline, selection, stage } = this;
    const scene = sceneAt(timeline, at_us, this.key);
    if (!scene) throw new Error("nothing to draw");
    stage.drawScene(scene, { at_us, isMoving, timeline, selection });
    stage.drawMotion(scene, timeline, at_us);
    return standalone(/** @type {SVGSVGElement} */ (this.box.querySelector("svg")), title);
  }

  close() {
    this.box.remove();
  }
}

/** A picture of a drawing that is not part of the page yet. @param {SVGSVGElement} svg @param {string} look @param {string} title @returns {Picture} */
export function develop(svg, look, title) {
  const box = darkroom(look);
  try {
    box.append(svg);
    return standalone(svg, title);
  } finally {
    box.remove();
  }
}
