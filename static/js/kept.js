/** What somebody has chosen is kept in this browser. One that forbids storage forgets it with the page. */

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} choice */
export function keep(name, choice) {
  try {
    localStorage.setItem(name, choice);
  } catch {
    // It lasts as long as the page.
  }
}
