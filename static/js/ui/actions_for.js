/**
 * What can be done to a thing now: one table for the inspector, the menu and the keys. Pure.
 *
 * An action that cannot be done just now says why. What can never be done to such a thing is not in the list.
 *
 * @import { App, Power, View } from "../app.js"
 * @import { LinkState, MessageState, RoomCommand } from "../protocol.js"
 * @import { Kind, Thing } from "../selection.js"
 *
 * @typedef {object} Action
 * @property {string} code one of a thing's actions has it
 * @property {string} label
 * @property {"main" | "speed" | "network" | "rest"} group `main` is always in sight
 * @property {RoomCommand[]} commands
 * @property {string} [key] the key for it
 * @property {string} [why] why it cannot be done now
 * @property {boolean} [pressed] of some that exclude each other, whether this one is in force
 * @property {"value" | "links" | "clock"} [opens] a place of the page where the rest is asked for
 */
import { say } from "../words.js";
import { actorsOf, between, endsOf, groupsWith, groupsWithout, isCutOff, isParted, partitionOf } from "./network_of.js";

const FACTORS = [1, 3, 10];
/** What a link loses when it is made lossy at one stroke. */
const LOSS = 0.3;

/** Those that are for whoever is here; while nothing can be asked, none can be done now. @param {App} app @param {Thing} thing @param {View} view */
export function actionsOffered(app, { kind, id }, view) {
  const isOthers = kind === "client" && app.own !== null && app.own !== id;
  const offered = actionsFor(kind, id, view).filter(({ code }) => app.can(powerFor(code)) && !(isOthers && powerFor(code) === "operate"));
  return app.held === null ? offered : offered.map((action) => ({ ...action, why: app.held ?? undefined }));
}

/** @param {string} code @returns {Power} */
function powerFor(code) {
  if (code === "write" || code === "read") return "operate";
  return code === "remove" ? "arrange" : "break";
}

/** @param {Kind} kind @param {string} id @param {View} view @returns {Action[]} */
function actionsFor(kind, id, view) {
  if (kind === "node") return forNode(id, view);
  if (kind === "client") return forClient(id, view);
  if (kind === "message") return forMessage(id, view);
  return kind === "link" ? forLink(id, view) : [];
}

/** @param {string} node @param {View} view @returns {Action[]} */
function forNode(node, view) {
  const found = view.scene.nodes.find(({ id }) => id === node);
  if (!found) return [];
  const { status, role, slow } = found.state;
  const { cluster } = view.scene;
  const down = status === "down" ? say("refused.node_down", { node }) : undefined;
  const frozen = status === "frozen" ? say("refused.frozen", { node }) : undefined;
  const leaving = status === "leaving" ? say("refused.leaving", { node }) : undefined;
  const leads = cluster.strategy === "leader";
  const needed = leads ? Math.max(cluster.w, cluster.r) : cluster.n;
  const leader = leads && role === "leader";
  const few = cluster.nodes <= needed ? say("refused.too_few_nodes", { needed }) : undefined;
  const next = FACTORS[(FACTORS.indexOf(slow) + 1) % FACTORS.length] ?? 1;
  return [
    down
      ? { code: "restart", label: say("action.restart"), group: "main", key: "c", commands: [{ type: "restart", node }] }
      : { code: "crash", label: say("action.crash"), group: "main", key: "c", commands: [{ type: "crash", node }] },
    frozen
      ? { code: "thaw", label: say("action.thaw"), group: "main", key: "f", commands: [{ type: "thaw", node }] }
      : { code: "freeze", label: say("action.freeze"), group: "main", key: "f", why: down, commands: [{ type: "freeze", node }] },
    { code: "gossip", label: say("action.gossip"), group: "main", key: "g", why: down ?? frozen, commands: [{ type: "gossip", node }] },
    ...cuttingOff(node, view),
    ...(leads ? [promotion(node, down ?? frozen ?? leaving ?? (leader ? say("refused.already_leader", { node }) : undefined))] : []),
    ...FACTORS.map((factor) => slowness(node, factor, slow, factor === next)),
    ...oneWay(node, view),
    ...elsewhere(),
    { code: "crash_lost", label: say("action.crash_lost"), group: "rest", key: "x", why: down, commands: [{ type: "crash", node, disk: "lost" }] },
    { code: "wipe", label: say("action.wipe"), group: "rest", why: frozen ?? leaving, commands: [{ type: "wipe", node }] },
    {
      code: "remove",
      label: say("action.remove"),
      group: "rest",
      why: leaving ?? (leader ? say("refused.leads", { node }) : few),
      commands: [{ type: "remove_node", node }],
    },
  ];
}

