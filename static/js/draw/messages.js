/**
 * Messages in flight: a dot at (now − sent) / (due − sent) of its way. Requests are filled, replies hollow; gossip is a diamond.
 *
 * They move in every frame, so nothing here is joined anew or read back: a frame touches only the dots that are elsewhere now.
 *
 * @import { Timeline, Version } from "../timeline.js"
 * @import { MessageState } from "../protocol.js"
 * @import { Layout, Point } from "./geometry.js"
 * @import { Stands } from "./stands.js"
 *
 * @typedef {object} Mark one message under way
 * @property {string} id
 * @property {MessageState} state
 * @property {string} family
 * @property {Point} from
 * @property {Point} to
 * @property {Point} at
 * @property {number} round the last frame that had it
 * @property {{ dot: SVGGElement, path: SVGLineElement, place: string } | null} drawn null: it is one of a crowd
 */
import { progress } from "../scene.js";
import { countUntil } from "../timeline.js";
import { say } from "../words.js";
import { Crowd } from "./crowd.js";
import { distance, edgeToEdge } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
/** With more in flight than this, their paths say nothing any more. */
const PATHS = 40;
/** With more than this nobody reads what stands in the dots, and they are drawn together as long as they move. */
const CROWD = 60;
/** A crowd is one until it is so much smaller: at the border, dots would come and go. */
const LEEWAY = 12;

export class Flights {
  /** @param {SVGGElement} paths @param {SVGGElement} crowd @param {SVGGElement} dots @param {boolean} small */
  constructor(paths, crowd, dots, small) {
    this.paths = paths;
    this.dots = dots;
    this.small = small;
    this.crowd = new Crowd(crowd);
    this.isCrowd = false;
    /** @type {Map<string, Mark>} */
    this.marks = new Map();
    /** @type {Stands | null} */
    this.stands = null;
    this.round = 0;
    this.radius = 0;
    this.isMoving = true;
    /** @type {string | null} */
    this.selected = null;
    /** The one dot that the tab key finds while time stands still. @type {Mark | null} */
    this.stop = null;
  }

  /** @param {Timeline} timeline @param {number} at_us @param {Stands} stands @param {Layout} layout */
  draw(timeline, at_us, stands, layout) {
    const moved = stands !== this.stands;
    this.stands = stands;
    if (layout.dot !== this.radius) for (const mark of this.marks.values()) this.erase(mark);
    this.radius = layout.dot;
    this.round += 1;
    const flights = timeline.flightsBetween(at_us, at_us);
    this.isCrowd = this.isMoving && flights.length > (this.isCrowd ? CROWD - LEEWAY : CROWD);
    this.crowd.begin(layout.dot);
    for (const flight of flights) {
      if (flight.until_us <= at_us) continue;
      const version = versionAt(flight.versions, at_us);
      if (!version?.fields) continue;
      const mark = this.marks.get(flight.id) ?? this.enter(flight.id, version.fields, stands);
      if (!mark) continue;
      mark.round = this.round;
      if (mark.state !== version.fields) {
        mark.state = version.fields;
        if (mark.drawn) this.tell(mark);
      }
      if (moved) this.lay(mark, stands);
      this.move(mark, at_us, version.at_us);
    }
    this.crowd.end();
    for (const mark of this.marks.values()) if (mark.round !== this.round) this.leave(mark);
    toggle(this.paths, "crowded", this.marks.size > PATHS);
    toggle(this.dots, "crowded", this.marks.size > CROWD);
    if (!this.isMoving && !this.stop) this.rove();
  }

  /** @param {Mark} mark @param {number} at_us @param {number} since_us */
  move(mark, at_us, since_us) {
    const { from, to, state } = mark;
    const part = progress(state, at_us, since_us);
    // Fine enough for a dot, and short to write.
    const fine = this.isCrowd ? 10 : 100;
    mark.at.x = Math.round((from.x + (to.x - from.x) * part) * fine) / fine;
    mark.at.y = Math.round((from.y + (to.y - from.y) * part) * fine) / fine;
    if (this.isCrowd && state.fate !== "held" && mark.id !== this.selected) {
      if (mark.drawn) this.erase(mark);
      this.crowd.add(state, mark.family, mark.at.x, mark.at.y);
      return;
    }
    const drawn = mark.drawn ?? this.show(mark);
    const place = `translate(${mark.at.x} ${mark.at.y})`;
    if (place === drawn.place) return;
    drawn.place = place;
    drawn.dot.setAttribute("transform", place);
  }

