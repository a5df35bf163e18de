/**
 * The latest operations as cards: the answer of every node asked, the outcome, and what it means.
 *
 * @import { Answer, OperationState } from "../protocol.js"
 * @import { Scene } from "../scene.js"
 */
import { select } from "d3-selection";
import { positiveAnswers } from "../scene.js";
import { milliseconds, say } from "../words.js";
import { byId } from "./element.js";

const SHOWN = 8;

/** @typedef {{ id: string, state: OperationState, copies: number, place: number }} Card */

export class OperationCards {
  constructor() {
    this.list = byId("operations", HTMLOListElement);
  }

  /** @param {Scene} scene */
  draw(scene) {
    const cards = scene.operations.slice(0, SHOWN).map(([id, state]) => ({
      id,
      state,
      copies: scene.copies.get(id) ?? 0,
      place: scene.clients.find((client) => client.id === state.client)?.state.place ?? 0,
    }));
    const items = select(this.list)
      .selectAll("li")
      .data(cards, (card) => /** @type {Card} */ (card).id)
      .join((enter) => {
        const item = enter.append("li");
        const head = item.append("div").attr("class", "head");
        head.append("span").attr("class", "what");
        head.append("span").attr("class", "took");
        head.append("span").attr("class", "outcome");
        const meter = item.append("div").attr("class", "meter");
        meter.append("span").attr("class", "answers");
        meter.append("span").attr("class", "count");
        item.append("p").attr("class", "means");
        return item;
      })
      .order()
      .attr("class", (card) => `operation who-${card.place % 2} ${card.state.outcome}`)
      .attr("data-operation", (card) => card.id)
      .attr("data-outcome", (card) => card.state.outcome);
    items.select(".what").text((card) => what(card.state));
    items.select(".took").text(({ state }) => (state.responded_us === null ? "" : `${milliseconds(state.responded_us - state.invoked_us)} ms`));
    items.select(".outcome").text((card) => say(`operation.${card.state.outcome}`));
    items.select(".count").text((card) => count(card.state));
    items.select(".means").text((card) => means(card));
    drawAnswers(items.select(".answers"));
  }
}

/**
 * One box for each node asked.
 * @param {import("d3-selection").Selection<import("d3-selection").BaseType, Card, HTMLOListElement, unknown>} boxes
 */
function drawAnswers(boxes) {
  boxes
    .selectAll("span")
    .data(({ state }) => [...state.asked].sort(inOrder).map((node) => ({ node, answer: answerOf(state, node), winner: state.winner === node })))
    .join("span")
    .attr("class", ({ answer, winner }) => `answer ${answer?.says ?? "none"}${winner ? " winner" : ""}`)
    .attr("title", ({ node, answer }) => describe(node, answer))
    .attr("role", "img")
    .attr("aria-label", ({ node, answer }) => describe(node, answer))
    .text(({ node, answer }) => `${node}${sign(answer)}`);
}

/** n2 before n10. @param {string} a @param {string} b */
function inOrder(a, b) {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** @param {OperationState} state @param {string} node */
function answerOf(state, node) {
  return state.answers.findLast((answer) => answer.node === node && answer.round === state.round);
}

/** @param {Answer | undefined} answer */
function sign(answer) {
  if (!answer) return "";
  if (answer.says === "value") return answer.version ? ` v${answer.version.counter}` : " –";
  return { ack: " ✓", stale: " !", refused: " ×" }[answer.says];
}

/** @param {string} node @param {Answer | undefined} answer */
function describe(node, answer) {
  const says = !answer ? "none" : answer.says === "value" && !answer.version ? "empty" : answer.says;
  return say(`operation.answer.${says}`, { node, counter: answer?.version?.counter ?? 0 });
}

/** @param {OperationState} state */
function what({ client, type, key, value }) {
  return type === "write" ? say("operation.write", { client, key, value: value ?? "" }) : say("operation.read", { client, key });
}

/** @param {OperationState} state */
function count(state) {
  const code = state.type === "write" ? "operation.acks" : "operation.replies";
  const counted = say(code, { have: Math.min(positiveAnswers(state).length, state.needed), needed: state.needed });
  return state.round > 1 ? `${counted} · ${say("operation.round", { round: state.round })}` : counted;
}

/** @param {Card} card */
function means({ state, copies }) {
  if (state.outcome === "fail") {
    return state.type === "write" ? say("operation.copies", {}, copies) : say("operation.read_failed");
  }
  if (state.outcome === "ok" && state.type === "read") {
    if (state.value === null) return say("operation.got_nothing");
    return say("operation.got", { value: state.value, counter: state.version?.counter ?? 0, winner: state.winner ?? "" });
  }
  return "";
}
