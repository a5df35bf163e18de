/**
 * The cluster's settings: n, w and r with the condition that they make, and gossip.
 *
 * @import { Actions } from "../actions.js"
 * @import { ClusterState } from "../protocol.js"
 */
import { say } from "../words.js";
import { byId } from "./element.js";

/** How often nodes gossip when left to it: seldom enough to be watched at the usual speed. */
const GOSSIP_EVERY_US = 20_000;

/** @typedef {"n" | "w" | "r"} Name */
const NAMES = /** @type {const} */ (["n", "w", "r"]);

export class SettingsControls {
  /** @param {Actions} actions */
  constructor(actions) {
    this.sliders = bySetting((name) => byId(`set-${name}`, HTMLInputElement));
    this.shown = bySetting((name) => byId(`show-${name}`, HTMLOutputElement));
    this.overlap = byId("overlap", HTMLElement);
    this.gossip = byId("gossip", HTMLButtonElement);
    this.gossipRun = byId("gossip-run", HTMLInputElement);
    /** The slider in somebody's hand, which a frame must not move. @type {Name | null} */
    this.held = null;
    for (const name of NAMES) {
      this.sliders[name].addEventListener("input", () => {
        this.held = name;
        this.show(this.wanted(name));
      });
      this.sliders[name].addEventListener("change", () => {
        this.held = null;
        actions.configure(this.wanted(name));
      });
    }
    this.gossip.addEventListener("click", () => actions.gossip());
    this.gossipRun.addEventListener("change", () =>
      actions.configure({ gossip_every_us: this.gossipRun.checked ? GOSSIP_EVERY_US : 0 }),
    );
  }

  /** What the sliders ask for; w and r follow n down, since they cannot be more. @param {Name} moved */
  wanted(moved) {
    const [n, w, r] = NAMES.map((name) => Number(this.sliders[name].value));
    return moved === "n" ? { n, w: Math.min(w, n), r: Math.min(r, n) } : { n: Math.max(n, w, r), w, r };
  }

  /** @param {ClusterState} cluster */
  draw(cluster) {
    for (const name of NAMES) this.sliders[name].max = String(cluster.nodes);
    if (!this.held) this.show(cluster);
    this.gossipRun.checked = cluster.gossip_every_us > 0;
  }

  /** @param {{ n: number, w: number, r: number }} settings */
  show(settings) {
    for (const name of NAMES) {
      if (this.held !== name) this.sliders[name].value = String(settings[name]);
      this.shown[name].textContent = String(settings[name]);
    }
    const { n, w, r } = settings;
    const overlap = w + r > n;
    this.overlap.classList.toggle("holds", overlap);
    this.overlap.replaceChildren(
      Object.assign(document.createElement("strong"), { textContent: `w + r ${overlap ? ">" : "≤"} n · ${w} + ${r} ${overlap ? ">" : "≤"} ${n}` }),
      ` ${say(overlap ? "quorum.overlap" : "quorum.no_overlap")}`,
    );
  }
}

/** @template T @param {(name: Name) => T} find @returns {Record<Name, T>} */
function bySetting(find) {
  return { n: find("n"), w: find("w"), r: find("r") };
}
