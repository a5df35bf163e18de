/** A button with `data-copy` copies what stands in the field of that id. */
import { say } from "../words.js";
import { byId, tell } from "./element.js";
import { toast } from "./toasts.js";

/** @param {HTMLButtonElement} button */
export async function copy(button) {
  const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (byId(button.dataset.copy ?? "", HTMLElement));
  try {
    await navigator.clipboard.writeText(field.value);
    tell(button, say("share.copied"));
    setTimeout(() => tell(button, say("share.copy")), 2000);
  } catch {
    field.select();
    toast(say("share.copy_by_hand"));
  }
}
