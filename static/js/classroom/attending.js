/**
 * What a student sees of the class and of themselves: where they are, what is theirs to do, and what the teacher has said.
 *
 * @import { App, Part } from "../app.js"
 * @import { ClassSeen, SeatSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { keep, recall } from "../kept.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { Following } from "./following.js";
import { Hands } from "./hands.js";
import { forgetKey } from "./keys.js";
import { Me } from "./me.js";
import { showOut } from "./out.js";

/** @param {App} app @param {Classroom} classroom @returns {Part[]} */
export function startAttending(app, classroom) {
  const card = new Card(classroom);
  const following = new Following(app, classroom, () => card.show());
  card.following = following;
  new Me(app, classroom);
  classroom.onChange((what) => {
    if (what === "class" || what === "seat") card.show();
    if (what === "out") leave(classroom);
  });
  return [following, new Hands(app, classroom)];
}

/** @param {Classroom} classroom */
function leave(classroom) {
  forgetKey(classroom.id, classroom.key);
  showOut(classroom.out?.sentence ?? "");
}

class Card {
  /** @param {Classroom} classroom */
  constructor(classroom) {
    this.classroom = classroom;
    /** @type {Following | null} */
    this.following = null;
    this.box = byId("attend", HTMLElement);
    this.title = byId("attend-title", HTMLElement);
    this.hint = byId("attend-hint", HTMLElement);
    this.back = byId("attend-back", HTMLButtonElement);
    this.word = byId("attend-word", HTMLElement);
    this.text = byId("attend-text", HTMLElement);
    this.wordSeen = byId("attend-seen", HTMLButtonElement);
    /** The tab remembers which word it has put away. */
    this.kept = `quorumscope.word.${classroom.id}`;
    this.away = Number(recall(this.kept, true) ?? -1);
    this.back.addEventListener("click", () => {
      this.following?.back();
      this.title.focus();
    });
    this.wordSeen.addEventListener("click", () => this.putAway());
  }

  show() {
    const { seen, seat } = this.classroom;
    if (!seen || !seat) return;
    const wanders = this.following?.isWandering === true;
    const [state, title, hint] = stateOf(seen, seat, wanders);
    this.box.hidden = false;
    this.box.dataset.state = state;
    tell(this.title, title);
    tell(this.hint, hint);
    this.back.hidden = !wanders;
    const { comment } = seat;
    const isNew = comment !== null && comment.number > this.away;
    tell(this.text, isNew ? comment.text : "");
    this.word.hidden = this.wordSeen.hidden = !isNew;
  }

  putAway() {
    this.away = this.classroom.seat?.comment?.number ?? this.away;
    keep(this.kept, String(this.away), true);
    this.show();
    this.title.focus();
  }
}

/** What is most worth knowing now: a word for it, a title, and a sentence. @param {ClassSeen} seen @param {SeatSeen} seat @param {boolean} wanders @returns {[string, string, string]} */
function stateOf(seen, seat, wanders) {
  const { client, group } = seat;
  if (seen.ended) return ["ended", say("student.ended"), say("student.ended_hint")];
  if (seen.frozen) return ["frozen", say("student.frozen"), say("student.frozen_hint")];
  if (seat.mode === "own_copy") {
    if (seat.room === null) return ["waits", say("student.copy_wait"), say("student.copy_wait_hint")];
    return ["copy", say("student.copy"), say(seat.room === seen.stage ? "student.copy_staged" : "student.copy_hint")];
  }
  if (seat.mode === "hands_on") {
    if (client === null) return ["waits", say("student.client_wait"), say("student.client_wait_hint")];
    const title = group === null ? say("student.client", { client }) : say("student.client_in", { client, group });
    return ["client", title, say(seen.hands === "nodes" ? "student.client_breaks" : "student.client_hint", { client })];
  }
  if (wanders) return ["wanders", say("student.wander"), say("student.wander_hint")];
  return seat.called_back ? ["called", say("student.called"), say("student.called_hint")] : ["follows", say("student.follow"), say("student.follow_hint")];
}
