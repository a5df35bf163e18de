/**
 * What the projector shows: the code to join by, or the stage; beside either the question that is asked.
 *
 * @import { App, Part } from "../app.js"
 * @import { ClassSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { BoardCode } from "./board_code.js";
import { BoardLesson } from "./board_lesson.js";
import { showOut } from "./board_out.js";
import { BoardStage } from "./board_stage.js";
import { forgetKey } from "./keys.js";
import { answered, PollPicture, pollTexts } from "./poll_picture.js";

/** A long question gets smaller letters, then more room: nobody scrolls a projector. In parts of the usual size, and of the page's width. */
const FITTING = /** @type {const} */ ([
  [1, 0.36],
  [0.85, 0.36],
  [0.85, 0.5],
  [0.7, 0.5],
  [0.55, 0.5],
]);

/** @param {App} app @param {Classroom} classroom @returns {Part[]} */
export function startBoard(app, classroom) {
  const code = new BoardCode();
  const stage = new BoardStage(app, classroom);
  const lesson = new BoardLesson(app.boot.lessons ?? [], show);
  const panel = byId("board-poll", HTMLElement);
  const picture = new PollPicture(byId("board-poll-picture", HTMLElement));
  new ResizeObserver(() => fit(panel)).observe(panel);
  classroom.onChange((what) => {
    if (what === "class") show();
    if (what === "out") leave();
  });
  return [stage];

  function show() {
    const { seen } = classroom;
    if (!seen || classroom.out) return;
    byId("board-main", HTMLElement).hidden = false;
    tell(byId("class-title", HTMLElement), seen.title);
    code.show(seen);
    stage.section.hidden = seen.board === "code";
    lesson.show(seen);
    mode(seen);
    ask(seen);
  }

  /** @param {ClassSeen} seen */
  function ask({ poll, here }) {
    panel.hidden = !poll;
    if (!poll) return;
    picture.show(poll, pollTexts(poll, poll.slug === null ? null : lesson.prose(poll.slug)), answered(poll, here));
    fit(panel);
  }

  function leave() {
    forgetKey(classroom.id, classroom.key);
    showOut(classroom.out?.sentence ?? "", classroom.out?.code !== "unknown_class");
  }
}

/** @param {HTMLElement} panel */
function fit(panel) {
  for (const [size, width] of FITTING) {
    panel.style.setProperty("--fits", String(size));
    panel.style.setProperty("--wide", String(width));
    if (panel.scrollHeight <= panel.clientHeight) return;
  }
}

/** @param {ClassSeen} seen */
function mode(seen) {
  const line = byId("board-mode", HTMLElement);
  const isFrozen = seen.frozen && !seen.ended;
  line.classList.toggle("frozen", isFrozen);
  tell(line, seen.ended ? say("board.ended") : isFrozen ? say("board.frozen") : doing(seen));
}

/** What students do. @param {ClassSeen} seen */
function doing({ mode, groups }) {
  if (mode === "own_copy") return say("board.mode.own_copy");
  if (mode === "hands_on") return groups > 1 ? say("board.mode.groups", {}, groups) : say("board.mode.together");
  return "";
}
