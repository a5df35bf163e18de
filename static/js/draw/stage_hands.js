/**
 * What hands do on the stage: choose a thing, ask for its menu, draw a stroke. By mouse, by touch and by keyboard.
 *
 * @import { Kind } from "../selection.js"
 * @import { Point } from "./geometry.js"
 * @import { Stage } from "./stage.js"
 *
 * @typedef {{ kind: Kind, id: string }} Thing
 */
import { sidesOf } from "./stroke.js";

const SVG = "http://www.w3.org/2000/svg";
const LONG_PRESS_MS = 500;
/** A pointer that moves less than this is a click. */
const STILL = 8;
/** How far from a mark a click may be, by mouse and by finger. */
const REACH = { mouse: 5, finger: 12 };
const THINGS = "[data-message], [data-node], [data-client], [data-link]";

export class StageHands {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.svg = /** @type {SVGSVGElement} */ (stage.svg.node());
    /** The stroke that is being drawn. @type {{ pointer: number, points: Point[], line: SVGPathElement | null } | null} */
    this.stroke = null;
    /** What the finger that is down is on. @type {{ timer: number, from: Point } | null} */
    this.press = null;
    /** A stroke or a long press is over: the click that follows it means nothing more. */
    this.isSpent = false;
    /** The menu was asked for with a key or a long press: what the browser makes of the same is not a second wish. */
    this.isAsked = false;
    this.escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.cancel();
      this.isSpent = true;
    };
    const { svg } = this;
    svg.addEventListener("click", (event) => this.click(event));
    svg.addEventListener("contextmenu", (event) => this.menu(event));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.up(event));
    svg.addEventListener("pointercancel", () => this.cancel());
  }

  // What is meant

  /** @param {PointerEvent | MouseEvent} event @returns {Thing | null} */
  thingAt(event) {
    const found = thingOf(event.target);
    if (found && found.kind !== "link") return found;
    const { flights } = this.stage;
    const point = this.point(event);
    const reach = event instanceof PointerEvent && event.pointerType === "touch" ? REACH.finger : REACH.mouse;
    const message = flights.near(point, reach);
    if (message) return { kind: "message", id: message };
    if (found) return found;
    const link = flights.pathNear(point, reach);
    return link ? { kind: "link", id: link } : null;
  }

  /** Where an event is in the drawing. @param {MouseEvent} event @returns {Point} */
  point(event) {
    const { left, top } = this.svg.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (this.isSpent) {
      this.isSpent = false;
      return;
    }
    const thing = this.thingAt(event);
    if (thing) this.stage.hands.onSelect(thing.kind, thing.id);
    else this.stage.hands.onNothing();
  }

  /** @param {MouseEvent} event */
  menu(event) {
    const thing = this.thingAt(event);
    if (!thing) return;
    event.preventDefault();
    if (this.isAsked) this.isAsked = false;
    else this.stage.hands.onMenu(thing.kind, thing.id, { x: event.clientX, y: event.clientY });
    this.cancel();
  }

  // Keys

  /** @param {KeyboardEvent} event */
  key(event) {
    const element = /** @type {Element} */ (event.target);
    const thing = thingOf(element);
    if (!thing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      // A second time is for whoever shows what is inside.
      if (element.getAttribute("aria-pressed") === "true" && event.key === "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      this.stage.hands.onSelect(thing.kind, thing.id);
    } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      this.isAsked = true;
      const { left, top, width, height } = element.getBoundingClientRect();
      this.stage.hands.onMenu(thing.kind, thing.id, { x: left + width / 2, y: top + height / 2 });
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.shiftKey) {
      event.preventDefault();
      this.step(element, thing, event.key === "ArrowDown" ? 1 : -1);
    }
  }

  /** To the next of the same kind, around and around. @param {Element} element @param {Thing} thing @param {number} by */
  step(element, thing, by) {
    const all = /** @type {SVGGElement[]} */ ([...(element.parentElement?.children ?? [])]);
    const next = all[(all.indexOf(/** @type {SVGGElement} */ (element)) + by + all.length) % all.length];
    const { flights } = this.stage;
    if (thing.kind === "message" && !flights.isMoving) flights.rove(flights.marks.get(next?.dataset.message ?? ""));
    next?.focus();
  }

  // A stroke, or a long press

  /** @param {PointerEvent} event */
  down(event) {
    this.isSpent = false;
    this.isAsked = false;
    if (!event.isPrimary || event.button !== 0) return this.cancel();
    const thing = this.thingAt(event);
    const from = this.point(event);
    if (!thing) {
      this.stroke = { pointer: event.pointerId, points: [from], line: null };
    } else if (event.pointerType === "touch") {
      const at = { x: event.clientX, y: event.clientY };
      const timer = setTimeout(() => {
        this.press = null;
        this.isSpent = true;
        this.isAsked = true;
        this.stage.hands.onMenu(thing.kind, thing.id, at);
      }, LONG_PRESS_MS);
      this.press = { timer, from };
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const point = this.point(event);
    if (this.press && apart(point, this.press.from) > STILL) this.letGo();
    const { stroke } = this;
    if (!stroke || stroke.pointer !== event.pointerId) return;
    const last = /** @type {Point} */ (stroke.points.at(-1));
    if (apart(point, last) < (stroke.line ? 3 : STILL)) return;
    stroke.points.push(point);
    if (!stroke.line) {
      stroke.line = document.createElementNS(SVG, "path");
      stroke.line.setAttribute("class", "stroke");
      this.svg.append(stroke.line);
      this.svg.setPointerCapture(event.pointerId);
      document.addEventListener("keydown", this.escape, true);
    }
    stroke.line.setAttribute("d", `M${stroke.points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`);
    this.tint(sidesOf(stroke.points, this.stage.stands));
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.letGo();
    const { stroke } = this;
    if (!stroke || stroke.pointer !== event.pointerId) return;
    const sides = stroke.line ? sidesOf(stroke.points, this.stage.stands) : null;
    this.isSpent = stroke.line !== null;
    this.cancel();
    if (sides) this.stage.hands.onStroke(sides);
  }

  cancel() {
    this.letGo();
    document.removeEventListener("keydown", this.escape, true);
    this.stroke?.line?.remove();
    if (this.stroke) this.tint(null);
    this.stroke = null;
  }

  letGo() {
    if (this.press) clearTimeout(this.press.timer);
    this.press = null;
  }

  /** Show who would be on which side. @param {[string[], string[]] | null} sides */
  tint(sides) {
    for (const actor of this.svg.querySelectorAll("[data-node], [data-client]")) {
      const { node, client } = /** @type {SVGElement} */ (actor).dataset;
      const side = sides ? (sides[0].includes(node ?? client ?? "") ? "0" : "1") : null;
      if (side === null) actor.removeAttribute("data-side");
      else if (actor.getAttribute("data-side") !== side) actor.setAttribute("data-side", side);
    }
  }
}

/** The thing that an element of the stage is part of. @param {EventTarget | null} target @returns {Thing | null} */
function thingOf(target) {
  const found = target instanceof Element ? /** @type {SVGElement | null} */ (target.closest(THINGS)) : null;
  const { message, node, client, link } = found?.dataset ?? {};
  if (message) return { kind: "message", id: message };
  if (node) return { kind: "node", id: node };
  if (client) return { kind: "client", id: client };
  return link ? { kind: "link", id: link } : null;
}

/** @param {Point} a @param {Point} b */
function apart(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
