/**
 * The class that the page is in, as the server last told of it. It knows no page: what shows it listens.
 *
 * @import { Connection } from "../connection.js"
 * @import { ClassCommand, ClassSeen, Error as Refusal, LookSeen, Roster, SeatSeen } from "../protocol.js"
 *
 * @typedef {"class" | "seat" | "look" | "roster" | "out"} News
 */
/** What is wrong with a text is said beside it, and nowhere else. */
export const TYPED = new Set(["empty_text", "long_text", "hidden_text", "name_signs", "name_taken", "same_choices"]);

export class Classroom {
  /** @param {string} id @param {string} key whose seat it is @param {boolean} isAudience whether any worker of the site may serve it */
  constructor(id, key, isAudience) {
    this.id = id;
    this.key = key;
    this.isAudience = isAudience;
    /** @type {Connection | null} */
    this.line = null;
    /** @type {ClassSeen | null} */
    this.seen = null;
    /** @type {SeatSeen | null} */
    this.seat = null;
    /** @type {LookSeen | null} */
    this.look = null;
    /** The members, for staff. @type {Roster["rows"]} */
    this.rows = [];
    /** Why the page is in the class no more. @type {Refusal | null} */
    this.out = null;
    /** @type {((what: News) => void)[]} */
    this.listeners = [];
  }

  /** @param {News} what @param {any} value */
  take(what, value) {
    if (what === "class") this.seen = value;
    else if (what === "seat") this.seat = value;
    else if (what === "look") this.look = value;
    else if (what === "roster") this.rows = value.rows;
    else this.out = value;
    for (const listener of this.listeners) listener(what);
  }

  /** @param {(what: News) => void} listener */
  onChange(listener) {
    this.listeners.push(listener);
  }

  /** What is done is seen in what the server tells next; a refusal is shown by the page. @param {ClassCommand} command @returns {Promise<any>} null: no answer came */
  do(command) {
    return this.line ? this.line.ask("class", { command }) : Promise.resolve(null);
  }
}
