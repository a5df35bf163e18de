/** What is round the world: the state of the line, the link to copy, light and dark. */
import { say } from "../words.js";
import { byId } from "./element.js";
import { toast } from "./toasts.js";

/** @param {"connecting" | "live" | "paused" | "lost"} state */
export function showLink(state) {
  const link = byId("link", HTMLElement);
  if (link.dataset.state === state) return;
  link.dataset.state = state;
  link.textContent = say(`link.${state}`);
}

export function startCopying() {
  byId("copy", HTMLButtonElement).addEventListener("click", async (event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = say("room.copied");
      setTimeout(() => (button.textContent = say("room.copy")), 2000);
    } catch {
      toast(say("room.copy_by_hand"));
    }
  });
}

/** Light or dark as the system has it, until somebody chooses. */
export function startThemes() {
  const root = document.documentElement;
  const button = byId("theme", HTMLButtonElement);
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => (button.textContent = say(dark() ? "theme.light" : "theme.dark"));
  const kept = recall();
  if (kept) root.dataset.theme = kept;
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    keep(root.dataset.theme);
    label();
  });
  system.addEventListener("change", label);
  label();
}

/** A browser may forbid storage; then the choice lasts as long as the page. */
function recall() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

/** @param {string} theme */
function keep(theme) {
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Nothing to do: see above.
  }
}
