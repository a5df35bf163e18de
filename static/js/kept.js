/**
 * What somebody has chosen or done is kept in this browser: for good or, where `session` is said, as long as the tab is open.
 * One that forbids storage forgets it with the page.
 */

/** What somebody wanted who had to sign in first, for as long as the tab is open. */
export const WANTED = "quorumscope.wanted";

/** @param {string} name @param {boolean} [session] @returns {string | null} */
export function recall(name, session = false) {
  try {
    return storage(session).getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string | null} text null: nothing any more @param {boolean} [session] */
export function keep(name, text, session = false) {
  try {
    if (text === null) storage(session).removeItem(name);
    else storage(session).setItem(name, text);
  } catch {
    // It lasts as long as the page.
  }
}

/** @param {boolean} session */
function storage(session) {
  return session ? sessionStorage : localStorage;
}
