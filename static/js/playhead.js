/**
 * The moment that is drawn. The only file that reads a clock.
 *
 * Frames come when something happens, not at a steady rate; between them the playhead runs on by itself,
 * a little behind the server, so that a frame is there before its moment is drawn. It never runs past what
 * the server has vouched for. A tab that comes back from the background is at once where it should be.
 *
 * @import { Frame, Pace } from "./protocol.js"
 */

/** How far the picture is behind the server, in milliseconds of wall time: a tick and some network. */
const BEHIND_MS = 80;
/** An estimate of the server's clock that is off by more than this is replaced; by less, it is mended gently. */
const JUMP_MS = 250;
const MEND = 0.1;
/** The longest time that a single step takes to be shown. */
const STEP_MS = 400;

export class Playhead {
  /** @param {() => number} clock milliseconds of wall time */
  constructor(clock = () => performance.now()) {
    this.clock = clock;
    /** @type {Pace} */
    this.pace = { running: false, speed: 1 };
    this.anchor = { wall_ms: 0, at_us: 0 };
    this.limit_us = 0;
    this.shown_us = 0;
    this.glide = { from_us: 0, wall_ms: 0, lasts_ms: 0 };
  }

  /** @param {Frame} frame */
  take(frame) {
    const wall_ms = this.clock();
    if (frame.whole) this.shown_us = frame.pace.running ? -Infinity : frame.now_us;
    const shown_us = frame.whole ? frame.now_us : this.now();
    const { running, speed } = frame.pace;
    if (!running) {
      const distance_ms = (frame.now_us - shown_us) / (speed * 1000);
      this.glide = { from_us: shown_us, wall_ms, lasts_ms: Math.min(distance_ms, STEP_MS) };
      this.limit_us = frame.now_us;
    } else {
      this.limit_us = frame.quiet_until_us ?? Infinity;
      const changed = !this.pace.running || this.pace.speed !== speed;
      const off_us = frame.now_us - this.serverTime(wall_ms);
      if (frame.whole || changed || Math.abs(off_us) > JUMP_MS * speed * 1000) {
        this.anchor = { wall_ms, at_us: frame.now_us };
      } else {
        this.anchor.at_us += MEND * off_us;
      }
    }
    this.pace = frame.pace;
  }

  /** @param {number} wall_ms */
  serverTime(wall_ms) {
    return this.anchor.at_us + (wall_ms - this.anchor.wall_ms) * this.pace.speed * 1000;
  }

  /** The virtual time to draw, in microseconds. It never goes back but where a whole frame begins anew. */
  now() {
    const at_us = this.pace.running ? this.serverTime(this.clock() - BEHIND_MS) : this.gliding();
    this.shown_us = Math.max(this.shown_us, Math.min(at_us, this.limit_us));
    return this.shown_us;
  }

  gliding() {
    const { from_us, wall_ms, lasts_ms } = this.glide;
    const part = lasts_ms > 0 ? Math.min(1, (this.clock() - wall_ms) / lasts_ms) : 1;
    return from_us + (this.limit_us - from_us) * part;
  }
}
