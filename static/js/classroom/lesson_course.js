/**
 * Where a member of a class is in its lesson. While all go together that is where the class is, and what they expect is
 * their answer to the class's question; alone they go on by themselves, and it is kept in this browser.
 *
 * @import { LessonPlan, LessonStep } from "../app.js"
 * @import { Known, Progress } from "../lesson/progress.js"
 * @import { PollSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { Course } from "../lesson/course.js";
import { OwnAnswer } from "./poll_answer.js";

/** The teacher's: there is nothing to be earned, and whatever has been shown may be shown again. */
export class TaughtCourse extends Course {
  /** @override */
  get reached() {
    return this.place;
  }

  /** @override The teacher may say what the class expects, whenever that is. */
  stands() {
    return false;
  }
}

export class AttendedCourse extends Course {
  /** @param {LessonPlan} lesson @param {Progress} progress @param {Classroom} classroom */
  constructor(lesson, progress, classroom) {
    super(lesson, progress);
    this.classroom = classroom;
    /** Where the class is, while all go together. @type {number | null} */
    this.together = null;
    this.own = new OwnAnswer(classroom, () => this.tell());
  }

  /** @override */
  get reached() {
    return this.together ?? super.reached;
  }

  /** Whether they look at an earlier step than the class. */
  get isBehind() {
    return this.together !== null && this.place < this.together;
  }

  /** The class is at a step; who has looked back comes along when it goes on. @param {number} place */
  goTogether(place) {
    if (place !== this.together) this.place = place;
    this.together = place;
    this.hear();
    this.tell();
  }

  /** Alone in a copy: where they were; in a new one, where the class is. @param {boolean} isNew @param {number} place */
  goAlone(isNew, place) {
    this.together = this.room = null;
    this.goTo((isNew ? null : this.placeOf(this.known.step)) ?? place);
  }

  /** The class's question about a step. @param {string} step @returns {PollSeen | null} */
  poll(step) {
    const poll = this.classroom.seen?.poll;
    return this.together !== null && poll?.slug === this.slug && poll.step === step ? poll : null;
  }

  /** @override @param {string} step */
  answer(step) {
    const poll = this.poll(step);
    if (!poll) return super.answer(step);
    const { choice } = this.own;
    return choice === null ? null : (poll.choices[choice] ?? null);
  }

  /** @override @param {number} place */
  stands(place) {
    return this.together === null ? super.stands(place) : this.poll(this.steps[place]?.id ?? "")?.phase !== "open";
  }

  /** @override @param {LessonStep} step @param {string} choice @returns {"right" | "wrong" | ""} */
  judge(step, choice) {
    const poll = this.poll(step.id);
    if (poll?.phase !== "revealed" || poll.right === null) return super.judge(step, choice);
    if (choice === poll.choices[poll.right]) return "right";
    // Who was not sure was not wrong.
    return choice === this.answer(step.id) && step.choices.includes(choice) ? "wrong" : "";
  }

  /** @override @param {string} choice */
  choose(choice) {
    const poll = this.poll(this.step.id);
    if (poll) this.own.choose(poll.choices.indexOf(choice));
    else super.choose(choice);
  }

  /** The server has told of the class, or of the seat. */
  hear() {
    const { seen, seat } = this.classroom;
    const poll = seen?.poll;
    const choice = seat?.answer == null ? undefined : poll?.choices[seat.answer];
    const step = poll?.step;
    if (choice === undefined || !step || poll.slug !== this.slug || this.known.answers[step] === choice) return;
    // What the later steps say to it must be there when the question is put away.
    this.progress.change(this.slug, ({ answers }) => ({ answers: { ...answers, [step]: choice } }));
  }

  /** @override Where they are alone is not changed by going along with the class. @param {(known: Readonly<Known>) => Partial<Known>} change */
  keep(change) {
    if (this.together === null) super.keep(change);
    else {
      this.progress.change(this.slug, (known) => {
        const { step, reached, room } = known;
        return { ...change(known), step, reached, room };
      });
      this.tell();
    }
  }
}
