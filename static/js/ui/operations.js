/**
 * The latest operations as cards: the answer of every node asked, the outcome, what it means and what it cost.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { OperationState } from "../protocol.js"
 * @import { Asking, Entry } from "../quorums.js"
 */
import { everyMsIn } from "../app.js";
import { messagesOf, roundTrips } from "../costs.js";
import { asking, inOrder, winnerOf } from "../quorums.js";
import { say } from "../words.js";
import { byId, make, tell } from "./element.js";
import { cost, count, describe, means, reason, sign, through, versionName, what } from "./operation_words.js";

const SHOWN = 8;

/** @implements {Part} */
export class OperationCards {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.list = byId("operations", HTMLOListElement);
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    this.list.addEventListener("click", (event) => {
      const id = /** @type {HTMLElement} */ (event.target).closest("li")?.dataset.operation;
      if (!id) return;
      if (app.selection.is("operation", id)) app.selection.clear();
      else app.selection.select("operation", id);
    });
  }

  get everyMs() {
    return everyMsIn(this.list);
  }

  /** @param {View} view */
  draw(view) {
    const { thing } = view.selection;
    const selected = thing?.kind === "operation" ? thing.id : null;
    const entries = wanted(view, selected);
    const kept = new Map(entries.map(([id]) => [id, this.cards.get(id) ?? new Card(id)]));
    for (const [id, card] of this.cards) if (!kept.has(id)) card.item.remove();
    this.cards = kept;
    for (const [place, [id, state]] of entries.entries()) {
      const card = /** @type {Card} */ (kept.get(id));
      if (this.list.children[place] !== card.item) this.list.insertBefore(card.item, this.list.children[place] ?? null);
      card.draw(view, state, id === selected);
    }
  }
}

/** The latest, and the selected one though it may be older. @param {View} view @param {string | null} selected @returns {Entry[]} */
function wanted({ scene, timeline, at_us }, selected) {
  const latest = scene.operations.slice(0, SHOWN);
  if (!selected || latest.some(([id]) => id === selected)) return latest;
  const state = timeline.at("operation", selected, at_us);
  return state ? [...latest, [selected, state]] : latest;
}

class Card {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.item = make("li");
    this.item.dataset.operation = id;
    const head = make("div", "head");
    this.what = make("button", "what");
    this.what.type = "button";
    this.outcome = make("span", "outcome");
    head.append(this.what, this.outcome);
    const meter = make("div", "meter");
    this.answers = make("span", "answers");
    this.count = make("span", "count");
    meter.append(this.answers, this.count);
    this.through = make("p", "through");
    this.siblings = make("ul", "siblings");
    this.means = make("p", "means");
    this.reason = make("p", "reason");
    this.cost = make("p", "cost");
    this.item.append(head, meter, this.through, this.siblings, this.means, this.reason, this.cost);
    /** What it was drawn from: nothing is touched where all of it is the same. @type {unknown[]} */
    this.told = [];
  }

  /** @param {View} view @param {OperationState} state @param {boolean} isSelected */
  draw({ scene, timeline, at_us }, state, isSelected) {
    const copies = scene.copies.get(this.id) ?? 0;
    const messages = messagesOf(timeline, this.id, state, at_us);
    const coordination = state.via ? timeline.at("coordination", `${this.id}@${state.via}`, at_us) : null;
    const told = [state, coordination, copies, messages, isSelected, scene.cluster.strategy];
    if (told.every((value, place) => value === this.told[place])) return;
    this.told = told;
    const asked = asking(timeline, this.id, state, at_us);
    const winner = winnerOf(state, asked);
    const place = scene.clients.find((client) => client.id === state.client)?.state.place ?? 0;
    this.item.className = `operation who-${place % 2} ${state.outcome}${isSelected ? " selected" : ""}`;
    this.item.dataset.outcome = state.outcome;
    this.what.setAttribute("aria-pressed", String(isSelected));
    tell(this.what, what(state));
    tell(this.outcome, say(`operation.${state.outcome}`));
    tell(this.count, count(state, asked));
    tell(this.through, through(state));
    tell(this.means, means(state, winner, copies));
    tell(this.reason, reason(state));
    tell(this.cost, cost(state, messages, roundTrips(timeline, this.id, state, asked, scene.cluster, at_us), scene.cluster.strategy === "leader"));
    this.siblings.replaceChildren(...(state.siblings.length > 1 ? state.siblings.map(({ value, version }) => make("li", "", `${value} ${versionName(version)}`)) : []));
    this.answers.replaceChildren(...boxes(state.type, asked, winner));
  }
}

/** One box for each node asked. @param {"write" | "read"} type @param {Asking} asked @param {string | null} winner */
function boxes(type, { asked, answers, round }, winner) {
  return [...asked].sort(inOrder).map((node) => {
    const own = answers.filter((one) => one.node === node);
    const answer = (type === "read" ? own.find(({ says }) => says === "value") : undefined) ?? own.findLast((one) => one.round === round);
    const box = make("span", `answer ${answer?.says ?? "none"}${winner === node ? " winner" : ""}`, `${node}${sign(answer)}`);
    box.title = describe(node, answer);
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", box.title);
    return box;
  });
}
