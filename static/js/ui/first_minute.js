/**
 * The invitation of the first visit: write, crash a node, and read what survived it. Each is ticked by the run itself.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { OperationState } from "../protocol.js"
 * @import { Timeline } from "../timeline.js"
 *
 * @typedef {"write" | "crash" | "read"} Task
 *
 * @typedef {object} Survivor a read that was answered while nodes were down
 * @property {OperationState} read
 * @property {string[]} down the nodes that were down all the while
 * @property {number} others how many nodes there were besides
 */
import { keep, recall } from "../kept.js";
import { say } from "../words.js";
import { byId, tell } from "./element.js";

const KEPT = "quorumscope.first";
const TASKS = /** @type {const} */ (["write", "crash", "read"]);
const VALUE = "apple";
/** So many operations are looked at: the latest. */
const OPERATIONS = 60;

/** @implements {Part} */
export class FirstMinute {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("first", HTMLElement);
    this.dismiss = byId("first-dismiss", HTMLButtonElement);
    /** What was done once stays done, whatever room one goes to. @type {Set<Task>} */
    this.done = new Set();
    const { write, read } = this.buttons;
    write.textContent = say("first.do_write", { value: VALUE });
    read.textContent = say("first.do_read");
    write.addEventListener("click", () => void app.actions.write("A", app.key, VALUE));
    read.addEventListener("click", () => void app.actions.read("B", app.key));
    this.dismiss.addEventListener("click", () => {
      keep(KEPT, "dismissed");
      this.box.hidden = true;
    });
    const narrow = matchMedia("(max-width: 60rem)");
    narrow.addEventListener("change", () => this.place(narrow.matches));
    this.place(narrow.matches);
    this.box.hidden = false;
  }

  get buttons() {
    return { write: byId("first-write", HTMLButtonElement), read: byId("first-read", HTMLButtonElement) };
  }

  /** On a small screen the panel lies below the stage, and nobody would see the card there. @param {boolean} isNarrow */
  place(isNarrow) {
    const above = isNarrow ? document.querySelector(".sandbox") : byId("panel-act", HTMLElement);
    above?.prepend(this.box);
  }

  /** What counts is the present, wherever one looks. @param {View} _view */
  draw(_view) {
    if (this.box.hidden) return;
    const { joined, boot } = this.app;
    if (joined && joined.scenario !== boot.scenario) {
      this.box.hidden = true;
      return;
    }
    const { timeline } = this.app.run;
    const operations = timeline.operationsBy(Infinity, OPERATIONS).map(([, operation]) => operation);
    const down = downNow(timeline);
    const survivor = survived(timeline, operations);
    if (operations.some(({ type, outcome }) => type === "write" && outcome === "ok")) this.tick("write");
    if (down.length > 0) this.tick("crash");
    if (survivor && !this.done.has("read") && this.done.has("write")) {
      this.tick("read");
      this.conclude(survivor);
    }
    const current = TASKS.find((task) => !this.done.has(task));
    for (const task of TASKS) this.item(task).classList.toggle("current", task === current);
    this.ask("write", current === "write", operations, "");
    this.ask("read", current === "read", operations, down.length ? "" : say("first.none_down"));
  }

  /**
   * The button of a task, or why it is not there.
   * @param {"write" | "read"} task @param {boolean} isCurrent @param {OperationState[]} operations @param {string} why
   */
  ask(task, isCurrent, operations, why) {
    const pending = operations.some(({ type, outcome }) => type === task && outcome === "pending");
    const told = !isCurrent ? "" : pending ? say("first.under_way") : why;
    this.buttons[task].hidden = !isCurrent || told !== "";
    tell(byId(`first-${task}-why`, HTMLElement), told);
  }

  /** @param {Task} task */
  item(task) {
    return /** @type {HTMLElement} */ (this.box.querySelector(`[data-task="${task}"]`));
  }

  /** @param {Task} task */
  tick(task) {
    if (this.done.has(task)) return;
    this.done.add(task);
    const item = this.item(task);
    item.classList.add("done");
    tell(/** @type {HTMLElement} */ (item.querySelector("[data-state]")), say("first.is_done"));
    tell(byId("first-said", HTMLElement), say("first.said", { task: say(`first.${task}`) }));
  }

  /** @param {Survivor} survivor */
  conclude({ read, down, others }) {
    const facts = {
      nodes: down.join(", "),
      client: read.client,
      value: read.value ?? "",
      answered: read.answers.filter(({ says, at_us }) => says === "value" && at_us <= (read.responded_us ?? 0)).length,
      others,
      needed: read.needed,
    };
    tell(byId("first-sentence", HTMLElement), say("first.aha", facts, down.length));
    byId("first-aha", HTMLElement).hidden = false;
    this.box.classList.add("done");
    tell(this.dismiss, say("first.close"));
    keep(KEPT, "done");
  }
}

/** Whether somebody has been here before. A browser may forbid storage: then nobody has. */
export function isFirst() {
  return recall(KEPT) === null;
}

/** @param {Timeline} timeline */
function downNow(timeline) {
  return timeline.all("node", Infinity).flatMap(([id, { status }]) => (status === "down" ? [id] : []));
}

/**
 * The first read that found a value while a node was down from its beginning to its answer.
 * @param {Timeline} timeline @param {OperationState[]} operations newest first
 * @returns {Survivor | null}
 */
export function survived(timeline, operations) {
  for (const read of [...operations].reverse()) {
    const { type, outcome, value, invoked_us, responded_us } = read;
    if (type !== "read" || outcome !== "ok" || value === null || responded_us === null) continue;
    const nodes = timeline.all("node", invoked_us);
    const down = nodes.flatMap(([id, { status }]) => (status === "down" && !cameUp(timeline, id, invoked_us, responded_us) ? [id] : []));
    if (down.length > 0) return { read, down, others: nodes.length - down.length };
  }
  return null;
}

/** @param {Timeline} timeline @param {string} node @param {number} from_us @param {number} to_us */
function cameUp(timeline, node, from_us, to_us) {
  return timeline.versions("node", node).some(({ at_us, fields }) => at_us > from_us && at_us <= to_us && fields?.status !== "down");
}
