/**
 * The lesson's card and picture in a class: the teacher takes all along, and who attends goes with the class, or alone.
 *
 * @import { App } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 * @import { AttendedCourse } from "./lesson_course.js"
 */
import { Card } from "../lesson/card.js";
import { Picture } from "../lesson/picture.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";

class ClassCard extends Card {
  get classroom() {
    return /** @type {Classroom} */ (this.app.classroom);
  }

  /** The class has gone to another step: the focus goes along only where it would be lost. */
  arriveWithClass() {
    const { activeElement } = document;
    const isLost = activeElement !== document.body && activeElement?.checkVisibility() === false;
    this.arrive(isLost);
    const title = this.sections[this.course.place]?.querySelector("h2")?.textContent ?? "";
    this.help.said.textContent = say("class_lesson.at_step", { place: this.course.place + 1, title });
  }

  /** @override What stands over it in the panel was seen before. */
  scroll() {
    if (getComputedStyle(this.panel).overflowY === "visible") this.card.scrollIntoView();
    else this.panel.scrollTop += this.first.getBoundingClientRect().top - this.panel.getBoundingClientRect().top;
  }

  /** What is to be seen first of a step. @returns {Element} */
  get first() {
    return this.card;
  }

  /** The address says where the class is, and not the other way round. */
  address() {
    const hash = `#${this.course.step.id}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }

  /** @param {string} note */
  noteWith(note) {
    tell(this.note, note);
    this.note.hidden = !note;
  }
}

export class TeachingCard extends ClassCard {
  /** @override @param {number} place */
  go(place) {
    void this.take(place);
  }

  /** Take the class to a step. @param {number} place */
  async take(place) {
    const { course, classroom } = this;
    const step = course.steps[place];
    const from = course.place;
    if (!step || place === from) return;
    const answer = await classroom.do({ type: "lesson", slug: course.slug, step: step.id });
    // The class may have been told before, this page as well.
    if (answer?.accepted) this.enter(place, from);
  }

  /** @override Where the class is, is not for the address to say. */
  follow() {
    this.address();
  }

  /** @override In a room that is not on the stage the class sees nothing. */
  get mayBegin() {
    const { seen } = this.classroom;
    return !!seen && !seen.ended && this.app.connection.room === seen.stage;
  }

  /** @override */
  get furthest() {
    return this.course.steps.length - 1;
  }

  /** @override Where the class is asked, the question's own card stands over the prose. */
  get first() {
    const over = this.card.previousElementSibling;
    return this.course.step.kind === "predict" && over?.checkVisibility() ? over : this.card;
  }

  /** @override */
  show() {
    super.show();
    const { step, steps, place } = this.course;
    const { seen } = this.classroom;
    this.follow();
    this.back.disabled = seen?.ended === true;
    this.next.disabled = seen?.ended === true;
    this.on.hidden = true;
    if (!this.mayBegin) this.help.row.hidden = true;
    const isAsked = seen?.poll?.slug === this.course.slug && seen.poll.step === step.id && seen.poll.phase === "open";
    const isAlone = seen?.mode === "own_copy";
    this.noteWith(step.kind === "predict" && isAlone ? say("class_lesson.each_alone") : isAsked ? say("class_lesson.asked") : "");
    tell(byId("lesson-with", HTMLElement), place === steps.length - 1 ? say("class_lesson.last") : "");
  }
}

export class AttendingCard extends ClassCard {
  /** @param {App} app @param {AttendedCourse} course */
  constructor(app, course) {
    super(app, course);
    this.return.addEventListener("click", () => this.enter(course.reached));
  }

  get attended() {
    return /** @type {AttendedCourse} */ (this.course);
  }

  get return() {
    return byId("lesson-return", HTMLButtonElement);
  }

  get isTogether() {
    return this.attended.together !== null;
  }

  /** @override @param {number} place */
  go(place) {
    if (this.isTogether) this.enter(place);
    else super.go(place);
  }

  /** @override */
  follow() {
    if (this.isTogether) this.address();
    else super.follow();
  }

  /** @override */
  get mayBegin() {
    const { seen } = this.classroom;
    return !this.isTogether && !seen?.frozen && !seen?.ended;
  }

  /** @override */
  show() {
    super.show();
    const { step, steps, place, isDone } = this.course;
    const isLast = place === steps.length - 1;
    this.on.hidden = true;
    // The button that had the focus may go.
    const hadFocus = document.activeElement === this.return || document.activeElement === this.next;
    this.return.hidden = !this.attended.isBehind;
    this.help.again.hidden = this.isTogether;
    if (!this.isTogether) {
      tell(byId("lesson-with", HTMLElement), isLast && isDone ? say("class_lesson.finished") : "");
      return;
    }
    this.follow();
    const isHere = !this.attended.isBehind;
    this.next.hidden = isHere;
    this.next.disabled = false;
    this.next.classList.remove("primary");
    tell(this.next, say("lesson.next"));
    if (hadFocus && isHere) this.sections[place]?.querySelector("h2")?.focus({ preventScroll: true });
    this.help.play.hidden = true;
    if (this.help.hint.hidden) this.help.row.hidden = true;
    // In sight however long the question is.
    tell(byId("lesson-with", HTMLElement), this.predicted() || (isHere && !isLast ? say("class_lesson.with") : ""));
    const isWatched = this.classroom.seat?.mode === "follow" && step.tasks.length > 0 && isHere;
    const isPast = step.kind === "predict" && !this.attended.poll(step.id) && isDone;
    this.noteWith(isPast ? say("lesson.chosen") : isWatched && !isDone ? say("class_lesson.watch") : "");
  }

  /** What has become of the answer to the class's question about the step, if there is one. */
  predicted() {
    const { attended, classroom } = this;
    const poll = attended.poll(attended.step.id);
    if (!poll) return "";
    if (poll.phase !== "open") return say(classroom.seat?.answer === null ? "class_lesson.closed_without" : "class_lesson.closed");
    if (attended.own.wanted) return say("class_lesson.sending");
    return say(classroom.seat?.answer === null ? "class_lesson.choose" : "class_lesson.sent");
  }
}

/** Who follows sees the picture that the teacher sees, and not the step's own. */
export class AttendingPicture extends Picture {
  get follows() {
    return this.app.classroom?.seat?.mode === "follow";
  }

  /** @override */
  show() {
    if (!this.follows) return super.show();
    this.place = this.course.place;
    this.wanted = this.selected = null;
  }
}

