/**
 * The classes that this browser has a teacher's key to, as they are now.
 *
 * @import { AccountClasses } from "../account_classes.js"
 * @import { Error as Refusal } from "../protocol.js"
 *
 * @typedef {object} Known a class as the server tells of it (webapp/class_documents.py)
 * @property {string} id
 * @property {"owner" | "assistant"} role
 * @property {string} title
 * @property {string | null} code
 * @property {boolean} ended
 * @property {number} here
 * @property {number} members
 * @property {number} opened_ms
 * @property {number} last_ms
 * @property {number} rooms
 * @property {number} runs
 */
import { send } from "../asking.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { classCard, goneCard } from "./class_card.js";
import { Deleting } from "./class_deleting.js";
import { keyTo, knownClasses } from "./keys.js";

/** So many keys can be asked about at once. */
const KEYS_MAX = 100;

export class ClassList {
  /** @param {AccountClasses} account */
  constructor(account) {
    this.account = account;
    this.list = byId("teach-classes", HTMLElement);
    this.note = byId("teach-note", HTMLElement);
    this.again = byId("teach-again", HTMLButtonElement);
    this.again.addEventListener("click", () => void this.load());
    this.deleting = new Deleting((title) => {
      this.news = say("teach.deleted", { title });
      void this.load();
      // What had the focus is gone.
      byId("teach-name", HTMLInputElement).focus();
    });
    /** What was done last. */
    this.news = "";
    /** Of the questions that are under way, the last one counts. */
    this.asked = 0;
  }

  async load() {
    const number = ++this.asked;
    const mine = [...knownClasses()].flatMap(([id, { title }]) => {
      const held = keyTo(id, ["owner", "assistant"]);
      return held === null ? [] : [{ id, title, key: held.key }];
    });
    this.again.hidden = true;
    if (!mine.length) {
      this.list.replaceChildren();
      tell(this.note, `${this.news} ${say("teach.none")}`.trim());
      return;
    }
    if (!this.list.children.length) tell(this.note, say("teach.loading"));
    /** @type {(Known | { error: Refusal })[]} */
    const told = [];
    for (let from = 0; from < mine.length; from += KEYS_MAX) {
      const answer = await send("/classes/mine", { keys: mine.slice(from, from + KEYS_MAX).map(({ key }) => key) });
      if (number !== this.asked) return;
      if (!Array.isArray(answer)) {
        this.list.replaceChildren();
        tell(this.note, answer.error?.sentence ?? say("teach.failed"));
        this.again.hidden = false;
        return;
      }
      told.push(...answer);
    }
    this.list.replaceChildren(
      ...mine.map((one, i) => {
        const known = /** @type {Known | { error: Refusal }} */ (told[i]);
        return "error" in known ? goneCard(one, known.error, () => void this.load()) : classCard(known, one.key, this.deleting, this.holding(known, one.key));
      }),
    );
    tell(this.note, this.news);
  }

  /** How a class can be put into the account, or that it is there. @param {Known} known @param {string} key */
  holding(known, key) {
    if (!this.account.isSignedIn || known.role !== "owner") return null;
    return this.account.holds(known.id) ? "held" : () => void this.takeIn(known, key);
  }

  /** @param {Known} known @param {string} key */
  async takeIn(known, key) {
    const answer = await this.account.takeIn(known, key);
    this.news = "error" in answer ? (answer.error?.sentence ?? say("teach.no_answer")) : say("account.taken_in", { title: known.title });
    await this.account.load();
    await this.load();
    // The button that had the focus is another one now.
    /** @type {HTMLElement | null} */ (this.list.querySelector(`[data-class="${CSS.escape(known.id)}"] a`))?.focus();
  }
}
