/**
 * Messages in flight: a dot at (now − sent) / (due − sent) of its way. Requests are filled, replies hollow; gossip is a diamond.
 *
 * @import { Selection } from "d3-selection"
 * @import { Scene } from "../scene.js"
 * @import { MessageState } from "../protocol.js"
 * @import { Layout, Point } from "./geometry.js"
 *
 * @typedef {object} Flight
 * @property {string} id
 * @property {MessageState} message
 * @property {Point} from
 * @property {Point} to
 * @property {Point} at
 */
import { progress } from "../scene.js";
import { between, edgeToEdge } from "./geometry.js";

/**
 * @param {Selection<SVGGElement, unknown, null, undefined>} paths
 * @param {Selection<SVGGElement, unknown, null, undefined>} dots
 * @param {Scene} scene @param {[string, MessageState][]} inFlight @param {number} at_us @param {Layout} layout
 */
export function drawMessages(paths, dots, scene, inFlight, at_us, layout) {
  const stands = standing(scene, layout);
  /** @type {Flight[]} */
  const flights = inFlight.flatMap(([id, message]) => {
    const source = stands.get(message.source);
    const target = stands.get(message.target);
    if (!source || !target) return [];
    const { from, to } = edgeToEdge(source.point, source.reach, target.point, target.reach);
    return [{ id, message, from, to, at: between(from, to, progress(message, at_us)) }];
  });
  const key = (/** @type {any} */ flight) => flight.id;
  paths
    .selectAll("line")
    .data(flights, key)
    .join((enter) => enter.append("line").attr("class", ({ message }) => `path ${family(message, scene)}`))
    .attr("x1", (flight) => flight.at.x)
    .attr("y1", (flight) => flight.at.y)
    .attr("x2", (flight) => flight.to.x)
    .attr("y2", (flight) => flight.to.y);
  dots
    .selectAll("g")
    .data(flights, key)
    .join((enter) => {
      const dot = enter
        .append("g")
        .attr("class", ({ message }) => `message ${message.role} ${family(message, scene)}`)
        .attr("data-message", ({ id }) => id)
        .attr("data-type", ({ message }) => message.type)
        .attr("data-source", ({ message }) => message.source)
        .attr("data-target", ({ message }) => message.target)
        .attr("data-sent-us", ({ message }) => message.sent_us)
        .attr("data-due-us", ({ message }) => message.due_us);
      dot.each(function ({ message }) {
        const shape = document.createElementNS("http://www.w3.org/2000/svg", isGossip(message) ? "rect" : "circle");
        this.append(shape);
      });
      const side = layout.dot * 1.7;
      dot.select("circle").attr("r", layout.dot);
      dot.select("rect").attr("x", -side / 2).attr("y", -side / 2).attr("width", side).attr("height", side).attr("transform", "rotate(45)");
      dot.append("text").attr("dy", "0.35em").text(({ message }) => mark(message));
      return dot;
    })
    .attr("transform", (flight) => `translate(${flight.at.x.toFixed(2)} ${flight.at.y.toFixed(2)})`);
}

/**
 * Where everybody stands, and how far their edge is from their middle.
 * @param {Scene} scene @param {Layout} layout
 */
function standing(scene, layout) {
  /** @type {Map<string, { point: Point, reach: number }>} */
  const stands = new Map();
  for (const node of scene.nodes) {
    stands.set(node.id, { point: /** @type {Point} */ (layout.nodes[node.state.place]), reach: layout.node });
  }
  for (const client of scene.clients) {
    stands.set(client.id, { point: /** @type {Point} */ (layout.clients[client.state.place]), reach: layout.client });
  }
  return stands;
}

/** @param {MessageState} message */
function isGossip(message) {
  return !message.operation;
}

/** Whose message it is: a client's colour, or gossip's. @param {MessageState} message @param {Scene} scene */
function family(message, scene) {
  if (isGossip(message)) return "gossip";
  const client = scene.clients.find(({ id }) => id === message.source || id === message.target);
  return `who-${(client?.state.place ?? 0) % 2}`;
}

/** What stands in the dot. @param {MessageState} message */
function mark(message) {
  switch (message.type) {
    case "put_request":
      return String(message.version?.counter ?? "");
    case "put_ack":
      return "✓";
    case "put_stale":
      return "!";
    case "get_reply":
      return message.version ? String(message.version.counter) : "–";
    case "gossip_delta":
      return `+${message.count ?? 0}`;
    case "refusal":
      return "×";
    default:
      return "?";
  }
}
