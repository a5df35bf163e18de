/**
 * Clients outside the ring: a square, and below it the meter of their latest operation.
 *
 * @import { Selection } from "d3-selection"
 * @import { Scene, SceneClient } from "../scene.js"
 * @import { Layout, Point } from "./geometry.js"
 */
import { positiveAnswers } from "../scene.js";
import { say } from "../words.js";
import { fit } from "./text.js";

const PIP = 11;
const GAP = 4;

/**
 * @param {Selection<SVGGElement, unknown, null, undefined>} layer
 * @param {Scene} scene @param {Layout} layout
 */
export function drawClients(layer, scene, layout) {
  const groups = layer
    .selectAll("g.client")
    .data(scene.clients, (client) => /** @type {SceneClient} */ (client).id)
    .join((enter) => {
      const group = enter.append("g");
      group.append("rect").attr("class", "body");
      group.append("text").attr("class", "name");
      group.append("text").attr("class", "what");
      group.append("g").attr("class", "pips");
      group.append("text").attr("class", "outcome");
      return group;
    });
  const size = layout.client;
  groups
    .attr("class", (client) => `client who-${client.state.place % 2}`)
    .attr("data-client", (client) => client.id)
    .attr("transform", (client) => {
      const { x, y } = /** @type {Point} */ (layout.clients[client.state.place]);
      return `translate(${x} ${y})`;
    });
  groups
    .select("rect.body")
    .attr("x", -size)
    .attr("y", -size)
    .attr("width", 2 * size)
    .attr("height", 2 * size)
    .attr("rx", size * 0.35);
  // Below the client and away from the ring, where no message passes.
  const outward = layout.narrow ? 0 : size;
  const side = (/** @type {SceneClient} */ client) => (client.state.place % 2 === 0 ? 1 : -1);
  const anchor = (/** @type {SceneClient} */ client) => (layout.narrow ? "middle" : client.state.place % 2 === 0 ? "end" : "start");
  for (const text of ["text.what", "text.outcome"]) {
    groups
      .select(text)
      .attr("x", (client) => side(client) * outward)
      .style("text-anchor", anchor);
  }
  groups.select("text.name").attr("dy", "0.35em").text((client) => client.id);
  groups.select("text.what").attr("y", size + 18).text((client) => fit(what(client), layout.narrow ? 112 : 148, 13));
  groups.select("g.pips").attr("transform", (client) => `translate(${side(client) * outward} ${size + 26})`);
  groups
    .select("text.outcome")
    .attr("y", size + 26 + PIP + 15)
    .attr("data-outcome", (client) => client.latest?.[1].outcome ?? "none")
    .text((client) => outcome(client));
  drawPips(groups, layout.narrow);
}

/**
 * One pip for each answer that is needed, filled as they come.
 * @param {Selection<import("d3-selection").BaseType, SceneClient, SVGGElement, unknown>} groups
 * @param {boolean} centred
 */
function drawPips(groups, centred) {
  groups
    .select("g.pips")
    .selectAll("rect")
    .data((client) => {
      if (!client.latest) return [];
      const [, operation] = client.latest;
      const have = Math.min(positiveAnswers(operation).length, operation.needed);
      const width = operation.needed * (PIP + GAP) - GAP;
      const start = centred ? -width / 2 : client.state.place % 2 === 0 ? -width : 0;
      return Array.from({ length: operation.needed }, (_, i) => ({ full: i < have, x: start + i * (PIP + GAP) }));
    })
    .join("rect")
    .attr("x", (pip) => pip.x)
    .attr("width", PIP)
    .attr("height", PIP)
    .attr("rx", 3)
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
    const have = positiveAnswers(operation).length;
    return say(operation.type === "write" ? "operation.acks" : "operation.replies", { have, needed: operation.needed });
  }
  const mark = operation.outcome === "ok" ? "✓" : operation.outcome === "fail" ? "✗" : "?";
  const read = operation.type === "read" && operation.outcome === "ok" ? `: ${operation.value ?? "–"}` : "";
  return `${mark} ${say(`operation.${operation.outcome}`)}${read}`;
}
