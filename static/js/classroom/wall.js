/**
 * The wall: a small live picture of every copy, or of every group's cluster. It lies over the stage while it is on.
 *
 * Only what is in sight is looked at, in turns, and never more often than PEEK_EVERY_MS altogether. Turns are taken in
 * the page's frames: a page that is hidden asks for nothing.
 *
 * @import { App, Part } from "../app.js"
 * @import { Classroom } from "./classroom.js"
 * @import { Driving } from "./driving.js"
 * @import { Told } from "./wall_tiles.js"
 */
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { Visiting } from "./visiting.js";
import { Tile } from "./wall_tile.js";
import { hasWall, tilesOf } from "./wall_tiles.js";

/** From one look at a room to the next. */
const PEEK_EVERY_MS = 125;
/** So many looks may be on their way at once: a slow line is not asked for more. */
const PEEKS_MAX = 3;
/** From one look at the same room to the next; one that nobody watches stands still. */
const SAME_EVERY_MS = 1000;
const STILL_EVERY_MS = 30_000;
/** A room may be gone by the time it is looked at. */
const MAY_BE_GONE = new Set(["unknown_room", "not_your_room", "other_engine"]);

/** @param {App} app @param {Classroom} classroom @param {Driving} driving @returns {Part[]} */
export function startWall(app, classroom, driving) {
  const visiting = new Visiting(app, classroom, driving);
  return [new Wall(app, classroom, visiting), visiting];
}

/** @implements {Part} */
class Wall {
  /** @param {App} app @param {Classroom} classroom @param {Visiting} visiting */
  constructor(app, classroom, visiting) {
    this.app = app;
    this.classroom = classroom;
    this.visiting = visiting;
    this.choice = byId("wall-choice", HTMLElement);
    this.onStage = byId("show-stage", HTMLButtonElement);
    this.onWall = byId("show-wall", HTMLButtonElement);
    this.box = byId("wall", HTMLElement);
    this.none = byId("wall-none", HTMLElement);
    this.list = byId("wall-tiles", HTMLElement);
    this.world = /** @type {HTMLElement} */ (this.box.parentElement);
    /** @type {Map<string, Tile>} */
    this.tiles = new Map();
    this.isOn = false;
    this.asked_ms = -Infinity;
    this.asking = 0;
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const tile = this.tiles.get(/** @type {HTMLElement} */ (target).dataset.tile ?? "");
        if (tile) tile.isInSight = isIntersecting;
      }
    });
    this.onStage.addEventListener("click", () => {
      this.turn(false);
      void visiting.leave();
    });
    this.onWall.addEventListener("click", () => {
      this.turn(true);
      void visiting.leave();
    });
    visiting.onBack = (room) => this.comeBack(room);
    visiting.onGo = () => this.turn(false);
    classroom.onChange((what) => {
      if (what === "class" || what === "roster") this.show();
    });
  }

  /** The page may be in another room now. */
  draw() {
    this.press();
  }

  /** @param {boolean} on */
  turn(on) {
    if (on === this.isOn) return;
    this.isOn = on;
    this.box.hidden = !on;
    this.world.toggleAttribute("data-wall", on);
    // What was seen before may have gone on.
    for (const tile of this.tiles.values()) tile.asked_ms = -Infinity;
    this.show();
    this.app.redraw();
  }

  show() {
    const { seen, rows } = this.classroom;
    const isThere = seen !== null && hasWall(seen);
    this.choice.hidden = !isThere;
    if (!isThere) {
      this.turn(false);
      return;
    }
    const wanted = tilesOf(seen, rows);
    const kind = seen.mode === "own_copy" ? "copies" : "groups";
    tell(this.onWall, say(`wall.all.${kind}`, {}, wanted.length));
    this.press();
    if (!this.isOn) return;
    tell(this.none, say(`wall.none.${kind}`));
    this.none.hidden = wanted.length > 0;
    this.lay(wanted);
  }

  press() {
    this.onWall.setAttribute("aria-pressed", String(this.isOn));
    this.onStage.setAttribute("aria-pressed", String(!this.isOn && this.visiting.isOnStage));
  }

  /** Put the tiles there in this order; those that stay keep their pictures. @param {Told[]} wanted */
  lay(wanted) {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, tile] of this.tiles) {
      if (ids.has(id)) continue;
      this.sight.unobserve(tile.item);
      tile.item.remove();
      this.tiles.delete(id);
    }
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    wanted.forEach((told, place) => {
      const tile = this.tiles.get(told.id) ?? this.enter(told);
      tile.show(told);
      const there = this.list.children[place] ?? null;
      if (there !== tile.item) this.list.insertBefore(tile.item, there);
    });
    // An element that is moved loses the focus.
    if (focused && focused !== document.activeElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** @param {Told} told */
  enter(told) {
    const tile = new Tile(this.app, told, {
      open: ({ room }) => void this.visiting.visit(room, true),
      callBack: ({ id, called_back }) => void this.classroom.do({ type: "call_back", member: id, on: !called_back }),
    });
    this.tiles.set(told.id, tile);
    this.sight.observe(tile.item);
    return tile;
  }

  /** Whoever came from the wall is back at the tile. @param {string} room */
  comeBack(room) {
    if (!hasWall(this.classroom.seen)) return;
    this.turn(true);
    const tile = [...this.tiles.values()].find(({ told }) => told.room === room);
    (tile?.button ?? this.onWall).focus();
  }

  move() {
    if (!this.isOn) return;
    const now_ms = this.app.playhead.wall_ms();
    const isMyTurn = now_ms - this.asked_ms >= PEEK_EVERY_MS && this.asking < PEEKS_MAX;
    /** @type {Tile | null} */
    let next = null;
    for (const tile of this.tiles.values()) {
      if (!tile.isInSight) continue;
      tile.move();
      const every_ms = tile.told.isHere ? SAME_EVERY_MS : STILL_EVERY_MS;
      if (isMyTurn && !tile.isAsking && now_ms - tile.asked_ms >= every_ms && tile.asked_ms < (next?.asked_ms ?? Infinity)) next = tile;
    }
    if (next) void this.peek(next, now_ms);
  }

  /** @param {Tile} tile @param {number} now_ms */
  async peek(tile, now_ms) {
    this.asked_ms = tile.asked_ms = now_ms;
    this.asking += 1;
    tile.isAsking = true;
    const answer = await this.app.connection.ask("peek", { room: tile.told.room }, MAY_BE_GONE);
    tile.isAsking = false;
    this.asking -= 1;
    if (answer && !("error" in answer) && this.isOn) tile.take(answer.frame);
  }
}
