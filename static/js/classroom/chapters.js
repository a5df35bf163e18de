/**
 * The moments of a class that is over. Choosing one shows what was on the stage then: in a copy of the run, which is one's
 * own to play with, and is made once for each run.
 *
 * @import { App, Part, View } from "../app.js"
 *
 * @typedef {object} Moment (webapp/classroom/outline.py)
 * @property {"began" | "mode" | "stage" | "lesson" | "question" | "revealed" | "ended"} kind
 * @property {string} room the run that was on the stage
 * @property {number} at_us
 * @property {number} after_ms since the class began
 * @property {"follow" | "hands_on" | "own_copy"} [mode]
 * @property {number} [groups]
 * @property {string} [title] of a lesson
 * @property {string} [heading] of its step
 * @property {{ question: string, choices: string[], slug: string | null, step: string | null, counts: number[] | null, right: number | null }} [poll]
 */
import { byId, make } from "../ui/element.js";
import { say } from "../words.js";
import { after } from "./documents.js";
import { PollPicture } from "./poll_picture.js";

/** @implements {Part} */
export class Chapters {
  /** @param {App} app @param {Moment[]} moments */
  constructor(app, moments) {
    this.app = app;
    this.moments = moments;
    /** The copy of each run that has been looked at. @type {Map<string, string>} */
    this.copies = new Map();
    /** The run that is shown. */
    this.run = "";
    /** What was chosen last: several moments may be at the same time of the run. */
    this.chosen = 0;
    this.isGoing = false;
    this.buttons = moments.map((moment, place) => this.button(moment, place));
    byId("chapters", HTMLElement).append(
      ...moments.map((moment, place) => {
        const item = make("li", "chapter");
        item.append(/** @type {HTMLElement} */ (this.buttons[place]));
        if (moment.poll) item.append(picture(moment.poll, place));
        return item;
      }),
    );
  }

  /** @param {Moment} moment @param {number} place */
  button(moment, place) {
    const made = make("button", "chapter-go");
    made.type = "button";
    const words = make("span", "chapter-words", label(moment));
    if (moment.heading) words.append(make("span", "soft", moment.heading));
    made.append(make("span", "chapter-at", after(moment.after_ms)), words);
    made.addEventListener("click", () => void this.go(place));
    return made;
  }

  /** The page is in a room: at first, in a copy of the run with which the class began. @param {string} room */
  arrived(room) {
    const first = this.moments[0];
    if (this.run || !first) return;
    this.run = first.room;
    this.copies.set(first.room, room);
    this.app.playhead.seek(first.at_us);
  }

  /** @param {number} place */
  async go(place) {
    const moment = this.moments[place];
    // A second press while a copy is made would make another one.
    if (!moment || this.isGoing) return;
    if (moment.room !== this.run && !(await this.turnTo(moment.room))) return;
    this.chosen = place;
    this.app.selection.clear();
    this.app.playhead.seek(moment.at_us);
    this.app.redraw();
    // On a phone, the list is below the picture.
    byId("stages", HTMLElement).scrollIntoView({ block: "nearest" });
  }

  /** @param {string} run @returns {Promise<boolean>} whether it is shown now */
  async turnTo(run) {
    const { app } = this;
    const copy = this.copies.get(run);
    this.isGoing = true;
    app.leave();
    const answer = await (copy ? app.connection.go(copy) : app.connection.join("copy", { room: run }));
    this.isGoing = false;
    if (!answer || !("room" in answer)) return false;
    this.copies.set(run, answer.room);
    this.run = run;
    return true;
  }

  /** The moment that the picture has come to. @param {View} view */
  draw({ at_us }) {
    const chosen = this.moments[this.chosen];
    let now = this.chosen;
    if (chosen?.room !== this.run || chosen.at_us !== at_us) now = this.moments.findLastIndex((moment) => moment.room === this.run && moment.at_us <= at_us);
    for (const [place, button] of this.buttons.entries()) {
      if (place === now) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
  }
}

/** @param {Moment} moment */
function label({ kind, mode, groups = 1, title }) {
  if (kind === "mode") return mode === "hands_on" && groups > 1 ? say("replay.groups", { count: groups }) : say(`replay.mode.${mode}`);
  if (kind === "lesson") return title ? say("replay.lesson", { title }) : say("replay.lesson_left");
  return say(`replay.${kind}`);
}

/** @param {NonNullable<Moment["poll"]>} poll @param {number} place */
function picture(poll, place) {
  const box = make("div", "chapter-poll");
  const answers = poll.counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  const count = poll.counts ? say("replay.counts", {}, answers) : say("report.not_revealed");
  new PollPicture(box).show({ ...poll, id: String(place), phase: poll.counts ? "revealed" : "closed", answers }, poll, count);
  return box;
}
