/**
 * The line to the server: requests with their answers, frames in order. The only file that names Socket.IO.
 *
 * @import { Accepted, Error as Refusal, Frame, Joined, Rejected, RoomCommand } from "./protocol.js"
 */
import { io } from "socket.io-client";

const ANSWER_MS = 8000;

/**
 * @typedef {object} Listeners
 * @property {(frame: Frame) => void} onFrame each frame once, in order; after a gap a whole one
 * @property {(joined: Joined) => void} onJoined
 * @property {(refusal: Refusal) => void} onRefused the room could not be joined, or something else was refused
 * @property {() => void} onLost the line is down; it is tried again by itself
 */

export class Connection {
  /** @param {{ room: string | null, scenario: string }} where @param {Listeners} listeners */
  constructor(where, listeners) {
    this.room = where.room;
    this.scenario = where.scenario;
    this.listeners = listeners;
    this.epoch = "";
    this.number = 0;
    this.socket = io({ transports: ["websocket", "polling"], reconnectionDelay: 500, reconnectionDelayMax: 4000 });
    this.socket.on("connect", () => void this.enter());
    this.socket.on("disconnect", () => this.listeners.onLost());
    this.socket.on("frame", (/** @type {Frame} */ frame) => this.receive(frame));
    this.socket.on("error", (/** @type {Refusal} */ refusal) => this.listeners.onRefused(refusal));
  }

  async enter() {
    const answer = this.room
      ? await this.ask("join", { room: this.room })
      : await this.ask("open", { scenario: this.scenario });
    if (answer && "room" in answer) {
      this.room = answer.room;
      this.listeners.onJoined(answer);
    }
  }

  /** @param {Frame} frame */
  receive(frame) {
    if (frame.whole) {
      this.epoch = frame.epoch;
      this.number = frame.number;
    } else if (frame.epoch !== this.epoch || frame.number > this.number + 1) {
      void this.ask("resync", {});
      return;
    } else if (frame.number <= this.number) {
      return;
    } else {
      this.number = frame.number;
    }
    this.listeners.onFrame(frame);
  }

  /** Ask the room to do something. @param {RoomCommand} command */
  command(command) {
    return this.ask("command", { command });
  }

  /**
   * @param {string} event @param {object} request
   * @returns {Promise<Joined | Accepted | Rejected | null>} null where no answer came: then nobody knows
   */
  async ask(event, request) {
    /** @type {Joined | Accepted | Rejected} */
    let answer;
    try {
      answer = await this.socket.timeout(ANSWER_MS).emitWithAck(event, request);
    } catch {
      return null;
    }
    if ("error" in answer) this.listeners.onRefused(answer.error);
    return answer;
  }
}
