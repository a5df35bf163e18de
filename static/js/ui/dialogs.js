/** Native dialogs: opened by a button, closed by Escape, by their own button or by a click beside them. */
import { byId } from "./element.js";

/** @param {string} dialog its id @param {string} [button] the one that always opens it @param {(dialog: HTMLDialogElement) => void} [onOpen] */
export function startDialog(dialog, button, onOpen) {
  const box = byId(dialog, HTMLDialogElement);
  const open = () => {
    closePops();
    box.showModal();
    onOpen?.(box);
  };
  if (button) byId(button, HTMLButtonElement).addEventListener("click", open);
  // A press beside it; not one inside that was drawn out of it, as when a text is marked.
  let beside = false;
  box.addEventListener("pointerdown", (event) => {
    const { left, right, top, bottom } = box.getBoundingClientRect();
    beside = event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
  });
  box.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if ((target === box && beside) || target.closest("[data-close]")) box.close();
  });
  return box;
}

/** Close the menus in the header; what was focused in one gives the focus back to what opened it. */
export function closePops() {
  for (const pop of document.querySelectorAll("details.pop[open]")) {
    if (pop.contains(document.activeElement)) /** @type {HTMLElement} */ (pop.querySelector("summary")).focus();
    pop.removeAttribute("open");
  }
}

/** A small menu in the header closes when something else is wanted. */
export function startPops() {
  for (const pop of document.querySelectorAll("details.pop")) {
    document.addEventListener("click", (event) => {
      if (!pop.contains(/** @type {Node} */ (event.target))) pop.removeAttribute("open");
    });
    pop.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key !== "Escape") return;
      event.stopPropagation();
      pop.removeAttribute("open");
      /** @type {HTMLElement} */ (pop.querySelector("summary")).focus();
    });
  }
}
