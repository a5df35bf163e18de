/** A table that is wider than a phone can be moved sideways, by keys as well. */
import { make } from "../ui/element.js";

/** @param {string} label @param {string[]} heads @param {string[][]} rows the first cell of each one is whom it is about */
export function tableOf(label, heads, rows) {
  const box = make("div", "report-table");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  const table = make("table");
  const head = make("tr");
  head.append(...heads.map((text) => cell("col", text)));
  const top = make("thead");
  top.append(head);
  const body = make("tbody");
  for (const [name = "", ...texts] of rows) {
    const row = make("tr");
    row.append(cell("row", name), ...texts.map((text) => make("td", "", text)));
    body.append(row);
  }
  table.append(top, body);
  box.append(table);
  return box;
}

/** @param {"col" | "row"} scope @param {string} text */
function cell(scope, text) {
  const made = make("th", "", text);
  made.scope = scope;
  return made;
}
