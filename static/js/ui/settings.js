/**
 * The cluster's settings that everybody meets first: n, w and r with the condition that they make, and gossip.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { ClusterState } from "../protocol.js"
 */
import { say } from "../words.js";
import { byId, make, tell } from "./element.js";

/** How often nodes gossip when left to it: seldom enough to be watched at the usual speed. */
const GOSSIP_EVERY_US = 20_000;

/** @typedef {"n" | "w" | "r"} Name */
const NAMES = /** @type {const} */ (["n", "w", "r"]);

/** @implements {Part} */
export class SettingsControls {
  everyMs = 0;

  /** @param {App} app */
  constructor(app) {
    const { actions } = app;
    this.sliders = bySetting((name) => byId(`set-${name}`, HTMLInputElement));
    this.shown = bySetting((name) => byId(`show-${name}`, HTMLOutputElement));
    this.rows = bySetting((name) => /** @type {HTMLElement} */ (this.sliders[name].closest("label")));
    this.overlap = byId("overlap", HTMLElement);
    this.was = byId("quorum-was", HTMLButtonElement);
    this.gossipRun = byId("gossip-run", HTMLInputElement);
    this.gossipEvery = byId("gossip-every", HTMLElement);
    this.every_us = GOSSIP_EVERY_US;
    this.told = "";
    /** The slider in somebody's hand, which a frame must not move. @type {Name | null} */
    this.held = null;
    /** How much has been asked for that no answer has come to: until then the sliders stay as they were set. */
    this.asking = 0;
    /** When what was asked for has happened; the picture is a little behind it. */
    this.due_us = 0;
    /** @type {ClusterState | null} */
    this.cluster = null;
    for (const name of NAMES) {
      this.sliders[name].addEventListener("input", () => {
        this.held = name;
        this.show(this.wanted(name));
      });
      this.sliders[name].addEventListener("change", () => {
        this.held = null;
        this.asking += 1;
        void actions.configure(this.wanted(name)).then((answer) => {
          this.asking -= 1;
          this.due_us = answer?.at_us ?? 0;
          // The picture may have come past that while the answer was waited for.
          app.redraw();
        });
      });
    }
    this.was.addEventListener("click", () => {
      // It is about to go, and the focus must not go with it.
      this.sliders.n.focus();
      void actions.configure(JSON.parse(this.was.dataset.settings ?? "{}"));
    });
    byId("gossip", HTMLButtonElement).addEventListener("click", () => void actions.gossip());
    this.gossipRun.addEventListener("change", () =>
      void actions.configure({ gossip_every_us: this.gossipRun.checked ? this.every_us : 0 }),
    );
  }

  /** What the sliders ask for; w and r follow n down, since they cannot be more. @param {Name} moved */
  wanted(moved) {
    const [n, w, r] = NAMES.map((name) => Number(this.sliders[name].value));
    return moved === "n" ? { n, w: Math.min(w, n), r: Math.min(r, n) } : { n: Math.max(n, w, r), w, r };
  }

  /** @param {View} view */
  draw({ scene: { cluster }, timeline, at_us, isLive }) {
    const first = timeline.versions("cluster", "cluster")[0]?.fields ?? cluster;
    const told = [first.n, first.w, first.r, ...TOLD.map((name) => cluster[name])].join();
    this.cluster = cluster;
    if (this.held || this.asking > 0 || (isLive && at_us < this.due_us) || told === this.told) return;
    this.due_us = 0;
    const { n, w, r, nodes, strategy, gossip_every_us } = cluster;
    const isLed = strategy === "leader";
    for (const name of NAMES) this.sliders[name].max = String(nodes);
    // With a leader every node keeps a copy, and r is not used.
    this.rows.n.hidden = isLed;
    this.rows.r.hidden = isLed;
    this.show({ n, w, r });
    this.was.hidden = isLed || (first.n === n && first.w === w && first.r === r);
    this.was.dataset.settings = JSON.stringify({ n: first.n, w: first.w, r: first.r });
    tell(this.was, say("quorum.was", { n: first.n, w: first.w, r: first.r }));
    this.gossipRun.checked = gossip_every_us > 0;
    if (gossip_every_us > 0) this.every_us = gossip_every_us;
    tell(this.gossipEvery, gossip_every_us > 0 ? say("gossip.every", { ms: gossip_every_us / 1000 }) : "");
    this.told = told;
  }

  /** @param {Record<Name, number>} settings */
  show(settings) {
    this.told = "";
    for (const name of NAMES) {
      if (this.held !== name) this.sliders[name].value = String(settings[name]);
      tell(this.shown[name], String(settings[name]));
    }
    const { condition, code, holds } = promise(settings, this.cluster);
    this.overlap.classList.toggle("holds", holds);
    this.overlap.replaceChildren(make("strong", "", condition), ` ${say(code)}`);
  }
}

/** What the settings promise of a read that begins after a write is OK. @param {Record<Name, number>} settings @param {ClusterState | null} cluster */
function promise({ n, w, r }, cluster) {
  if (cluster?.strategy === "leader") {
    return { condition: `w = ${w}, n = ${n}`, code: cluster.follower_reads ? "quorum.followers" : "quorum.leader", holds: !cluster.follower_reads };
  }
  const asked = cluster?.read_from === "one" ? 1 : r;
  const overlap = w + asked > n;
  const sign = overlap ? ">" : "≤";
  const condition = `w + r ${sign} n · ${w} + ${asked} ${sign} ${n}`;
  if (overlap && cluster?.sloppy) return { condition, code: "quorum.sloppy", holds: false };
  if (asked < r) return { condition, code: "quorum.one", holds: overlap };
  return { condition, code: overlap ? "quorum.overlap" : "quorum.no_overlap", holds: overlap };
}

/** What of the cluster is told here. */
const TOLD = /** @type {const} */ (["n", "w", "r", "nodes", "strategy", "sloppy", "read_from", "follower_reads", "gossip_every_us"]);

/** @template T @param {(name: Name) => T} find @returns {Record<Name, T>} */
function bySetting(find) {
  return { n: find("n"), w: find("w"), r: find("r") };
}
