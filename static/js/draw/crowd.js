/**
 * A crowd of messages that move: too many for an element each to be moved in every frame. All of one kind are one path.
 *
 * A dot is a stretch of no length with round ends, as wide as the dot: the shortest text that a path can have for it. Of a
 * hollow one there are two, a wide one in the colour and a narrower one in that of the ground.
 *
 * @import { MessageState } from "../protocol.js"
 *
 * @typedef {{ elements: SVGPathElement[], text: string, isDrawn: boolean }} Bundle
 */
const SVG = "http://www.w3.org/2000/svg";
/** The width of the outline. */
const LINE = 2;

export class Crowd {
  /** @param {SVGGElement} layer */
  constructor(layer) {
    this.layer = layer;
    /** By the kind of message. @type {Map<string, Bundle>} */
    this.kinds = new Map();
    this.radius = 0;
    /** The way around a diamond from its top. */
    this.diamond = "";
  }

  /** @param {number} radius of a dot */
  begin(radius) {
    for (const bundle of this.kinds.values()) bundle.text = "";
    if (radius === this.radius) return;
    this.radius = radius;
    const side = radius * 1.2;
    this.diamond = `l${side} ${side}l${-side} ${side}l${-side} ${-side}z`;
    for (const { elements } of this.kinds.values()) for (const element of elements) element.parentElement?.remove();
    this.kinds.clear();
  }

  /** @param {MessageState} state @param {string} family @param {number} x @param {number} y */
  add(state, family, x, y) {
    const kind = `${state.role} ${family}`;
    let bundle = this.kinds.get(kind);
    if (!bundle) this.kinds.set(kind, (bundle = this.enter(kind, state)));
    bundle.text += state.operation ? `M${x} ${y}h0` : `M${x} ${y - this.radius * 1.2}${this.diamond}`;
  }

  end() {
    for (const bundle of this.kinds.values()) {
      if (!bundle.text && !bundle.isDrawn) continue;
      bundle.isDrawn = bundle.text !== "";
      for (const element of bundle.elements) {
        if (bundle.isDrawn) element.setAttribute("d", bundle.text);
        else element.removeAttribute("d");
      }
    }
  }

  /** @param {string} kind @param {MessageState} state @returns {Bundle} */
  enter(kind, { operation, role }) {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", `crowd-mark ${kind}`);
    const names = !operation ? ["shape"] : role === "reply" ? ["dots", "dots inner"] : ["dots"];
    const elements = names.map((name, place) => {
      const element = document.createElementNS(SVG, "path");
      element.setAttribute("class", name);
      if (operation) element.setAttribute("stroke-width", String(2 * this.radius + (place ? -LINE : LINE)));
      group.append(element);
      return element;
    });
    this.layer.append(group);
    return { elements, text: "", isDrawn: false };
  }
}
