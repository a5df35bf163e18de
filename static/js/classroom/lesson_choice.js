/**
 * Which lesson the class takes: a place on the teacher's card, and a list to choose from.
 *
 * @import { App, LessonTold } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 */
import { startDialog } from "../ui/dialogs.js";
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";

/**
 * The cluster of a lesson's step, on the stage, wherever the teacher stands.
 * @param {App} app @param {Classroom} classroom @param {string} slug @param {string} step @returns {Promise<boolean>} whether it is there
 */
export async function beginOnStage(app, classroom, slug, step) {
  app.leave();
  const joined = await app.connection.begin({ slug, step, show: false });
  if (!joined || !("room" in joined)) return false;
  const staged = await classroom.do({ type: "stage", room: joined.room });
  return staged?.accepted === true;
}

export class LessonChoice {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.app = app;
    this.classroom = classroom;
    this.isTaking = false;
    this.list = byId("take-lesson-list", HTMLElement);
    this.list.append(...(app.boot.lessons ?? []).map((lesson) => this.item(lesson)));
    const slot = byId("class-lesson", HTMLElement);
    this.name = make("p", "class-lesson-name");
    this.number = make("span", "lesson-number");
    this.title = make("span", "class-lesson-title");
    this.name.append(this.number, " ", this.title);
    this.progress = button("class-progress", say("class_lesson.progress"));
    this.take = button("class-take-lesson", "");
    this.leave = button("class-leave-lesson", say("class_lesson.leave"));
    this.leave.addEventListener("click", () => void classroom.do({ type: "lesson" }));
    this.progress.setAttribute("aria-haspopup", "dialog");
    this.take.setAttribute("aria-haspopup", "dialog");
    this.leave.classList.add("quiet");
    const row = make("div", "row");
    row.append(this.progress, this.take, this.leave);
    slot.append(this.name, row);
    this.dialog = startDialog("take-lesson", "class-take-lesson");
    classroom.onChange((what) => {
      if (what === "class") this.show();
    });
    this.show();
  }

  show() {
    const { seen } = this.classroom;
    const lesson = this.app.boot.lessons?.find(({ slug }) => slug === seen?.slug);
    this.name.hidden = this.progress.hidden = this.leave.hidden = !lesson;
    this.take.classList.toggle("quiet", lesson !== undefined);
    tell(this.take, say(lesson ? "class_lesson.take_another" : "class_lesson.take"));
    tell(this.number, lesson ? String(lesson.number) : "");
    tell(this.title, lesson?.title ?? "");
    for (const button of this.list.querySelectorAll("button")) {
      button.setAttribute("aria-current", String(button.dataset.slug === this.classroom.seen?.slug));
    }
  }

  /** @param {LessonTold} lesson */
  item({ slug, number, title, claim, minutes, steps, first }) {
    const item = make("li");
    const button = make("button", "scenario-item lesson-item");
    button.type = "button";
    button.dataset.slug = slug;
    const words = make("span", "lesson-item-words");
    words.append(make("strong", "", title), make("span", "", claim), make("span", "lesson-item-facts", say("class_lesson.facts", { steps, minutes })));
    button.append(make("span", "lesson-number", String(number)), words);
    button.addEventListener("click", () => void this.choose(slug, first));
    item.append(button);
    return item;
  }

  /** First its cluster, then its prose: nobody reads of a cluster that is not there. @param {string} slug @param {string} first its first step */
  async choose(slug, first) {
    const { app, classroom } = this;
    if (this.isTaking) return;
    this.dialog.close();
    if (classroom.seen?.slug === slug) return;
    this.isTaking = true;
    if (await beginOnStage(app, classroom, slug, first)) await classroom.do({ type: "lesson", slug });
    this.isTaking = false;
  }
}

/** @param {string} id @param {string} text */
function button(id, text) {
  const made = make("button", "button small", text);
  made.type = "button";
  made.id = id;
  return made;
}
