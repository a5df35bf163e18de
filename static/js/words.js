/**
 * The catalogue of sentences in the browser. Facts come as codes and numbers; only here do they become words.
 */

/** @type {Record<string, string>} */
let catalogue = {};

/** @param {Record<string, string>} words */
export function useWords(words) {
  catalogue = words;
}

/** @typedef {Record<string, string | number>} Facts */

/**
 * The sentence for a code. Where a count is given, the sentence for that number is preferred (`code.zero`, `code.one`).
 * @param {string} code @param {Facts} [facts] @param {number} [count]
 */
export function say(code, facts = {}, count) {
  const special = count === 0 ? "zero" : count === 1 ? "one" : "";
  const sentence = catalogue[`${code}.${special}`] ?? catalogue[code] ?? code;
  const known = count === undefined ? facts : { count, ...facts };
  return sentence.replace(/\{(\w+)\}/g, (_, name) => show(name, known[name]));
}

/** @param {{ code: string, facts: Facts }} note */
export function sayNote({ code, facts }) {
  const told = { ...facts };
  if (typeof facts.code === "string") told.reason = say(`reason.${facts.code}`);
  if (typeof facts.type === "string") told.type = say(`message.${facts.type}`);
  const count = facts.acks ?? facts.records;
  return say(`note.${code}`, told, typeof count === "number" ? count : undefined);
}

/** Virtual time for people: milliseconds, three digits after the point below ten. @param {number} us */
export function milliseconds(us) {
  const ms = us / 1000;
  return ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(1) : ms.toFixed(0);
}

/** @param {string} name @param {string | number | undefined} value */
function show(name, value) {
  if (value === undefined) return `{${name}}`;
  return name.endsWith("_us") && typeof value === "number" ? `${Number((value / 1000).toPrecision(3))} ms` : String(value);
}
