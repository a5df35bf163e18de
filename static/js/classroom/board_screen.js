/** The projector's screen: it does not go dark, and the page may have all of it. */
import { byId } from "../ui/element.js";

export function startScreen() {
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
  byId("board-full", HTMLButtonElement).addEventListener("click", () => void toggle());
  byId("board-main", HTMLElement).addEventListener("click", () => {
    if (!document.fullscreenElement) void toggle();
  });
  document.addEventListener("keydown", (event) => {
    const isTyped = /** @type {HTMLElement} */ (event.target).closest("select, input");
    if (event.key.toLowerCase() === "f" && !isTyped && !event.altKey && !event.ctrlKey && !event.metaKey) void toggle();
  });
}

/** A browser lets go of it whenever the page is not seen, and gives it to safe addresses only. */
function stayAwake() {
  if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => undefined);
}

async function toggle() {
  // Not every browser lets a page have the whole screen.
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen?.().catch(() => undefined);
}
