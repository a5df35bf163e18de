/**
 * Nodes on the ring: a circle with the value and version that it holds, how new that is, and how the node is.
 *
 * @import { Selection as Drawn } from "d3-selection"
 * @import { Scene, SceneNode } from "../scene.js"
 * @import { Selection } from "../selection.js"
 * @import { Layout, Point } from "./geometry.js"
 * @import { Badge } from "./badges.js"
 */
import { milliseconds, say } from "../words.js";
import { CLOCK, CROWN, drawBadges, ENVELOPE, QUESTION } from "./badges.js";
import { onRing } from "./geometry.js";
import { appendTexts, callByTexts, fit } from "./text.js";
import { changed } from "./told.js";

const STATUS = { down: "node.down", frozen: "node.frozen", leaving: "node.leaving", up: "" };
const ROLE = { leader: "node.leader", follower: "node.follower", candidate: "node.candidate" };
/** In a node that is smaller than this, the type is smaller too. */
const SNUG = 36;

/**
 * @param {Drawn<SVGGElement, unknown, null, undefined>} layer
 * @param {Scene} scene @param {Layout} layout @param {Selection} selection
 */
export function drawNodes(layer, scene, layout, selection) {
  const isFirst = layer.select("g").empty();
  const groups = layer
    .selectAll("g.node")
    .data(scene.nodes, (node) => /** @type {SceneNode} */ (node).id)
    .join((enter) => {
      const group = enter.append("g").attr("data-node", ({ id }) => id);
      if (!isFirst) group.attr("data-joins", "");
      if (layout.detail !== "small") group.attr("tabindex", 0).attr("role", "button");
      for (const name of ["halo", "stack", "body", "stripes"]) group.append("circle").attr("class", name);
      group.append("path").attr("class", "bars");
      appendTexts(group, ["name", "value", "version", "label"]);
      group.append("g").attr("class", "badges").attr("aria-hidden", "true");
      return group;
    });
  const seats = [scene.nodes.length, layout.node, layout.ring, layout.centre];
  const others = changed(groups, ({ id, ...node }) => [node, selection.is("node", id), seats]);
  if (!others.empty()) tell(others, layout, selection);
}

/**
 * @param {Drawn<any, SceneNode, SVGGElement, unknown>} groups @param {Layout} layout @param {Selection} selection
 */
function tell(groups, layout, selection) {
  const { node: radius, detail, named } = layout;
  const isFull = detail === "full";
  const isSnug = layout.narrow || radius < SNUG;
  const snug = isSnug ? " snug" : "";
  groups
    .attr("class", (node) => `node ${node.state.status} ${freshness(node)}${isSplit(node) ? " split" : ""}${selection.is("node", node.id) ? " selected" : ""}${snug}`)
    .attr("data-status", (node) => node.state.status)
    .attr("data-version", (node) => node.record?.version.counter ?? 0)
    .attr("transform", ({ seat }) => {
      const { x, y } = /** @type {Point} */ (layout.nodes[seat]);
      return `translate(${x} ${y})`;
    });
  groups.selectAll("circle").attr("r", radius);
  groups.select("circle.halo").attr("r", radius + (isFull ? 7 : 4));
  groups.select("circle.stack").attr("cx", radius * 0.12).attr("cy", -radius * 0.12);
  groups.select("path.bars").attr("d", `M${-radius * 0.3} ${-radius * 0.55}V${radius * 0.55}M${radius * 0.3} ${-radius * 0.55}V${radius * 0.55}`);
  if (detail === "small") return;
  groups
    .attr("aria-description", (node) => description(node))
    .attr("aria-pressed", (node) => String(selection.is("node", node.id)));
  const outward = (/** @type {SceneNode} */ { seat }) => onRing({ x: 0, y: 0 }, radius + 10, seat / layout.nodes.length);
  groups
    .select("text.name")
    .attr("x", (node) => (detail === "dots" ? outward(node).x : 0))
    .attr("y", (node) => (detail === "dots" ? outward(node).y + 3 : isFull ? -radius * 0.45 : -1))
    .text((node) => (named ? node.id : ""));
  groups.select("text.value").attr("y", radius * 0.08).text((node) => (isFull ? fit(value(node), radius * 1.85, isSnug ? 13 : 16) : ""));
  groups
    .select("text.version")
    .attr("y", isFull ? radius * 0.52 : detail === "compact" ? radius * 0.6 : 3)
    .text((node) => (isFull ? fit(version(node), radius * 1.7, 12) : named && node.record ? String(node.record.version.counter) : ""));
  // It is wider than the node, but must not stick out of the picture.
  const room = (/** @type {SceneNode} */ { seat }) => {
    const { x } = /** @type {Point} */ (layout.nodes[seat]);
    return 2 * Math.min(x, layout.width - x);
  };
  groups.select("text.label").attr("y", radius + 16).text((node) => (isFull ? fit(label(node), room(node), isSnug ? 11 : 12) : ""));
  drawBadges(groups.select("g.badges"), badges, radius, isFull, !layout.narrow);
  callByTexts(groups, (node) => [node.id, value(node), version(node), label(node)]);
}

