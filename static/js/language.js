/** The language in addresses: whoever was sent one in a language stays in it. */

/** For a page that takes this one's place, or is opened from it: it asks for a language where this one does. @param {string} address */
export function keepLanguage(address) {
  const asked = new URLSearchParams(location.search).get("lang");
  return asked === null ? address : withLanguage(address, asked);
}

/** For what a script fetches: it is answered in the language of the page. @param {string} address */
export function inLanguage(address) {
  return withLanguage(address, document.documentElement.lang);
}

/** @param {string} address @param {string} language */
function withLanguage(address, language) {
  const made = new URL(address, location.origin);
  made.searchParams.set("lang", language);
  return `${made.pathname}${made.search}${made.hash}`;
}