/** @param {string} node @param {string | undefined} why @returns {Action} */
function promotion(node, why) {
  return { code: "promote", label: say("action.promote"), group: "main", key: "l", why, commands: [{ type: "promote", node }] };
}

/** @param {string} node @param {number} factor @param {number} slow what is in force @param {boolean} isNext @returns {Action} */
function slowness(node, factor, slow, isNext) {
  return {
    code: `slow_${factor}`,
    label: factor === 1 ? say("action.slow_1") : say("action.slow", { factor }),
    group: "speed",
    pressed: slow === factor,
    commands: [{ type: "slow", node, factor }],
    ...(isNext && { key: "s" }),
  };
}

/** @param {string} id @param {View} view @returns {Action[]} */
function cuttingOff(id, view) {
  if (!isCutOff(view, id)) {
    return [{ code: "cut_off", label: say("action.cut_off"), group: "main", key: "o", commands: [{ type: "partition", groups: groupsWithout(view, id) }] }];
  }
  const groups = partitionOf(view);
  const cut = view.scene.links.filter((link) => link.cut && (link.source === id || link.target === id) && !isParted(groups, link.source, link.target));
  return [
    {
      code: "rejoin",
      label: say("action.rejoin"),
      group: "main",
      key: "o",
      commands: [...(groups.length ? [partition(groupsWith(groups, id))] : []), ...cut.map((link) => setLink(link.source, link.target, { cut: false }, link))],
    },
  ];
}

/** One-way cuts of all links of a node: it is heard but hears nothing, or the other way round. @param {string} node @param {View} view @returns {Action[]} */
function oneWay(node, view) {
  const others = actorsOf(view).filter((other) => other !== node);
  const cuts = (/** @type {boolean} */ outward) =>
    others.flatMap((other) => {
      const [source, target] = outward ? [node, other] : [other, node];
      const state = between(view, source, target).there;
      return state?.cut ? [] : [setLink(source, target, { cut: true }, state)];
    });
  const [out, into] = [cuts(true), cuts(false)];
  return [
    { code: "cut_out", label: say("action.cut_out"), group: "network", why: out.length ? undefined : say("action.why.cut_already"), commands: out },
    { code: "cut_in", label: say("action.cut_in"), group: "network", why: into.length ? undefined : say("action.why.cut_already"), commands: into },
  ];
}

/** What has a place of its own in the inspector. @returns {Action[]} */
function elsewhere() {
  return [
    { code: "links", label: say("action.links"), group: "network", opens: "links", commands: [] },
    { code: "clock", label: say("action.clock"), group: "network", opens: "clock", commands: [] },
  ];
}

/** @param {string} client @param {View} view @returns {Action[]} */
function forClient(client, view) {
  if (!view.scene.clients.some(({ id }) => id === client)) return [];
  const { key } = view.scene;
  return [
    { code: "write", label: say("action.write", { key }), group: "main", key: "w", opens: "value", commands: [] },
    { code: "read", label: say("action.read", { key }), group: "main", key: "r", commands: [{ type: "read", client, key }] },
    ...cuttingOff(client, view),
    ...elsewhere(),
  ];
}

