/** The glossary is a page to read; only its menu does anything. */
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId } from "./ui/element.js";
import { useWords } from "./words.js";

useWords(JSON.parse(byId("boot", HTMLScriptElement).text).words);
startThemes();
startPops();
