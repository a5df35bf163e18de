/**
 * Progress as something to take along: to a file, from a file, and gone.
 *
 * @import { Progress } from "./progress.js"
 */
import { download } from "../export/picture.js";
import { startDialog } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { ProgressError } from "./progress.js";
import { forgetReviews, reviewsKept, takeReviews } from "./review_record.js";

const FILE = "quorumscope-progress.json";
/** A file of everybody's whole progress is a fraction of this. */
const BYTES_MAX = 1_000_000;

/** @param {Progress} progress @param {() => void} onChange */
export function startKeeping(progress, onChange) {
  const file = byId("progress-file", HTMLInputElement);
  byId("progress", HTMLElement).hidden = false;
  byId("progress-export", HTMLButtonElement).addEventListener("click", () => {
    const all = { ...JSON.parse(progress.text()), review: reviewsKept() };
    download(new Blob([`${JSON.stringify(all, null, 2)}\n`], { type: "application/json" }), FILE);
    report(say("contents.exported", { file: FILE }));
  });
  byId("progress-import", HTMLButtonElement).addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (chosen) await take(progress, chosen);
    // The same file can be chosen once more.
    file.value = "";
    onChange();
  });
  const dialog = startDialog("forget", "progress-forget");
  byId("forget-yes", HTMLButtonElement).addEventListener("click", () => {
    dialog.close();
    for (const slug of [...progress.lessons.keys()]) progress.reset(slug);
    forgetReviews();
    report(say("contents.forgotten"));
    onChange();
  });
}

/** @param {Progress} progress @param {File} file */
async function take(progress, file) {
  if (file.size > BYTES_MAX) return complain(say("contents.too_large"));
  const before = places(progress);
  try {
    const text = await file.text();
    progress.take(text);
    takeReviews(JSON.parse(text).review);
  } catch (error) {
    if (!(error instanceof ProgressError)) throw error;
    return complain(say(error.code));
  }
  const further = [...places(progress)].filter(([slug, place]) => place > (before.get(slug) ?? -1)).length;
  return report(say("contents.taken", {}, further));
}

/** How far each lesson is, as a number that grows. @param {Progress} progress @returns {Map<string, number>} */
function places({ lessons }) {
  return new Map([...lessons].map(([slug, { reached, finished }]) => [slug, finished ? Infinity : reached]));
}

/** @param {string} sentence */
function report(sentence) {
  tell(byId("progress-said", HTMLElement), sentence);
  tell(byId("progress-problem", HTMLElement), "");
}

/** @param {string} sentence */
function complain(sentence) {
  tell(byId("progress-said", HTMLElement), "");
  tell(byId("progress-problem", HTMLElement), sentence);
}
