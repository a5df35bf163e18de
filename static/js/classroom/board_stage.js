/**
 * The stage on the projector: it is where the class has it, and looks where the teacher looks.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { SpaceTime } from "../ui/spacetime.js"
 * @import { Classroom } from "./classroom.js"
 */
import { ELSEWHERE } from "../connection.js";
import { byId, tell } from "../ui/element.js";
import { DETAILS } from "../ui/log.js";
import { WORDS } from "../ui/verdict.js";
import { milliseconds, say, sayNote } from "../words.js";
import { Following } from "./following.js";

/** So many of the latest notes are looked through for one that is no detail. */
const HEARD = 40;
/** Drawn for so many pixels, and enlarged to what there is: the ring with its clients beside it or, in a narrow frame, below. */
const DRAWN = { width: 630, narrow: 440, height: 370 };
const LARGEST = 4;

/** Whatever the class does, the projector shows what the teacher looks at. */
class AlwaysFollowing extends Following {
  /** @override */
  get isOn() {
    return !this.classroom.out;
  }

  /** @override */
  wander() {}
}

/** @implements {Part} */
export class BoardStage {
  everyMs = 0;

  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.section = byId("board-stage", HTMLElement);
    this.caption = byId("caption", HTMLElement);
    this.verdict = byId("board-verdict", HTMLElement);
    this.past = byId("board-past", HTMLElement);
    this.frames = { stages: byId("frame-stages", HTMLElement), spacetime: byId("frame-spacetime", HTMLElement) };
    this.following = new AlwaysFollowing(app, classroom);
    this.isGoing = false;
    this.isLoading = false;
    /** @type {SpaceTime | null} */
    this.diagram = null;
    for (const frame of Object.values(this.frames)) enlarge(frame);
    document.addEventListener("view", (event) => this.show(/** @type {CustomEvent} */ (event).detail));
    classroom.onChange((what) => {
      if (what === "class") void this.go();
    });
  }

  /** To the room that is on the stage. */
  async go() {
    const { app, classroom } = this;
    const stage = classroom.seen?.stage;
    if (!stage || this.isGoing || classroom.out || stage === app.connection.room) return;
    this.isGoing = true;
    app.leave();
    const answer = await app.connection.join("join", { room: stage }, ELSEWHERE);
    this.isGoing = false;
    // What was told meanwhile was not heeded.
    if (answer && classroom.seen?.stage !== stage) void this.go();
  }

  /** @param {View} view */
  draw(view) {
    const { timeline, at_us, scene } = view;
    const latest = timeline.notesBy(at_us, HEARD).findLast(({ note }) => !DETAILS.has(note.code));
    tell(this.caption, latest ? sayNote(latest.note) : (this.app.joined?.title ?? ""));
    this.verdict.hidden = !scene.verdict;
    if (scene.verdict) this.judge(scene.verdict.word);
    if (!this.frames.spacetime.hidden) this.diagram?.draw(view);
  }

  /** @param {keyof typeof WORDS} word */
  judge(word) {
    const { sign, code } = WORDS[word];
    const [mark, text] = this.verdict.children;
    this.verdict.dataset.word = word;
    tell(/** @type {Element} */ (mark), sign);
    tell(/** @type {Element} */ (text), say(code));
  }

  /** @param {View} view */
  move(view) {
    const { playhead } = this.app;
    this.following.move();
    this.past.hidden = playhead.isLive;
    if (!playhead.isLive) tell(this.past, say("board.past", { ms: milliseconds(Math.max(0, view.at_us)) }));
    if (this.frames.spacetime.hidden || !this.diagram) return;
    // Nobody scrolls here, but a box that gets its size does.
    if (!this.diagram.scroll.following) this.diagram.scroll.setFollowing(true);
    this.diagram.move(view);
  }

  /** @param {"stage" | "spacetime" | "both"} view */
  show(view) {
    this.section.dataset.view = view;
    this.frames.stages.hidden = view === "spacetime";
    this.frames.spacetime.hidden = view === "stage";
    if (view !== "stage" && !this.isLoading) void this.load();
  }

  async load() {
    this.isLoading = true;
    const { SpaceTime } = await import("../ui/spacetime.js");
    this.diagram = new SpaceTime(this.app);
    this.app.redraw();
  }
}

/** What is in a frame is drawn small and shown large, so that its texts can be read from the last row. @param {HTMLElement} frame */
function enlarge(frame) {
  new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    const drawn = width < DRAWN.width ? DRAWN.narrow : DRAWN.width;
    const times = Math.min(LARGEST, Math.max(1, Math.min(width / drawn, height / DRAWN.height)));
    frame.style.setProperty("--times", times.toFixed(3));
  }).observe(frame);
}