/** @param {string} message @param {View} view @returns {Action[]} */
function forMessage(message, { timeline, at_us }) {
  const state = timeline.at("message", message, at_us);
  if (!state) return [];
  const why = isUnderWay(state) ? undefined : say("action.why.over");
  return [
    state.fate === "held"
      ? { code: "release", label: say("action.release"), group: "main", key: "h", commands: [{ type: "release", message }] }
      : { code: "hold", label: say("action.hold"), group: "main", key: "h", why, commands: [{ type: "hold", message }] },
    { code: "deliver", label: say("action.deliver"), group: "main", key: "n", why, commands: [{ type: "deliver", message }] },
    { code: "drop", label: say("action.drop"), group: "main", key: "d", why, commands: [{ type: "drop", message }] },
    { code: "duplicate", label: say("action.duplicate"), group: "main", key: "u", why, commands: [{ type: "duplicate", message }] },
  ];
}

/** @param {MessageState} message */
function isUnderWay({ fate }) {
  return fate === "in_flight" || fate === "held";
}

/** @param {string} id @param {View} view @returns {Action[]} */
function forLink(id, view) {
  const [source, target] = endsOf(id);
  const actors = actorsOf(view);
  if (!actors.includes(source) || !actors.includes(target)) return [];
  const { there, back } = between(view, source, target);
  const groups = partitionOf(view);
  const why = isParted(groups, source, target) ? say("action.why.parted") : undefined;
  const both = Boolean(there?.cut && back?.cut);
  const lossy = Boolean(there?.loss || back?.loss);
  return [
    ...(why ? [{ code: "unite", label: say("action.unite"), group: /** @type {const} */ ("main"), commands: [partition([])] }] : []),
    cutting("cut_there", ">", [source, target], there, why),
    cutting("cut_back", "<", [target, source], back, why),
    {
      code: "cut_both",
      label: say(both ? "action.mend_both" : "action.cut_both"),
      group: "main",
      key: "c",
      why,
      commands: [setLink(source, target, { cut: !both }, there), setLink(target, source, { cut: !both }, back)],
    },
    {
      code: "lossy",
      label: say(lossy ? "action.not_lossy" : "action.lossy", { percent: LOSS * 100 }),
      group: "rest",
      commands: [
        setLink(source, target, { loss: lossy ? 0 : LOSS, ...unparted(why) }, there),
        setLink(target, source, { loss: lossy ? 0 : LOSS, ...unparted(why) }, back),
      ],
    },
    {
      code: "whole",
      label: say("action.whole"),
      group: "main",
      why: !there && !back ? say("action.why.whole") : why && !isFaulty(there) && !isFaulty(back) ? why : undefined,
      commands: [
        { type: "link", source, target },
        { type: "link", source: target, target: source },
      ],
    },
  ];
}

/** What a partition cuts must not become a cut of the link's own. @param {string | undefined} parted @returns {{ cut?: boolean }} */
function unparted(parted) {
  return parted ? { cut: false } : {};
}

/** @param {LinkState | null} state */
function isFaulty(state) {
  return state !== null && state.loss + state.duplicate + state.reorder > 0;
}

/**
 * @param {string} code @param {string} key @param {[string, string]} ends @param {LinkState | null} state
 * @param {string | undefined} why
 * @returns {Action}
 */
function cutting(code, key, [source, target], state, why) {
  const label = say(state?.cut ? "action.mend_one" : "action.cut_one", { source, target });
  return { code, label, group: "main", key, why, commands: [setLink(source, target, { cut: !state?.cut }, state)] };
}

/** @param {readonly (readonly string[])[]} groups @returns {RoomCommand} */
function partition(groups) {
  return { type: "partition", groups: groups.map((group) => [...group]) };
}

/**
 * One direction, changed in some respects and as it was in all others.
 * @param {string} source @param {string} target
 * @param {Partial<Pick<LinkState, "cut" | "loss" | "duplicate" | "reorder">>} change @param {LinkState | null} state
 * @returns {RoomCommand}
 */
export function setLink(source, target, change, state) {
  const { cut = false, loss = 0, duplicate = 0, reorder = 0 } = { ...state, ...change };
  return { type: "link", source, target, cut, loss, duplicate, reorder };
}
