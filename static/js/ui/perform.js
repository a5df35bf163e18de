/**
 * An action is done, wherever it was chosen: in the inspector, in the menu, with a key.
 *
 * @import { App } from "../app.js"
 * @import { Thing } from "../selection.js"
 * @import { Action } from "./actions_for.js"
 */
import { showTab } from "./tabs.js";
import { toast } from "./toasts.js";

/**
 * Its commands one after another, as long as none is refused; or why it cannot be done.
 * @param {App} app @param {Thing} thing @param {Action} action
 */
export async function perform(app, thing, action) {
  if (action.why) {
    toast(action.why);
    return;
  }
  if (action.opens === "value") askForValue(thing.id);
  else if (action.opens) {
    app.selection.select(thing.kind, thing.id);
    document.dispatchEvent(new CustomEvent("inspect", { detail: { part: action.opens } }));
  }
  // The first may begin a branch; the others then follow it there.
  for (const command of action.commands) {
    const answer = await app.actions.send(command);
    if (!answer || "error" in answer) return;
  }
}

/** Where a client's next value is written. @param {string} client */
function askForValue(client) {
  showTab("tab-act");
  const own = document.querySelector(`#panel-act [data-client="${client}"] input:not([type=hidden])`);
  const field = own ?? document.querySelector("#clients input");
  /** @type {HTMLElement | null} */ (field)?.focus();
}

/** Whether keys mean something else just now: somebody types, or a dialog or menu is open. @param {EventTarget | null} target */
export function isBusy(target) {
  if (document.querySelector("dialog[open], [role=menu]:not([hidden])")) return true;
  if (!(target instanceof HTMLElement)) return false;
  const typed = target.closest("select, textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])");
  return typed !== null;
}
