/**
 * Clients outside the ring: a square, and the meter of their latest operation.
 *
 * @import { Selection as Drawn } from "d3-selection"
 * @import { Scene, SceneClient } from "../scene.js"
 * @import { Selection } from "../selection.js"
 * @import { Layout, Point } from "./geometry.js"
 */
import { positiveAnswers } from "../scene.js";
import { say } from "../words.js";
import { CLOCK, drawBadges } from "./badges.js";
import { ahead } from "./nodes.js";
import { appendTexts, callByTexts, fit } from "./text.js";
import { changed } from "./told.js";

const PIP = 11;
const GAP = 4;
const LINE = 13;

/**
 * @param {Drawn<SVGGElement, unknown, null, undefined>} layer
 * @param {Scene} scene @param {Layout} layout @param {Selection} selection
 */
export function drawClients(layer, scene, layout, selection) {
  const groups = layer
    .selectAll("g.client")
    .data(scene.clients, (client) => /** @type {SceneClient} */ (client).id)
    .join((enter) => {
      const group = enter.append("g").attr("data-client", ({ id }) => id);
      if (layout.detail !== "small") group.attr("tabindex", 0).attr("role", "button");
      for (const name of ["halo", "body"]) group.append("rect").attr("class", name);
      appendTexts(group, ["name", "what", "outcome"]);
      group.append("g").attr("class", "pips");
      group.append("g").attr("class", "badges").attr("aria-hidden", "true");
      return group;
    });
  const seats = [layout.client, layout.meter, layout.narrow];
  const moved = changed(groups, ({ id, state }) => [seats, state, selection.is("client", id), layout.clients[state.place]]);
  if (!moved.empty()) place(moved, layout, selection);
  if (layout.meter === "none") return;
  const told = changed(groups, ({ latest }) => [seats, layout.width, latest && [latest[0], latest[1].outcome, latest[1].round, latest[1].answers.length]], "meter");
  if (!told.empty()) tell(told, layout);
}

/** @param {SceneClient} client */
function isLeft(client) {
  return client.state.place % 2 === 0;
}

/** @param {Drawn<any, SceneClient, SVGGElement, unknown>} groups @param {Layout} layout @param {Selection} selection */
function place(groups, layout, selection) {
  const size = layout.client;
  groups
    .attr("class", (client) => `client who-${client.state.place % 2}${selection.is("client", client.id) ? " selected" : ""}${size < 24 ? " snug" : ""}`)
    .attr("transform", (client) => {
      const { x, y } = /** @type {Point} */ (layout.clients[client.state.place]);
      return `translate(${x} ${y})`;
    });
  for (const [name, half] of /** @type {[string, number][]} */ ([["body", size], ["halo", size + 6]])) {
    groups
      .select(`rect.${name}`)
      .attr("x", -half)
      .attr("y", -half)
      .attr("width", 2 * half)
      .attr("height", 2 * half)
      .attr("rx", half * 0.35);
  }
  if (layout.meter === "none") return;
  groups
    .attr("aria-description", (client) => (client.state.skew_us ? say("node.clock", { skew: ahead(client.state.skew_us) }) : null))
    .attr("aria-pressed", (client) => String(selection.is("client", client.id)));
  groups.select("text.name").attr("dy", "0.35em").text((client) => client.id);
  const isBelow = layout.meter === "below";
  // Below the client and away from the ring, where no message passes.
  const anchor = (/** @type {SceneClient} */ client) => (layout.narrow ? "middle" : isLeft(client) ? "end" : "start");
  const side = (/** @type {SceneClient} */ client) => (layout.narrow ? 0 : (isLeft(client) ? -1 : 1) * (isBelow ? 0 : size + 7));
  groups.select("text.what").attr("x", side).attr("y", size + 18).style("text-anchor", anchor);
  groups.select("g.pips").attr("transform", (client) => `translate(${side(client)} ${size + 26})`);
  groups
    .select("text.outcome")
    .attr("x", side)
    .attr("y", isBelow ? size + 26 + PIP + 15 : layout.meter === "mark" ? size + 13 : 4)
    .style("text-anchor", anchor);
  drawBadges(groups.select("g.badges"), ({ state }) => (state.skew_us ? [{ name: "skew", turn: 0, mark: CLOCK, text: ahead(state.skew_us) }] : []), size, isBelow, false);
}

