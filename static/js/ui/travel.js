/**
 * Going through time, for buttons and keys alike. In the past it is the playhead that moves, for this page alone;
 * live, the room's clock is asked to run, pause or step, for everybody, and no branch comes of that. Whoever may not ask
 * for that can stop the picture, for themself.
 *
 * @import { App } from "../app.js"
 * @import { RoomCommand } from "../protocol.js"
 */

export class Travel {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** Run or pause. */
  toggle() {
    const { playhead } = this.app;
    if (playhead.isLive && this.app.can("arrange")) this.ask({ type: playhead.pace.running ? "pause" : "run" });
    else if (playhead.isMoving) playhead.stand();
    else if (!playhead.isLive) playhead.play();
  }

  /** To the next moment at which anything changed; at the end of what has happened, the room takes a step. */
  forward() {
    const { playhead, timeline } = this.app;
    if (playhead.isLive) this.ask({ type: "step" });
    else this.goTo(timeline.momentAfter(playhead.now()));
  }

  back() {
    const { playhead, timeline } = this.app;
    this.standAt(timeline.momentBefore(playhead.now()) ?? this.beforeStretch());
  }

  /** To the next moment at which an operation began or was answered. */
  turnForward() {
    const { playhead, timeline } = this.app;
    if (!playhead.isLive) this.goTo(timeline.turnAfter(playhead.now()));
  }

  turnBack() {
    const { playhead, timeline } = this.app;
    this.standAt(timeline.turnBefore(playhead.now()) ?? this.beforeStretch());
  }

  /** The last moment before what is known here; null: there is none. */
  beforeStretch() {
    const { stretch, run } = this.app;
    return stretch.from_us > run.starts_us ? stretch.from_us - 1 : null;
  }

  first() {
    this.standAt(this.app.run.starts_us);
  }

  live() {
    this.app.playhead.goLive();
  }

  /** Another speed, in virtual seconds for a second of wall time; done when it is so. @param {number} speed */
  async setSpeed(speed) {
    const { playhead } = this.app;
    if (playhead.isLive) await this.ask({ type: "set_speed", speed });
    else playhead.setSpeed(speed);
  }

  /** A moment later than what is shown; null, or one that is not yet past: live. @param {number | null} at_us */
  goTo(at_us) {
    const { until_us } = this.app.stretch;
    if (at_us === null && until_us < Infinity) this.app.playhead.seek(until_us + 1);
    else if (at_us === null || at_us >= this.app.playhead.present()) this.live();
    else this.app.playhead.seek(at_us);
  }

  /** @param {number | null} at_us null: there is nothing before */
  standAt(at_us) {
    if (at_us !== null) this.app.playhead.seek(at_us);
  }

  /** @param {RoomCommand} command */
  async ask(command) {
    // What is asked while the line is down would be done later, when nobody wants it any more.
    if (document.documentElement.dataset.line === "up" && this.app.can("arrange") && this.app.held === null) await this.app.connection.command(command);
  }
}
