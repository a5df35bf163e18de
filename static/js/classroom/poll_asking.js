/**
 * The teacher asks the class what will happen, takes answers, and shows them once the run has answered itself.
 *
 * @import { App, Part } from "../app.js"
 * @import { PollSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 * @import { Proposal, Since } from "./poll_questions.js"
 */
import { everyMsIn } from "../app.js";
import { say } from "../words.js";
import { byId, options, tell } from "../ui/element.js";
import { PollDialog } from "./poll_dialog.js";
import { answered, PollPicture, pollTexts } from "./poll_picture.js";
import { proposal } from "./poll_questions.js";

/** No choice is right, or nobody has said which. */
const NONE = "";

/** @param {App} app @param {Classroom} classroom @returns {Part[]} */
export function startAsking(app, classroom) {
  new PollDialog(app, classroom);
  return [new Asking(app, classroom)];
}

/** @implements {Part} */
class Asking {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.card = byId("poll-asking", HTMLElement);
    this.phase = byId("poll-phase", HTMLElement);
    this.asked = byId("poll-asked", HTMLElement);
    this.picture = new PollPicture(byId("poll-asked-picture", HTMLElement));
    this.judge = byId("poll-judge", HTMLElement);
    this.right = byId("poll-right", HTMLSelectElement);
    this.said = byId("poll-proposal", HTMLElement);
    this.mark = byId("poll-mark", HTMLButtonElement);
    this.close = byId("poll-close", HTMLButtonElement);
    this.reveal = byId("poll-reveal", HTMLButtonElement);
    this.away = byId("poll-put-away", HTMLButtonElement);
    this.ask = byId("poll-ask", HTMLButtonElement);
    /** The question whose right choice the teacher has chosen: nothing is proposed to that any more. */
    this.judged = "";
    /**
     * The question that was seen to be asked here, in which room, and when. A page that came later does not know.
     * @type {Since & { poll: string, room: string }}
     */
    this.since = { poll: "", room: "", before: new Set(), at_us: 0 };
    /** @type {Proposal | null} */
    this.proposed = null;
    /** @type {string | null} */
    this.last = null;
    this.right.addEventListener("change", () => {
      this.judged = this.poll?.id ?? "";
      this.show();
    });
    this.close.addEventListener("click", () => void classroom.do({ type: "close" }));
    for (const button of [this.reveal, this.mark]) button.addEventListener("click", () => void classroom.do({ type: "reveal", right: this.chosen }));
    this.away.addEventListener("click", () => void classroom.do({ type: "put_away" }));
    // What opened the dialog may be gone by then.
    byId("poll-dialog", HTMLDialogElement).addEventListener("close", () => document.activeElement === document.body && this.card.focus());
    classroom.onChange((what) => {
      if (what === "class") this.notice();
      if (what !== "look") this.show();
    });
    this.show();
  }

  get everyMs() {
    return everyMsIn(this.card);
  }

  get poll() {
    return this.classroom.seen?.poll ?? null;
  }

  get chosen() {
    return this.right.value === NONE ? null : Number(this.right.value);
  }

  /** When a question is asked; later is no mistake, only what came between is not heeded. */
  notice() {
    const { app, poll } = this;
    const id = poll?.id ?? null;
    const isNew = this.last !== null && id !== null && id !== this.last;
    this.last = id ?? NONE;
    if (!isNew) return;
    this.proposed = null;
    this.since = { poll: id, room: app.run.room, before: new Set(app.run.timeline.invoked), at_us: app.playhead.present() };
  }

  draw() {
    const { poll, since } = this;
    if (!poll || poll.slug !== null || since.poll !== poll.id) return;
    const { run } = this.app;
    const proposed = run.room === since.room ? proposal(poll, run.timeline, since) : null;
    if (proposed?.sentence === this.proposed?.sentence) return;
    this.proposed = proposed;
    this.show();
  }

  show() {
    const { poll, classroom, close, reveal, away, ask, mark } = this;
    const focused = [close, reveal, away, ask, mark].find((button) => button === document.activeElement);
    const isOver = classroom.seen?.ended ?? false;
    this.asked.hidden = poll === null;
    this.card.toggleAttribute("data-idle", poll === null);
    this.card.hidden = poll === null && isOver;
    tell(this.phase, poll ? say(`polls.phase.${poll.phase}`) : "");
    close.hidden = poll?.phase !== "open" || isOver;
    reveal.hidden = !poll || poll.phase === "revealed" || isOver;
    away.hidden = !poll || poll.phase === "open" || isOver;
    ask.hidden = (poll !== null && poll.phase !== "revealed") || isOver;
    tell(ask, poll ? say("polls.start_next") : say("polls.start"));
    if (poll) this.showPoll(poll, isOver);
    // A button that goes takes the focus with it; and a key that was pressed twice must not do what comes next.
    if (focused && !focused.checkVisibility()) this.card.focus({ preventScroll: true });
  }

  /** @param {PollSeen} poll @param {boolean} isOver */
  showPoll(poll, isOver) {
    const { classroom } = this;
    const { lesson } = this.app.boot;
    // Beside the prose that asks it the question need not stand twice.
    this.card.toggleAttribute("data-in-prose", lesson?.slug === poll.slug && classroom.seen?.step === poll.step && poll.phase !== "revealed");
    this.picture.show(poll, pollTexts(poll, document.getElementById("prose")), this.count(poll));
    this.showJudge(poll, isOver);
  }

  /** Of those who could: who went without an answer is not waited for. @param {PollSeen} poll */
  count(poll) {
    const { rows, seen } = this.classroom;
    if (poll.phase !== "open" || !seen) return answered(poll, 0);
    const able = rows.filter((row) => row.here || row.answered);
    if (!able.length) return say("polls.nobody_here");
    return say("polls.answers_of", { of: able.length }, able.filter((row) => row.answered).length);
  }

  /** @param {PollSeen} poll @param {boolean} isOver */
  showJudge(poll, isOver) {
    const proposed = this.since.poll === poll.id ? this.proposed : null;
    const { choices } = pollTexts(poll, null);
    // What is right in a lesson the lesson knows.
    this.judge.hidden = poll.slug !== null || isOver;
    if (this.judge.hidden) return;
    options(this.right, [[NONE, say("polls.nobody_knows")], ...choices.map((text, i) => /** @type {[string, string]} */ ([String(i), text]))]);
    if (this.judged !== poll.id) this.right.value = String(proposed?.choice ?? poll.right ?? NONE);
    this.mark.hidden = poll.phase !== "revealed" || this.chosen === poll.right;
    const sentence = proposed?.sentence ?? "";
    tell(this.said, sentence && proposed?.choice === null ? say("polls.settled_none", { sentence }) : sentence);
  }
}
