/**
 * A small picture that goes on by itself from one look at its room to the next: what is on its way then arrives when it
 * is due. Whatever else happens is seen with the next look.
 *
 * @import { App } from "../app.js"
 * @import { Frame } from "../protocol.js"
 */
import { Playhead } from "../playhead.js";
import { Thumbnail } from "../ui/thumbnail.js";

export class WallPicture extends Thumbnail {
  /** @param {App} app */
  constructor(app) {
    super(app);
    this.playhead = new Playhead();
    this.epoch = "";
    /** A room that nobody watches stands still, whatever its pace. */
    this.isStill = false;
    /** When the last of what is on its way is due. */
    this.ends_us = -Infinity;
  }

  /** @override @param {Frame} frame a whole one */
  show(frame) {
    const { playhead } = this;
    // A clock that is known already is mended gently, unless the picture has run ahead of the room.
    const isKnown = this.epoch === frame.epoch && playhead.present() <= frame.now_us;
    this.epoch = frame.epoch;
    playhead.take({ ...frame, whole: !isKnown, quiet_until_us: null });
    this.view = this.viewOf(frame);
    if (!this.view) return;
    this.ends_us = -Infinity;
    for (const flight of this.view.timeline.flights) {
      const state = flight.versions.at(-1)?.fields;
      if (state?.fate !== "in_flight") continue;
      flight.until_us = state.due_us;
      this.ends_us = Math.max(this.ends_us, state.due_us);
    }
    this.view.isMoving = frame.pace.running && !this.isStill && !this.app.calm.matches;
    if (this.view.isMoving) this.view.at_us = playhead.present();
    this.draw();
  }

  /** In every frame. */
  move() {
    const { view } = this;
    if (!view?.isMoving || view.at_us > this.ends_us) return;
    view.at_us = this.playhead.present();
    this.stage.drawMotion(view.scene, view.timeline, view.at_us);
  }
}
