/** Text in the drawing, which does not wrap by itself. */

/** The width of an average letter, as a part of the type size. */
const LETTER = 0.56;

/** Cut a text to a width, with an ellipsis. @param {string} text @param {number} width @param {number} size */
export function fit(text, width, size) {
  const most = Math.max(2, Math.floor(width / (size * LETTER)));
  const letters = [...text];
  return letters.length <= most ? text : letters.slice(0, most - 1).join("") + "…";
}
