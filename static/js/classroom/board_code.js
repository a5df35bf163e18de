/**
 * How to join, in letters that the last row can read; beside the stage it stands small in the corner.
 *
 * @import { ClassSeen } from "../protocol.js"
 */
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";

/** A code is read and said in parts of so many letters. */
const PART = 3;

export class BoardCode {
  constructor() {
    this.section = byId("board-code", HTMLElement);
    this.sheet = /** @type {HTMLElement} */ (this.section.querySelector(".code-sheet"));
    this.shut = byId("code-shut", HTMLElement);
    this.letters = byId("code-letters", HTMLElement);
    this.qr = byId("code-qr", HTMLImageElement);
    this.corner = byId("board-corner", HTMLElement);
    this.code = "";
    const address = `${location.host}/join`;
    this.sheet.style.setProperty("--letters", String(address.length));
    tell(byId("code-address", HTMLElement), address);
    tell(byId("board-corner-address", HTMLElement), address);
  }

  /** @param {ClassSeen} seen */
  show({ board, code, here, locked, ended }) {
    const isLarge = board === "code";
    const isOpen = !locked && !ended;
    this.section.hidden = !isLarge;
    this.sheet.hidden = !isOpen;
    this.shut.hidden = isOpen;
    this.corner.hidden = isLarge || !isOpen;
    byId("board-count", HTMLElement).hidden = isLarge && isOpen;
    tell(this.shut, ended ? say("board.ended") : locked ? say("board.locked") : "");
    for (const id of ["code-count", "board-count"]) tell(byId(id, HTMLElement), say("board.here", {}, here));
    if (!isOpen || code === this.code) return;
    this.code = code;
    const parts = code.match(new RegExp(`.{1,${PART}}`, "g")) ?? [];
    this.letters.replaceChildren(...parts.map((part) => make("span", "", part)));
    tell(byId("board-corner-code", HTMLElement), code);
    this.qr.src = `/join/${encodeURIComponent(code)}/qr.svg`;
  }
}
