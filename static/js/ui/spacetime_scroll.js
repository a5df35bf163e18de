/**
 * What part of the space-time diagram is seen: it follows the playhead until somebody scrolls, and the playhead follows
 * the pointer.
 *
 * @import { App } from "../app.js"
 * @import { TimeScale } from "../draw/spacetime/scale.js"
 */
import { LABELS } from "../draw/spacetime/diagram.js";
import { say } from "../words.js";
import { make } from "./element.js";

/** Where the playhead stands while it is followed, as a part of what is seen. */
const FOLLOWED = 0.72;
/** A scroll by less than this is rounding, in pixels. */
const ROUNDING = 2;

export class SpaceTimeScroll {
  /** @param {App} app @param {() => TimeScale} scale @param {() => void} onResize */
  constructor(app, scale, onResize) {
    this.app = app;
    this.scale = scale;
    this.box = make("div", "st-scroll");
    this.box.setAttribute("role", "figure");
    this.button = make("button", "button quiet st-follow", say("spacetime.follow"));
    this.button.type = "button";
    this.button.hidden = true;
    this.button.addEventListener("click", () => this.setFollowing(true));
    this.following = true;
    this.wasLive = true;
    this.isMoving = false;
    this.dragging = false;
    this.left = 0;
    this.head = 0;
    this.width = 0;
    this.height = 0;
    this.box.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(([entry]) => {
      this.width = Math.max(0, (entry?.contentRect.width ?? 0) - LABELS);
      this.height = entry?.contentRect.height ?? 0;
      onResize();
      app.redraw();
    }).observe(this.box);
  }

  scrolled() {
    const { scrollLeft } = this.box;
    if (Math.abs(scrollLeft - this.left) < ROUNDING) return;
    this.left = scrollLeft;
    this.setFollowing(false);
  }

  /** @param {boolean} on */
  setFollowing(on) {
    this.following = on;
    this.button.hidden = on;
    this.head = -1;
  }

  /** The stretch to draw, in pixels of the scale. It moves on in steps. */
  window() {
    const half = Math.max(200, this.width / 2);
    const from = Math.max(0, Math.floor(this.left / half - 1) * half);
    return { from, to: from + 2 * half + Math.max(400, this.width) };
  }

  /** @param {number} x of the playhead @param {boolean} isLive @param {boolean} isMoving */
  follow(x, isLive, isMoving) {
    if (isLive && !this.wasLive) this.setFollowing(true);
    this.wasLive = isLive;
    if (!this.following || this.dragging || x === this.head) return;
    this.head = x;
    const place = x - this.left;
    // One that stands is only brought into view; for whoever wants no motion, one that moves as well.
    const isSeen = place > 0.05 * this.width && place < 0.9 * this.width;
    if (isSeen && (!isMoving || this.app.calm.matches)) return;
    this.goTo(x - (isMoving && this.app.calm.matches ? 0.2 : FOLLOWED) * this.width);
  }

  /** @param {number} left */
  goTo(left) {
    const whole = Math.round(Math.max(0, left));
    if (whole === this.left) return;
    this.left = whole;
    this.box.scrollLeft = whole;
  }

  /** Bring a place into view, for somebody who goes from event to event; or a stretch, at least its beginning. @param {number} from @param {number} to */
  show(from, to = from) {
    const margin = 0.08 * this.width;
    if (from - this.left > margin && to - this.left < this.width - margin) return;
    this.setFollowing(false);
    this.goTo(Math.min((from + to - this.width) / 2, from - margin));
  }

  /** The moment that is seen stays where it is, while the scale changes. @param {() => void} change */
  keepMoment(change) {
    const at_us = this.scale().time(this.left);
    change();
    if (!this.following) this.goTo(this.scale().x(at_us));
    this.head = -1;
  }

  // The pointer

  /** @param {HTMLElement} plane @param {HTMLElement} ruler */
  listen(plane, ruler) {
    let began = { x: 0, y: 0 };
    /** @param {PointerEvent} event */
    const seek = (event) => this.seek(event.clientX - plane.getBoundingClientRect().left - LABELS);
    plane.addEventListener("pointerdown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (event.button !== 0 || target.closest("[data-flight], [data-op], button")) return;
      began = { x: event.clientX, y: event.clientY };
      // A finger beside the axis scrolls; where it only taps, the playhead goes there.
      if (event.pointerType !== "mouse" && !ruler.contains(target)) return;
      this.dragging = true;
      plane.setPointerCapture(event.pointerId);
      seek(event);
    });
    plane.addEventListener("pointermove", (event) => this.dragging && seek(event));
    plane.addEventListener("pointerup", (event) => {
      const target = /** @type {Element} */ (event.target);
      const still = Math.hypot(event.clientX - began.x, event.clientY - began.y) < 8;
      if (!this.dragging && event.pointerType !== "mouse" && still && !target.closest("[data-flight], [data-op], button")) seek(event);
      this.dragging = false;
    });
    plane.addEventListener("pointercancel", () => (this.dragging = false));
  }

  /** The playhead goes where the pointer is; at the end of the run it is live again. @param {number} x */
  seek(x) {
    const { playhead, timeline, canAct } = this.app;
    const at_us = this.scale().time(x);
    const present_us = playhead.present();
    if (canAct && at_us >= Math.min(present_us, this.scale().last_us)) playhead.goLive();
    else playhead.seek(Math.max(timeline.from_us, Math.min(at_us, present_us)));
  }
}
