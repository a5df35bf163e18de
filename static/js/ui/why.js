/**
 * Why an operation came out as it did: the two quorums, the nodes in both, the reply that won.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { OperationState } from "../protocol.js"
 * @import { Asking, Overlap, Pair } from "../quorums.js"
 */
import { drawOverlap } from "../draw/overlap.js";
import { asking, overlap, pairs, winnerOf } from "../quorums.js";
import { say } from "../words.js";
import { byId, make, options, tell } from "./element.js";
import { what } from "./operation_words.js";

/** @implements {Part} */
export class Why {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.body = byId("why", HTMLElement);
    this.body.classList.add("why");
    this.title = make("h3", "", say("why.title"));
    this.choice = make("label", "why-choice");
    this.choice.hidden = true;
    this.with = make("select");
    this.choice.append(make("span"), " ", this.with);
    this.frame = make("div", "why-picture");
    this.picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.frame.append(this.picture);
    this.told = make("div", "why-told");
    this.body.append(this.title, this.choice, this.frame, this.told);
    this.with.addEventListener("change", () => {
      this.chosen = this.with.value;
      app.redraw();
    });
    this.operation = "";
    /** What somebody chose to set it against; otherwise it is the most telling. */
    this.chosen = "";
    /** What it was drawn from. */
    this.drawn = "";
  }

  /** @param {View} view */
  draw(view) {
    const { thing } = view.selection;
    if (thing?.kind !== "operation") return;
    const { id } = thing;
    const isAnother = id !== this.operation;
    this.operation = id;
    if (isAnother) this.chosen = "";
    const state = view.timeline.at("operation", id, view.at_us);
    const found = state ? pairs(view.timeline, id, state, view.at_us) : [];
    const pair = found.find((one) => other(one, id)[0] === this.chosen) ?? found[0] ?? null;
    this.offer(found, id, pair);
    const shown = pair && overlap(view.timeline, pair, view.at_us);
    const drawn = JSON.stringify([id, pair, shown, state?.type, view.scene.cluster.strategy]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.frame.hidden = !shown;
    if (pair && shown) this.show(view, pair, shown);
    else this.told.replaceChildren(...(state ? [make("p", "", say(state.type === "write" ? "why.no_read" : "why.no_write"))] : []));
    if (isAnother && !thing.isOffered) this.body.parentElement?.scrollIntoView({ block: "nearest" });
  }

  /** What the operation can be set against. @param {Pair[]} found @param {string} id @param {Pair | null} shown */
  offer(found, id, shown) {
    this.choice.hidden = found.length < 2;
    const others = found.map((one) => other(one, id));
    tell(/** @type {HTMLElement} */ (this.choice.firstElementChild), say(others[0]?.[1].type === "read" ? "why.with_read" : "why.with_write"));
    options(this.with, others.map(([name, state], place) => [name, `${what(state)} (${name}): ${relationName(/** @type {Pair} */ (found[place]))}`]));
    if (shown) this.with.value = other(shown, id)[0];
  }

  /** @param {View} view @param {Pair} pair @param {Overlap} shown */
  show({ scene, timeline, at_us }, pair, shown) {
    const { write: [writeId, write], read: [readId, read] } = pair;
    const puts = asking(timeline, writeId, write, at_us);
    const gets = asking(timeline, readId, read, at_us);
    const place = (/** @type {string} */ id) => scene.clients.find((client) => client.id === id)?.state.place ?? 0;
    const none = say("why.nobody");
    const names = (/** @type {"ack" | "reply"} */ side) =>
      shown.columns.filter((column) => column[side] === "counted" || column[side] === "late").map(({ node }) => node).join(", ") || none;
    drawOverlap(this.picture, shown, {
      write: puts.by ? say("why.acknowledged_to", { operation: writeId, node: puts.by }) : say("why.acknowledged", { operation: writeId }),
      read: gets.by ? say("why.answered_to", { operation: readId, node: gets.by }) : say("why.answered", { operation: readId }),
      whole: say("why.picture", { acks: names("ack"), replies: names("reply"), both: shown.both.join(", ") || none }),
      both: say("why.both_word"),
      late: say("why.late"),
      down: say("why.down"),
      won: say("why.won"),
      nothing: say("why.nothing"),
    }, { write: place(write.client), read: place(read.client) });
    const sentences = [
      came(pair, winnerOf(read, gets)),
      because(shown, scene.cluster.strategy === "leader" ? (read.via ?? "") : null),
      ...(shown.forgot.length ? [say("why.forgot", { nodes: list(shown.forgot) })] : []),
      heard(puts, write, writeId),
      heard(gets, read, readId),
    ];
    this.told.replaceChildren(...sentences.filter(Boolean).map((sentence) => make("p", "", sentence)));
  }
}

/** The half of a pair that is not the operation itself. @param {Pair} pair @param {string} id */
function other({ write, read }, id) {
  return write[0] === id ? read : write;
}

/** @param {Pair} pair */
function relationName({ relation }) {
  return {
    saw: say("why.saw_it"),
    missed: say("why.missed_it"),
    newer: say("why.saw_newer"),
    beside: say("why.saw_not"),
    other: say("why.saw_not"),
    pending: say("operation.pending"),
    unanswered: say("operation.fail"),
  }[relation];
}

/** What the read made of the write. @param {Pair} pair @param {string | null} winner */
function came({ read: [, read], relation }, winner) {
  const facts = { value: read.value ?? "", counter: read.version?.counter ?? 0, winner: winner ?? "" };
  switch (relation) {
    case "saw":
      return say(read.siblings.length > 1 ? "why.saw_beside" : "why.saw", facts);
    case "missed":
      return read.value === null ? say("why.missed_nothing") : say("why.missed", facts);
    case "newer":
      return say("why.newer", facts);
    case "beside":
      return say("why.beside");
    case "other":
      return say("why.other", facts);
    case "pending":
      return say("why.pending");
    case "unanswered":
      return say("why.unanswered");
  }
}

/** Why it could be so, or had to. @param {Overlap} shown @param {string | null} alone with a single leader, the node that answered alone */
function because({ n, w, r, both, promised, shifted }, alone) {
  const facts = { n, w, r, nodes: list(both), node: alone ?? "" };
  if (alone !== null) return say(both.length ? "why.led_both" : "why.led_none", facts);
  if (shifted) return say(both.length ? "why.shifted_both" : "why.shifted_none", facts);
  if (!promised) return say(both.length ? "why.unpromised_both" : "why.unpromised_none", facts);
  const least = w + r - n;
  if (both.length) return least > 0 ? say("why.had_to", facts, least) : say("why.lucky", facts);
  return say(least > 0 ? "why.not_yet" : "why.none", facts);
}

/** Where a node's outcome is not what its client knows. @param {Asking} asked @param {OperationState} state @param {string} id */
function heard({ by, outcome }, state, id) {
  if (!by || outcome === state.outcome) return "";
  const facts = { node: by, operation: id, client: state.client, outcome: say(`operation.${outcome}`) };
  return outcome === "pending" ? say("why.undecided", facts) : say("why.unheard", facts);
}

/** @param {string[]} nodes */
function list(nodes) {
  return nodes.length > 1 ? say("why.list", { nodes: nodes.slice(0, -1).join(", "), last: nodes.at(-1) ?? "" }) : (nodes[0] ?? "");
}
