/**
 * The line to the server: requests with their answers, frames in order. The only file that names Socket.IO.
 *
 * @import { Classroom } from "./classroom/classroom.js"
 * @import { Again, Branches, Error as Refusal, Frame, Joined, RoomCommand } from "./protocol.js"
 */
import { io } from "socket.io-client";

const ANSWER_MS = 8000;
/** The server wants to hear so often which frame is here; see Seen in docs/PROTOCOL.md. */
const SEEN_EVERY = 20;
/** Where the server has closed the line itself, it is tried again after this time. */
const CLOSED_MS = 1000;
/** A room that cannot be joined, however often one asks, is refused with one of these. */
const GONE = new Set(["unknown_room", "other_engine", "unknown_scenario", "sealed", "invalid"]);
/** A key that opens nothing any more is refused with one of these. */
const SHUT = new Set(["invalid", "bad_key", "unknown_class", "revoked", "removed"]);
/** The class may have gone on to another room, and will say so. */
export const ELSEWHERE = new Set(["not_your_room", "unknown_room"]);

/**
 * @typedef {object} Where how the page came to its cluster
 * @property {string | null} room a room that exists
 * @property {string} scenario otherwise a new one of this scenario
 * @property {number | null} seed with this luck
 * @property {string | null} run or one with the log of a stored run; "packed": with the log in the page's address
 * @property {Classroom | null} [classroom] or the one that a class says; its seat is taken first
 * @property {{ slug: string, step: string } | null} [study] or one that stands at the beginning of a lesson's step; also if the room is gone
 *
 * @typedef {object} Listeners
 * @property {(frame: Frame) => void} onFrame each frame once, in order; after a gap a whole one
 * @property {(joined: Joined) => void} onJoined
 * @property {(branches: Branches) => void} onBranches the tree that the room belongs to has changed
 * @property {(refusal: Refusal) => void} onRefused the room could not be joined, or something else was refused
 * @property {() => void} onLost the line is down; it is tried again by itself
 */

export class Connection {
  /** @param {Where} where @param {Listeners} listeners */
  constructor(where, listeners) {
    this.room = where.room;
    this.where = where;
    this.listeners = listeners;
    this.epoch = "";
    this.number = 0;
    this.seen = 0;
    this.isResyncing = false;
    // Each waits a time of its own, so that not all come back at once: Socket.IO draws it around the delay.
    this.socket = io({ query: this.route(), transports: ["websocket", "polling"], reconnectionDelay: 400, reconnectionDelayMax: 1600 });
    this.socket.on("connect", () => void this.enter());
    this.socket.on("disconnect", (reason) => {
      this.listeners.onLost();
      if (reason === "io server disconnect") this.come({ in_ms: CLOSED_MS });
    });
    this.socket.on("connect_error", (/** @type {Error & { data?: Refusal }} */ { data }) => {
      // Refused, and not only not reached: that is not tried again by itself.
      if (!data || this.socket.active) return;
      this.listeners.onRefused(data);
      this.come({ in_ms: (data.retry_s ?? 1) * 1000 });
    });
    this.socket.on("again", (/** @type {Again} */ again) => this.come(again));
    this.socket.on("frame", (/** @type {Frame} */ frame) => this.receive(frame));
    this.socket.on("branches", (/** @type {Branches} */ branches) => this.listeners.onBranches(branches));
    const { classroom } = where;
    if (classroom) {
      classroom.line = this;
      for (const what of /** @type {const} */ (["class", "seat", "look", "roster", "out"])) this.socket.on(what, (/** @type {any} */ value) => classroom.take(what, value));
    }
    this.socket.on("error", (/** @type {Refusal} */ refusal) => this.listeners.onRefused(refusal));
  }

  /** What a proxy routes the line by: in whose room, or in which class, this is. @param {string | null} [at] */
  route(at) {
    const { classroom } = this.where;
    // Where a class has an audience at all workers, who only looks is in it.
    const home = classroom ? (classroom.isAudience ? "" : classroom.id) : this.room;
    return { lang: document.documentElement.lang, at: at ?? home ?? "" };
  }

  /** Make the line anew, in a while. @param {Partial<Again>} again */
  come({ in_ms = 0, at = null }) {
    setTimeout(() => {
      this.socket.disconnect();
      this.socket.io.opts.query = this.route(at);
      this.socket.connect();
    }, in_ms);
  }

