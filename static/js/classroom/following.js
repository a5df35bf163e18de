/**
 * Looking where the teacher looks: the moment, what is selected, the key and the view, while the page shows the room that the
 * teacher stands in. Whoever looks elsewhere by themself is left alone until they come back, or the class goes on to another
 * room or mode.
 *
 * The view is asked for with the event `view` (ui/views.js).
 *
 * @import { App, Part } from "../app.js"
 * @import { LookInClass, LookSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */

/** While a past plays on, the page goes on by itself as long as it is not off by more than this, in milliseconds of wall time. */
const OFF_MS = 400;

/** @implements {Part} */
export class Following {
  /** @param {App} app @param {Classroom} classroom @param {() => void} [onChange] somebody has begun, or ceased, to look around by themself */
  constructor(app, classroom, onChange = () => {}) {
    this.app = app;
    this.classroom = classroom;
    this.onChange = onChange;
    this.isWandering = false;
    /** What was followed last: a look, in a room, in a mode. @type {LookSeen | null} */
    this.seen = null;
    this.where = "";
    /** Where that has put the page; whatever else it shows, somebody there has asked for. */
    this.past = app.playhead.past;
    this.isApplying = false;
    app.selection.onChange((thing) => {
      if (!this.isApplying && !thing?.isOffered && this.isAtHome) this.wander(true);
    });
    document.getElementById("views")?.addEventListener("change", () => {
      if (this.isOn) this.wander(true);
    });
  }

  /** Whether there is a teacher to be followed. */
  get isOn() {
    return this.classroom.seat?.mode === "follow" && !this.classroom.out;
  }

  /** Whether the page shows what the class has gone on to; on the way there it puts away what belongs to the room before. */
  get isAtHome() {
    return this.isOn && this.where === this.whereabouts() && this.app.run.room === this.app.connection.room;
  }

  whereabouts() {
    const { seen, seat } = this.classroom;
    return `${seat?.mode} ${seen?.mode} ${seen?.stage} ${this.app.run.room}`;
  }

  /** Back to the teacher. */
  back() {
    this.wander(false);
    this.follow(true);
  }

  /** @param {boolean} on */
  wander(on) {
    if (this.isWandering === on) return;
    this.isWandering = on;
    this.onChange();
  }

  move() {
    const where = this.whereabouts();
    if (where !== this.where) this.arrive(where);
    if (!this.isOn) return;
    if (this.hasGoneElsewhere()) this.wander(true);
    if (!this.isWandering && this.classroom.look !== this.seen) this.follow(false);
  }

  /** Another room, or another mode: it begins where the teacher looks, or live. @param {string} where */
  arrive(where) {
    const wasOn = this.where.startsWith("follow");
    this.where = where;
    this.wander(false);
    if (this.isOn) this.follow(true);
    else if (wasOn) this.app.playhead.goLive();
    this.past = this.app.playhead.past;
  }

  /** Whether the moment is another one than the teacher's, and not by itself: a past that plays ends live. */
  hasGoneElsewhere() {
    const { playhead, run } = this.app;
    const { past } = playhead;
    const before = this.past;
    if (past === before) return false;
    this.past = past;
    if (!before) return true;
    // What is forgotten cannot be shown: it begins later.
    if (past) return past.at_us !== run.starts_us || before.at_us >= past.at_us;
    return !before.playing || before.at_us + (playhead.wall_ms() - before.wall_ms) * before.speed * 1000 < playhead.present();
  }

  /** @param {boolean} anew whatever the page shows now */
  follow(anew) {
    const { app, classroom } = this;
    const { look: seen } = classroom;
    const before = anew ? null : (this.seen?.look ?? null);
    this.seen = seen;
    // Who looks at another room has not looked here yet.
    const look = seen && seen.room === app.run.room ? seen.look : { type: /** @type {const} */ ("look") };
    this.isApplying = true;
    this.goTo(look);
    if (look.kind !== before?.kind || look.id !== before?.id || anew) this.select(look);
    app.key = look.key ?? "x";
    const view = look.view ?? "stage";
    if (seen && (anew || view !== (before?.view ?? "stage"))) document.dispatchEvent(new CustomEvent("view", { detail: view }));
    this.isApplying = false;
    app.redraw();
  }

  /** @param {LookInClass} look */
  goTo({ at_us = null, speed = 0 }) {
    const { playhead } = this.app;
    if (at_us === null) playhead.goLive();
    else if (!this.isPlayingAt(at_us, speed)) {
      playhead.seek(at_us);
      if (speed > 0) playhead.play(speed);
    }
    this.past = playhead.past;
  }

  /** @param {number} at_us @param {number} speed */
  isPlayingAt(at_us, speed) {
    const { playhead } = this.app;
    const { past } = playhead;
    return past?.playing === true && past.speed === speed && Math.abs(playhead.now() - at_us) < OFF_MS * 1000 * speed;
  }

  /** Nobody here has asked for it: nothing scrolls to it. @param {LookInClass} look */
  select({ kind = null, id = null }) {
    const { selection } = this.app;
    if (kind === null || id === null) selection.clear();
    else if (!selection.is(kind, id)) selection.change({ kind, id, isOffered: true });
  }
}
