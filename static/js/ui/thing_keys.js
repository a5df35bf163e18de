/**
 * The keys of what is selected or has the focus: a node, a client, a message, a link.
 * None of them is a key of the page (keys.js); the help lists both.
 *
 * @import { App } from "../app.js"
 * @import { Thing } from "../selection.js"
 */
import { actionsOffered } from "./actions_for.js";
import { isBusy, perform } from "./perform.js";

/**
 * Every key, and the code of the sentence that says what it does.
 * @type {readonly { keys: string[], of: Thing["kind"] | "any", code: string }[]}
 */
export const THING_KEYS = [
  { keys: ["i"], of: "any", code: "thing_keys.inspect" },
  { keys: ["m"], of: "any", code: "thing_keys.menu" },
  { keys: ["c"], of: "node", code: "thing_keys.crash" },
  { keys: ["x"], of: "node", code: "thing_keys.crash_lost" },
  { keys: ["f"], of: "node", code: "thing_keys.freeze" },
  { keys: ["s"], of: "node", code: "thing_keys.slow" },
  { keys: ["g"], of: "node", code: "thing_keys.gossip" },
  { keys: ["o"], of: "node", code: "thing_keys.cut_off" },
  { keys: ["l"], of: "node", code: "thing_keys.promote" },
  { keys: ["w"], of: "client", code: "thing_keys.write" },
  { keys: ["r"], of: "client", code: "thing_keys.read" },
  { keys: ["o"], of: "client", code: "thing_keys.cut_off" },
  { keys: ["h"], of: "message", code: "thing_keys.hold" },
  { keys: ["d"], of: "message", code: "thing_keys.drop" },
  { keys: ["u"], of: "message", code: "thing_keys.duplicate" },
  { keys: ["n"], of: "message", code: "thing_keys.deliver" },
  { keys: ["c"], of: "link", code: "thing_keys.cut_both" },
  { keys: [">"], of: "link", code: "thing_keys.cut_there" },
  { keys: ["<"], of: "link", code: "thing_keys.cut_back" },
];

/** @param {App} app */
export function startThingKeys(app) {
  document.addEventListener("keydown", (event) => {
    const { view } = app;
    const thing = focused() ?? app.selection.thing;
    if (!view || !thing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    if (event.key === "m") {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("menu", { detail: { ...thing, at: middle(document.activeElement) } }));
      return;
    }
    const action = actionsOffered(app, thing, view).find(({ key }) => key === event.key);
    if (!action) return;
    event.preventDefault();
    void perform(app, thing, action);
  });
}

/** What has the focus in the picture, if anything. @returns {Thing | null} */
export function focused() {
  const found = document.activeElement?.closest(":is(.stages, .spacetime) :is([data-node], [data-client], [data-message], [data-link])");
  const { node, client, message, link } = /** @type {SVGElement | null} */ (found)?.dataset ?? {};
  if (node) return { kind: "node", id: node };
  if (client) return { kind: "client", id: client };
  if (message) return { kind: "message", id: message };
  return link ? { kind: "link", id: link } : null;
}

/** @param {Element | null} element */
function middle(element) {
  const { left, top, width, height } = (element ?? document.body).getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
