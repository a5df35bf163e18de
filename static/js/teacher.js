/** A teacher's page of a class. */
import { Driving } from "./classroom/driving.js";
import { startTeachingLesson } from "./classroom/lesson_teaching.js";
import { startManaging } from "./classroom/managing.js";
import { openClass } from "./classroom/open.js";
import { startAsking } from "./classroom/poll_asking.js";
import { startWall } from "./classroom/wall.js";
import { keepLanguage } from "./language.js";
import { parts } from "./parts.js";
import { byId } from "./ui/element.js";
import { Scenarios } from "./ui/scenarios.js";
import { useWords } from "./words.js";

/** @type {import("./app.js").Boot} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
const opened = openClass(boot, ["owner", "assistant"]);
if (opened) {
  const { app, classroom } = opened;
  const driving = new Driving(app, classroom);
  startManaging(app, classroom);
  app.start([
    ...parts(app),
    ...(boot.lesson ? [] : [new Scenarios(app)]),
    driving,
    ...startWall(app, classroom, driving),
    ...startAsking(app, classroom),
    ...startTeachingLesson(app, classroom),
  ]);
} else location.replace(keepLanguage("/teach"));
