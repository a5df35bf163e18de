/**
 * A link: how each of its directions is, and with which chances it plays tricks.
 *
 * @import { App, View } from "../app.js"
 * @import { Body } from "./inspector.js"
 */
import { say } from "../words.js";
import { ActionList } from "./action_list.js";
import { setLink } from "./actions_for.js";
import { make } from "./element.js";
import { drawFacts, setText } from "./facts.js";
import { linkText } from "./inspector_links.js";
import { actorsOf, between, endsOf, isParted, partitionOf } from "./network_of.js";

/** @typedef {"loss" | "duplicate" | "reorder"} Fault */
/** @type {[Fault, string][]} */
const FAULTS = [
  ["loss", "inspector.loss"],
  ["duplicate", "inspector.duplicate"],
  ["reorder", "inspector.reorder"],
];

/** @implements {Body} */
export class LinkBody {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.link = "";
    /** @type {Fault | null} the slider in somebody's hand, which a frame must not move */
    this.held = null;
    this.way = make("select");
    const label = make("label", "way", `${say("inspector.way")} `);
    label.append(this.way);
    this.way.addEventListener("change", () => app.redraw());
    /** @type {Map<Fault, { slider: HTMLInputElement, shown: HTMLOutputElement }>} */
    this.sliders = new Map();
    const box = make("div", "sliders");
    box.append(label, ...FAULTS.map(([fault, code]) => this.makeSlider(fault, say(code))));
    this.actions = new ActionList(app, [box]);
    this.facts = make("dl", "facts");
    this.root = make("div");
    this.root.append(this.facts, this.actions.root);
  }

  /** @param {Fault} fault @param {string} name */
  makeSlider(fault, name) {
    const row = make("label", "setting");
    const slider = make("input");
    Object.assign(slider, { type: "range", min: "0", max: "100", step: "5" });
    slider.dataset.fault = fault;
    const shown = make("output");
    row.append(make("span", "", name), slider, shown);
    slider.addEventListener("input", () => {
      this.held = fault;
      this.read(fault);
    });
    slider.addEventListener("change", () => {
      this.held = null;
      void this.set({ [fault]: Number(slider.value) / 100 });
    });
    this.sliders.set(fault, { slider, shown });
    return row;
  }

  /** @param {Fault} fault */
  read(fault) {
    const { slider, shown } = /** @type {{ slider: HTMLInputElement, shown: HTMLOutputElement }} */ (this.sliders.get(fault));
    setText(shown, `${slider.value} %`);
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
  }

  /** The directions that the sliders are about. @returns {[string, string][]} */
  get ways() {
    const [source, target] = endsOf(this.link);
    return [/** @type {[string, string]} */ ([source, target]), /** @type {[string, string]} */ ([target, source])].filter(
      ([from]) => this.way.value === "both" || this.way.value === from,
    );
  }

  /** @param {Partial<Record<Fault, number>>} change */
  async set(change) {
    const { view } = this.app;
    if (!view) return;
    const parted = isParted(partitionOf(view), ...endsOf(this.link));
    for (const [from, to] of this.ways) {
      const own = parted ? { ...change, cut: false } : change;
      const answer = await this.app.actions.send(setLink(from, to, own, between(view, from, to).there));
      if (!answer || "error" in answer) return;
    }
  }

  /** @param {View} view @param {string} id */
  draw(view, id) {
    const [source, target] = endsOf(id);
    const actors = actorsOf(view);
    const isThere = actors.includes(source) && actors.includes(target);
    this.root.classList.toggle("gone", !isThere);
    if (!isThere) return null;
    if (id !== this.link) this.begin(id);
    const { there, back } = between(view, source, target);
    drawFacts(this.facts, [
      { name: `${source} → ${target}`, text: linkText(there) },
      { name: `${target} → ${source}`, text: linkText(back) },
    ]);
    for (const [fault, { slider }] of this.sliders) {
      if (fault === this.held) continue;
      const share = Math.max(...this.ways.map(([from, to]) => between(view, from, to).there?.[fault] ?? 0));
      const value = String(Math.round(share * 100));
      if (slider.value !== value) slider.value = value;
      this.read(fault);
    }
    if (!there && !back) return say("link_state.whole");
    return isParted(partitionOf(view), source, target) ? say("link_state.parted") : say("link_state.not_whole");
  }

  /** @param {string} id */
  begin(id) {
    this.link = id;
    const [source, target] = endsOf(id);
    const choices = [
      ["both", say("inspector.both_ways")],
      [source, `${source} → ${target}`],
      [target, `${target} → ${source}`],
    ];
    this.way.replaceChildren(...choices.map(([value, text]) => Object.assign(make("option", "", text), { value })));
  }
}
