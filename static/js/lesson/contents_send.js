/**
 * A lesson's address for a class, and its snippet for another page.
 *
 * @import { Listed } from "../contents.js"
 */
import { copy } from "../ui/copying.js";
import { startDialog } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";

/** @param {Listed[]} lessons */
export function startSending(lessons) {
  const dialog = startDialog("send");
  dialog.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (button?.dataset.copy) void copy(button);
  });
  for (const lesson of lessons) {
    const button = /** @type {HTMLButtonElement} */ (document.querySelector(`[data-lesson="${lesson.slug}"] [data-send]`));
    button.hidden = false;
    button.addEventListener("click", () => {
      tell(byId("send-title", HTMLElement), lesson.title);
      byId("send-address", HTMLInputElement).value = `${location.origin}/lessons/${lesson.slug}`;
      byId("send-embed", HTMLTextAreaElement).value = snippet(lesson);
      dialog.showModal();
    });
  }
}

/** @param {Listed} lesson */
function snippet({ slug, title }) {
  const name = `${title} · ${say("app.name")}`.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<iframe src="${location.origin}/embed/lessons/${slug}" width="100%" height="720" title="${name}" loading="lazy"></iframe>`;
}
