/** Small help with the page's elements. */

/**
 * The element with an id, of the class that is expected; a template without it is a mistake that shows at once.
 * @template {HTMLElement} T
 * @param {string} id @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/**
 * A new element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} [name] @param {string} [text]
 */
export function make(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

/**
 * The options of a select or a datalist; nothing is touched where they are the same, and what is chosen stays chosen.
 * @param {HTMLSelectElement | HTMLDataListElement} field @param {[value: string, text: string][]} wanted
 */
export function options(field, wanted) {
  const told = JSON.stringify(wanted);
  if (field.dataset.options === told) return;
  field.dataset.options = told;
  const chosen = field instanceof HTMLSelectElement ? field.value : "";
  field.replaceChildren(...wanted.map(([value, text]) => new Option(text, value)));
  if (field instanceof HTMLSelectElement && wanted.some(([value]) => value === chosen)) field.value = chosen;
}

/** A text where it is another than before. @param {Element} element @param {string} text */
export function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
