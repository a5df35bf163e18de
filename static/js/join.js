/** The page on which somebody joins a class: with its code, and a name. */
import { send } from "./asking.js";
import { keepKey, knownClasses } from "./classroom/keys.js";
import { keepLanguage } from "./language.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId, make, tell } from "./ui/element.js";
import { say, useWords } from "./words.js";

/** Classes that one is in already are offered, the newest of them. */
const KNOWN_SHOWN = 3;

const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();

const form = byId("join", HTMLFormElement);
const code = byId("join-code", HTMLInputElement);
const name = byId("join-name", HTMLInputElement);
let isAsking = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void join();
});
code.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !code.value.trim() || name.value.trim()) return;
  event.preventDefault();
  name.focus();
});
for (const field of [code, name]) field.addEventListener("input", () => judge(field, ""));
addEventListener("pageshow", (event) => {
  if (event.persisted) isAsking = false;
});
offerKnown();
(code.value ? name : code).focus();

async function join() {
  const isComplete = [judge(name, name.value.trim() ? "" : say("join.name_wanted")), judge(code, code.value.trim() ? "" : say("join.code_wanted"))];
  if (isAsking || isComplete.includes(false)) return;
  // A second answer would be a second member.
  isAsking = true;
  tell(byId("join-problem", HTMLElement), "");
  const found = await send("/classes/find", { code: code.value });
  const answer = "error" in found ? found : await send(`/classes/${found.class_id}/members`, { code: code.value, name: name.value });
  if ("error" in answer) {
    isAsking = false;
    refuse(answer.error);
    return;
  }
  keepKey(answer.class_id, "student", answer.key);
  location.assign(keepLanguage(`/class/${answer.class_id}`));
}

/** @param {import("./protocol.js").Error | null} error null: no answer came */
function refuse(error) {
  const sentence = error?.sentence ?? say("join.no_answer");
  if (error?.field === "code") judge(code, sentence);
  else if (error?.field === "name") judge(name, sentence);
  else tell(byId("join-problem", HTMLElement), sentence);
}

/** Say under a field what is wrong with it, and bring them there; or nothing. @param {HTMLInputElement} field @param {string} problem */
function judge(field, problem) {
  tell(byId(`${field.id}-problem`, HTMLElement), problem);
  if (!problem) {
    field.removeAttribute("aria-invalid");
    return true;
  }
  field.setAttribute("aria-invalid", "true");
  field.focus();
  return false;
}

function offerKnown() {
  const known = [...knownClasses()].filter(([, { keys }]) => keys.student).slice(0, KNOWN_SHOWN);
  byId("join-known", HTMLElement).hidden = !known.length;
  for (const [id, { title }] of known) {
    const link = make("a", "", say("join.back_to", { title: title || id }));
    link.href = keepLanguage(`/class/${id}`);
    const item = make("li");
    item.append(link);
    byId("join-known-list", HTMLElement).append(item);
  }
}
