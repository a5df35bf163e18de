/**
 * The contents: which lessons there are, and how far one has got.
 *
 * @typedef {object} Listed a lesson as the list has it (webapp/lesson_pages.py)
 * @property {string} slug
 * @property {number} number
 * @property {string} title
 * @property {number} minutes
 * @property {number} steps
 */
import { ContentsList } from "./lesson/contents_list.js";
import { startKeeping } from "./lesson/contents_progress.js";
import { startSending } from "./lesson/contents_send.js";
import { Progress } from "./lesson/progress.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId } from "./ui/element.js";
import { useWords } from "./words.js";

/** @type {{ lessons: Listed[], words: Record<string, string> }} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();

const progress = Progress.load();
const list = new ContentsList(boot.lessons, progress);
list.draw();
startKeeping(progress, () => list.draw());
startSending(boot.lessons);

// Who comes back from a lesson has got on, and this page may have been kept; another tab may have got on as well.
for (const event of ["pageshow", "storage"]) {
  addEventListener(event, () => {
    progress.read();
    list.draw();
  });
}
