/**
 * The catalogue of sentences in the browser. Facts come as codes and numbers; only here do they become words.
 */

/** @type {Record<string, string>} */
let catalogue = {};
let plurals = new Intl.PluralRules("en");

/** @param {Record<string, string>} words @param {string} [language] the page's own, if none is named */
export function useWords(words, language = document.documentElement.lang) {
  catalogue = words;
  plurals = new Intl.PluralRules(language);
}

/** @typedef {Record<string, string | number>} Facts */

/**
 * The sentence for a code. Where there is a count, as an argument or a fact, the sentence of that form is preferred:
 * `code.zero` for none, otherwise the one for the language's own kind of number, such as `code.one` or `code.few`.
 * @param {string} code @param {Facts} [facts] @param {number} [count]
 */
export function say(code, facts = {}, count) {
  const known = count === undefined ? facts : { count, ...facts };
  const sentence = formed(code, count ?? facts.count);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => show(name, known[name]));
}

/** @param {string} code @param {string | number | undefined} count */
function formed(code, count) {
  const usual = catalogue[code] ?? code;
  if (typeof count !== "number") return usual;
  const special = count === 0 ? catalogue[`${code}.zero`] : undefined;
  const category = plurals.select(count);
  return special ?? catalogue[`${code}.${category === "zero" ? "zero_form" : category}`] ?? usual;
}

/** @param {{ code: string, facts: Facts }} note */
export function sayNote({ code, facts }) {
  const told = { ...facts };
  if (typeof facts.code === "string") told.reason = say(`reason.${facts.code}`);
  if (typeof facts.type === "string") told.type = say(`message.${facts.type}`);
  if (code === "setting") Object.assign(told, setting(facts));
  const count = facts.acks ?? facts.records ?? facts.count ?? facts.needed;
  return say(`note.${code}`, told, typeof count === "number" ? count : undefined);
}

/** What a setting is called, and what it is now. @param {Facts} facts @returns {Facts} */
function setting({ name, value }) {
  const is = catalogue[`setting.${name}.is_${value}`] ?? catalogue[`settings.${value}`];
  return { name: say(`setting.${name}`), value: is ?? show(String(name), value) };
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
