/**
 * Words of the glossary in the prose: a button with `data-term` opens what it means right after its paragraph.
 * One is open at a time. Escape closes it.
 */
import { make } from "../ui/element.js";
import { say } from "../words.js";

const ID = "term-note";

/** @param {HTMLElement} root what holds the prose, now or later */
export function startTerms(root) {
  /** The word that is open. @type {HTMLElement | null} */
  let open = null;
  const close = () => {
    open?.setAttribute("aria-expanded", "false");
    open?.removeAttribute("aria-controls");
    document.getElementById(ID)?.remove();
    open = null;
  };
  for (const term of root.querySelectorAll("[data-term]")) term.setAttribute("aria-expanded", "false");
  root.addEventListener("click", (event) => {
    const term = /** @type {HTMLElement} */ (event.target).closest("[data-term]");
    if (!(term instanceof HTMLElement)) return;
    // In a choice it must not choose.
    event.preventDefault();
    const isOpen = term === open;
    close();
    if (isOpen) return;
    open = term;
    place(term, note(term.dataset.term ?? ""));
    term.setAttribute("aria-expanded", "true");
    term.setAttribute("aria-controls", ID);
  });
  // Before anybody else hears of the key: nothing but the word is closed.
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !open || document.querySelector("dialog[open]")) return;
      event.stopPropagation();
      const wasInside = document.getElementById(ID)?.contains(document.activeElement);
      const term = open;
      close();
      if (wasInside) term.focus();
    },
    { capture: true },
  );
}

/** @param {string} id of a word */
function note(id) {
  const box = make("div", "term-note");
  box.id = ID;
  box.setAttribute("role", "note");
  const text = make("p");
  text.append(make("strong", "", say(`term.${id}.word`)), ` ${say(`term.${id}.means`)} `);
  const link = make("a", "", say("glossary.open"));
  link.href = `/glossary#${id}`;
  // In another page's frame there is no room for it.
  if ("embedded" in document.body.dataset) Object.assign(link, { target: "_blank", rel: "noopener" });
  text.append(link);
  box.append(text);
  return box;
}

/** Where a block may follow the one that the word stands in. @param {HTMLElement} term @param {HTMLElement} box */
function place(term, box) {
  const cell = term.closest("table");
  const item = term.closest("li");
  if (cell) cell.after(box);
  else if (item) item.append(box);
  else (term.closest("p, h2, h3") ?? term).after(box);
}
