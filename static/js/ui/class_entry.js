/**
 * The way from the sandbox into a class: one of one's own begins with what is on the stage, others are joined by their code.
 *
 * @import { App } from "../app.js"
 */
import { keepNew, signInFirst, wantedBefore } from "../account_classes.js";
import { send } from "../asking.js";
import { keepLanguage } from "../language.js";
import { say } from "../words.js";
import { byId } from "./element.js";
import { toast } from "./toasts.js";

let isAsking = false;
// Who comes back finds the page as it was left.
addEventListener("pageshow", () => (isAsking = false));

/** @param {App} app */
export async function startClass(app) {
  // A double click means one class.
  if (isAsking) return;
  isAsking = true;
  const title = say("class_entry.named");
  const shown = app.joined?.scenario;
  const scenario = app.boot.scenarios.find(({ name }) => name === shown)?.name;
  const answer = await send("/classes", scenario ? { title, scenario } : { title });
  if ("error" in answer) {
    isAsking = false;
    if (answer.error?.code === "sign_in_first") signInFirst(title);
    else toast(answer.error?.sentence ?? say("join.no_answer"));
    return;
  }
  keepNew(answer, title);
  location.assign(keepLanguage(`/teach/${answer.class_id}`));
}

/** Who had to sign in first is back, and finds the way into a class open. */
export function goOn() {
  wantedBefore();
  byId("class-entry", HTMLDetailsElement).open = true;
  byId("class-start", HTMLButtonElement).focus();
}

/** To the page that asks for a name. */
export function joinClass() {
  const code = byId("class-join-code", HTMLInputElement).value.replace(/[^\p{L}\p{N}]/gu, "");
  location.assign(keepLanguage(code ? `/join/${encodeURIComponent(code)}` : "/join"));
}