  /** @param {string} id @param {MessageState} state @param {Stands} stands */
  enter(id, state, stands) {
    if (!stands.has(state.source) || !stands.has(state.target)) return null;
    const origin = { x: 0, y: 0 };
    /** @type {Mark} */
    const mark = { id, state, family: familyOf(state, stands), from: origin, to: origin, at: { x: 0, y: 0 }, round: 0, drawn: null };
    this.lay(mark, stands);
    this.marks.set(id, mark);
    return mark;
  }

  /** From edge to edge. @param {Mark} mark @param {Stands} stands */
  lay(mark, stands) {
    const source = stands.get(mark.state.source);
    const target = stands.get(mark.state.target);
    if (!source || !target) return;
    const { from, to } = edgeToEdge(source.point, source.reach, target.point, target.reach);
    mark.from = from;
    mark.to = to;
    if (mark.drawn) this.trace(mark, mark.drawn.path);
  }

  /** @param {Mark} mark @param {SVGLineElement} path */
  trace({ from, to }, path) {
    for (const [name, value] of [["x1", from.x], ["y1", from.y], ["x2", to.x], ["y2", to.y]]) {
      path.setAttribute(String(name), Number(value).toFixed(1));
    }
  }

  /** Give a message a dot of its own. @param {Mark} mark */
  show(mark) {
    const { id, state, family } = mark;
    const dot = document.createElementNS(SVG, "g");
    dot.setAttribute("class", `message ${state.role} ${family}`);
    const path = document.createElementNS(SVG, "line");
    path.setAttribute("class", `path ${family}`);
    dot.append(shapeOf(state, this.radius));
    for (const [name, value] of [["message", id], ["type", state.type], ["source", state.source], ["target", state.target]]) {
      dot.setAttribute(`data-${name}`, String(value));
    }
    if (!this.small) {
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("dy", "0.35em");
      text.textContent = contents(state);
      dot.append(text);
      dot.setAttribute("role", "button");
      dot.setAttribute("tabindex", "-1");
    }
    mark.drawn = { dot, path, place: "" };
    this.trace(mark, path);
    this.tell(mark);
    if (id === this.selected) this.ring(dot, true);
    this.dots.append(dot);
    this.paths.append(path);
    return mark.drawn;
  }

  /** @param {Mark} mark */
  tell({ id, state, drawn }) {
    if (!drawn) return;
    const { dot } = drawn;
    const held = state.fate === "held";
    dot.setAttribute("data-sent-us", String(state.sent_us));
    dot.setAttribute("data-due-us", String(state.due_us));
    toggle(dot, "held", held);
    const bars = dot.querySelector(".bars");
    if (held && !bars) dot.append(heldBars(this.radius));
    else if (!held) bars?.remove();
    if (this.small) return;
    const facts = { message: id, type: state.type.replaceAll("_", " "), source: state.source, target: state.target };
    // What stands in the dot is part of its name: somebody may say it to a computer that listens.
    dot.setAttribute("aria-label", `${held ? say("stage.message.held", facts) : say("stage.message", facts)} ${contents(state)}`);
  }

  /** @param {Mark} mark */
  leave(mark) {
    const hadFocus = mark.drawn !== null && document.activeElement === mark.drawn.dot;
    this.marks.delete(mark.id);
    this.erase(mark);
    if (!hadFocus || this.isMoving) return;
    this.rove();
    // After the last one, to whom it was sent.
    (this.stop?.drawn?.dot ?? this.actor(mark.state.target))?.focus();
  }

  /** The node or client of a name, as it is drawn beside the dots. @param {string} name @returns {SVGElement | null} */
  actor(name) {
    return this.dots.ownerSVGElement?.querySelector(`:is([data-node="${name}"], [data-client="${name}"])`) ?? null;
  }

  /** @param {Mark} mark */
  erase(mark) {
    mark.drawn?.dot.remove();
    mark.drawn?.path.remove();
    mark.drawn = null;
    if (this.stop === mark) this.stop = null;
  }

  // Hands

