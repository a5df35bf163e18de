/**
 * What is wrong just now, in one line under the stage: each thing a button that selects it; and the network's healing.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { LinkState } from "../protocol.js"
 * @import { Thing } from "../selection.js"
 *
 * @typedef {object} Condition
 * @property {string} name one of them has it
 * @property {string} text
 * @property {"node" | "network" | "message" | "clock"} sort
 * @property {Thing[]} things what it is about; a second click goes on to the second
 */
import { select } from "d3-selection";
import { milliseconds, say } from "../words.js";
import { byId } from "./element.js";
import { setText } from "./facts.js";
import { linkText } from "./inspector_links.js";
import { islands } from "./network_of.js";

/** So many are shown; the rest is a number. */
const SHOWN = 8;

/** @implements {Part} */
export class Conditions {
  everyMs = 200;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("conditions", HTMLElement);
    this.list = byId("conditions-list", HTMLUListElement);
    this.more = byId("conditions-more", HTMLElement);
    this.heal = byId("heal", HTMLButtonElement);
    this.heal.addEventListener("click", () => void app.actions.send({ type: "heal" }));
    this.told = "";
  }

  /** @param {View} view */
  draw(view) {
    const found = conditions(view);
    const heals = view.scene.links.length > 0 && this.app.can("break");
    const told = JSON.stringify([found, heals]);
    if (told === this.told) return;
    this.told = told;
    this.heal.hidden = !heals;
    setText(this.more, found.length > SHOWN ? say("conditions.more", { count: found.length - SHOWN }) : "");
    select(this.list)
      .selectAll("li")
      .data(found.slice(0, SHOWN), (one) => /** @type {Condition} */ (one).name)
      .join((enter) => {
        const item = enter.append("li");
        item.append("button").attr("type", "button");
        return item;
      })
      .order()
      .select("button")
      .attr("class", ({ sort }) => `condition ${sort}`)
      .each(function ({ text }) {
        setText(/** @type {HTMLElement} */ (this), text);
      })
      .on("click", (_, { things }) => this.select(things));
  }

  /** @param {Thing[]} things */
  select(things) {
    const { selection } = this.app;
    const here = things.findIndex(({ kind, id }) => selection.is(kind, id));
    const next = things[(here + 1) % things.length];
    if (next) selection.select(next.kind, next.id);
  }
}

/** @param {View} view @returns {Condition[]} */
function conditions(view) {
  return [...ofNodes(view), ...ofClients(view), ...ofNetwork(view), ...ofMessages(view)];
}

/** @param {View} view @returns {Condition[]} */
function ofNodes({ scene }) {
  return scene.nodes.flatMap(({ id, state }) => {
    const { status, slow, skew_us } = state;
    const is = { up: "", down: say("conditions.down", { node: id }), frozen: say("conditions.frozen", { node: id }), leaving: say("conditions.leaving", { node: id }) }[status];
    const things = /** @type {Thing[]} */ ([{ kind: "node", id }]);
    /** @type {Condition[]} */
    const found = [];
    if (is) found.push({ name: `${id} status`, text: is, sort: "node", things });
    if (slow > 1) found.push({ name: `${id} slow`, text: say("conditions.slow", { node: id, factor: slow }), sort: "clock", things });
    if (skew_us) found.push({ name: `${id} skew`, text: skewText(id, skew_us), sort: "clock", things });
    return found;
  });
}

/** @param {View} view @returns {Condition[]} */
function ofClients({ scene }) {
  return scene.clients
    .filter(({ state }) => state.skew_us)
    .map(({ id, state }) => ({ name: `${id} skew`, text: skewText(id, state.skew_us), sort: "clock", things: [{ kind: "client", id }] }));
}

/** @param {string} actor @param {number} skew_us */
function skewText(actor, skew_us) {
  return say("conditions.skew", { actor, by: `${skew_us > 0 ? "+" : "−"}${milliseconds(Math.abs(skew_us))}` });
}

/** A partition is one condition, though it cuts many links. @param {View} view @returns {Condition[]} */
function ofNetwork(view) {
  const groups = islands(view);
  const inGroups = (/** @type {LinkState} */ { source, target, cut }) =>
    cut && groups?.some((group) => group.includes(source) !== group.includes(target)) && groups.some((group) => group.includes(source)) && groups.some((group) => group.includes(target));
  const { links } = view.scene;
  const parted = groups ? links.filter(inGroups) : [];
  const own = links.filter((link) => !parted.includes(link) || link.loss + link.duplicate + link.reorder > 0);
  /** @type {Condition[]} */
  const found = own.map((link) => ({
    name: `${link.source}>${link.target}`,
    text: say("conditions.link", { source: link.source, target: link.target, how: linkText(parted.includes(link) ? { ...link, cut: false } : link) }),
    sort: "network",
    things: [{ kind: "link", id: `${link.source}>${link.target}` }],
  }));
  if (!groups) return found;
  const things = parted.map(({ source, target }) => /** @type {Thing} */ ({ kind: "link", id: `${source}>${target}` }));
  return [{ name: "groups", text: say("conditions.cut", { groups: groups.map((group) => group.join(" ")).join(" | ") }), sort: "network", things }, ...found];
}

/** @param {View} view @returns {Condition[]} */
function ofMessages({ timeline, at_us }) {
  const held = timeline.inFlight(at_us).filter(([, message]) => message.fate === "held");
  if (!held.length) return [];
  return [{ name: "held", text: say("conditions.held", {}, held.length), sort: "message", things: held.map(([id]) => ({ kind: "message", id })) }];
}
