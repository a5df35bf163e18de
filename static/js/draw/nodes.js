/**
 * Nodes on the ring: a circle with the value and version that it holds, and how new that is.
 *
 * @import { Selection } from "d3-selection"
 * @import { Scene, SceneNode } from "../scene.js"
 * @import { Layout, Point } from "./geometry.js"
 */
import { say } from "../words.js";
import { fit } from "./text.js";

/**
 * @param {Selection<SVGGElement, unknown, null, undefined>} layer
 * @param {Scene} scene @param {Layout} layout @param {(node: string, up: boolean) => void} onNode
 */
export function drawNodes(layer, scene, layout, onNode) {
  const groups = layer
    .selectAll("g.node")
    .data(scene.nodes, (node) => /** @type {SceneNode} */ (node).id)
    .join((enter) => {
      const group = enter.append("g").attr("tabindex", 0).attr("role", "button");
      group.append("circle").attr("class", "body");
      group.append("circle").attr("class", "stripes");
      for (const part of ["name", "value", "version", "label"]) {
        group.append("text").attr("class", part);
        // The texts together are the button's name, which wants spaces between them.
        group.each((_, i, all) => /** @type {Element} */ (all[i]).append(" "));
      }
      group.on("click", (_, node) => onNode(node.id, node.state.status === "up"));
      group.on("keydown", (event, node) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onNode(node.id, node.state.status === "up");
      });
      return group;
    });
  groups
    .attr("class", (node) => `node ${node.state.status} ${freshness(node)}`)
    .attr("data-node", (node) => node.id)
    .attr("data-version", (node) => node.record?.version.counter ?? 0)
    .attr("transform", (node) => {
      const { x, y } = /** @type {Point} */ (layout.nodes[node.state.place]);
      return `translate(${x} ${y})`;
    })
    .attr("aria-description", (node) => say(`node.tip.${node.state.status}`, { node: node.id }));
  groups.select("circle.body").attr("r", layout.node);
  groups.select("circle.stripes").attr("r", layout.node);
  groups.select("text.name").attr("y", -layout.node * 0.5).text((node) => node.id);
  groups.select("text.value").attr("y", layout.node * 0.08).text((node) => fit(node.record?.value ?? "–", layout.node * 1.75, layout.narrow ? 13 : 16));
  groups
    .select("text.version")
    .attr("y", layout.node * 0.52)
    .text((node) => (node.record ? `v${node.record.version.counter}·${node.record.version.writer}` : ""));
  groups.select("text.label").attr("y", layout.node + 16).text((node) => label(node));
}

/** @param {SceneNode} node */
function freshness(node) {
  if (!node.record) return "empty";
  return node.behind === 0 ? "newest" : "behind";
}

/** @param {SceneNode} node */
function label(node) {
  if (node.state.status === "down") return say("node.down");
  if (!node.record) return say(node.replica ? "node.empty" : "node.aside");
  return node.behind === 0 ? say("node.newest") : say("node.behind", {}, node.behind);
}

