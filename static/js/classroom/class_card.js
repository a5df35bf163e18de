/**
 * A class in the teacher's list: what it is, what can be done with it, and its rooms.
 *
 * @import { Error as Refusal } from "../protocol.js"
 * @import { Deleting } from "./class_deleting.js"
 * @import { Known } from "./class_list.js"
 */
import { keepLanguage } from "../language.js";
import { make } from "../ui/element.js";
import { toast } from "../ui/toasts.js";
import { say } from "../words.js";
import { roomsOf } from "./class_rooms.js";
import { fileName, moment, saveFile } from "./documents.js";
import { forgetKey } from "./keys.js";

/**
 * @param {Known} known @param {string} key @param {Deleting} deleting
 * @param {"held" | (() => void) | null} holding that it is in the account, or how it gets there; null: neither
 * @returns {HTMLElement}
 */
export function classCard(known, key, deleting, holding) {
  const { id, title, role, code, ended, members, here, opened_ms, last_ms } = known;
  const card = make("li", "class-card");
  card.dataset.class = id;
  const facts = make("p", "class-facts");
  const told = [
    ...(ended || code === null ? [] : [say("teach.code", { code })]),
    say("teach.members", { here }, members),
    say("teach.opened", { when: moment(opened_ms) }),
    say("teach.last", { when: moment(last_ms) }),
    say(`teach.role.${role}`),
    ...(holding === "held" ? [say("account.holds")] : []),
  ];
  facts.append(...told.map((text) => make("span", "", text)));
  const acts = make("p", "row");
  acts.append(
    link("button", `/teach/${id}`, say("teach.open"), say("teach.open_of", { title })),
    link("button", `/teach/${id}/report`, say("teach.report"), say("teach.report_of", { title })),
  );
  if (typeof holding === "function") acts.append(button("account.take_in", say("account.take_in_of", { title }), holding));
  if (role === "owner") acts.append(exporting(known, key), button("teach.delete", say("teach.delete_of", { title }), () => deleting.open(known, key)));
  card.append(head(title, `/teach/${id}`, ended ? "ended" : "open"), facts, acts, roomsOf(known, key));
  return card;
}

/** A class that a key opens no more. @param {{ id: string, title: string, key: string }} mine @param {Refusal} error @param {() => void} onForgotten @returns {HTMLElement} */
export function goneCard({ id, title, key }, error, onForgotten) {
  const card = make("li", "class-card");
  card.dataset.class = id;
  const acts = make("p", "row");
  const forget = () => {
    forgetKey(id, key);
    onForgotten();
  };
  acts.append(button("teach.forget", say("teach.forget_class", { title }), forget));
  card.append(head(title || id, null, "gone"), make("p", "class-facts", error.sentence), acts);
  return card;
}

/** @param {string} title @param {string | null} address @param {"open" | "ended" | "gone"} state */
function head(title, address, state) {
  const row = make("div", "class-head");
  const heading = make("h2", "", address === null ? title : "");
  if (address !== null) heading.append(link("", address, title));
  const chip = make("span", "class-state", say(`teach.state.${state}`));
  chip.dataset.state = state;
  row.append(heading, chip);
  return row;
}

/** @param {Known} known @param {string} key */
function exporting({ id, title }, key) {
  const made = button("teach.export", say("teach.export_of", { title }), async () => {
    made.disabled = true;
    const refused = await saveFile(`/classes/${id}/export`, key, fileName(title, "class.json"));
    made.disabled = false;
    if (refused) toast(refused.error?.sentence ?? say("teach.no_answer"));
  });
  return made;
}

/** @param {string} code @param {string} label what it is about, for whoever does not see where it stands @param {() => void} act */
function button(code, label, act) {
  const made = make("button", "button quiet", say(code));
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} kind @param {string} address @param {string} text @param {string} [label] */
function link(kind, address, text, label) {
  const made = make("a", kind, text);
  made.href = keepLanguage(address);
  if (label) made.setAttribute("aria-label", label);
  return made;
}
