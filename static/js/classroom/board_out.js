/** There is nothing for the projector to show, and why. */
import { byId, tell } from "../ui/element.js";

/** @param {string} why @param {boolean} [hasOther] whether another key would help */
export function showOut(why, hasOther = true) {
  byId("link", HTMLElement).hidden = true;
  byId("board-main", HTMLElement).hidden = true;
  tell(byId("board-out-title", HTMLElement), why);
  byId("board-again", HTMLElement).hidden = !hasOther;
  byId("board-out", HTMLElement).hidden = false;
}
