/** The sandbox page: frames into the run, the run into the picture, gestures into commands. */
import { Actions } from "./actions.js";
import { App } from "./app.js";
import { Connection } from "./connection.js";
import { parts } from "./parts.js";
import { Playhead } from "./playhead.js";
import { Selection } from "./selection.js";
import { showLink, startThemes } from "./ui/chrome.js";
import { byId, tell } from "./ui/element.js";
import { toast } from "./ui/toasts.js";
import { say, useWords } from "./words.js";

/** @type {import("./app.js").Boot} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);

const playhead = new Playhead();
const connection = new Connection(boot, {
  onFrame(frame) {
    playhead.take(frame);
    app.run.take(frame);
    showLink(frame.pace.running ? "live" : "paused");
    if (frame.whole) enable(true);
  },
  onJoined(joined) {
    const address = `/r/${joined.room}`;
    if (app.joined === null) history.replaceState(null, "", address);
    // Who came here with back or forward has the address already.
    else if (location.pathname !== address) history.pushState(null, "", address);
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
const app = new App({ boot, connection, actions: new Actions(connection, playhead), playhead, selection: new Selection() });

/** What had the focus when the line went down. @type {HTMLElement | null} */
let focused = null;

/** Without the server nothing can be asked for. @param {boolean} on */
function enable(on) {
  if (!on) focused ??= /** @type {HTMLElement} */ (document.activeElement);
  document.documentElement.dataset.line = on ? "up" : "down";
  for (const control of document.querySelectorAll(".asks, .asks button, .asks input, .asks select")) {
    /** @type {HTMLButtonElement | HTMLInputElement} */ (control).disabled = !on;
  }
  if (!on) return;
  // Who was in the middle of something goes on with it.
  if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
  focused = null;
}

// Back and forward go from branch to branch.
addEventListener("popstate", () => {
  const room = location.pathname.match(/^\/r\/([\w-]+)$/)?.[1];
  if (!room || room === connection.room) return;
  app.leave();
  void connection.go(room);
});

// For whoever wants to look inside, from the browser's console.
Object.assign(window, { quorumscope: app });

startThemes();
app.start(parts(app));
document.title = say("app.name");
