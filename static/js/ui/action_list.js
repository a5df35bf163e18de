/**
 * A thing's actions as buttons: the usual ones in a row, the rest behind a disclosure.
 *
 * A button whose action cannot be done now stays in the order of focus, so that everybody can learn why not.
 *
 * @import { App, View } from "../app.js"
 * @import { Thing } from "../selection.js"
 * @import { Action } from "./actions_for.js"
 */
import { select } from "d3-selection";
import { say } from "../words.js";
import { actionsOffered } from "./actions_for.js";
import { make } from "./element.js";
import { makeMore, setText } from "./facts.js";
import { perform } from "./perform.js";

/** @type {[Action["group"], string][]} */
const GROUPS = [
  ["main", "action.group.main"],
  ["speed", "action.group.speed"],
  ["network", "action.group.network"],
  ["rest", "action.group.rest"],
];

let made = 0;

export class ActionList {
  /** @param {App} app @param {HTMLElement[]} more what else there is to set, beside the rarer actions */
  constructor(app, more = []) {
    this.app = app;
    this.root = make("div", "actions asks");
    this.more = makeMore(say("action.more")).more;
    this.why = make("p", "why-not");
    this.why.id = `why-not-${++made}`;
    this.why.setAttribute("role", "status");
    /** @type {Map<Action["group"], HTMLElement>} */
    this.groups = new Map();
    for (const [group, code] of GROUPS) {
      const row = make("div", `action-row ${group}`);
      row.setAttribute("role", "group");
      row.setAttribute("aria-label", say(code));
      if (group === "speed") row.append(make("span", "row-name", say(code)));
      this.groups.set(group, row);
    }
    const [main, ...others] = this.groups.values();
    this.more.append(...others, ...more);
    this.root.append(/** @type {HTMLElement} */ (main), this.why, this.more);
    /** @type {Element | null} */
    this.pointed = null;
    this.root.addEventListener("pointerover", (event) => this.point(/** @type {Element} */ (event.target)));
    this.root.addEventListener("pointerleave", () => this.point(null));
    this.root.addEventListener("focusin", () => this.explain());
    this.root.addEventListener("focusout", () => this.explain());
  }

  /** @param {View} view @param {Thing} thing @param {boolean} isThere */
  draw(view, thing, isThere) {
    const actions = isThere ? actionsOffered(this.app, thing, view).filter(({ opens }) => opens === undefined || opens === "value") : [];
    for (const [group, row] of this.groups) {
      const these = actions.filter((action) => action.group === group);
      row.hidden = these.length === 0;
      this.drawRow(row, these, thing);
    }
    this.more.hidden = !isThere || !this.app.can("break") || ![...this.more.children].some((child) => child.tagName !== "SUMMARY" && !(/** @type {HTMLElement} */ (child).hidden));
    this.explain();
  }

  /** @param {HTMLElement} row @param {Action[]} actions @param {Thing} thing */
  drawRow(row, actions, thing) {
    select(row)
      .selectAll("button")
      // A button that turns into its opposite (crash, restart) keeps its place and the focus.
      .data(actions, (action) => place(/** @type {Action} */ (action)))
      .join((enter) => enter.append("button").attr("type", "button").attr("class", "button small"))
      .order()
      .attr("data-action", ({ code }) => code)
      .attr("aria-disabled", ({ why }) => (why ? "true" : null))
      .attr("aria-description", ({ why }) => why ?? null)
      .attr("aria-pressed", ({ pressed }) => (pressed === undefined ? null : String(pressed)))
      .attr("aria-keyshortcuts", ({ key }) => key ?? null)
      .attr("title", ({ key, why }) => why ?? (key ? say("action.key", { key }) : null))
      .each(function ({ label }) {
        setText(/** @type {HTMLElement} */ (this), label);
      })
      .on("click", (_, action) => void perform(this.app, thing, action));
  }

  /** @param {Element | null} element */
  point(element) {
    this.pointed = element;
    this.explain();
  }

  /**
   * Say why not, for the button under the pointer or with the focus of the keyboard. After a click it must not stand
   * there until the next one: the page would move up between its press and its release.
   */
  explain() {
    const about = this.pointed ?? document.activeElement?.closest(":focus-visible") ?? null;
    const button = about && this.root.contains(about) ? about.closest("button[aria-disabled]") : null;
    setText(this.why, button?.getAttribute("aria-description") ?? "");
  }
}

/** @param {Action} action */
function place({ code, group, key }) {
  return group === "main" && key ? key : code;
}
