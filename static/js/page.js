/**
 * A page with a room: frames into the run, the run into the picture, gestures into commands.
 *
 * @import { Boot } from "./app.js"
 * @import { Where } from "./connection.js"
 * @import { Joined } from "./protocol.js"
 */
import { Actions } from "./actions.js";
import { App } from "./app.js";
import { useKey } from "./asking.js";
import { Connection } from "./connection.js";
import { Playhead } from "./playhead.js";
import { Selection } from "./selection.js";
import { showLink, startThemes } from "./ui/chrome.js";
import { byId, tell } from "./ui/element.js";
import { toast } from "./ui/toasts.js";

/**
 * Connects, and answers the app; the page starts its parts.
 * @param {Boot} boot @param {Where} where
 * @param {(app: App, joined: Joined) => void} onRoom called before the app knows of the room: it still has the one before
 */
export function openPage(boot, where, onRoom) {
  const playhead = new Playhead();
  const connection = new Connection(where, {
    onFrame(frame) {
      playhead.take(frame);
      app.run.take(frame);
      app.wake();
      showLink(frame.pace.running ? "live" : "paused");
      if (frame.whole) enable(true);
    },
    onJoined(joined) {
      onRoom(app, joined);
      app.joined = joined;
      app.redraw();
    },
    onBranches() {
      document.dispatchEvent(new CustomEvent("branches"));
    },
    onRefused(refusal) {
      toast(refusal.sentence);
      if (app.joined !== null) return;
      // There is no run to show, and the reason must not go away.
      showLink("none");
      tell(byId("caption", HTMLElement), refusal.sentence);
    },
    onLost() {
      showLink("lost");
      enable(false);
    },
  });
  const { classroom } = where;
  useKey(classroom?.key ?? null);
  const app = new App({ boot, connection, actions: new Actions(connection, playhead), playhead, selection: new Selection() });
  app.classroom = classroom ?? null;
  // For whoever wants to look inside, from the browser's console.
  Object.assign(window, { quorumscope: app });
  startThemes();
  return app;
}

/** What had the focus when the line went down. @type {HTMLElement | null} */
let focused = null;
let isUp = false;
let isHeld = false;

/** For a while nobody is to ask for anything, though the line is up. @param {boolean} on */
export function hold(on) {
  if (!on && !isHeld) return;
  isHeld = on;
  allow();
}

/** Without the server nothing can be asked for. @param {boolean} on */
function enable(on) {
  if (!on) focused ??= /** @type {HTMLElement} */ (document.activeElement);
  document.documentElement.dataset.line = on ? "up" : "down";
  isUp = on;
  allow();
  if (!on) return;
  // Who was in the middle of something goes on with it.
  if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
  focused = null;
}

function allow() {
  for (const control of document.querySelectorAll(".asks, .asks button, .asks input, .asks select")) {
    /** @type {HTMLButtonElement | HTMLInputElement} */ (control).disabled = !isUp || isHeld;
  }
}