/** @param {SceneNode} node @returns {Badge[]} */
function badges({ state, hints }) {
  /** @type {Badge[]} */
  const found = [];
  const term = state.term === null ? "" : say("node.term", { term: state.term });
  if (state.role === "leader") found.push({ name: "leader", turn: 0, mark: CROWN, text: term });
  if (state.role === "candidate") found.push({ name: "candidate", turn: 0, mark: QUESTION, text: term });
  if (state.role === "follower") found.push({ name: "follower", turn: 0, mark: null, text: term });
  if (hints) found.push({ name: "hints", turn: 0.13, mark: ENVELOPE, text: String(hints) });
  if (state.skew_us) found.push({ name: "skew", turn: 0.37, mark: CLOCK, text: ahead(state.skew_us) });
  if (state.slow !== 1) found.push({ name: "slow", turn: 0.63, mark: null, text: say("node.slow", { factor: state.slow }) });
  return found;
}

/** How far a clock is ahead, with its sign. @param {number} skew_us */
export function ahead(skew_us) {
  return say("node.skew", { ms: `${skew_us > 0 ? "+" : "−"}${Number(milliseconds(Math.abs(skew_us)))}` });
}

/** @param {SceneNode} node */
function freshness(node) {
  if (!node.record) return "empty";
  return node.behind === 0 ? "newest" : "behind";
}

/** @param {SceneNode} node */
function isSplit({ record }) {
  return (record?.siblings.length ?? 0) > 1;
}

/** @param {SceneNode} node */
function value(node) {
  if (isSplit(node)) return say("node.values", {}, node.record?.siblings.length);
  return node.record?.value ?? "–";
}

/** @param {SceneNode} node */
function version({ record }) {
  if (!record) return "";
  const versions = record.siblings.length > 1 ? record.siblings.map((sibling) => sibling.version) : [record.version];
  return versions.map(({ counter, writer }) => `v${counter}·${writer}`).join(" ");
}

/** @param {SceneNode} node */
function label(node) {
  const status = STATUS[node.state.status];
  if (status) return say(status);
  if (!node.record) return say(node.replica ? "node.empty" : "node.aside");
  return node.behind === 0 ? say("node.newest") : say("node.behind", {}, node.behind);
}

/** What the marks beside a node say, for whoever does not see them. @param {SceneNode} node */
function description({ id, state, hints }) {
  const told = [say(`node.tip.${state.status}`, { node: id })];
  if (state.role) told.push(say(ROLE[state.role], { term: state.term ?? 0 }));
  if (hints) told.push(say("node.hints", {}, hints));
  if (state.slow !== 1) told.push(say("node.takes", { factor: state.slow }));
  if (state.skew_us) told.push(say("node.clock", { skew: ahead(state.skew_us) }));
  return told.join(" ");
}
