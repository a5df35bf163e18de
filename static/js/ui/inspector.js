/**
 * The card about what is selected: what it is, what it holds, and what can be done to it.
 *
 * Opening it moves nothing but itself: the focus stays on the stage until a key asks for it.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Kind, Thing } from "../selection.js"
 * @import { ActionList } from "./action_list.js"
 *
 * @typedef {object} Body what the card shows for one kind of thing; it is built once and follows the selection
 * @property {HTMLElement} root
 * @property {(view: View, id: string) => string | null} draw answers what the thing is in a few words; null: it is not there
 * @property {(part: string) => void} [open] show a part of it that is behind a disclosure
 */
import { say } from "../words.js";
import { byId } from "./element.js";
import { setText } from "./facts.js";
import { endsOf } from "./network_of.js";
import { isBusy } from "./perform.js";
import { focused } from "./thing_keys.js";

/** @implements {Part} */
export class Inspector {
  everyMs = 100;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("inspector", HTMLElement);
    this.panel = byId("panel", HTMLElement);
    this.title = byId("inspector-title", HTMLElement);
    this.summary = byId("inspector-summary", HTMLElement);
    this.past = byId("inspector-past", HTMLElement);
    this.body = byId("inspector-body", HTMLElement);
    this.why = byId("why", HTMLElement);
    /** @type {Map<Kind, Body & { actions: ActionList }>} */
    this.bodies = new Map();
    /** @type {typeof import("./inspector_bodies.js").BODIES | null} */
    this.makes = null;
    /** The selection only marks something in a list that is in use: the card must not push it away. */
    this.quiet = false;
    /** In a lesson the prose stands above it. */
    this.isFirst = this.box.previousElementSibling === null;
    /** Whether it has yet to be shown where it can be seen. */
    this.isNew = false;
    app.selection.onChange((thing) => this.change(thing));
    byId("inspector-close", HTMLButtonElement).addEventListener("click", () => this.close());
    document.addEventListener("inspect", (event) => void this.enter(/** @type {CustomEvent} */ (event).detail?.part));
    // Before the stage hears of it: the same key selects first, and then goes in.
    document.addEventListener("keydown", (event) => this.press(event), { capture: true });
    new ResizeObserver(([bar]) => {
      const height_px = bar?.borderBoxSize[0]?.blockSize ?? 0;
      document.documentElement.style.setProperty("--time-height", `${height_px}px`);
    }).observe(/** @type {HTMLElement} */ (document.querySelector(".time")));
  }

  /** @param {Thing | null} thing */
  change(thing) {
    this.quiet = thing?.kind === "message" && document.querySelector("#deliveries:is(:hover, :focus-within)") !== null;
    if (thing) void this.load();
    if (!thing || this.quiet) this.box.hidden = true;
    // On a wide screen the card stands at the top of the panel, which may have been scrolled.
    else if (this.isFirst) this.panel.scrollTop = 0;
    this.isNew = thing !== null && !thing.isOffered;
  }

  /** What it shows of each kind is not needed before something is selected. */
  async load() {
    if (this.makes) return;
    this.makes = (await import("./inspector_bodies.js")).BODIES;
    this.app.redraw();
  }

  /** @param {View} view */
  draw(view) {
    const { thing } = view.selection;
    if (!thing || this.quiet || !this.makes) return;
    const body = this.bodyFor(thing.kind);
    if (this.body.firstElementChild !== (body?.root ?? null)) this.body.replaceChildren(...(body ? [body.root] : []));
    this.box.dataset.kind = thing.kind;
    setText(this.title, titleOf(thing));
    const summary = body ? body.draw(view, thing.id) : operation(view, thing.id);
    this.why.hidden = thing.kind !== "operation" || summary === null;
    setText(this.summary, summary ?? say("inspector.not_there"));
    body?.actions.draw(view, thing, summary !== null);
    this.past.hidden = view.isLive || !body || !this.app.can("arrange");
    this.box.hidden = false;
    if (this.isNew && !this.isFirst) this.box.scrollIntoView({ block: "nearest" });
    this.isNew = false;
  }

  /** @param {Kind} kind */
  bodyFor(kind) {
    if (kind === "operation" || !this.makes) return null;
    let body = this.bodies.get(kind);
    if (!body) {
      body = new this.makes[kind](this.app);
      this.bodies.set(kind, body);
    }
    return body;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { selection } = this.app;
    if (!selection.thing || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    if (event.key === "Escape") {
      // A small menu of the header is closed first.
      if (!document.querySelector("details.pop[open]")) this.close();
      return;
    }
    const on = focused();
    if (event.key !== "i" && !(event.key === "Enter" && on && selection.is(on.kind, on.id))) return;
    event.preventDefault();
    event.stopPropagation();
    if (on) selection.select(on.kind, on.id);
    void this.enter();
  }

  /** Move the focus into the card, if need be to a part of it. @param {string} [part] */
  async enter(part) {
    await this.load();
    const { view } = this.app;
    this.quiet = false;
    if (!view?.selection.thing) return;
    this.draw(view);
    if (part) this.bodies.get(view.selection.thing.kind)?.open?.(part);
    else this.title.focus();
  }

  /** The focus goes back to where the thing is drawn. */
  close() {
    const { thing } = this.app.selection;
    const wasInside = this.box.contains(document.activeElement);
    this.app.selection.clear();
    if (!wasInside || !thing) return;
    const drawn = document.querySelector(`.stages [data-${thing.kind}="${CSS.escape(thing.id)}"]`);
    /** @type {SVGElement | null} */ (drawn)?.focus();
  }
}

/** @param {Thing} thing */
function titleOf({ kind, id }) {
  if (kind === "client") return say("clients.name", { client: id });
  if (kind !== "link") return id;
  const [source, target] = endsOf(id);
  return say("inspector.link", { source, target });
}

/** @param {View} view @param {string} id */
function operation({ timeline, at_us }, id) {
  const state = timeline.at("operation", id, at_us);
  if (!state) return null;
  return say(state.type === "write" ? "operation.write" : "operation.read", { client: state.client, key: state.key, value: state.value ?? "" });
}
