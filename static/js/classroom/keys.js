/**
 * The keys to classes that this browser has: whoever has a key to a class is in it. They are kept here, and go to the
 * server with what is asked, never in an address.
 *
 * @typedef {"owner" | "assistant" | "student" | "viewer"} KeyRole
 * @typedef {{ title: string, keys: Partial<Record<KeyRole, string>> }} KnownClass
 * @typedef {{ role: KeyRole, key: string }} Held
 */
import { keep, recall } from "../kept.js";

const NAME = "quorumscope.classes";
const ROLES = /** @type {const} */ (["owner", "assistant", "student", "viewer"]);

/** All classes, the newest first. @returns {Map<string, KnownClass>} */
export function knownClasses() {
  try {
    const kept = JSON.parse(recall(NAME) ?? "[]");
    return new Map(kept.filter((/** @type {any} */ entry) => typeof entry?.[0] === "string" && typeof entry[1]?.keys === "object" && entry[1].keys));
  } catch {
    return new Map();
  }
}

/** @param {string} id @param {readonly KeyRole[]} roles the first that there is @returns {Held | null} */
export function keyTo(id, roles) {
  const keys = knownClasses().get(id)?.keys ?? {};
  const held = roles.map((role) => ({ role, key: keys[role] })).find(({ key }) => typeof key === "string");
  return /** @type {Held | undefined} */ (held) ?? null;
}

/** @param {string} id @param {KeyRole} role @param {string} key @param {string} [title] */
export function keepKey(id, role, key, title) {
  const all = knownClasses();
  const known = all.get(id) ?? { title: "", keys: {} };
  all.delete(id);
  write(new Map([[id, { title: title ?? known.title, keys: { ...known.keys, [role]: key } }], ...all]));
}

/** @param {string} id @param {string} [key] without one, all keys to the class */
export function forgetKey(id, key) {
  const all = knownClasses();
  const known = all.get(id);
  if (!known) return;
  for (const role of ROLES) if (known.keys[role] === key) delete known.keys[role];
  if (key === undefined || !Object.keys(known.keys).length) all.delete(id);
  write(all);
}

/** A key that came in the address (#owner=…). Anybody can make such a link. @param {readonly KeyRole[]} roles @returns {Held | null} */
export function keyInAddress(roles) {
  const [[named = "", key = ""] = []] = new URLSearchParams(location.hash.slice(1));
  const role = roles.find((one) => one === named);
  return role && key ? { role, key } : null;
}

/** @param {Map<string, KnownClass>} all */
function write(all) {
  keep(NAME, all.size ? JSON.stringify([...all]) : null);
}
