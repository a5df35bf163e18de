/**
 * The teacher looks at a room that is not the stage: whose it is, and what can be done about it.
 *
 * @import { App, Part } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 * @import { Driving } from "./driving.js"
 * @import { Told } from "./wall_tiles.js"
 */
import { byId, tell } from "../ui/element.js";
import { toast } from "../ui/toasts.js";
import { say } from "../words.js";
import { ownersOf } from "./wall_tiles.js";

/** @implements {Part} */
export class Visiting {
  /** @param {App} app @param {Classroom} classroom @param {Driving} driving */
  constructor(app, classroom, driving) {
    this.app = app;
    this.classroom = classroom;
    this.driving = driving;
    this.bar = byId("visit", HTMLElement);
    this.where = byId("visit-where", HTMLElement);
    this.putOn = byId("visit-put-on", HTMLButtonElement);
    this.takeOff = byId("visit-take-off", HTMLButtonElement);
    this.word = byId("visit-word", HTMLButtonElement);
    this.call = byId("visit-call", HTMLButtonElement);
    this.back = byId("visit-back", HTMLButtonElement);
    /** Whether it was opened from the wall. */
    this.isFromWall = false;
    this.isArriving = false;
    /** @type {(room: string) => void} */
    this.onBack = () => undefined;
    this.onGo = () => {};
    this.putOn.addEventListener("click", () => void classroom.do({ type: "stage", room: this.room }));
    this.takeOff.addEventListener("click", () => void classroom.do({ type: "stage", room: classroom.seen?.origin ?? "" }));
    this.word.addEventListener("click", () => this.sayWord());
    this.call.addEventListener("click", () => this.callBack());
    this.back.addEventListener("click", () => void this.goBack(false));
    this.bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.isOnStage) return;
      event.stopPropagation();
      void this.goBack(this.isFromWall);
    });
    document.addEventListener("visit", (event) => this.visitMember(/** @type {CustomEvent<string>} */ (event).detail));
    classroom.onChange((what) => {
      if (what === "class" || what === "roster") this.draw();
    });
  }

  /** The room that is shown. */
  get room() {
    return this.app.run.room;
  }

  get isOnStage() {
    return this.room === this.classroom.seen?.stage;
  }

  /** Whose room is shown; null: nobody's. @returns {Told | null} */
  get owners() {
    const { seen, rows } = this.classroom;
    return seen && ownersOf(seen, rows, this.room);
  }

  draw() {
    const focused = this.bar.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    this.show();
    // What was pressed may be away now.
    if (focused?.closest("[hidden]")) /** @type {HTMLElement | null} */ (document.querySelector(this.bar.hidden ? "#wall-choice [aria-pressed=true]" : "#visit button:not([hidden])"))?.focus();
  }

  show() {
    const { seen } = this.classroom;
    const { owners, isOnStage } = this;
    // On the stage there is something to say only while it is one of theirs that stands there.
    this.bar.hidden = !seen || this.room === "" || (isOnStage && (!owners || seen.origin === seen.stage));
    if (this.bar.hidden || !seen) return;
    tell(this.where, sentence(owners, isOnStage));
    const [row] = owners?.rows ?? [];
    const isOver = seen.ended;
    this.putOn.hidden = isOnStage || isOver;
    this.takeOff.hidden = !isOnStage || isOver || seen.origin === null;
    this.word.hidden = !owners || isOver;
    this.call.hidden = !row || owners?.group !== null || seen.mode !== "own_copy";
    if (row) tell(this.call, say(row.called_back ? "wall.let_go" : "wall.call_back"));
    this.back.hidden = isOnStage;
  }

  /** @param {string} member */
  visitMember(member) {
    const row = this.classroom.rows.find(({ id }) => id === member);
    const room = row && (row.group === null ? row.copy : row.room);
    if (room) void this.visit(room, false);
    else if (row) toast(say("visit.none", { name: row.name }));
  }

  /** Look at a room. @param {string} room @param {boolean} isFromWall */
  async visit(room, isFromWall) {
    const { app } = this;
    const before = app.connection.room;
    this.isFromWall = isFromWall;
    this.onGo();
    if (room === this.room) return;
    app.leave();
    const answer = await app.connection.go(room);
    // What cannot be looked at is not gone to when the line comes back either.
    if (answer && "error" in answer) app.connection.room = before;
    else this.isArriving = true;
  }

  /** The whole room is there. */
  move() {
    if (!this.isArriving || this.app.connection.room !== this.room) return;
    this.isArriving = false;
    this.draw();
    this.back.focus();
  }

  /** Back to the stage, if the page is somewhere else. */
  async leave() {
    if (!this.isOnStage) await this.driving.backToStage();
  }

  /** @param {boolean} toWall */
  async goBack(toWall) {
    const { room } = this;
    if (toWall) this.onBack(room);
    else byId("show-stage", HTMLButtonElement).focus();
    await this.leave();
  }

  callBack() {
    const [row] = this.owners?.rows ?? [];
    if (row) void this.classroom.do({ type: "call_back", member: row.id, on: !row.called_back });
  }

  sayWord() {
    const { owners } = this;
    if (owners) document.dispatchEvent(new CustomEvent("word", { detail: { name: nameOf(owners), members: owners.rows.map(({ id }) => id) } }));
  }
}

/** @param {Told} owners */
function nameOf({ group, rows }) {
  return group === null ? (rows[0]?.name ?? "") : say("wall.group", { number: group });
}

/** @param {Told | null} owners @param {boolean} isOnStage */
function sentence(owners, isOnStage) {
  if (!owners) return say("visit.elsewhere");
  if (owners.group !== null) return say(isOnStage ? "visit.group_on_stage" : "visit.group", { number: owners.group });
  return say(isOnStage ? "visit.copy_on_stage" : "visit.copy", { name: nameOf(owners) });
}
