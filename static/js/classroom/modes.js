/**
 * The class's card: what students do, what holds them, and what the projector shows. What is chosen for a mode is a plan
 * until it is begun: then all students are taken along.
 *
 * @import { App } from "../app.js"
 * @import { ClassSeen } from "../protocol.js"
 * @import { Classroom } from "./classroom.js"
 */
import { byId, options, tell } from "../ui/element.js";
import { toast } from "../ui/toasts.js";
import { say } from "../words.js";

export class ModeCard {
  /** @param {App} app @param {Classroom} classroom */
  constructor(app, classroom) {
    this.classroom = classroom;
    this.card = byId("class-card", HTMLElement);
    this.modes = /** @type {HTMLButtonElement[]} */ ([...byId("class-mode", HTMLElement).querySelectorAll("button")]);
    this.boards = /** @type {HTMLButtonElement[]} */ ([...byId("class-shows", HTMLElement).querySelectorAll("button")]);
    this.does = byId("class-does", HTMLElement);
    this.form = byId("class-plan", HTMLFormElement);
    this.groups = byId("plan-groups", HTMLSelectElement);
    this.touch = byId("plan-touch", HTMLSelectElement);
    this.go = byId("plan-go", HTMLButtonElement);
    this.freeze = byId("class-freeze", HTMLButtonElement);
    this.lock = byId("class-lock", HTMLButtonElement);
    /** The mode that is being chosen. @type {"hands_on" | "own_copy" | null} */
    this.plan = null;
    this.isBusy = false;
    const most = app.boot.limits?.groups ?? 1;
    options(this.groups, Array.from({ length: most }, (_, i) => [String(i + 1), say("classroom.groups_of", {}, i + 1)]));
    for (const button of this.modes) button.addEventListener("click", () => this.choose(/** @type {ClassSeen["mode"]} */ (button.dataset.mode)));
    for (const button of this.boards) {
      button.addEventListener("click", () => void classroom.do({ type: "show", board: /** @type {ClassSeen["board"]} */ (button.dataset.board) }));
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.begin();
    });
    byId("plan-no", HTMLButtonElement).addEventListener("click", () => this.drop());
    this.freeze.addEventListener("click", () => void classroom.do({ type: "freeze", on: !classroom.seen?.frozen }));
    byId("class-thaw", HTMLButtonElement).addEventListener("click", () => void classroom.do({ type: "freeze", on: false }));
    this.lock.addEventListener("click", () => void classroom.do({ type: "lock", on: !classroom.seen?.locked }));
    classroom.onChange((what) => {
      if (what === "class" || (what === "roster" && this.plan)) this.show();
    });
  }

  /** To follow is done at once: there is nothing to choose. @param {ClassSeen["mode"]} mode */
  choose(mode) {
    const { seen } = this.classroom;
    if (!seen) return;
    if (mode === "follow") {
      this.plan = null;
      if (seen.mode !== "follow") void this.classroom.do({ type: "mode", mode });
    } else {
      this.plan = this.plan === mode ? null : mode;
      if (this.plan === "hands_on") {
        this.groups.value = String(seen.mode === "hands_on" ? seen.groups : 1);
        this.touch.value = seen.hands;
      }
    }
    this.show();
  }

  /** Nothing is begun. */
  drop() {
    const button = this.modes.find(({ dataset }) => dataset.mode === this.plan);
    this.plan = null;
    this.show();
    button?.focus();
  }

  async begin() {
    const mode = this.plan;
    if (!mode || this.isBusy) return;
    const old = /** @type {RadioNodeList} */ (this.form.elements.namedItem("plan-fresh")).value === "old";
    const hands = this.touch.value === "nodes" ? "nodes" : "clients";
    this.isBusy = true;
    const answer = await this.classroom.do(
      mode === "hands_on" ? { type: "mode", mode, groups: Number(this.groups.value), hands } : { type: "mode", mode, fresh: !(old && this.canGoOn) },
    );
    this.isBusy = false;
    if (!answer) toast(say("classroom.no_answer"));
    else if (!("error" in answer)) this.drop();
  }

  /** Whether there are copies from before, and nobody plays in them now. */
  get canGoOn() {
    return this.classroom.seen?.mode !== "own_copy" && this.classroom.rows.some(({ copy }) => copy !== null);
  }

  show() {
    const { seen } = this.classroom;
    if (!seen) return;
    const { plan } = this;
    this.card.dataset.mode = seen.mode;
    this.card.classList.toggle("frozen", seen.frozen && !seen.ended);
    byId("class-over", HTMLElement).hidden = !seen.ended;
    byId("class-modes", HTMLElement).hidden = seen.ended;
    byId("class-frozen", HTMLElement).hidden = !seen.frozen || seen.ended;
    for (const button of this.modes) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === seen.mode));
      if (button.dataset.mode !== "follow") button.setAttribute("aria-expanded", String(button.dataset.mode === plan));
    }
    for (const button of this.boards) button.setAttribute("aria-pressed", String(button.dataset.board === seen.board));
    this.freeze.setAttribute("aria-pressed", String(seen.frozen));
    this.lock.setAttribute("aria-pressed", String(seen.locked));
    tell(this.does, does(seen));
    this.form.hidden = plan === null;
    if (plan === null) return;
    tell(byId("class-plan-title", HTMLElement), say(`classroom.plan.${plan}`));
    tell(byId("class-plan-does", HTMLElement), say(`classroom.plan_does.${plan}`));
    byId("plan-hands", HTMLElement).hidden = plan !== "hands_on";
    byId("plan-copies", HTMLElement).hidden = plan !== "own_copy" || !this.canGoOn;
    tell(this.go, say(seen.mode === plan ? "classroom.plan_again" : "classroom.plan_go"));
  }
}

/** What students do now. @param {ClassSeen} seen */
function does({ mode, groups, hands }) {
  return mode === "hands_on" ? say(`classroom.does.${groups > 1 ? "groups" : "hands"}_${hands}`, { groups }) : say(`classroom.does.${mode}`);
}
