/**
 * Every pair of w (rows) and r (columns): how fresh a read is above, how long writing and reading take below.
 * Shade and bars repeat what the numbers say; a strong border is w + r > n, stripes are the rest.
 *
 * @typedef {{ r: number, w: number, fresh: number, t_visibility_ms: number, read_ms: number, write_ms: number }} Cell
 */
import { say } from "../words.js";
import { brief, span } from "./chart.js";

export class HeatMap {
  /** @param {HTMLTableElement} table @param {(r: number, w: number) => void} onCell */
  constructor(table, onCell) {
    this.table = table;
    this.head = table.createTHead();
    this.body = table.createTBody();
    /** The buttons by row and column. @type {HTMLButtonElement[][]} */
    this.buttons = [];
    table.addEventListener("click", (event) => {
      const { r, w } = buttonOf(event)?.dataset ?? {};
      if (r && w) onCell(Number(r), Number(w));
    });
    table.addEventListener("keydown", (event) => this.press(event));
  }

  /** @param {Cell[]} cells @param {number} n */
  draw(cells, n) {
    const held = this.buttons.flat().find((one) => one === document.activeElement)?.dataset;
    const most = { read_ms: Math.max(...cells.map(({ read_ms }) => read_ms)), write_ms: Math.max(...cells.map(({ write_ms }) => write_ms)) };
    const counts = Array.from({ length: n }, (_, place) => place + 1);
    const head = element("tr");
    head.append(element("td"), ...counts.map((r) => Object.assign(element("th", `r = ${r}`), { scope: "col" })));
    this.head.replaceChildren(head);
    this.buttons = counts.map((w) => counts.map((r) => button(/** @type {Cell} */ (cells.find((cell) => cell.r === r && cell.w === w)), most, n)));
    this.body.replaceChildren(
      ...this.buttons.map((buttons, place) => {
        const row = element("tr");
        row.append(Object.assign(element("th", `w = ${place + 1}`), { scope: "row" }));
        for (const one of buttons) {
          const cell = element("td");
          cell.append(one);
          row.append(cell);
        }
        return row;
      }),
    );
    // Whoever goes from cell to cell stays where they are when the numbers change.
    if (held) this.buttons[Number(held.w) - 1]?.[Number(held.r) - 1]?.focus();
  }

  /** Which cell is the cluster's. @param {number} r @param {number} w @param {number} n */
  mark(r, w, n) {
    if (this.buttons.length !== n) return;
    for (const one of this.buttons.flat()) {
      const isNow = Number(one.dataset.r) === r && Number(one.dataset.w) === w;
      if (isNow) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
      one.tabIndex = isNow ? 0 : -1;
    }
  }

  /** Arrows go from cell to cell. @param {KeyboardEvent} event */
  press(event) {
    const { r, w } = buttonOf(event)?.dataset ?? {};
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!r || !w || !steps) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.buttons[Number(w) - 1 + /** @type {number} */ (steps[0])]?.[Number(r) - 1 + /** @type {number} */ (steps[1])];
    if (!next) return;
    for (const one of this.buttons.flat()) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  }
}

/** @param {Cell} cell @param {{ read_ms: number, write_ms: number }} most @param {number} n */
function button({ r, w, fresh, read_ms, write_ms }, most, n) {
  const made = element("button");
  const overlaps = w + r > n;
  made.type = "button";
  made.className = `cell ${overlaps ? "overlaps" : "partial"}`;
  made.dataset.r = String(r);
  made.dataset.w = String(w);
  made.title = say("map.cell", { r, w, fresh: short(fresh), read: span(read_ms), write: span(write_ms) });
  made.style.setProperty("--fresh", String(fresh));
  made.append(
    part("unseen", `${made.title} ${say(overlaps ? "map.overlaps" : "map.partial")}`),
    drawn(part("fresh", short(fresh))),
    drawn(bar("write", write_ms, most.write_ms)),
    drawn(bar("read", read_ms, most.read_ms)),
  );
  return made;
}

/** @param {string} name @param {number} ms @param {number} most_ms */
function bar(name, ms, most_ms) {
  const made = part(`took ${name}`, brief(ms));
  made.style.setProperty("--part", String(most_ms > 0 ? ms / most_ms : 0));
  return made;
}

/** @param {string} name @param {string} text */
function part(name, text) {
  return Object.assign(element("span", text), { className: name });
}

/** For the eye only: the words say the same. @param {HTMLElement} element */
function drawn(element) {
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** As much as a cell has room for; only what is certain is 100. @param {number} share */
function short(share) {
  if (share === 1) return "100%";
  return share > 0.99 ? `${(Math.floor(share * 1000) / 10).toFixed(1)}%` : `${Math.floor(share * 100)}%`;
}

/** @param {Event} event */
function buttonOf(event) {
  return /** @type {HTMLElement} */ (event.target).closest("button");
}

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {string} [text] */
function element(tag, text = "") {
  return Object.assign(document.createElement(tag), { textContent: text });
}