/** The meter: the only part that changes often. @param {Drawn<any, SceneClient, SVGGElement, unknown>} groups @param {Layout} layout */
function tell(groups, layout) {
  const isBelow = layout.meter === "below";
  const room = (/** @type {SceneClient} */ client) => {
    const { x } = /** @type {Point} */ (layout.clients[client.state.place]);
    return layout.narrow ? Math.min(112, 2 * x, 2 * (layout.width - x)) : Math.min(148, isLeft(client) ? x : layout.width - x);
  };
  groups.select("text.what").text((client) => (isBelow ? fit(what(client), room(client), LINE) : ""));
  groups
    .select("text.outcome")
    .attr("data-outcome", (client) => client.latest?.[1].outcome ?? "none")
    .text((client) => (isBelow ? fit(outcome(client), room(client), LINE) : short(client)));
  callByTexts(groups, (client) => [client.id, what(client), outcome(client)]);
  if (isBelow) drawPips(groups, layout.narrow);
  else groups.select("g.pips").selectAll("rect").remove();
}

/**
 * One pip for each answer that is needed, filled as they come.
 * @param {Drawn<any, SceneClient, any, unknown>} groups @param {boolean} centred
 */
function drawPips(groups, centred) {
  groups
    .select("g.pips")
    .selectAll("rect")
    .data((client) => {
      if (!client.latest) return [];
      const [, operation] = client.latest;
      const have = Math.min(positiveAnswers(operation).length, operation.needed);
      const step = Math.min(PIP + GAP, 112 / operation.needed);
      const width = operation.needed * step - GAP;
      const start = centred ? -width / 2 : isLeft(client) ? -width : 0;
      return Array.from({ length: operation.needed }, (_, i) => ({ full: i < have, x: start + i * step, width: Math.max(1.5, step - GAP) }));
    })
    .join("rect")
    .attr("x", (pip) => pip.x)
    .attr("width", (pip) => pip.width)
    .attr("height", PIP)
    .attr("rx", (pip) => Math.min(3, pip.width / 2))
    .attr("class", (pip) => (pip.full ? "pip full" : "pip"));
}

/** @param {SceneClient} client */
function what({ latest }) {
  if (!latest) return "";
  const [, { type, key, value }] = latest;
  return type === "write" ? say("operation.writing", { key, value: value ?? "" }) : say("operation.reading", { key });
}

/** @param {SceneClient} client */
function outcome({ latest }) {
  if (!latest) return "";
  const [, operation] = latest;
  if (operation.outcome === "pending") {
    // It waits for one answer, whoever counts the copies.
    if (operation.via !== null) return say("operation.via", { node: operation.via });
    const have = positiveAnswers(operation).length;
    return say(operation.type === "write" ? "operation.acks" : "operation.replies", { have, needed: operation.needed });
  }
  const { siblings, value } = operation;
  const found = siblings.length > 1 ? say("node.values", {}, siblings.length) : (value ?? "–");
  const read = operation.type === "read" && operation.outcome === "ok" ? `: ${found}` : "";
  return `${mark(operation.outcome)} ${say(`operation.${operation.outcome}`)}${read}`;
}

/** The outcome where there is no room for words. @param {SceneClient} client */
function short({ latest }) {
  if (!latest) return "";
  const [, operation] = latest;
  if (operation.outcome !== "pending") return mark(operation.outcome);
  return operation.via !== null ? "…" : `${positiveAnswers(operation).length}/${operation.needed}`;
}

/** @param {string} outcome */
function mark(outcome) {
  return outcome === "ok" ? "✓" : outcome === "fail" ? "✗" : "?";
}
