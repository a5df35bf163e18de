/**
 * The menu of a thing, as the ARIA practices have it: opened by the right button, a long press or a key, walked through
 * with arrows, closed by Escape; the focus goes back to where it was.
 *
 * @import { App } from "../app.js"
 * @import { Thing } from "../selection.js"
 * @import { Action } from "./actions_for.js"
 *
 * @typedef {{ x: number, y: number }} Point of the window
 */
import { say } from "../words.js";
import { actionsOffered } from "./actions_for.js";
import { byId, make } from "./element.js";
import { endsOf } from "./network_of.js";
import { perform } from "./perform.js";

const MARGIN_PX = 8;

export class Menu {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("thing-menu", HTMLElement);
    /** @type {Element | null} */
    this.from = null;
    document.addEventListener("menu", (event) => {
      const { kind, id, at } = /** @type {CustomEvent<Thing & { at: Point }>} */ (event).detail;
      this.open({ kind, id }, at);
    });
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.box.addEventListener("contextmenu", (event) => event.preventDefault());
    document.addEventListener("pointerdown", (event) => {
      if (!this.box.hidden && !this.box.contains(/** @type {Node} */ (event.target))) this.close(false);
    });
    addEventListener("blur", () => this.close(false));
    addEventListener("resize", () => this.close(false));
  }

  /** @param {Thing} thing @param {Point} at */
  open(thing, at) {
    const { view } = this.app;
    const actions = view ? actionsOffered(this.app, thing, view) : [];
    if (!actions.length) return;
    if (this.box.hidden) this.from = document.activeElement;
    const name = nameOf(thing);
    this.box.setAttribute("aria-label", name);
    this.box.replaceChildren(...parts(name, actions).map((part) => (part instanceof HTMLElement ? part : this.item(thing, part))));
    this.box.hidden = false;
    this.place(at);
    this.items[0]?.focus();
  }

  /** @param {Thing} thing @param {Action} action */
  item(thing, action) {
    const item = make("div", "menu-item");
    item.setAttribute("role", action.pressed === undefined ? "menuitem" : "menuitemradio");
    item.tabIndex = -1;
    item.dataset.action = action.code;
    if (action.pressed !== undefined) item.setAttribute("aria-checked", String(action.pressed));
    const label = make("span", "menu-label", action.label);
    item.append(label);
    if (action.key) {
      item.setAttribute("aria-keyshortcuts", action.key);
      const key = make("kbd", "", action.key);
      key.setAttribute("aria-hidden", "true");
      item.append(key);
    }
    if (action.why) {
      item.setAttribute("aria-disabled", "true");
      item.append(make("small", "", action.why));
    }
    item.addEventListener("click", () => {
      if (action.why) return;
      this.close(action.opens === undefined);
      void perform(this.app, thing, action);
    });
    item.addEventListener("pointermove", () => item.focus({ preventScroll: true }));
    return item;
  }

  /** @returns {HTMLElement[]} */
  get items() {
    return [...this.box.querySelectorAll(/** @type {"div"} */ ("[role^=menuitem]"))];
  }

  /** Where it was asked for, as far as it fits into the window. @param {Point} at */
  place({ x, y }) {
    const { width, height } = this.box.getBoundingClientRect();
    this.box.style.left = `${Math.max(MARGIN_PX, Math.min(x, innerWidth - width - MARGIN_PX))}px`;
    this.box.style.top = `${Math.max(MARGIN_PX, Math.min(y, innerHeight - height - MARGIN_PX))}px`;
  }

  /** @param {boolean} isFocusKept whether the focus goes back */
  close(isFocusKept) {
    if (this.box.hidden) return;
    this.box.hidden = true;
    if (isFocusKept) /** @type {HTMLElement | null} */ (this.from)?.focus({ preventScroll: true });
    this.from = null;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { items } = this;
    const place = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") {
      this.close(true);
      return;
    }
    event.stopPropagation();
    if (to !== undefined) items.at(to % items.length)?.focus();
    else if (event.key === "Enter" || event.key === " ") items[place]?.click();
    else if (event.key === "Escape") this.close(true);
    else if (event.key.length === 1) beginningWith(items, place, event.key)?.focus();
    else return;
    event.preventDefault();
  }
}

/** The next item that begins with a letter. @param {HTMLElement[]} items @param {number} place @param {string} letter */
function beginningWith(items, place, letter) {
  const ordered = [...items.slice(place + 1), ...items.slice(0, place + 1)];
  return ordered.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

/** Its name, then the actions, with a line between two groups. @param {string} name @param {Action[]} actions @returns {(HTMLElement | Action)[]} */
function parts(name, actions) {
  const title = make("div", "menu-title", name);
  title.setAttribute("role", "presentation");
  return [
    title,
    ...actions.flatMap((action, i) => {
      if (i === 0 || actions[i - 1]?.group === action.group) return [action];
      const line = make("div", "menu-line");
      line.setAttribute("role", "separator");
      return [line, action];
    }),
  ];
}

/** @param {Thing} thing */
function nameOf({ kind, id }) {
  if (kind === "client") return say("clients.name", { client: id });
  const [source, target] = endsOf(id);
  return kind === "link" ? say("inspector.link", { source, target }) : id;
}
