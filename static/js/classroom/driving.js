/**
 * The teacher drives: what is on the stage is what the teacher does there, and those who follow look where the teacher looks.
 *
 * @import { App, Part } from "../app.js"
 * @import { Joined, LookInClass } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */

/** Where the teacher looks is told no more often than this. */
const LOOK_EVERY_MS = 100;
/** While the past plays it is told again as often as this: whoever comes in the midst begins there. */
const PLAYING_EVERY_MS = 2000;

/** @implements {Part} */
export class Driving {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.stage = "";
    /** The look that was told last, and on which coming to the room: whoever has come anew tells it anew. */
    this.told = "";
    /** @type {Joined | null} */
    this.told_in = null;
    this.told_ms = -Infinity;
    classroom.onChange((what) => {
      if (what === "class") this.follow();
    });
  }

  /** Whoever stands on the stage goes with it; whoever looks at another room stays there. */
  follow() {
    const stage = this.classroom.seen?.stage ?? "";
    const before = this.stage;
    this.stage = stage;
    const { connection } = this.app;
    if (connection.room === null || (connection.room === before && connection.room !== stage)) void this.backToStage();
  }

  async backToStage() {
    this.app.leave();
    await this.app.connection.go(this.stage);
  }

  get isOnStage() {
    const { run, joined } = this.app;
    // The picture comes a little before the answer that one is there.
    return run.room !== "" && run.room === this.stage && joined?.room === this.stage;
  }

  move() {
    const { app, classroom } = this;
    const since_ms = app.playhead.wall_ms() - this.told_ms;
    if (!this.isOnStage || since_ms < LOOK_EVERY_MS || classroom.out || classroom.seen?.ended !== false) return;
    const look = this.look();
    const told = JSON.stringify(look);
    const isDue = Boolean(look.speed) && since_ms >= PLAYING_EVERY_MS;
    // Who comes to help turns nobody's eyes by that alone.
    if (classroom.seat?.role === "assistant" && classroom.look?.room === this.stage && app.joined !== this.told_in) {
      this.told = told;
      this.told_in = app.joined;
    }
    if (told === this.told && app.joined === this.told_in && !isDue) return;
    this.told = told;
    this.told_in = app.joined;
    this.told_ms = app.playhead.wall_ms();
    void classroom.do(look.speed ? { ...look, at_us: Math.max(0, Math.floor(app.playhead.now())) } : look);
  }

  /** @returns {LookInClass} */
  look() {
    const { playhead, selection, key } = this.app;
    const { past } = playhead;
    const thing = selection.thing;
    const view = /** @type {LookInClass["view"]} */ (/** @type {HTMLElement | null} */ (document.querySelector(".world"))?.dataset.view ?? "stage");
    return {
      type: "look",
      at_us: past && Math.max(0, Math.floor(past.at_us)),
      speed: past?.playing ? past.speed : 0,
      kind: thing?.kind ?? null,
      id: thing?.id ?? null,
      key,
      view,
    };
  }
}
