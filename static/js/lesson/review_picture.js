/**
 * A cluster at one moment, as text and boxes: who is up, who holds what, which rules hold.
 *
 * @typedef {{ code: string, facts: import("../words.js").Facts }} Said a sentence without its `review.`
 * @typedef {{ at_us: number | null, says: Said }} Line
 * @typedef {object} PicturedNode
 * @property {string} id
 * @property {"up" | "down" | "frozen" | "leaving"} status
 * @property {boolean} leads
 * @property {number} slow
 * @property {string[]} holds
 * @property {string[]} hints
 * @property {boolean} home
 * @typedef {{ at_us: number, nodes: PicturedNode[], n: number, w: number, r: number | null, rules: string[], gives_up_us: number | null }} Picture
 */
import { make, tell } from "../ui/element.js";
import { say } from "../words.js";

/** So many nodes have a box with words; more than that only show who holds the value. */
const NODES_MAX = 9;

/** @param {Said} said */
export function sentence({ code, facts }) {
  return say(`review.${code}`, facts);
}

/** @param {number} us */
function ms(us) {
  return String(Number((us / 1000).toFixed(1)));
}

/** What a setting is called, and what it means as it stands. @param {string} code such as setting.gossip_mode.pull */
function rule(code) {
  return say("review.rule", { name: say(code.slice(0, code.lastIndexOf("."))), means: say(code) });
}

/** @param {HTMLElement} box @param {Picture} picture */
export function drawFigures(box, { n, w, r, rules, gives_up_us }) {
  const figures = make("dl", "review-numbers");
  for (const [name, value] of Object.entries({ n, w, r })) {
    if (value === null) continue;
    const pair = make("div");
    pair.append(make("dt", "", `${name} = ${value}`), make("dd", "soft", say(`review.figure.${name}`)));
    figures.append(pair);
  }
  const list = make("ul", "review-rules soft");
  list.append(...rules.map((code) => make("li", "", rule(code))));
  if (gives_up_us !== null) list.append(make("li", "", say("review.gives_up", { ms: ms(gives_up_us) })));
  box.replaceChildren(figures, ...(list.children.length ? [list] : []));
}

/** @param {HTMLElement} list @param {Picture} picture */
export function drawNodes(list, { nodes, n }) {
  list.classList.toggle("many", nodes.length > NODES_MAX);
  list.replaceChildren(...nodes.map((node) => drawNode(node, n < nodes.length)));
}

/** @param {PicturedNode} node @param {boolean} some whether only some nodes keep the key */
function drawNode({ id, status, leads, slow, holds, hints, home }, some) {
  const box = make("li", "review-node");
  box.dataset.status = status;
  const is = [];
  if (status !== "up") is.push(say(`review.node.${status}`));
  if (leads) is.push(say("review.node.leads"));
  if (slow > 1) is.push(say("review.node.slow", { factor: slow }));
  if (some && !home) is.push(say("review.node.guest"));
  is.push(...hints.map((value) => say("review.node.hint", { value })));
  const held = make("span", holds.length ? "review-value" : "review-nothing", holds.join(", ") || say("review.node.empty"));
  box.append(make("strong", "", id), " ", held, ...is.flatMap((words) => [" ", make("span", "review-is", words)]));
  return box;
}

/** @param {HTMLElement} list @param {Line[]} lines */
export function drawStory(list, lines) {
  list.replaceChildren(
    ...lines.map(({ at_us, says }) => {
      const item = make("li");
      item.append(make("span", "review-at", at_us === null ? "" : say("review.at", { ms: ms(at_us) })), " ", make("span", "", sentence(says)));
      return item;
    }),
  );
}

/** @param {HTMLElement} heading @param {Picture} picture */
export function drawMoment(heading, { at_us }) {
  tell(heading, say("review.cluster", { ms: ms(at_us) }));
}
