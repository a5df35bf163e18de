/**
 * A lesson taught to a class: the card says where the class is, and the stage shows the lesson's cluster.
 *
 * @import { App, LessonPlan, Part } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 */
import { Controls } from "../lesson/controls.js";
import { Picture } from "../lesson/picture.js";
import { Present } from "../lesson/present.js";
import { Progress } from "../lesson/progress.js";
import { startTerms } from "../lesson/terms.js";
import { byId } from "../ui/element.js";
import { TeachingCard } from "./lesson_card.js";
import { beginOnStage, LessonChoice } from "./lesson_choice.js";
import { TaughtCourse } from "./lesson_course.js";
import { turnToLessons } from "./open.js";
import { ProgressBoard } from "./progress_board.js";

/** @param {App} app @param {Classroom} classroom @returns {Part[]} */
export function startTeachingLesson(app, classroom) {
  const { lesson } = app.boot;
  new LessonChoice(app, classroom);
  new ProgressBoard(app, classroom);
  turnToLessons("teach", app, classroom);
  if (!lesson) return [];
  app.introduced = new Set();
  return [new TaughtLesson(app, classroom, lesson)];
}

/** @implements {Part} */
class TaughtLesson {
  /** @param {App} app @param {Classroom} classroom @param {LessonPlan} lesson */
  constructor(app, classroom, lesson) {
    this.app = app;
    this.classroom = classroom;
    // What the teacher tries here is not their own progress.
    this.course = new TaughtCourse(lesson, new Progress(null));
    /** @type {TeachingCard | null} */
    this.card = null;
    this.hasLooked = false;
    classroom.onChange((what) => {
      if (what === "class") this.hear();
    });
  }

  /** The class is where the server says, for this page as for an assistant's. */
  hear() {
    const { course, app } = this;
    const { seen } = this.classroom;
    if (seen?.slug !== course.slug) return;
    const place = Math.max(0, course.steps.findIndex(({ id }) => id === seen.step));
    const isNews = place !== course.place;
    if (isNews) course.goTo(place);
    if (this.card === null) {
      this.card = new TeachingCard(app, course);
      startTerms(byId("prose", HTMLElement));
      for (const part of [new Controls(app, course), new Present(app, course), new Picture(app, course)]) app.add(part);
    } else if (isNews) this.card.arriveWithClass();
    else course.tell();
  }

  move() {
    const { app, classroom, course } = this;
    const { joined } = app;
    if (this.hasLooked || !this.card || !joined || joined.room !== classroom.seen?.stage) return;
    this.hasLooked = true;
    // However the class has come into the lesson, it needs the lesson's cluster.
    const isOther = joined.scenario !== `lesson-${course.slug}`;
    if (isOther && classroom.seat?.role === "owner" && !classroom.seen.ended) void beginOnStage(app, classroom, course.slug, course.step.id);
  }
}
