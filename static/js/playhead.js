/**
 * The moment that is drawn. The only file that reads a clock.
 *
 * Live, it follows the server. Frames come when something happens, not at a steady rate; between them the playhead
 * runs on by itself, a little behind the server, so that a frame is there before its moment is drawn. It never runs
 * past what the server has vouched for. A tab that comes back from the background is at once where it should be.
 *
 * In the past, it stands where somebody has put it, or plays on from there by itself until it is live again.
 *
 * @import { Frame, Pace } from "./protocol.js"
 */

/** How far the picture is behind the server, in milliseconds of wall time: a tick and some network. */
const BEHIND_MS = 45;
/** An estimate of the server's clock that is off by more than this is replaced; by less, it is mended gently. */
const JUMP_MS = 250;
const MEND = 0.1;
/** The longest time that a single step takes to be shown. */
const STEP_MS = 400;

export class Playhead {
  /** @param {() => number} clock milliseconds of wall time */
  constructor(clock = () => performance.now()) {
    this.clock = clock;
    /** The pace of the room. @type {Pace} */
    this.pace = { running: false, speed: 1 };
    this.anchor = { wall_ms: 0, at_us: 0 };
    this.limit_us = 0;
    this.shown_us = 0;
    this.glide = { from_us: 0, wall_ms: 0, lasts_ms: 0 };
    /** Where it is in the past; null: live. @type {{ wall_ms: number, at_us: number, playing: boolean, speed: number } | null} */
    this.past = null;
    /** Where playing in the past ends, if not at the present. */
    this.stop_us = Infinity;
    /** Called when another moment is to be shown than time itself would bring. */
    this.moved = () => {};
  }

  /** @param {Frame} frame */
  take(frame) {
    const wall_ms = this.clock();
    if (frame.whole) this.shown_us = frame.pace.running ? -Infinity : frame.now_us;
    const shown_us = frame.whole ? frame.now_us : this.present();
    const { running, speed } = frame.pace;
    if (!running) {
      const distance_ms = (frame.now_us - shown_us) / (speed * 1000);
      this.glide = { from_us: shown_us, wall_ms, lasts_ms: Math.min(distance_ms, STEP_MS) };
      this.limit_us = frame.now_us;
      // A server that was late has not come as far as it seemed.
      this.shown_us = Math.min(this.shown_us, frame.now_us);
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

  /** The virtual time to draw, in microseconds. */
  now() {
    const present_us = this.present();
    if (!this.past) return present_us;
    const { wall_ms, at_us, playing, speed } = this.past;
    const now_us = playing ? at_us + (this.clock() - wall_ms) * speed * 1000 : at_us;
    if (now_us >= this.stop_us) this.seek(this.stop_us);
    else if (playing && now_us >= present_us) this.goLive();
    return Math.min(now_us, present_us, this.stop_us);
  }

  /** The present as it is drawn. It never goes back but where a whole frame begins anew, or the room stands. */
  present() {
    const at_us = this.pace.running ? this.serverTime(this.clock() - BEHIND_MS) : this.gliding();
    this.shown_us = Math.max(this.shown_us, Math.min(at_us, this.limit_us));
    return this.shown_us;
  }

  gliding() {
    const { from_us, wall_ms, lasts_ms } = this.glide;
    const part = lasts_ms > 0 ? (this.clock() - wall_ms) / lasts_ms : 1;
    return part < 1 ? from_us + (this.limit_us - from_us) * part : this.limit_us;
  }

  get isLive() {
    return this.past === null;
  }

  /** Whether what is drawn moves on by itself. */
  get isMoving() {
    return this.past ? this.past.playing : this.pace.running;
  }

  /** Virtual seconds in a second of wall time, of what is drawn. */
  get speed() {
    return this.past ? this.past.speed : this.pace.speed;
  }

  /** Stand still at a moment of the past. @param {number} at_us */
  seek(at_us) {
    this.past = { wall_ms: this.clock(), at_us, playing: false, speed: this.speed };
    this.moved();
  }

  /** Play on from where it stands. @param {number} [speed] */
  play(speed = this.speed) {
    this.past = { wall_ms: this.clock(), at_us: this.now(), playing: true, speed };
    this.moved();
  }

  /** Stand still here. */
  stand() {
    this.seek(this.now());
  }

  /** Another speed, from here on; only in the past is it the playhead's to choose. @param {number} speed */
  setSpeed(speed) {
    if (this.past) this.past = { ...this.past, wall_ms: this.clock(), at_us: this.now(), speed };
  }

  goLive() {
    this.past = null;
    this.moved();
  }

  /** Milliseconds of wall time, for whatever must not be done too often. */
  wall_ms() {
    return this.clock();
  }
}
