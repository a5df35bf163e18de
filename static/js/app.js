/**
 * One page: the run that is watched, the moment that is drawn, what is selected, and the parts that show it.
 *
 * A part draws what a view says and asks for nothing but through `actions`. Parts know the app, not each other.
 *
 * @import { Actions } from "./actions.js"
 * @import { Classroom } from "./classroom/classroom.js"
 * @import { Connection } from "./connection.js"
 * @import { Playhead } from "./playhead.js"
 * @import { Joined } from "./protocol.js"
 * @import { Scene } from "./scene.js"
 * @import { Selection } from "./selection.js"
 * @import { Timeline } from "./timeline.js"
 *
 * @typedef {object} Boot what the server tells the page (webapp/pages.py)
 * @property {string | null} room
 * @property {string} scenario
 * @property {number | null} seed
 * @property {string | null} run
 * @property {{ name: string, title: string, claim: string, text: string, ends_us: number }[]} scenarios
 * @property {string[]} profiles names of latency profiles
 * @property {{ name: string, choices?: string[], min?: number, max?: number, switch?: boolean }[]} settings
 * @property {{ min: number, max: number, default: number }} speed
 * @property {Record<string, string>} words
 * @property {LessonPlan} [lesson]
 * @property {string} [class_id]
 * @property {boolean} [audience] whether who only looks at a class may be at any worker
 * @property {Record<"title" | "name" | "question" | "choice" | "choices" | "comment" | "groups", number>} [limits] of what is typed in a class
 * @property {LessonTold[]} [lessons] for a class to take
 *
 * @typedef {{ slug: string, number: number, title: string, claim: string, minutes: number, steps: number, first: string }} LessonTold `first`: the id of its first step
 *
 * @typedef {object} LessonPlan the lesson that the page is about, without its prose
 * @property {string} slug
 * @property {string} title
 * @property {LessonStep[]} steps
 *
 * @typedef {object} LessonStep
 * @property {string} id
 * @property {"claim" | "predict" | "do" | "number" | "change" | "why" | "keep"} kind
 * @property {string[]} controls what it brings onto the page (ui: data-control)
 * @property {string[]} tasks ids of goals
 * @property {string[]} choices
 * @property {string | null} right
 * @property {"stage" | "spacetime" | "both" | null} view
 * @property {string | null} select a goal: what met it is selected
 * @property {boolean} show whether the engine can play it
 * @property {{ rate: number, read_share: number, keys: number } | null} workload one that the step is about
 *
 * @typedef {object} Side a second cluster beside the first
 * @property {string} title
 * @property {Timeline} timeline
 *
 * @typedef {object} View what there is to show now
 * @property {number} at_us
 * @property {boolean} isLive or in the past
 * @property {boolean} isMoving whether time goes on by itself
 * @property {Timeline} timeline
 * @property {Scene} scene
 * @property {(Side & { scene: Scene }) | null} other
 * @property {Selection} selection
 *
 * @typedef {object} Part
 * @property {number} [everyMs] how often it is drawn at the most while things change; 0: at once. The usual is EVERY_MS
 * @property {(view: View) => void} [draw] when anything but messages in flight has changed
 * @property {(view: View) => void} [move] in every frame: it must be cheap
 *
 * @typedef {"operate" | "break" | "arrange"} Power to read and write; to do something to nodes and the network; to change the cluster, its clock, or make another one
 */
import { Run } from "./history.js";
import { sceneAt } from "./scene.js";

const EVERY_MS = 120;
/** A part that stands behind another tab may wait longer. */
const HIDDEN_MS = 300;
/** While things move the scene is made anew this often at the most. Dots move in every frame all the same. */
const SCENE_MS = 30;
/** With a crowd of messages on their way things change faster than anybody can read: then this often. */
const CROWDED_MS = 150;
/** Where nothing has moved for so long, it is looked so often whether anything does. What people do and what comes is seen at once. */
const STILL_MS = 1000;
const RESTING_MS = 100;
const WAKING = ["pointerdown", "pointermove", "keydown", "input", "change", "wheel", "focusin", "resize", "hashchange", "popstate"];

