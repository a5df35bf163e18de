/** What a class came to: for those who teach it. */
import { ask, fileName, saveFile } from "./classroom/documents.js";
import { keyTo } from "./classroom/keys.js";
import { drawMembers } from "./classroom/report_members.js";
import { drawQuestions } from "./classroom/report_questions.js";
import { drawSummary, drawTimeline } from "./classroom/report_story.js";
import { keepLanguage } from "./language.js";
import { startThemes } from "./ui/chrome.js";
import { copy } from "./ui/copying.js";
import { startPops } from "./ui/dialogs.js";
import { byId, tell } from "./ui/element.js";
import { toast } from "./ui/toasts.js";
import { say, useWords } from "./words.js";

/** @type {{ class_id: string, lessons: import("./classroom/report_story.js").LessonWords[], words: Record<string, string> }} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();

const id = boot.class_id;
const key = keyTo(id, ["owner", "assistant"])?.key ?? "";
const lessons = new Map(boot.lessons.map((lesson) => [lesson.slug, lesson]));
const note = byId("report-note", HTMLElement);
const again = byId("report-again", HTMLButtonElement);
let title = "";

async function load() {
  again.hidden = true;
  tell(note, say("report.loading"));
  const report = await ask(`/classes/${id}/report.json`, key);
  if ("error" in report) {
    tell(note, report.error?.sentence ?? say("teach.no_answer"));
    again.hidden = false;
    return;
  }
  title = report.title;
  document.title = `${say("report.title")}: ${title} · ${say("app.name")}`;
  tell(note, "");
  tell(byId("report-class", HTMLElement), title);
  drawSummary(report);
  drawQuestions(report, lessons);
  drawMembers(report);
  drawTimeline(report, lessons);
  byId("report", HTMLElement).hidden = false;
}

for (const kind of ["csv", "json"]) {
  const button = byId(`report-${kind}`, HTMLButtonElement);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const refused = await saveFile(`/classes/${id}/report.${kind}`, key, fileName(title, `report.${kind}`));
    button.disabled = false;
    if (refused) toast(refused.error?.sentence ?? say("teach.no_answer"));
  });
}

const share = byId("report-replay", HTMLButtonElement);
share.addEventListener("click", async () => {
  share.disabled = true;
  const answer = await ask(`/classes/${id}/replay`, key, "POST");
  share.disabled = false;
  if ("error" in answer) {
    toast(answer.error?.sentence ?? say("teach.no_answer"));
    return;
  }
  const path = `/class-run/${answer.id}`;
  byId("report-address", HTMLInputElement).value = `${location.origin}${path}`;
  byId("report-open", HTMLAnchorElement).href = keepLanguage(path);
  byId("report-shared", HTMLElement).hidden = false;
  tell(byId("report-shared-said", HTMLElement), say("report.shared"));
});

byId("report-shared", HTMLElement).addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("button");
  if (button?.dataset.copy) void copy(button);
});
again.addEventListener("click", () => void load());

if (key) void load();
else location.replace(keepLanguage("/teach"));
