/**
 * The sandbox page: frames into the timeline, the timeline into the picture, gestures into commands.
 *
 * @import { Scene } from "./scene.js"
 */
import { Actions } from "./actions.js";
import { Connection } from "./connection.js";
import { Stage } from "./draw/stage.js";
import { Playhead } from "./playhead.js";
import { sceneAt } from "./scene.js";
import { Timeline } from "./timeline.js";
import { showLink, startCopying, startThemes } from "./ui/chrome.js";
import { ClientControls } from "./ui/clients.js";
import { byId } from "./ui/element.js";
import { Narration } from "./ui/log.js";
import { OperationCards } from "./ui/operations.js";
import { SettingsControls } from "./ui/settings.js";
import { TimeControls } from "./ui/time.js";
import { toast } from "./ui/toasts.js";
import { useWords } from "./words.js";

const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);

const timeline = new Timeline();
const playhead = new Playhead();
const connection = new Connection(boot, {
  onFrame(frame) {
    playhead.take(frame);
    timeline.take(frame);
    time.setPace(frame.pace);
    stage.setPaused(!frame.pace.running);
    showLink(frame.pace.running ? "live" : "paused");
    if (frame.whole) enable(true);
  },
  onJoined(joined) {
    history.replaceState(null, "", `/r/${joined.room}`);
  },
  onRefused(refusal) {
    toast(refusal.sentence);
  },
  onLost() {
    showLink("lost");
    enable(false);
  },
});
const actions = new Actions(connection);
const clients = new ClientControls(actions, () => (stale = true));
const time = new TimeControls(actions, boot.speed);
const settings = new SettingsControls(actions);
const cards = new OperationCards();
const narration = new Narration();
const stage = new Stage(byId("stage", HTMLElement), {
  onNode: (node, up) => (up ? actions.crash(node) : actions.restart(node)),
  onResize: () => (stale = true),
});

/** What was drawn last: as long as no change has come since, only messages move. */
let drawn = -1;
let stale = true;
/** @type {Scene | null} */
let scene = null;

function draw() {
  const at_us = playhead.now();
  const changes = timeline.changesBy(at_us);
  if (changes !== drawn || stale) {
    drawn = changes;
    stale = false;
    scene = sceneAt(timeline, at_us, clients.key);
    if (scene) {
      stage.drawScene(scene);
      clients.draw(scene);
      settings.draw(scene.cluster);
      cards.draw(scene);
      narration.draw(timeline, at_us);
    }
  }
  if (scene) {
    stage.drawMotion(scene, timeline.inFlight(at_us), at_us);
    time.showTime(at_us);
  }
  requestAnimationFrame(draw);
}

/** Without the server nothing can be asked for. @param {boolean} on */
function enable(on) {
  for (const control of document.querySelectorAll("main button, main input, #copy")) {
    /** @type {HTMLButtonElement | HTMLInputElement} */ (control).disabled = !on;
  }
}

startThemes();
startCopying();
requestAnimationFrame(draw);