/** How often a part that stands in this element is drawn. @param {Element} element */
export function everyMsIn(element) {
  return element.closest("[hidden]") ? HIDDEN_MS : EVERY_MS;
}

export class App {
  /**
   * @param {object} made
   * @param {Boot} made.boot @param {Connection | null} made.connection @param {Actions | null} made.actions null: a page that only looks
   * @param {Playhead} made.playhead @param {Selection} made.selection
   */
  constructor({ boot, connection, actions, playhead, selection }) {
    this.boot = boot;
    this.line = connection;
    this.hands = actions;
    this.playhead = playhead;
    this.selection = selection;
    this.run = new Run(() => this.redraw());
    /** Another run to set beside this one: a branch. A comparison that is live comes with the run. @type {Side | null} */
    this.beside = null;
    /** The record that reads, writes and the picture are about. */
    this.key = "x";
    /** What a lesson has brought onto the page so far; null: there is no lesson, and everything is there. @type {Set<string> | null} */
    this.introduced = null;
    /** The class that the page is in. @type {Classroom | null} */
    this.classroom = null;
    /** The client that one may act as; null: any. @type {string | null} */
    this.own = null;
    /** What one may ask of the cluster; null: anything. @type {ReadonlySet<Power> | null} */
    this.powers = null;
    /** Why nothing can be asked for a while. @type {string | null} */
    this.held = null;
    /** @type {Joined | null} */
    this.joined = null;
    /** @type {Part[]} */
    this.parts = [];
    /** @type {Map<Part, number>} when a part was drawn last, in ms of wall time; missing: it is due */
    this.drawnAt = new Map();
    /** @type {Set<Part>} */
    this.due = new Set();
    /** @type {View | null} */
    this.view = null;
    /** When the scene was made, in ms of wall time, and whether that was in this frame. */
    this.made_ms = -Infinity;
    /** Whether more is on its way than can be followed one by one; the stage knows. */
    this.isCrowded = false;
    this.isFresh = false;
    this.hasWaited = false;
    /** When there was last something to draw, or might have been. */
    this.stirred_ms = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | null} a picture that stands still waits for this */
    this.resting = null;
    this.drawn = { changes: -1, timeline: /** @type {Timeline | null} */ (null), other: /** @type {Timeline | null} */ (null), isLive: true, isMoving: false };
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    selection.onChange(() => this.redraw());
    playhead.moved = () => this.wake();
  }

  /** The line to the server. */
  get connection() {
    return given(this.line);
  }

  /** What can be asked of the cluster. */
  get actions() {
    return given(this.hands);
  }

  /** Whether anything can be asked at all, or the page only looks. */
  get canAct() {
    return this.hands !== null;
  }

  /** @param {Power} power */
  can(power) {
    return this.canAct && (this.powers?.has(power) ?? true);
  }

  /** What is known of the moment that is shown. */
  get timeline() {
    return this.stretch.timeline;
  }

  get stretch() {
    return this.run.at(this.playhead.isLive ? Infinity : this.playhead.now());
  }

  /** The second cluster, if one is shown. @returns {Side | null} */
  get other() {
    const { twin } = this.stretch;
    return this.beside ?? (twin && { title: "", timeline: twin });
  }

  /** Show everything anew in the next frame, though nothing may have happened. */
  redraw() {
    this.drawn.changes = -1;
    this.wake();
  }

  /** Another room is about to be shown: what belongs to this one is put away. */
  leave() {
    this.beside = null;
    this.selection.clear();
    this.playhead.goLive();
  }

  /** @param {Part[]} parts */
  start(parts) {
    this.parts = parts;
    for (const event of WAKING) addEventListener(event, () => this.wake(), { capture: true, passive: true });
    this.next();
  }

  /** Something may have changed: the next frame is drawn at once. */
  wake() {
    this.stirred_ms = this.playhead.wall_ms();
    if (this.resting === null) return;
    clearTimeout(this.resting);
    this.resting = null;
    this.next();
  }

  /** Ask for the next frame. A picture that stands still is looked at now and then: a frame costs the device something, drawn or not. */
  next() {
    const frame = () => {
      this.resting = null;
      // Whatever happens, so that a part that fails does not stop the picture.
      try {
        this.draw();
      } finally {
        this.next();
      }
    };
    if (this.isFresh || this.due.size > 0) this.stirred_ms = this.playhead.wall_ms();
    const isStill = !this.playhead.isMoving || this.calm.matches;
    if (isStill && this.playhead.wall_ms() - this.stirred_ms > STILL_MS) this.resting = setTimeout(frame, RESTING_MS);
    else requestAnimationFrame(frame);
  }

  /** One more part, which had to be loaded first. @param {Part} part */
  add(part) {
    this.parts.push(part);
    this.redraw();
  }

  draw() {
    const view = this.look();
    if (!view) return;
    const wall_ms = this.playhead.wall_ms();
    // A frame that has made a scene has done enough; but the others do not wait twice.
    this.hasWaited = this.isFresh && !this.hasWaited;
    let slots = this.hasWaited ? 0 : 1;
    for (const part of this.due) {
      const every_ms = part.everyMs ?? EVERY_MS;
      // Parts that may wait take turns, so that no frame has to draw them all.
      if (every_ms > 0 && (slots === 0 || wall_ms - (this.drawnAt.get(part) ?? -Infinity) < every_ms)) continue;
      if (every_ms > 0) slots -= 1;
      this.due.delete(part);
      this.drawnAt.set(part, wall_ms);
      part.draw?.(view);
    }
    for (const part of this.parts) part.move?.(view);
  }

  /** The view of this frame; null before there is anything to see. @returns {View | null} */
  look() {
    const { playhead, timeline } = this;
    this.isFresh = false;
    if (!playhead.isLive && playhead.now() < timeline.from_us) {
      // A past that is on its way is waited for, and one that is forgotten is asked for again.
      if (this.run.waiting) return this.view;
      if (playhead.now() >= this.run.starts_us) {
        void this.run.reach(playhead.now());
        return this.view;
      }
      playhead.seek(this.run.starts_us);
    }
    let at_us = playhead.now();
    // Whoever wants no motion sees steps: the picture stands still until something has happened.
    if (this.calm.matches && playhead.isMoving) at_us = Math.max(timeline.from_us, timeline.momentBefore(at_us + 1) ?? at_us);
    const changes = timeline.changesBy(at_us);
    const { isLive, isMoving } = playhead;
    const { drawn, other } = this;
    const isSame = timeline === drawn.timeline && (other?.timeline ?? null) === drawn.other && isLive === drawn.isLive && isMoving === drawn.isMoving;
    const wall_ms = playhead.wall_ms();
    const isSoon = isMoving && drawn.changes >= 0 && changes > drawn.changes && wall_ms - this.made_ms < (this.isCrowded ? CROWDED_MS : SCENE_MS);
    if (this.view && isSame && (changes === drawn.changes || isSoon)) {
      this.view.at_us = at_us;
      if (this.view.other && this.view.other.timeline.changesBy(at_us) !== this.otherChanges) this.redraw();
      return this.view;
    }
    const scene = sceneAt(timeline, at_us, this.key);
    if (!scene) return null;
    const { selection } = this;
    const beside = other && sceneAt(other.timeline, at_us, this.key);
    this.otherChanges = other?.timeline.changesBy(at_us);
    this.drawn = { changes, timeline, other: other?.timeline ?? null, isLive, isMoving };
    this.made_ms = wall_ms;
    this.isFresh = true;
    this.view = { at_us, isLive, isMoving, timeline, scene, other: other && beside ? { ...other, scene: beside } : null, selection };
    for (const part of this.parts) this.due.add(part);
    return this.view;
  }
}

/** @template T @param {T | null} thing */
function given(thing) {
  if (!thing) throw new Error("this page only looks");
  return thing;
}
