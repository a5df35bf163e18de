/** Tabs as the ARIA practices have them: one in the order of focus, arrows go from one to the next. */
import { byId } from "./element.js";

/** @param {string} list the id of the tab list @param {() => void} onChange */
export function startTabs(list, onChange) {
  const tabs = /** @type {HTMLElement[]} */ ([...byId(list, HTMLElement).querySelectorAll("[role=tab]")]);
  for (const tab of tabs) {
    tab.addEventListener("click", () => choose(tabs, tab, onChange));
    tab.addEventListener("keydown", (event) => {
      const shown = tabs.filter((one) => one.checkVisibility());
      const place = shown.indexOf(tab);
      const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -place, End: shown.length - 1 - place }[event.key];
      if (steps === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const next = /** @type {HTMLElement} */ (shown[(place + steps + shown.length) % shown.length]);
      choose(tabs, next, onChange);
      next.focus();
    });
  }
}

/** A page may be without it, or hide it. @param {string} name the id of a tab @returns {HTMLElement | null} the tab, if it is shown now */
export function showTab(name) {
  const tab = document.getElementById(name);
  if (!tab?.checkVisibility()) return null;
  tab.click();
  return tab;
}

/** @param {HTMLElement} tab */
function panelOf(tab) {
  return byId(tab.getAttribute("aria-controls") ?? "", HTMLElement);
}

/** @param {HTMLElement[]} tabs @param {HTMLElement} chosen @param {() => void} onChange */
function choose(tabs, chosen, onChange) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    panelOf(tab).hidden = tab !== chosen;
  }
  onChange();
}
