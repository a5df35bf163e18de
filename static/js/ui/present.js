/**
 * Presenting: full screen and large type, with nothing round the world that the room need not see.
 * A remote control's keys are among the usual ones (ui/keys.js).
 *
 * @import { App } from "../app.js"
 */
import { closePops } from "./dialogs.js";
import { byId } from "./element.js";

/** @param {App} app */
export function startPresenting(app) {
  const root = document.documentElement;
  const present = (/** @type {boolean} */ on) => {
    root.classList.toggle("presenting", on);
    app.redraw();
  };
  byId("present", HTMLButtonElement).addEventListener("click", () => void toggle());
  document.addEventListener("present", () => void toggle());
  document.addEventListener("fullscreenchange", () => document.fullscreenElement === null && present(false));
  addEventListener("keydown", (event) => {
    // Where the browser refused the full screen, Escape still ends it.
    if (event.key === "Escape" && root.classList.contains("presenting") && !document.fullscreenElement) present(false);
  });

  async function toggle() {
    closePops();
    if (root.classList.contains("presenting")) {
      if (document.fullscreenElement) await document.exitFullscreen();
      present(false);
      return;
    }
    present(true);
    // Not every browser, and no frame in another page, lets a page have the whole screen.
    await root.requestFullscreen?.().catch(() => undefined);
  }
}
