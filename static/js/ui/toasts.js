/** Short messages about what could not be done. */
import { byId, make } from "./element.js";

const LASTS_MS = 6000;

/** @param {string} text */
export function toast(text) {
  const box = byId("toasts", HTMLElement);
  if (box.lastElementChild?.textContent === text) box.lastElementChild.remove();
  const shown = make("p", "toast", text);
  box.append(shown);
  setTimeout(() => shown.remove(), LASTS_MS);
}
