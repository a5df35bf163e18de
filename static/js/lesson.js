/** The page of a lesson: the sandbox, with an experiment in its panel that brings in the controls one by one. */
import { Card } from "./lesson/card.js";
import { Controls } from "./lesson/controls.js";
import { Course } from "./lesson/course.js";
import { Picture } from "./lesson/picture.js";
import { Present } from "./lesson/present.js";
import { Progress } from "./lesson/progress.js";
import { startTerms } from "./lesson/terms.js";
import { openPage } from "./page.js";
import { parts } from "./parts.js";
import { byId } from "./ui/element.js";
import { useWords } from "./words.js";

/** @type {import("./app.js").Boot & { lesson: import("./app.js").LessonPlan }} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);

const course = new Course(boot.lesson, Progress.load());
course.goTo(course.placeOf(location.hash.slice(1)) ?? course.place);
const where = { ...boot, room: course.known.room, study: { slug: course.slug, step: course.step.id } };
course.onChange(() => (where.study.step = course.step.id));

const app = openPage(boot, where, (_, { room }) => course.enter(room));
const controls = new Controls(app, course);
const usual = parts(app);
new Card(app, course);
startTerms(byId("prose", HTMLElement));
app.start([...usual, controls, new Present(app, course), new Picture(app, course)]);
