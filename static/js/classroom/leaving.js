/**
 * The end of a class; and what somebody sees whose key to it is no longer good.
 *
 * @import { Classroom } from "./classroom.js"
 * @import { Prompt } from "./prompt.js"
 */
import { closePops } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { forgetKey, keyTo } from "./keys.js";

/** @param {Classroom} classroom @param {Prompt} prompt */
export function startLeaving(classroom, prompt) {
  const end = byId("class-end", HTMLButtonElement);
  end.addEventListener("click", () => {
    closePops();
    prompt.ask({
      title: say("classroom.end_title"),
      hint: say("classroom.end_hint"),
      go: say("classroom.end_go"),
      command: () => ({ type: "end" }),
    });
  });
  const dialog = byId("class-out", HTMLDialogElement);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  classroom.onChange((what) => {
    if (what === "out") leave(classroom, dialog);
    else end.hidden = classroom.seat?.role !== "owner" || classroom.seen?.ended !== false;
  });
}

/** @param {Classroom} classroom @param {HTMLDialogElement} dialog */
function leave(classroom, dialog) {
  const { id, key, out } = classroom;
  forgetKey(id, key);
  // This browser has another key, which may be better.
  if (keyTo(id, ["owner", "assistant"])) {
    location.reload();
    return;
  }
  for (const open of document.querySelectorAll("dialog")) open.close();
  tell(byId("out-why", HTMLElement), out?.sentence ?? "");
  dialog.showModal();
}
