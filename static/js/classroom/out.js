/**
 * In place of a student's page, where there is nothing to be seen of the class: why, and where to go on.
 */
import { keepLanguage } from "../language.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { keyTo } from "./keys.js";

/** This browser has no key to the class, or a teacher's only. @param {string} id */
export function showNoKey(id) {
  const isStaff = keyTo(id, ["owner", "assistant"]) !== null;
  if (isStaff) show(say("student.staff"), say("student.staff_hint"), `/teach/${id}`, say("student.teach"));
  else show(say("student.none"), say("student.none_hint"), "/join", say("student.join"));
}

/** @param {string} why */
export function showOut(why) {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  show(say("student.out"), why, "/join", say("student.join"));
  byId("out-title", HTMLElement).focus();
}

/** @param {string} title @param {string} why @param {string} address @param {string} on */
function show(title, why, address, on) {
  document.body.dataset.out = "";
  tell(byId("out-title", HTMLElement), title);
  tell(byId("out-why", HTMLElement), why);
  const link = byId("out-on", HTMLAnchorElement);
  link.href = keepLanguage(address);
  tell(link, on);
  byId("out", HTMLElement).hidden = false;
}
