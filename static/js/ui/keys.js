/**
 * The keys of the page, in one table. Those of what is selected are in thing_keys.js; the help lists both.
 *
 * A key means nothing here while somebody types, while a dialog or a menu is open, and where the element that has the
 * focus has a use for it. Keys that are one character can be switched off, as WCAG 2.1.4 asks: those of things as well.
 *
 * @import { App } from "../app.js"
 * @import { Travel } from "./travel.js"
 */
import { keep, recall } from "../kept.js";
import { startDialog } from "./dialogs.js";
import { byId } from "./element.js";
import { isBusy } from "./perform.js";
import { showTab } from "./tabs.js";

/** Two of them make the speed ten times as large. */
const FASTER = 10 ** 0.5;
const KEPT = "single-keys";

/**
 * Every key of the page: as the browser names it, the code of the sentence that says what it does, and what it does.
 * `shift`: with that key or without; where it is not said, it does not matter.
 * @type {readonly { keys: string[], shift?: boolean, code: string, press: (hands: { app: App, travel: Travel }) => void }[]}
 */
export const PAGE_KEYS = [
  { keys: [" "], code: "keys.run", press: ({ travel }) => travel.toggle() },
  { keys: ["ArrowRight"], shift: false, code: "keys.forward", press: ({ travel }) => travel.forward() },
  { keys: ["ArrowLeft"], shift: false, code: "keys.back", press: ({ travel }) => travel.back() },
  { keys: ["ArrowRight"], shift: true, code: "keys.turn_forward", press: ({ travel }) => travel.turnForward() },
  { keys: ["ArrowLeft"], shift: true, code: "keys.turn_back", press: ({ travel }) => travel.turnBack() },
  { keys: ["PageDown"], code: "keys.turn_forward", press: ({ travel }) => travel.turnForward() },
  { keys: ["PageUp"], code: "keys.turn_back", press: ({ travel }) => travel.turnBack() },
  { keys: ["Home"], code: "keys.first", press: ({ travel }) => travel.first() },
  { keys: ["End"], code: "keys.live", press: ({ travel }) => travel.live() },
  { keys: ["+", "="], code: "keys.faster", press: ({ app, travel }) => speed(app, travel, FASTER) },
  { keys: ["-"], code: "keys.slower", press: ({ app, travel }) => speed(app, travel, 1 / FASTER) },
  { keys: ["b"], code: "keys.branches", press: ({ app }) => app.can("arrange") && byId("branches", HTMLButtonElement).click() },
  { keys: ["1"], code: "keys.tab_1", press: () => showTab("tab-act") },
  { keys: ["2"], code: "keys.tab_2", press: () => showTab("tab-story") },
  { keys: ["3"], code: "keys.tab_3", press: () => showTab("tab-lab") },
  { keys: ["v"], code: "keys.view", press: nextView },
  { keys: ["p"], code: "keys.present", press: () => document.dispatchEvent(new CustomEvent("present")) },
  { keys: ["?"], code: "keys.help", press: () => byId("open-keys", HTMLButtonElement).click() },
];

/** @param {App} app @param {Travel} travel */
export function startKeys(app, travel) {
  const root = document.documentElement;
  root.dataset.keys = recall(KEPT) === "off" ? "off" : "on";
  // Before anything else on the page hears of it.
  addEventListener("keydown", (event) => root.dataset.keys === "off" && isCharacter(event) && !isBusy(event.target) && event.stopPropagation(), true);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    const found = PAGE_KEYS.find(({ keys, shift }) => keys.includes(event.key) && (shift ?? event.shiftKey) === event.shiftKey);
    if (!found || usedBy(event.target, event.key)) return;
    event.preventDefault();
    found.press({ app, travel });
  });
  /** @type {Promise<{ fillKeys: () => void }> | null} */
  let help = null;
  startDialog("keys-dialog", "open-keys", () => {
    help ??= import("./keys_help.js");
    void help.then(({ fillKeys }) => fillKeys());
  });
  const field = byId("single-keys", HTMLInputElement);
  field.checked = root.dataset.keys === "on";
  field.addEventListener("change", () => {
    root.dataset.keys = field.checked ? "on" : "off";
    keep(KEPT, root.dataset.keys);
  });
}

/** @param {KeyboardEvent} event */
function isCharacter({ key, ctrlKey, metaKey, altKey }) {
  return key.length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey;
}

/** Whether the element with the focus has a use of its own for a key. @param {EventTarget | null} target @param {string} key */
function usedBy(target, key) {
  if (!(target instanceof Element) || target.id === "scrub") return false;
  if (key === " ") return target.closest("button, summary, a, input, [role=button], [role=option], [role=tab]") !== null && !target.matches("input[type=range]");
  if (/^(Arrow|Home|End|Page)/.test(key) && target.closest("input, [role=radiogroup], [role=tablist], [role=tree], [role=grid]")) return true;
  return /^(Home|End|Page)/.test(key) && target.closest("[role=log], [tabindex='0'][role=region]") !== null;
}

/** @param {App} app @param {Travel} travel @param {number} factor */
function speed({ playhead, boot }, travel, factor) {
  const wanted = Math.min(boot.speed.max, Math.max(boot.speed.min, playhead.speed * factor));
  travel.setSpeed(Number(wanted.toPrecision(3)));
}

function nextView() {
  const views = /** @type {HTMLInputElement[]} */ ([...byId("views", HTMLElement).querySelectorAll("input")]);
  views[(views.findIndex((view) => view.checked) + 1) % views.length]?.click();
}
