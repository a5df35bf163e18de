/**
 * The stage: an SVG as large as its box, with a layer for each kind of mark.
 *
 * @import { Scene } from "../scene.js"
 * @import { MessageState } from "../protocol.js"
 * @import { Layout } from "./geometry.js"
 */
import { select } from "d3-selection";
import { drawClients } from "./clients.js";
import { layOut } from "./geometry.js";
import { drawMessages } from "./messages.js";
import { drawNodes } from "./nodes.js";

export class Stage {
  /** @param {HTMLElement} box @param {{ onNode: (node: string, up: boolean) => void, onResize: () => void }} hands */
  constructor(box, hands) {
    this.box = box;
    this.hands = hands;
    /** @type {Layout | null} */
    this.layout = null;
    this.svg = select(box).append("svg").attr("role", "group");
    const defs = this.svg.append("defs");
    drawHatch(defs);
    this.ring = this.svg.append("circle").attr("class", "ring");
    this.paths = this.svg.append("g").attr("class", "paths");
    this.nodes = this.svg.append("g").attr("class", "nodes");
    this.clients = this.svg.append("g").attr("class", "clients");
    this.messages = this.svg.append("g").attr("class", "messages");
    new ResizeObserver(() => {
      this.layout = null;
      hands.onResize();
    }).observe(box);
  }

  /** Draw what only changes. @param {Scene} scene */
  drawScene(scene) {
    const layout = this.layoutFor(scene);
    this.ring.attr("cx", layout.centre.x).attr("cy", layout.centre.y).attr("r", layout.ring);
    drawNodes(this.nodes, scene, layout, this.hands.onNode);
    drawClients(this.clients, scene, layout);
  }

  /**
   * Draw what moves.
   * @param {Scene} scene @param {[string, MessageState][]} inFlight @param {number} at_us
   */
  drawMotion(scene, inFlight, at_us) {
    this.svg.attr("data-now-us", at_us);
    drawMessages(this.paths, this.messages, scene, inFlight, at_us, this.layoutFor(scene));
  }

  /** @param {boolean} paused */
  setPaused(paused) {
    this.svg.classed("paused", paused);
  }

  /** @param {Scene} scene */
  layoutFor(scene) {
    if (!this.layout || this.layout.nodes.length !== scene.nodes.length) {
      const { width, height } = this.box.getBoundingClientRect();
      this.layout = layOut(width, height, scene.nodes.length, scene.clients.length);
      this.svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
    }
    return this.layout;
  }
}

/**
 * Stripes for a node that is down: colour is not the only sign. And the arrowhead that shows while paused.
 * @param {import("d3-selection").Selection<SVGDefsElement, unknown, null, undefined>} defs
 */
function drawHatch(defs) {
  defs
    .append("pattern")
    .attr("id", "hatch")
    .attr("width", 8)
    .attr("height", 8)
    .attr("patternUnits", "userSpaceOnUse")
    .attr("patternTransform", "rotate(45)")
    .append("rect")
    .attr("class", "hatch")
    .attr("width", 2)
    .attr("height", 8);
  defs
    .append("marker")
    .attr("id", "arrow")
    .attr("viewBox", "0 0 10 10")
    .attr("refX", 9)
    .attr("refY", 5)
    .attr("markerWidth", 7)
    .attr("markerHeight", 7)
    .attr("orient", "auto")
    .append("path")
    .attr("d", "M1 1 9 5 1 9z")
    .attr("class", "arrowhead");
}
