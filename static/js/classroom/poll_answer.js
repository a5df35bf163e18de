/**
 * An answer on its way: it goes out at once, and again after a lost line, until the server says that it has it.
 *
 * @import { Classroom, News } from "./classroom.js"
 */

/** Where the line is up and no answer came, it is tried again after so long. */
const AGAIN_MS = 3000;

export class OwnAnswer {
  /** @param {Classroom} classroom @param {() => void} onChange */
  constructor(classroom, onChange) {
    this.classroom = classroom;
    this.onChange = onChange;
    /** What was chosen here, until the seat has it; `taken`: the server has said that it does. @type {{ poll: string, choice: number, taken: boolean } | null} */
    this.wanted = null;
    this.isSending = false;
    this.isHeldUp = false;
    this.hasFailed = false;
    classroom.onChange((what) => this.hear(what));
  }

  /** The choice that counts for the question: the one that is on its way, or the one that the server has. */
  get choice() {
    return this.wanted?.choice ?? this.classroom.seat?.answer ?? null;
  }

  /** @param {number} choice an answer to the question that is open */
  choose(choice) {
    const { poll } = this.classroom.seen ?? {};
    if (poll?.phase !== "open") return;
    this.wanted = { poll: poll.id, choice, taken: false };
    this.onChange();
    void this.send();
  }

  /** @param {News} what */
  hear(what) {
    const { wanted } = this;
    if (!wanted || (what !== "class" && what !== "seat")) return;
    const { poll } = this.classroom.seen ?? {};
    if (wanted.poll === poll?.id && poll.phase === "open" && !(what === "seat" && wanted.taken)) {
      // Told anew after a lost line as well.
      void this.send();
      return;
    }
    this.wanted = null;
    this.onChange();
  }

  goOn() {
    this.isHeldUp = false;
    void this.send();
  }

  async send() {
    const { wanted, classroom } = this;
    if (this.isSending || this.isHeldUp || !wanted || wanted.taken) return;
    this.isSending = true;
    const answer = await classroom.do({ type: "answer", poll: wanted.poll, choice: wanted.choice });
    this.isSending = false;
    // Where too much was asked for, the server says when to ask again, and whatever is heard meanwhile, not before.
    const retry_s = answer?.error?.retry_s;
    this.isHeldUp = Boolean(retry_s);
    this.hasFailed = !answer || this.isHeldUp;
    if (this.isHeldUp) setTimeout(() => this.goOn(), 1000 * retry_s);
    else if (!answer) setTimeout(() => void this.send(), AGAIN_MS);
    else if (this.wanted !== wanted) void this.send();
    else if ("error" in answer || classroom.seat?.answer === wanted.choice) this.wanted = null;
    else wanted.taken = true;
    this.onChange();
  }
}
