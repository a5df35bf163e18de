/**
 * The classes of the account that this browser is signed in to. Their keys are here only as long as that is so: who signs
 * out leaves none behind for the next one at this computer.
 *
 * @import { Known } from "./classroom/class_list.js"
 *
 * @typedef {{ id: string, name: string }} Account
 * @typedef {{ account: Account, classes: { id: string, key: string }[] }} Held
 */
import { fetchAnswer } from "./asking.js";
import { ask } from "./classroom/documents.js";
import { forgetKey, keepKey, keyTo, knownClasses } from "./classroom/keys.js";
import { WANTED, keep, recall } from "./kept.js";
import { keepLanguage } from "./language.js";

/** Which classes of whose account have been put among this browser's. */
const NAME = "quorumscope.account";

export class AccountClasses {
  /** @param {{ signed_in: Account | null } | null} accounts null: the site has none */
  constructor(accounts) {
    this.hasAccounts = accounts !== null;
    this.isSignedIn = accounts?.signed_in != null;
    /** @type {Set<string>} */
    this.ids = new Set();
  }

  /** Bring this browser's keys up to date. What the server does not tell stays as it was. */
  async load() {
    if (!this.hasAccounts) return;
    const held = this.isSignedIn ? await askFor() : { error: { code: "sign_in_first" } };
    if ("account" in held) {
      this.ids = new Set(held.classes.map((/** @type {{ id: string }} */ { id }) => id));
      keepKeys(held);
    } else if (held.error?.code === "sign_in_first") {
      this.isSignedIn = false;
      this.ids.clear();
      forgetKeys();
    }
  }

  /** @param {string} id */
  holds(id) {
    return this.ids.has(id);
  }

  /** @param {Known} known @param {string} key the owner's @returns {Promise<any>} `error` where it is refused */
  takeIn({ id }, key) {
    return ask(`/classes/${id}/account`, key, "POST");
  }
}

/**
 * A class that was started just now, among this browser's.
 * @param {{ class_id: string, key: string, account?: string }} made as the server tells of it @param {string} title
 */
export function keepNew({ class_id, key, account }, title) {
  keepKey(class_id, "owner", key, title);
  if (!account) return;
  const before = mark();
  keep(NAME, JSON.stringify({ account, classes: [class_id, ...(before.account === account ? before.classes : [])] }));
}

/** To sign in, and then back to this page. @param {string} wanted what to do there then */
export function signInFirst(wanted) {
  keep(WANTED, wanted, true);
  location.assign(keepLanguage(`/account?then=${encodeURIComponent(location.pathname + location.search)}`));
}

/** What somebody wanted here before they signed in; once. */
export function wantedBefore() {
  const wanted = recall(WANTED, true);
  keep(WANTED, null, true);
  return wanted;
}

/** Who signs out has no keys here any more. */
export async function leaveNoKeys() {
  const held = await askFor();
  if ("account" in held) keepKeys(held);
  forgetKeys();
}

/** Who deletes the account has the keys here, and for good. @returns {Promise<boolean>} whether they are here */
export async function leaveAllKeys() {
  const held = await askFor();
  if (!("account" in held)) return false;
  keepKeys(held);
  keep(NAME, null);
  return held.classes.every((/** @type {{ id: string, key: string }} */ { id, key }) => keyTo(id, ["owner"])?.key === key);
}

/** @returns {Promise<any>} Held, or an error */
function askFor() {
  return fetchAnswer("/account/classes", { headers: { Accept: "application/json" } });
}

/** @param {Held} held */
function keepKeys({ account, classes }) {
  const before = mark();
  const ids = classes.map(({ id }) => id);
  // Those of somebody else who was signed in here, and those that are no more.
  for (const id of before.classes) if (before.account !== account.id || !ids.includes(id)) forgetOwner(id);
  // The last that is kept stands first.
  for (const { id, key } of [...classes].reverse()) if (keyTo(id, ["owner"])?.key !== key) keepKey(id, "owner", key);
  keep(NAME, JSON.stringify({ account: account.id, classes: ids }));
}

function forgetKeys() {
  for (const id of mark().classes) forgetOwner(id);
  keep(NAME, null);
}

/** @param {string} id */
function forgetOwner(id) {
  const key = knownClasses().get(id)?.keys.owner;
  if (key) forgetKey(id, key);
}

/** @returns {{ account: string, classes: string[] }} */
function mark() {
  try {
    const kept = JSON.parse(recall(NAME) ?? "null");
    return { account: String(kept.account), classes: kept.classes.map(String) };
  } catch {
    return { account: "", classes: [] };
  }
}
