/**
 * Everything on the stage as tables: for screen readers, and for whoever would rather read.
 *
 * @import { App, Part, View } from "../app.js"
 * @import { Version } from "../protocol.js"
 */
import { milliseconds, say } from "../words.js";
import { startDialog } from "./dialogs.js";
import { byId, make } from "./element.js";
import { messageName } from "./message_words.js";

const OPERATIONS = 30;

/** @implements {Part} */
export class Tables {
  everyMs = 500;

  /** @param {App} app */
  constructor(app) {
    this.body = byId("tables-body", HTMLElement);
    this.dialog = startDialog("tables", "open-tables", () => app.redraw());
    this.told = "";
  }

  /** @param {View} view */
  draw(view) {
    if (!this.dialog.open) return;
    const tables = [nodes(view), operations(view), messages(view)];
    const told = JSON.stringify([tables, verdict(view)]);
    if (told === this.told) return;
    this.told = told;
    this.body.replaceChildren(make("p", "lead", verdict(view)), ...tables.map(table));
  }
}

/** @typedef {{ title: string, heads: string[], rows: string[][], none: string }} Table */

/** @param {View} view @returns {Table} */
function nodes({ scene }) {
  return {
    title: say("tables.nodes", { key: scene.key }),
    heads: ["node", "state", "value", "version", "freshness", "hints"].map((head) => say(`tables.${head}`)),
    rows: scene.nodes.map(({ id, state, record, behind, hints }) => [
      id,
      say(`tables.status.${state.status}`) + (state.role ? `, ${say(`tables.role.${state.role}`)}` : ""),
      record ? [...record.siblings.map(({ value }) => value), ...(record.siblings.length ? [] : [record.value])].join(" | ") : "–",
      version(record?.version),
      record ? (behind ? say("node.behind", {}, behind) : say("node.newest")) : say("node.empty"),
      String(hints),
    ]),
    none: "",
  };
}

/** @param {View} view @returns {Table} */
function operations({ scene }) {
  return {
    title: say("tables.operations"),
    heads: ["operation", "what", "outcome", "value", "began", "took", "answers"].map((head) => say(`tables.${head}`)),
    rows: scene.operations.slice(0, OPERATIONS).map(([id, operation]) => [
      id,
      say(operation.type === "write" ? "operation.write" : "operation.read", { client: operation.client, key: operation.key, value: operation.value ?? "" }),
      say(`operation.${operation.outcome}`),
      operation.value === null ? "–" : `${operation.value} ${version(operation.version)}`,
      `${milliseconds(operation.invoked_us)} ms`,
      operation.responded_us === null ? "–" : `${milliseconds(operation.responded_us - operation.invoked_us)} ms`,
      operation.answers.map(({ node, says }) => `${node} ${say(`tables.says.${says}`)}`).join(", ") || "–",
    ]),
    none: say("operations.none"),
  };
}

/** @param {View} view @returns {Table} */
function messages({ timeline, at_us }) {
  return {
    title: say("tables.messages"),
    heads: ["message", "what", "from", "to", "sent", "due"].map((head) => say(`tables.${head}`)),
    rows: timeline.inFlight(at_us).map(([id, message]) => [
      id,
      messageName(message.type) + (message.fate === "held" ? `, ${say("tables.held")}` : ""),
      message.source,
      message.target,
      `${milliseconds(message.sent_us)} ms`,
      message.fate === "held" ? "–" : `${milliseconds(message.due_us)} ms`,
    ]),
    none: say("tables.no_messages"),
  };
}

/** @param {View} view */
function verdict({ scene: { verdict: found } }) {
  return found ? say(`check.${found.code}`, /** @type {any} */ (found.facts)) : "";
}

/** @param {Version | null | undefined} held */
function version(held) {
  return held ? `v${held.counter}·${held.writer}` : "–";
}

/** @param {Table} told */
function table({ title, heads, rows, none }) {
  const made = make("table", "table");
  made.append(make("caption", "", title));
  const head = made.createTHead().insertRow();
  for (const text of heads) head.append(Object.assign(make("th", "", text), { scope: "col" }));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const [place, text] of row.entries()) line.append(place ? make("td", "", text) : Object.assign(make("th", "", text), { scope: "row" }));
  }
  if (rows.length) return made;
  const box = make("div", "tables-none");
  box.append(make("strong", "", title), make("p", "soft", none));
  return box;
}
