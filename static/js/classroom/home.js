/**
 * Brings a student's page to the room, and to the lesson, where the class has it. One thing at a time: what the class says
 * meanwhile is heeded after it.
 *
 * @import { App } from "../app.js"
 * @import { SeatSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { isInOtherLesson, turnToLessons } from "./open.js";

/** The class has gone on, and the next seat, which is on its way, says where; or there is no going there at all. */
const ELSEWHERE = new Set(["not_your_room", "class_ended"]);

/** What could not be had is asked for again after so long, each time twice as long. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 16000;

export class Home {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.isGoing = false;
    this.retry_ms = RETRY_MS;
    this.timer = 0;
    turnToLessons("class", app, classroom);
    classroom.onChange((what) => {
      if (what === "seat") void this.go();
    });
  }

  async go() {
    clearTimeout(this.timer);
    if (this.isGoing) return;
    this.isGoing = true;
    while (await this.step());
    this.isGoing = false;
  }

  /** @returns {Promise<boolean>} whether there may be more to do */
  async step() {
    const { app, classroom } = this;
    const { seat } = classroom;
    if (!seat || classroom.out || isInOtherLesson(app, classroom)) return false;
    // A branch is begun, and one is about to be there.
    if (app.actions.forking) {
      await app.actions.forking;
      return true;
    }
    if (seat.room === null) {
      const answer = await classroom.line?.ask("class", { command: { type: "take_place" } }, ELSEWHERE);
      this.retryUnless(Boolean(answer && !answer.error), seat, answer?.error?.retry_s);
    } else if (seat.room !== app.connection.room) {
      const { connection } = app;
      const { room } = connection;
      app.leave();
      connection.room = seat.room;
      const answer = await connection.join("join", { room: seat.room }, ELSEWHERE);
      const isThere = Boolean(answer && !answer.error);
      if (!isThere) connection.room = room;
      this.retryUnless(isThere, seat, answer?.error?.retry_s);
    }
    return classroom.seat !== seat;
  }

  /**
   * @param {boolean} isDone @param {SeatSeen} seat where the class has said something else meanwhile, that is done next
   * @param {number | null} [retry_s] when the server wants to be asked again at the earliest
   */
  retryUnless(isDone, seat, retry_s) {
    if (isDone) this.retry_ms = RETRY_MS;
    if (isDone || this.classroom.seat !== seat) return;
    this.timer = setTimeout(() => void this.go(), Math.max(this.retry_ms, 1000 * (retry_s ?? 0)));
    this.retry_ms = Math.min(2 * this.retry_ms, RETRY_MAX_MS);
  }
}
