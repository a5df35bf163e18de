/**
 * The way from the sandbox into a class: one of one's own begins with what is on the stage, others are joined by their code.
 *
 * @import { App } from "../app.js"
 */
import { send } from "../asking.js";
import { keepKey } from "../classroom/keys.js";
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
    toast(answer.error?.sentence ?? say("join.no_answer"));
    return;
  }
  keepKey(answer.class_id, "owner", answer.key, title);
  location.assign(keepLanguage(`/teach/${answer.class_id}`));
}

/** To the page that asks for a name. */
export function joinClass() {
  const code = byId("class-join-code", HTMLInputElement).value.replace(/[^\p{L}\p{N}]/gu, "");
  location.assign(keepLanguage(code ? `/join/${encodeURIComponent(code)}` : "/join"));
}
