/**
 * The stage: an SVG as large as its box, with a layer for each kind of mark.
 *
 * @import { Scene } from "../scene.js"
 * @import { Timeline } from "../timeline.js"
 * @import { View } from "../app.js"
 * @import { Layout, Point } from "./geometry.js"
 * @import { Stands } from "./stands.js"
 * @import { Kind } from "../selection.js"
 *
 * @typedef {object} Hands what the stage tells of
 * @property {(kind: Kind, id: string) => void} onSelect a thing was clicked, or chosen with a key
 * @property {() => void} onNothing a click beside everything
 * @property {(kind: Kind, id: string, at: Point) => void} onMenu its menu is wanted, at a point of the window
 * @property {(groups: [string[], string[]]) => void} onStroke a stroke across the ring has these on its sides
 * @property {() => void} onResize
 *
 * @typedef {Pick<View, "isMoving" | "selection" | "timeline" | "at_us">} Look
 */
import { select } from "d3-selection";
import { islands as islandsAt } from "../ui/network_of.js";
import { drawClients } from "./clients.js";
import { drawCuts } from "./cuts.js";
import { drawEndings } from "./endings.js";
import { layOut } from "./geometry.js";
import { drawLinks } from "./links.js";
import { Flights } from "./messages.js";
import { drawNodes } from "./nodes.js";
import { drawQuorum } from "./quorum.js";
import { StageHands } from "./stage_hands.js";
import { standing } from "./stands.js";

let made = 0;

export class Stage {
  /** @param {HTMLElement} box @param {Hands} hands @param {{ small?: boolean }} [options] small: a thumbnail, which is only looked at */
  constructor(box, hands, { small = false } = {}) {
    this.box = box;
    this.hands = hands;
    this.small = small;
    this.size = { width: 0, height: 0 };
    /** @type {Layout | null} */
    this.layout = null;
    /** @type {Stands} */
    this.stands = new Map();
    /** Whom the layout and the stands are for. */
    this.roster = "";
    /** @type {{ links: Scene["links"], groups: string[][] }} */
    this.parted = { links: [], groups: [] };
    /** What the cuts were drawn for. @type {{ islands: string[][], stands: Stands }} */
    this.shown = { islands: this.parted.groups, stands: this.stands };
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.svg = select(box).append("svg").attr("class", small ? "small" : null);
    if (small) this.svg.attr("aria-hidden", "true");
    else this.svg.attr("role", "group");
    drawPatterns(this.svg, (made += 1));
    const layer = (/** @type {string} */ name) => this.svg.append("g").attr("class", name);
    this.cuts = layer("cuts");
    this.ring = this.svg.append("circle").attr("class", "ring");
    this.links = layer("links");
    this.paths = layer("paths");
    this.quorum = layer("quorum");
    this.nodes = layer("nodes");
    this.clients = layer("clients");
    this.endings = layer("endings");
    this.crowd = layer("crowd");
    this.messages = layer("messages");
    this.flights = new Flights(nodeOf(this.paths), nodeOf(this.crowd), nodeOf(this.messages), small);
    if (!small) new StageHands(this);
    new ResizeObserver(([entry]) => {
      const { width, height } = /** @type {ResizeObserverEntry} */ (entry).contentRect;
      if (width === this.size.width && height === this.size.height) return;
      this.size = { width, height };
      this.roster = "";
      hands.onResize();
    }).observe(box);
  }

  /** Whether more is on its way than anybody can follow one by one. */
  get isCrowded() {
    return this.flights.isCrowd;
  }

  /** Draw what only changes. @param {Scene} scene @param {Look} look */
  drawScene(scene, { isMoving, selection, timeline, at_us }) {
    this.svg.classed("paused", !isMoving);
    const layout = this.place(scene);
    const isFull = layout.detail === "full";
    const islands = this.islandsOf(scene);
    if (islands !== this.shown.islands || this.stands !== this.shown.stands) drawCuts(this.cuts, islands, this.stands, layout);
    this.shown = { islands, stands: this.stands };
    drawLinks(this.links, scene, this.stands, selection, (a, b) => this.isParted(a, b), this.small);
    drawNodes(this.nodes, scene, layout, selection);
    drawQuorum(this.quorum, timeline, at_us, selection, this.stands, isFull);
    drawClients(this.clients, scene, layout, selection);
    this.flights.set(isMoving, selection.thing?.kind === "message" ? selection.thing.id : null);
  }

