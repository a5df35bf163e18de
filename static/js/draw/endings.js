/**
 * Messages that were lost a moment ago: a small cross where they ended, which fades as time goes on.
 *
 * @import { Timeline, Version } from "../timeline.js"
 * @import { MessageState } from "../protocol.js"
 * @import { Point } from "./geometry.js"
 * @import { Stands } from "./stands.js"
 */
import { progress } from "../scene.js";
import { between, edgeToEdge } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 40;

/**
 * @param {SVGGElement} layer @param {Timeline} timeline @param {number} at_us @param {number} fade_us how long they are shown; 0: not at all
 * @param {Stands} stands @param {boolean} calm
 */
export function drawEndings(layer, timeline, at_us, fade_us, stands, calm) {
  /** @type {{ id: string, at: Point, part: number }[]} */
  const lost = [];
  if (fade_us > 0) {
    for (const flight of timeline.flightsBetween(at_us - fade_us, at_us)) {
      const last = /** @type {Version} */ (flight.versions.at(-1));
      if (flight.until_us > at_us || last.fields?.fate !== "lost") continue;
      /** @type {MessageState} */
      const state = last.fields;
      const source = stands.get(state.source);
      const target = stands.get(state.target);
      if (!source || !target) continue;
      const before = flight.versions.at(-2);
      const ended_us = before?.fields?.fate === "held" ? before.at_us : flight.until_us;
      const { from, to } = edgeToEdge(source.point, source.reach, target.point, target.reach);
      lost.push({ id: flight.id, at: between(from, to, progress(state, ended_us, ended_us)), part: (at_us - flight.until_us) / fade_us });
    }
  }
  if (!lost.length && !layer.childElementCount) return;
  const shown = lost.slice(-MOST);
  while (layer.childElementCount > shown.length) layer.lastElementChild?.remove();
  for (const [place, { id, at, part }] of shown.entries()) {
    const mark = layer.children[place] ?? layer.appendChild(document.createElementNS(SVG, "path"));
    mark.setAttribute("d", "M-5 -5 5 5M-5 5 5 -5");
    mark.setAttribute("class", "ending");
    mark.setAttribute("data-lost", id);
    mark.setAttribute("transform", `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`);
    mark.setAttribute("opacity", calm ? "1" : (1 - part * part).toFixed(2));
  }
}
