/**
 * Deleting a class: what goes is said before, and it is done once somebody says so again.
 *
 * @import { Known } from "./class_list.js"
 */
import { startDialog } from "../ui/dialogs.js";
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";
import { ask } from "./documents.js";
import { forgetKey } from "./keys.js";

export class Deleting {
  /** @param {(title: string) => void} onDeleted */
  constructor(onDeleted) {
    this.onDeleted = onDeleted;
    this.dialog = startDialog("delete");
    this.problem = byId("delete-problem", HTMLElement);
    this.yes = byId("delete-yes", HTMLButtonElement);
    this.yes.addEventListener("click", () => void this.go());
    /** What the dialog is about. @type {{ known: Known, key: string } | null} */
    this.about = null;
  }

  /** @param {Known} known @param {string} key */
  open(known, key) {
    this.about = { known, key };
    const { title, members, rooms, runs } = known;
    tell(byId("delete-title", HTMLElement), say("teach.delete_title", { title }));
    const goes = [say("teach.delete_members", {}, members), say("teach.delete_rooms", {}, rooms), ...(runs ? [say("teach.delete_runs", {}, runs)] : [])];
    byId("delete-list", HTMLElement).replaceChildren(...goes.map((text) => make("li", "", text)));
    tell(this.problem, "");
    this.dialog.showModal();
  }

  async go() {
    if (!this.about || this.yes.disabled) return;
    const { known, key } = this.about;
    this.yes.disabled = true;
    const answer = await ask(`/classes/${known.id}`, key, "DELETE");
    this.yes.disabled = false;
    // Somebody else may have been quicker.
    if ("error" in answer && answer.error?.code !== "unknown_class") {
      tell(this.problem, answer.error?.sentence ?? say("teach.no_answer"));
      return;
    }
    forgetKey(known.id);
    this.dialog.close();
    this.onDeleted(known.title);
  }
}