  /** @param {boolean} isMoving @param {string | null} selected */
  set(isMoving, selected) {
    if (selected !== this.selected) {
      for (const id of [this.selected, selected]) {
        const dot = id === null ? null : this.marks.get(id)?.drawn?.dot;
        if (dot) this.ring(dot, id === selected);
      }
      this.selected = selected;
    }
    if (isMoving && !this.isMoving) {
      this.stop?.drawn?.dot.setAttribute("tabindex", "-1");
      this.stop = null;
    }
    this.isMoving = isMoving;
  }

  /** @param {SVGGElement} dot @param {boolean} on */
  ring(dot, on) {
    toggle(dot, "selected", on);
    dot.setAttribute("aria-pressed", String(on));
    const halo = dot.querySelector(".halo");
    if (!on) halo?.remove();
    else if (!halo) {
      const circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("class", "halo");
      circle.setAttribute("r", String(this.radius + 5));
      dot.prepend(circle);
    }
  }

  /** Let the tab key find one of them. @param {Mark} [mark] */
  rove(mark) {
    if (this.small) return;
    this.stop?.drawn?.dot.setAttribute("tabindex", "-1");
    this.stop = mark ?? this.marks.values().next().value ?? null;
    this.stop?.drawn?.dot.setAttribute("tabindex", "0");
  }

  /** The message that is nearest to a point, within a reach. @param {Point} point @param {number} reach */
  near(point, reach) {
    let found = null;
    let least = reach + this.radius;
    for (const { id, at } of this.marks.values()) {
      const away = Math.hypot(at.x - point.x, at.y - point.y);
      if (away <= least) [found, least] = [id, away];
    }
    return found;
  }

  /** The link whose drawn path is nearest to a point. @param {Point} point @param {number} reach */
  pathNear(point, reach) {
    if (this.marks.size > PATHS) return null;
    let found = null;
    let least = reach;
    for (const { state, from, to } of this.marks.values()) {
      const away = distance(point, from, to);
      if (away <= least) [found, least] = [`${state.source}>${state.target}`, away];
    }
    return found;
  }
}

/** The version in force at a moment. Most messages have one until they end. @param {Version[]} versions @param {number} at_us */
function versionAt(versions, at_us) {
  const [first, second] = versions;
  if (first && first.at_us <= at_us && (!second || second.at_us > at_us)) return first;
  return versions[countUntil(versions, at_us, (known) => known.at_us) - 1];
}

/** @param {MessageState} state @param {number} radius */
function shapeOf(state, radius) {
  if (state.operation) {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", "shape");
    circle.setAttribute("r", String(radius));
    return circle;
  }
  const side = radius * 1.7;
  const square = document.createElementNS(SVG, "rect");
  for (const [name, value] of [["x", -side / 2], ["y", -side / 2], ["width", side], ["height", side]]) square.setAttribute(String(name), String(value));
  square.setAttribute("class", "shape");
  square.setAttribute("transform", "rotate(45)");
  return square;
}

/** Two bars over a message that is held. @param {number} radius */
function heldBars(radius) {
  const bars = document.createElementNS(SVG, "path");
  bars.setAttribute("class", "bars");
  bars.setAttribute("d", `M-2.5 ${-radius - 4}v-7M2.5 ${-radius - 4}v-7`);
  return bars;
}

/** Whose message it is: a client's colour, or gossip's. @param {MessageState} state @param {Stands} stands */
function familyOf(state, stands) {
  if (!state.operation) return "gossip";
  return `who-${stands.get(state.source)?.who ?? stands.get(state.target)?.who ?? 0}`;
}

/** What stands in the dot. @param {MessageState} state */
function contents({ type, role, version, count }) {
  switch (type) {
    case "put_ack":
    case "repair_ack":
    case "handoff_ack":
    case "gossip_kept":
      return "✓";
    case "put_stale":
      return "!";
    case "refusal":
      return "×";
    case "put_request":
    case "repair_request":
    case "handoff":
    case "get_reply":
    case "client_reply":
      return version ? String(version.counter) : "–";
    case "gossip_delta":
    case "gossip_push":
    case "append":
      return `+${count ?? 0}`;
    default:
      return role === "request" ? "?" : "↩";
  }
}

/** A class, where it is another than before. @param {Element} element @param {string} name @param {boolean} on */
function toggle(element, name, on) {
  if (element.classList.contains(name) !== on) element.classList.toggle(name, on);
}
