/**
 * What a student may touch now: the server's rules (webapp/classroom/roles.py), as far as the page offers only what will be done.
 *
 * @import { App, Part, Power } from "../app.js"
 * @import { ClassSeen, SeatSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { hold } from "../page.js";
import { byId } from "../ui/element.js";
import { say } from "../words.js";

const TO_LOOK = ["spacetime", "time", "inspector", "operations", "log", "verdict", "conditions", "lab"];
const TO_OPERATE = ["clients", "how"];
const TO_BREAK = ["nodes", "gossip", "deliveries"];

/**
 * The controls that are for a student now (data-control); null: all of them. In a lesson those that its steps bring have to be
 * in it as well. Pure.
 * @param {ClassSeen | null} seen @param {SeatSeen | null} seat @returns {Set<string> | null}
 */
export function controlsFor(seen, seat) {
  const powers = powersFor(seen, seat);
  if (powers.has("arrange")) return null;
  return new Set([...TO_LOOK, ...(powers.has("operate") ? TO_OPERATE : []), ...(powers.has("break") ? TO_BREAK : [])]);
}

/** What a student may ask of the cluster now. Whoever has no copy or client yet waits for it. Pure. @param {ClassSeen | null} seen @param {SeatSeen | null} seat @returns {Set<Power>} */
function powersFor(seen, seat) {
  if (!seen || !seat || seat.room === null || seen.ended || seat.mode === "follow") return new Set();
  if (seat.mode === "own_copy") return new Set(["operate", "break", "arrange"]);
  if (seat.client === null) return new Set();
  return new Set(seen.hands === "nodes" ? ["operate", "break"] : ["operate"]);
}

/** @implements {Part} */
export class Hands {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.elements = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-control]")]);
    this.told = "";
    classroom.onChange((what) => {
      if (what === "class" || what === "seat") this.show();
    });
    this.show();
  }

  show() {
    const { app, classroom } = this;
    const { seen, seat } = classroom;
    const powers = powersFor(seen, seat);
    const isHeld = seen?.frozen === true && !seen.ended && powers.size > 0;
    const own = seat?.mode === "hands_on" ? seat.client : null;
    const told = JSON.stringify([...powers, isHeld, own]);
    if (told === this.told) return;
    this.told = told;
    app.powers = powers;
    app.own = own;
    app.held = isHeld ? say("refused.class_frozen") : null;
    app.actions.forks = powers.has("arrange");
    const named = [...powers].join(" ");
    const isOther = document.body.dataset.powers !== named;
    document.body.dataset.powers = named;
    hold(isHeld);
    app.redraw();
    if (app.boot.lesson) return;
    this.showControls(controlsFor(seen, seat));
    // What there is to do comes first, and where there is nothing to do, what has happened.
    if (isOther) byId(powers.has("operate") ? "tab-act" : "tab-story", HTMLElement).click();
  }

  /** @param {Set<string> | null} controls */
  showControls(controls) {
    this.app.introduced = controls;
    for (const element of this.elements) {
      const names = (element.dataset.control ?? "").split(" ");
      element.toggleAttribute("data-in", controls === null || names.some((name) => controls.has(name)));
    }
  }

  /** What has come onto the page meanwhile waits as well. */
  draw() {
    if (this.app.held !== null) hold(true);
  }
}