  /**
   * Draw what moves.
   * @param {Scene} scene @param {Timeline} timeline @param {number} at_us
   * @param {number} [fade_us] for how long a message that was lost is marked
   */
  drawMotion(scene, timeline, at_us, fade_us = 0) {
    const layout = this.place(scene);
    this.svg.attr("data-now-us", at_us);
    this.flights.draw(timeline, at_us, this.stands, layout);
    if (this.flights.isCrowd !== this.svg.classed("busy")) this.svg.classed("busy", this.flights.isCrowd);
    drawEndings(nodeOf(this.endings), timeline, at_us, fade_us, this.stands, this.calm.matches);
  }

  /** Where everything is; worked out anew when the box or the cast is another. @param {Scene} scene @returns {Layout} */
  place(scene) {
    const roster = rosterOf(scene);
    if (this.layout && roster === this.roster) return this.layout;
    if (!this.size.width) {
      const { width, height } = this.box.getBoundingClientRect();
      this.size = { width, height };
    }
    const { width, height } = this.size;
    const layout = layOut(width, height, scene.nodes.length, scene.clients.length, this.small);
    this.layout = layout;
    this.stands = standing(scene, layout);
    this.roster = roster;
    this.svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height).attr("data-detail", layout.detail);
    this.ring.attr("cx", layout.centre.x).attr("cy", layout.centre.y).attr("r", layout.ring);
    return layout;
  }

  /** Groups between which nothing passes, where that is more than one link. @param {Scene} scene */
  islandsOf(scene) {
    const { links } = scene;
    const old = this.parted;
    if (links.length === old.links.length && links.every((link, i) => link === old.links[i])) return old.groups;
    const cut = links.filter((link) => link.cut).length > 2;
    this.parted = { links, groups: (cut && islandsAt(/** @type {View} */ ({ scene }))) || [] };
    return this.parted.groups;
  }

  /** @param {string} a @param {string} b */
  isParted(a, b) {
    const here = this.parted.groups.find((group) => group.includes(a));
    return here !== undefined && !here.includes(b) && this.parted.groups.some((group) => group.includes(b));
  }
}

/** @type {WeakMap<Scene, string>} */
const rosters = new WeakMap();

/** Who is there. @param {Scene} scene */
function rosterOf(scene) {
  let roster = rosters.get(scene);
  if (roster === undefined) rosters.set(scene, (roster = [...scene.nodes, ...scene.clients].map(({ id }) => id).join(" ")));
  return roster;
}

/** @param {import("d3-selection").Selection<SVGGElement, unknown, null, undefined>} layer */
function nodeOf(layer) {
  return /** @type {SVGGElement} */ (layer.node());
}

/**
 * Stripes for what is down, so that colour is not the only sign, and the arrowhead that shows while paused. Each stage
 * has its own: those of a stage that is hidden would draw nothing.
 * @param {import("d3-selection").Selection<SVGSVGElement, unknown, null, undefined>} svg @param {number} number
 */
function drawPatterns(svg, number) {
  const defs = svg.append("defs");
  defs
    .append("pattern")
    .attr("id", `hatch-${number}`)
    .attr("width", 8)
    .attr("height", 8)
    .attr("patternUnits", "userSpaceOnUse")
    .attr("patternTransform", "rotate(45)")
    .append("rect")
    .attr("class", "hatch")
    .attr("width", 2)
    .attr("height", 8);
  defs
    .append("marker")
    .attr("id", `arrow-${number}`)
    .attr("viewBox", "0 0 10 10")
    .attr("refX", 9)
    .attr("refY", 5)
    .attr("markerWidth", 7)
    .attr("markerHeight", 7)
    .attr("orient", "auto")
    .append("path")
    .attr("d", "M1 1 9 5 1 9z")
    .attr("class", "arrowhead");
  svg.style("--hatch", `url(#hatch-${number})`).style("--arrow", `url(#arrow-${number})`);
}