  enter() {
    const { run, scenario, seed, study, classroom } = this.where;
    if (classroom) return this.sit(classroom);
    if (study) return this.study(study);
    if (this.room) return this.join("join", { room: this.room });
    if (run === "packed") return this.join("unpack", { packed: location.hash.replace(/^#(run=)?/, "") });
    return run ? this.join("copy", { room: run }) : this.join("open", seed === null ? { scenario } : { scenario, seed });
  }

  /** Take a seat in a class, and be in its room; which one that is, the seat says. @param {Classroom} classroom */
  async sit(classroom) {
    const { room } = this;
    const answer = await this.ask("enter", { key: classroom.key }, SHUT);
    if (SHUT.has(answer?.error?.code)) classroom.take("out", answer.error);
    // What the class has told before the answer may have led to another room already.
    else if (answer && !answer.error && this.room && this.room === room) await this.join("join", { room: this.room }, ELSEWHERE);
    return answer;
  }

  /**
   * The room of a lesson, where it is still there and is one of this lesson; otherwise another one.
   * @param {{ slug: string, step: string }} lesson
   */
  async study(lesson) {
    const answer = this.room ? await this.join("join", { room: this.room }, GONE) : null;
    const isOther = answer && "room" in answer && answer.scenario !== `lesson-${lesson.slug}`;
    return !this.room || isOther || GONE.has(answer?.error?.code) ? this.join("lesson", { ...lesson, show: false }) : answer;
  }

  /**
   * A room at the beginning of a lesson's step; where the line is down, as soon as it is up again.
   * @param {{ slug: string, step: string, show: boolean }} lesson
   */
  async begin(lesson) {
    const answer = await this.join("lesson", lesson);
    if (answer === null && !this.socket.connected) this.room = null;
    return answer;
  }

  /**
   * Ask for something that ends in a room, and be there.
   * @param {string} event @param {object} request @param {Set<string>} [expected] refusals that nobody is told of
   */
  async join(event, request, expected) {
    const answer = await this.ask(event, request, expected);
    if (answer && "room" in answer) {
      this.room = answer.room;
      this.socket.io.opts.query = this.route();
      this.listeners.onJoined(answer);
    }
    return answer;
  }

  /** Be in another room; where the line is down, as soon as it is up again. @param {string} room */
  go(room) {
    this.room = room;
    return this.join("join", { room });
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (frame.whole) {
      this.epoch = frame.epoch;
      this.number = frame.number;
    } else if (frame.epoch !== this.epoch || frame.number > this.number + 1) {
      void this.resync();
      return;
    } else if (frame.number <= this.number) {
      return;
    } else {
      this.number = frame.number;
    }
    if (frame.whole || this.number - this.seen >= SEEN_EVERY) {
      this.seen = frame.whole ? this.number - this.turn() : this.number;
      this.socket.emit("seen", { epoch: this.epoch, number: this.number });
    }
    this.listeners.onFrame(frame);
  }

  /** A class gets the whole at one moment, and is not to say all at one moment what it has seen from then on. */
  turn() {
    return (this.socket.id ?? "").split("").reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % SEEN_EVERY;
  }

  /** Something is missing: ask for the whole, once. */
  async resync() {
    if (this.isResyncing) return;
    this.isResyncing = true;
    const answer = await this.ask("resync", {}, this.where.classroom ? ELSEWHERE : undefined);
    const wait_s = answer?.error?.retry_s ?? 0;
    if (wait_s > 0) await new Promise((done) => setTimeout(done, wait_s * 1000));
    this.isResyncing = false;
  }

  /** Ask the room to do something. @param {RoomCommand} command */
  command(command) {
    return this.ask("command", { command });
  }

  /**
   * @param {string} event @param {object} request @param {Set<string>} [expected]
   * @returns {Promise<any>} the answer to the event (docs/PROTOCOL.md); null where none came: then nobody knows
   */
  async ask(event, request, expected) {
    // What is asked while the line is down would be done later, when nobody wants it any more.
    if (!this.socket.connected) return null;
    let answer;
    try {
      answer = await this.socket.timeout(ANSWER_MS).emitWithAck(event, request);
    } catch {
      return null;
    }
    if (answer.error?.code === "elsewhere") {
      // Another process has it: the line is made anew, to that one, and what was wanted is where one then comes in.
      const { room } = /** @type {{ room?: string }} */ (request);
      if (room) this.room = room;
      this.come({ at: room ?? this.where.classroom?.id });
      return null;
    }
    if ("error" in answer && !expected?.has(answer.error.code)) this.listeners.onRefused(answer.error);
    return answer;
  }
}
