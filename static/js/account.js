/** The pages of an account. Their forms work by themselves; what is added here are links with a code, and this browser's keys. */
import { leaveAllKeys, leaveNoKeys } from "./account_classes.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId, tell } from "./ui/element.js";
import { say, useWords } from "./words.js";

const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();
addEventListener("hashchange", takeCode);
takeCode();

for (const form of document.querySelectorAll("form")) {
  if (form.hasAttribute("data-forgets")) before(form, leaveNoKeys);
  if (form.hasAttribute("data-keeps")) before(form, keepsAll);
}

/** What a link brings in the part of its address that browsers do not send goes into the form. */
function takeCode() {
  const field = document.querySelector("input[name=invitation]");
  const code = location.hash.slice(1);
  if (!(field instanceof HTMLInputElement) || !code) return;
  history.replaceState(null, "", location.pathname + location.search);
  field.value = code;
  // Nobody has to see it, unless something is wrong with it.
  /** @type {HTMLElement} */ (field.parentElement).hidden = true;
  if (field.form?.hasAttribute("data-go-on")) field.form.submit();
}

/** Something is done before a form goes to the server. @param {HTMLFormElement} form @param {() => Promise<unknown>} act false: it does not go */
function before(form, act) {
  let isGoing = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isGoing) return;
    isGoing = true;
    if ((await act()) !== false) form.submit();
    isGoing = false;
  });
}

/** The account goes; the keys to its classes stay here. */
async function keepsAll() {
  const areHere = await leaveAllKeys();
  tell(byId("delete-problem", HTMLElement), areHere ? "" : say("account.keys_not_here"));
  return areHere;
}
