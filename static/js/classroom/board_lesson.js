/**
 * The lesson that the class takes: its title and step, and its words for a question of it. The projector's page is not the
 * lesson's, so its prose is fetched.
 *
 * @import { LessonTold } from "../app.js"
 * @import { ClassSeen } from "../protocol.js"
 */
import { fetchFrom } from "../asking.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";

export class BoardLesson {
  /** @param {readonly LessonTold[]} lessons @param {() => void} onProse */
  constructor(lessons, onProse) {
    this.lessons = lessons;
    this.onProse = onProse;
    this.line = byId("board-lesson", HTMLElement);
    /** By slug; null: it is on its way. @type {Map<string, Document | null>} */
    this.fetched = new Map();
  }

  /** @param {ClassSeen} seen */
  show({ slug, step }) {
    const lesson = this.lessons.find((one) => one.slug === slug);
    const section = slug === null ? null : [...(this.prose(slug)?.querySelectorAll("[data-step]") ?? [])].find((one) => /** @type {HTMLElement} */ (one).dataset.step === step);
    const heading = section?.querySelector("h2")?.textContent?.trim() ?? "";
    tell(this.line, !lesson ? "" : heading ? say("board.lesson", { lesson: lesson.title, step: heading }) : lesson.title);
  }

  /** A lesson's prose, if it is there already. @param {string} slug */
  prose(slug) {
    const found = this.fetched.get(slug);
    if (found === undefined) void this.fetch(slug);
    return found ?? null;
  }

  /** @param {string} slug */
  async fetch(slug) {
    this.fetched.set(slug, null);
    try {
      const answer = await fetchFrom(`/lessons/${encodeURIComponent(slug)}/prose`);
      if (!answer.ok) return;
      this.fetched.set(slug, new DOMParser().parseFromString(await answer.text(), "text/html"));
      this.onProse();
    } catch {
      // It is asked for again with the next news of the class.
      this.fetched.delete(slug);
    }
  }
}
