/** The help on keys: every one that the page and its things have. */
import { say } from "../words.js";
import { byId, make } from "./element.js";
import { PAGE_KEYS } from "./keys.js";
import { THING_KEYS } from "./thing_keys.js";

/** How a key is written; others as they are. @type {Record<string, string>} */
const CAPS = {
  " ": "keys.cap_space",
  ArrowLeft: "keys.cap_left",
  ArrowRight: "keys.cap_right",
  PageUp: "keys.cap_page_up",
  PageDown: "keys.cap_page_down",
  Home: "keys.cap_home",
  End: "keys.cap_end",
};

/** @type {readonly [of: string, title: string][]} */
const THINGS = [
  ["any", "keys.of_any"],
  ["node", "keys.of_node"],
  ["client", "keys.of_client"],
  ["message", "keys.of_message"],
  ["link", "keys.of_link"],
];

export function fillKeys() {
  const box = byId("keys-body", HTMLElement);
  if (box.childElementCount) return;
  // Several keys may do the same: they stand in one line.
  /** @type {Map<string, string[][]>} */
  const page = new Map();
  for (const { keys, shift, code } of PAGE_KEYS) {
    const caps = /** @type {string} */ (keys[0]);
    page.set(code, [...(page.get(code) ?? []), [...(shift ? [say("keys.cap_shift")] : []), cap(caps)]]);
  }
  box.append(section(say("keys.of_page"), [...page].map(([code, chords]) => [chords, say(code)])));
  for (const [of, title] of THINGS) {
    box.append(section(say(title), THING_KEYS.filter((key) => key.of === of).map(({ keys, code }) => [keys.map((key) => [cap(key)]), say(code)])));
  }
}

/** @param {string} key */
function cap(key) {
  return CAPS[key] ? say(CAPS[key]) : key;
}

/** @param {string} title @param {[chords: string[][], does: string][]} lines */
function section(title, lines) {
  const made = make("section", "keys-part");
  const list = make("dl");
  for (const [chords, does] of lines) {
    const term = make("dt");
    for (const [i, chord] of chords.entries()) {
      if (i) term.append(` ${say("keys.or")} `);
      for (const [j, part] of chord.entries()) term.append(...(j ? ["+"] : []), make("kbd", "", part));
    }
    list.append(term, make("dd", "", does));
  }
  made.append(make("h3", "", title), list);
  return made;
}
