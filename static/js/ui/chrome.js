/** What is round the world: the state of the line, and light, dark or high contrast. */
import { say } from "../words.js";
import { byId } from "./element.js";

const THEMES = ["light", "dark", "contrast"];

/** @param {"connecting" | "live" | "paused" | "lost" | "none"} state */
export function showLink(state) {
  const link = byId("link", HTMLElement);
  if (link.dataset.state === state) return;
  link.dataset.state = state;
  link.textContent = say(`link.${state}`);
}

/** As the system has it, until somebody chooses. */
export function startThemes() {
  const root = document.documentElement;
  const field = byId("theme", HTMLSelectElement);
  const kept = recall();
  if (kept && THEMES.includes(kept)) {
    root.dataset.theme = kept;
    field.value = kept;
  }
  field.addEventListener("change", () => {
    if (field.value === "system") delete root.dataset.theme;
    else root.dataset.theme = field.value;
    keep(field.value);
  });
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
