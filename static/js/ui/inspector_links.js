/**
 * The links of a node or client, one row for each other actor: how it is, and the way to its own card.
 *
 * @import { App, View } from "../app.js"
 * @import { LinkState } from "../protocol.js"
 */
import { select } from "d3-selection";
import { say } from "../words.js";
import { make } from "./element.js";
import { makeMore, setText } from "./facts.js";
import { actorsOf, between } from "./network_of.js";

/** @typedef {{ other: string, text: string, isWhole: boolean }} Row */

export class LinkRows {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    const { more, summary } = makeMore(say("inspector.links"));
    this.more = more;
    this.summary = summary;
    this.list = make("ul", "link-rows");
    more.append(this.list);
    more.addEventListener("toggle", () => app.redraw());
  }

  /** @param {View} view @param {string} id */
  draw(view, id) {
    const rows = actorsOf(view)
      .filter((other) => other !== id)
      .map((other) => row(view, id, other));
    setText(this.summary, say("inspector.links_broken", { all: rows.length }, rows.filter(({ isWhole }) => !isWhole).length));
    if (!this.more.open) return;
    select(this.list)
      .selectAll("li")
      .data(rows, (one) => /** @type {Row} */ (one).other)
      .join((enter) => {
        const item = enter.append("li");
        const button = item.append("button").attr("type", "button").attr("class", "to");
        button.append("span").attr("class", "who");
        button.append("span").attr("class", "how");
        return item;
      })
      .order()
      .classed("broken", ({ isWhole }) => !isWhole)
      .each(function ({ other, text }) {
        const [who, how] = /** @type {HTMLElement} */ (this).querySelectorAll("span");
        setText(/** @type {HTMLElement} */ (who), `${id} ⇄ ${other}`);
        setText(/** @type {HTMLElement} */ (how), text);
      })
      .select("button")
      .attr("data-to", ({ other }) => other)
      .on("click", (_, { other }) => {
        this.app.selection.select("link", `${id}>${other}`);
        document.dispatchEvent(new CustomEvent("inspect"));
      });
  }

  /** Open it, with the focus on the first link. */
  enter() {
    this.more.open = true;
    if (this.app.view) this.draw(this.app.view, this.app.selection.thing?.id ?? "");
    const first = this.list.querySelector("button");
    (first ?? this.summary).focus();
  }
}

/** @param {View} view @param {string} id @param {string} other @returns {Row} */
function row(view, id, other) {
  const { there, back } = between(view, id, other);
  if (!there && !back) return { other, text: say("link_state.whole"), isWhole: true };
  if (there?.cut && back?.cut) return { other, text: say("link_state.cut_both"), isWhole: false };
  const ways = [there && `→ ${linkText(there)}`, back && `← ${linkText(back)}`];
  return { other, text: ways.filter(Boolean).join(", "), isWhole: false };
}

/** How one direction is, in a few words. @param {LinkState | null} state */
export function linkText(state) {
  if (!state) return say("link_state.whole");
  const faults = [
    state.cut && say("link_state.cut"),
    state.loss > 0 && say("link_state.loses", { percent: percent(state.loss) }),
    state.duplicate > 0 && say("link_state.doubles", { percent: percent(state.duplicate) }),
    state.reorder > 0 && say("link_state.reorders", { percent: percent(state.reorder) }),
  ];
  return faults.filter(Boolean).join(", ");
}

/** @param {number} share */
function percent(share) {
  return Number((share * 100).toPrecision(3));
}
