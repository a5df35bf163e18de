/** What has been drawn already need not be drawn again. @import { Selection as Drawn } from "d3-selection" */

/** By the aspect that was drawn. @type {Map<string, WeakMap<Element, string>>} */
const aspects = new Map();

/**
 * Those of the groups that are to show something else than before.
 * @template T
 * @param {Drawn<any, T, SVGGElement, any>} groups @param {(datum: T) => unknown} sign everything that the group's look follows from
 * @param {string} [aspect] where parts of a group are drawn apart from each other
 */
export function changed(groups, sign, aspect = "") {
  let told = aspects.get(aspect);
  if (!told) aspects.set(aspect, (told = new WeakMap()));
  const known = told;
  return groups.filter(function (datum) {
    const now = JSON.stringify(sign(datum));
    if (known.get(this) === now) return false;
    known.set(this, now);
    return true;
  });
}
