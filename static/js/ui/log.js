/**
 * The narration: every note by now as a line, and the latest important one as the stage's caption.
 *
 * @import { Timeline } from "../timeline.js"
 */
import { select } from "d3-selection";
import { milliseconds, say, sayNote } from "../words.js";
import { byId } from "./element.js";

const SHOWN = 200;
/** What happens between an operation's beginning and its outcome: shown smaller, and not as the caption. */
const DETAILS = new Set(["ack", "late_ack", "stale", "reply", "reply_empty", "late_reply", "refused", "gossip_asks", "gossip_refused", "gossip_same"]);

export class Narration {
  constructor() {
    this.box = byId("log", HTMLElement);
    this.list = select(this.box).select("ol");
    this.caption = byId("caption", HTMLElement);
  }

  /** @param {Timeline} timeline @param {number} at_us */
  draw(timeline, at_us) {
    const notes = timeline.notesBy(at_us, SHOWN);
    const { box } = this;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    this.list
      .selectAll("li")
      .data(notes, (line) => /** @type {any} */ (line).id)
      .join((enter) => {
        const line = enter.append("li").attr("class", ({ note }) => (DETAILS.has(note.code) ? "detail" : "main"));
        line.append("span").attr("class", "when").text(({ at_us: when }) => milliseconds(when));
        line.append("span").attr("class", "said").text(({ note }) => sayNote(note));
        return line;
      });
    if (atEnd) box.scrollTop = box.scrollHeight;
    const latest = notes.findLast(({ note }) => !DETAILS.has(note.code));
    this.caption.textContent = latest ? sayNote(latest.note) : say("stage.start");
  }
}
