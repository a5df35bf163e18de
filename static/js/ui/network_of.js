/**
 * What is wrong with the network at a moment, put together from the links that are not whole. Pure.
 *
 * @import { View } from "../app.js"
 * @import { LinkState } from "../protocol.js"
 *
 * @typedef {object} Between two actors, and the two directions between them
 * @property {LinkState | null} there null: whole
 * @property {LinkState | null} back
 */

/** Everybody who can send. @param {View} view @returns {string[]} */
export function actorsOf({ scene }) {
  return [...scene.nodes, ...scene.clients].map(({ id }) => id);
}

/** @param {View} view @param {string} source @param {string} target @returns {Between} */
export function between({ scene }, source, target) {
  const find = (/** @type {string} */ from, /** @type {string} */ to) => scene.links.find((link) => link.source === from && link.target === to) ?? null;
  return { there: find(source, target), back: find(target, source) };
}

/** The two ends of a link. @param {string} id `source>target` @returns {[source: string, target: string]} */
export function endsOf(id) {
  const [source = "", target = ""] = id.split(">");
  return [source, target];
}

/**
 * The groups of the partition in force, [] where there is none. A link does not tell why it is cut; the narration does.
 * @param {View} view
 * @returns {string[][]}
 */
export function partitionOf({ timeline, at_us, scene }) {
  if (!scene.links.some(({ cut }) => cut)) return [];
  for (let i = timeline.notes.length - 1; i >= 0; i--) {
    const line = timeline.notes[i];
    if (!line || line.at_us > at_us) continue;
    if (line.note.code === "healed") return [];
    if (line.note.code === "partitioned") return String(line.note.facts.groups).split(" | ").map((group) => group.split(" "));
  }
  return [];
}

/** Whether a partition lies between two actors. @param {string[][]} groups @param {string} a @param {string} b */
export function isParted(groups, a, b) {
  const here = groups.find((group) => group.includes(a));
  return here !== undefined && !here.includes(b) && groups.some((group) => group.includes(b));
}

/** Whether nothing gets from an actor to any other, nor back. @param {View} view @param {string} id */
export function isCutOff(view, id) {
  const { links } = view.scene;
  const others = actorsOf(view).filter((other) => other !== id);
  const cut = new Set(links.filter((link) => link.cut).map(({ source, target }) => `${source}>${target}`));
  return others.length > 0 && others.every((other) => cut.has(`${id}>${other}`) && cut.has(`${other}>${id}`));
}

/**
 * The groups when one actor more is on its own. Who is alone already stays so, as far as the partition names everybody.
 * @param {View} view @param {string} id
 * @returns {string[][]}
 */
export function groupsWithout(view, id) {
  const actors = actorsOf(view);
  const old = partitionOf(view).map((group) => group.filter((member) => member !== id && actors.includes(member))).filter(({ length }) => length);
  const named = old.flat();
  const all = actors.every((actor) => actor === id || named.includes(actor));
  return all && old.length < 10 ? [[id], ...old] : [[id], actors.filter((actor) => actor !== id)];
}

/** The groups when one actor is again with the most; [] where all are together then. @param {string[][]} groups @param {string} id */
export function groupsWith(groups, id) {
  const rest = groups.map((group) => group.filter((member) => member !== id)).filter(({ length }) => length);
  const largest = rest.reduce((most, group) => (group.length > most.length ? group : most), /** @type {string[]} */ ([]));
  return rest.length < 2 ? [] : rest.map((group) => (group === largest ? [...group, id] : group));
}

/**
 * Groups between which nothing passes, in either direction; null where what is cut makes no such groups.
 * @param {View} view
 * @returns {string[][] | null}
 */
export function islands(view) {
  const cut = new Set(view.scene.links.filter((link) => link.cut).map(({ source, target }) => `${source}>${target}`));
  const isApart = (/** @type {string} */ a, /** @type {string} */ b) => cut.has(`${a}>${b}`) && cut.has(`${b}>${a}`);
  const touched = actorsOf(view).filter((actor) => actorsOf(view).some((other) => isApart(actor, other)));
  /** @type {string[][]} */
  const groups = [];
  const left = new Set(touched);
  for (const first of touched) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (const member of group) {
      for (const other of left) {
        if (isApart(member, other)) continue;
        left.delete(other);
        group.push(other);
      }
    }
    groups.push(touched.filter((actor) => group.includes(actor)));
  }
  return groups.length > 1 ? groups : null;
}
