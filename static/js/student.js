/** A student's page in a class. */
import { startAttending } from "./classroom/attending.js";
import { Home } from "./classroom/home.js";
import { startAttendingLesson } from "./classroom/lesson_attending.js";
import { openClass } from "./classroom/open.js";
import { showNoKey } from "./classroom/out.js";
import { startAnswering } from "./classroom/poll_answering.js";
import { parts } from "./parts.js";
import { startThemes } from "./ui/chrome.js";
import { byId } from "./ui/element.js";
import { useWords } from "./words.js";

/** @type {import("./app.js").Boot} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
const opened = openClass(boot, ["student"]);
if (opened) {
  const { app, classroom } = opened;
  new Home(app, classroom);
  app.start([...parts(app), ...startAttending(app, classroom), ...startAnswering(app, classroom), ...startAttendingLesson(app, classroom)]);
} else {
  startThemes();
  showNoKey(boot.class_id ?? "");
}
