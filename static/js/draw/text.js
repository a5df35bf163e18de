/**
 * Text in the drawing, which does not wrap by itself.
 *
 * @import { Selection as Drawn } from "d3-selection"
 */

/** The width of an average letter, as a part of the type size. */
const LETTER = 0.56;

/** Cut a text to a width, with an ellipsis. @param {string} text @param {number} width @param {number} size */
export function fit(text, width, size) {
  const most = Math.max(2, Math.floor(width / (size * LETTER)));
  const letters = [...text];
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
}

/** The lines that a text needs in a width; it breaks at spaces. @param {string} text @param {number} width @param {number} size */
export function wrap(text, width, size) {
  const most = Math.floor(width / (size * LETTER));
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * Texts of a group, with a space between them: together they are what it is called.
 * @param {Drawn<SVGGElement, any, any, any>} group @param {readonly string[]} names
 */
export function appendTexts(group, names) {
  for (const name of names) {
    group.append("text").attr("class", name);
    group.each((_, i, all) => /** @type {Element} */ (all[i]).append(" "));
  }
}

/**
 * Call groups by the texts that stand in them, and then by what there was no room for.
 * @template T
 * @param {Drawn<any, T, any, any>} groups @param {(datum: T) => string[]} whole
 */
export function callByTexts(groups, whole) {
  groups.attr("aria-label", function (datum) {
    const seen = [.../** @type {Element} */ (this).querySelectorAll("text")].map((text) => text.textContent ?? "");
    const rest = whole(datum).filter((text) => !seen.includes(text));
    return [...seen, ...rest].filter(Boolean).join(" ");
  });
}
