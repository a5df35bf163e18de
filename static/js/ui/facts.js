/**
 * Small tables of facts that follow the world without being built anew: only what has changed is touched.
 *
 * @typedef {object} Fact
 * @property {string} name
 * @property {string} text "": not shown
 * @property {() => void} [onClick] it leads somewhere
 */
import { select } from "d3-selection";
import { make } from "./element.js";

/** @param {HTMLElement} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLDListElement} list @param {Fact[]} facts */
export function drawFacts(list, facts) {
  const shown = facts.filter(({ text }) => text);
  select(list)
    .selectAll("div")
    .data(shown, (fact) => /** @type {Fact} */ (fact).name)
    .join((enter) => {
      const row = enter.append("div");
      row.append("dt").text(({ name }) => name);
      const value = row.append("dd");
      value.filter(({ onClick }) => onClick !== undefined).append("button").attr("type", "button").attr("class", "to");
      return row;
    })
    .order()
    .each(function ({ text, onClick }) {
      const value = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (this).querySelector("dd"));
      const button = value.querySelector("button");
      setText(button ?? value, text);
      if (button) button.onclick = onClick ?? null;
    });
}

/**
 * @param {HTMLTableSectionElement} body @param {string[][]} rows the first cell of a row names it
 */
export function drawRows(body, rows) {
  select(body)
    .selectAll("tr")
    .data(rows, (row) => /** @type {string[]} */ (row)[0] ?? "")
    .join("tr")
    .order()
    .selectAll("th, td")
    .data((row) => row)
    .join((enter) => enter.append((_, place) => (place === 0 ? Object.assign(make("th"), { scope: "row" }) : make("td"))))
    .each(function (text) {
      setText(/** @type {HTMLElement} */ (this), text);
    });
}

/** A table with a head and an empty body. @param {string} caption @param {string[]} heads */
export function makeTable(caption, heads) {
  const table = make("table", "facts-table");
  const title = make("caption", "unseen", caption);
  table.append(title);
  const row = table.createTHead().insertRow();
  for (const head of heads) row.append(Object.assign(make("th", "", head), { scope: "col" }));
  const body = table.createTBody();
  const box = make("div", "facts-box");
  box.append(table);
  return { box, body, caption: title };
}

/** Something that is behind a disclosure. @param {string} title */
export function makeMore(title) {
  const more = make("details", "more");
  const summary = make("summary", "", title);
  more.append(summary);
  return { more, summary };
}
