/**
 * What the teacher does with the class itself: its head, its card, its members, and who is let in.
 *
 * @import { App } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 */
import { byId } from "../ui/element.js";
import { Header } from "./header.js";
import { Invite } from "./invite.js";
import { startLeaving } from "./leaving.js";
import { Members, sayWord } from "./members.js";
import { ModeCard } from "./modes.js";
import { Projector } from "./projector.js";
import { Prompt } from "./prompt.js";

/** @param {App} app @param {Classroom} classroom */
export function startManaging(app, classroom) {
  const prompt = new Prompt(classroom);
  new Header(app, classroom, prompt);
  new ModeCard(app, classroom);
  new Members(app, classroom, prompt);
  new Invite(classroom, prompt, new Projector(classroom));
  startLeaving(classroom, prompt);
  byId("class-say", HTMLButtonElement).addEventListener("click", () => sayWord(app, prompt, null));
  document.addEventListener("word", (event) => sayWord(app, prompt, /** @type {CustomEvent} */ (event).detail));
}
