/**
 * The parts of every page with a room. A part that few will open is loaded when it is opened.
 *
 * @import { App, Part } from "./app.js"
 * @import { Selection } from "./selection.js"
 */
import { Branches } from "./ui/branches.js";
import { ClientControls } from "./ui/clients.js";
import { Conditions } from "./ui/conditions.js";
import { startDialog, startPops } from "./ui/dialogs.js";
import { byId } from "./ui/element.js";
import { Inspector } from "./ui/inspector.js";
import { startKeys } from "./ui/keys.js";
import { Narration } from "./ui/log.js";
import { OperationCards } from "./ui/operations.js";
import { startPresenting } from "./ui/present.js";
import { SettingsControls } from "./ui/settings.js";
import { Sides } from "./ui/sides.js";
import { Stages } from "./ui/stages.js";
import { Staleness } from "./ui/staleness.js";
import { startTabs } from "./ui/tabs.js";
import { startThingKeys } from "./ui/thing_keys.js";
import { TimeControls } from "./ui/time.js";
import { Travel } from "./ui/travel.js";
import { Verdict } from "./ui/verdict.js";
import { Views } from "./ui/views.js";
import { WorkloadControls } from "./ui/workload.js";

/** @param {App} app @returns {Part[]} */
export function parts(app) {
  startTabs("tabs", () => app.redraw());
  startPops();
  startThingKeys(app);
  const travel = new Travel(app);
  startKeys(app, travel);
  startPresenting(app);
  startSharing(app);
  const { selection } = app;
  when(selection, () => selection.thing?.kind === "operation", () => import("./ui/why.js").then(({ Why }) => app.add(new Why(app))));
  onFirst("choose", "click", () => import("./ui/deliveries.js").then(({ Deliveries }) => app.add(new Deliveries(app))));
  onFirst("more-settings", "toggle", () => import("./ui/more_settings.js").then(({ MoreSettings }) => app.add(new MoreSettings(app))));
  onFirst("open-tables", "click", () => import("./ui/tables.js").then(({ Tables }) => app.add(new Tables(app))));
  onFirstMenu(() => import("./ui/menu.js").then(({ Menu }) => void new Menu(app)));
  const narration = new Narration(app);
  return [
    new Stages(app),
    new Views(app),
    new TimeControls(app, travel),
    new Branches(app),
    new Sides(app),
    new Inspector(app),
    new Verdict(app),
    narration,
    narration.lines,
    new OperationCards(app),
    new Staleness(app),
    new Conditions(app),
    new ClientControls(app),
    new SettingsControls(app),
    new WorkloadControls(app),
  ];
}

/**
 * What a control opens is loaded when it is first used, and then hears of that.
 * @param {string} id @param {"click" | "toggle"} event @param {() => Promise<void>} load
 */
function onFirst(id, event, load) {
  const control = byId(id, HTMLElement);
  const first = () => void load().then(() => (event === "click" ? control.click() : control.dispatchEvent(new Event(event))));
  control.addEventListener(event, first, { once: true });
}

/** The menu of a thing. @param {() => Promise<void>} load */
function onFirstMenu(load) {
  const first = (/** @type {Event} */ event) =>
    void load().then(() => document.dispatchEvent(new CustomEvent("menu", { detail: /** @type {CustomEvent} */ (event).detail })));
  document.addEventListener("menu", first, { once: true });
}

/** @param {Selection} selection @param {() => boolean} isNeeded @param {() => Promise<void>} load */
function when(selection, isNeeded, load) {
  let isLoaded = false;
  selection.onChange(() => {
    if (isLoaded || !isNeeded()) return;
    isLoaded = true;
    void load();
  });
}

/** @param {App} app */
function startSharing(app) {
  /** @type {Promise<import("./ui/share.js").Share> | null} */
  let share = null;
  startDialog("share-dialog", "share", () => {
    share ??= import("./ui/share.js").then(({ Share }) => new Share(app));
    void share.then((opened) => opened.open());
  });
}
