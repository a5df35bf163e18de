/**
 * A lesson attended in a class: together with all others in the room where the class is, or alone in a copy.
 *
 * @import { App, LessonPlan, Part } from "../app.js"
 * @import { Joined, SeatSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { keep } from "../kept.js";
import { Controls } from "../lesson/controls.js";
import { Present } from "../lesson/present.js";
import { Progress } from "../lesson/progress.js";
import { startTerms } from "../lesson/terms.js";
import { byId } from "../ui/element.js";
import { controlsFor } from "./hands.js";
import { AttendingCard, AttendingPicture } from "./lesson_card.js";
import { AttendedCourse } from "./lesson_course.js";

/** @param {App} app @param {Classroom} classroom @returns {Part[]} */
export function startAttendingLesson(app, classroom) {
  const { lesson } = app.boot;
  if (!lesson) return [];
  app.introduced = new Set();
  return [new AttendedLesson(app, classroom, lesson)];
}

/** @implements {Part} */
class AttendedLesson {
  /** @param {App} app @param {Classroom} classroom @param {LessonPlan} lesson */
  constructor(app, classroom, lesson) {
    this.app = app;
    this.classroom = classroom;
    this.lesson = lesson;
    /** @type {AttendedCourse | null} */
    this.course = null;
    /** @type {AttendingCard | null} */
    this.card = null;
    this.isAlone = false;
    /** Whether the copy that is on its way is their first, or takes the place of another. */
    this.isNew = false;
    /** On which coming to a room the lesson's cluster was asked for: once, whatever came of it. @type {Joined | null} */
    this.asked_in = null;
    /** What the server knows of how far they are. */
    this.told = "";
    this.isTelling = false;
    classroom.onChange((what) => {
      if (what === "class" || what === "seat") this.hear();
      if (what === "out" && classroom.seat) keep(this.name(classroom.seat), null);
    });
  }

  hear() {
    const { seen, seat } = this.classroom;
    // Another lesson has another page.
    if (!seen || !seat || seen.slug !== this.lesson.slug) return;
    const course = (this.course ??= new AttendedCourse(this.lesson, Progress.load(this.name(seat)), this.classroom));
    const before = course.place;
    const at = Math.max(0, course.steps.findIndex(({ id }) => id === seen.step));
    if (seat.mode !== "own_copy") {
      this.isAlone = false;
      course.goTogether(at);
    } else if (seat.room === null) {
      this.isAlone = false;
      this.isNew = true;
    } else if (!this.isAlone) {
      this.isAlone = true;
      course.goAlone(this.isNew, at);
      this.isNew = false;
    } else course.tell();
    if (this.card === null) this.start(course);
    else if (course.place !== before) this.card.arriveWithClass();
    this.settle();
    void this.tell();
  }

  /** Under which name progress is kept: two may share a browser. @param {SeatSeen} seat */
  name({ member }) {
    return `quorumscope.class-progress.${this.classroom.id}.${member}`;
  }

  /** @param {AttendedCourse} course */
  start(course) {
    const { app, classroom } = this;
    const controls = new Controls(app, course, () => (classroom.seen && classroom.seat ? controlsFor(classroom.seen, classroom.seat) : null));
    this.card = new AttendingCard(app, course);
    startTerms(byId("prose", HTMLElement));
    for (const part of [controls, new Present(app, course), new AttendingPicture(app, course)]) app.add(part);
    course.onChange(() => void this.tell());
  }

  move() {
    if (this.course && this.course.room !== this.app.joined?.room) this.settle();
  }

  /** In the room where they belong; a copy that was made of something else gives way to the lesson's cluster. */
  settle() {
    const { course, app } = this;
    const { joined } = app;
    const { seen, seat } = this.classroom;
    if (!course || !seen || !joined || joined.room !== seat?.room || joined.room === course.room) return;
    if (!this.isAlone || joined.scenario === `lesson-${course.slug}`) course.enter(joined.room);
    else if (!seen.frozen && !seen.ended && joined !== this.asked_in) {
      this.asked_in = joined;
      app.leave();
      void app.connection.begin({ slug: course.slug, step: course.step.id, show: false });
    }
  }

  /** The teacher hears how far they are alone, and of those who have answered the last question. */
  async tell() {
    const { course } = this;
    if (!course || this.isTelling || this.classroom.seen?.ended) return;
    this.isTelling = true;
    for (let told = this.progress(course); told !== this.told; told = this.progress(course)) {
      const answer = await this.classroom.do({ type: "progress", ...JSON.parse(told) });
      // Where no answer came, it is told when the line is there again; what is refused is not asked for again.
      if (!answer) break;
      this.told = told;
    }
    this.isTelling = false;
  }

  /** @param {AttendedCourse} course */
  progress({ slug, place, reached, known, steps }) {
    const { finished } = known;
    if (this.isAlone) return JSON.stringify({ slug, place, reached, finished });
    return finished ? JSON.stringify({ slug, place: steps.length - 1, reached: steps.length - 1, finished }) : this.told;
  }
}
