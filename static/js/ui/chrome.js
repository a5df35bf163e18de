/** What is round the world: the state of the line, and light, dark or high contrast. */
import { keep, recall } from "../kept.js";
import { say } from "../words.js";
import { byId } from "./element.js";

const KEPT = "theme";
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
  const kept = recall(KEPT);
  if (kept && THEMES.includes(kept)) {
    root.dataset.theme = kept;
    field.value = kept;
  }
  field.addEventListener("change", () => {
    if (field.value === "system") delete root.dataset.theme;
    else root.dataset.theme = field.value;
    keep(KEPT, field.value);
  });
}
