/**
 * The probability that a read is fresh, against the time since the write was acknowledged: what the model says as a
 * line with its band, what the cluster has shown as dots.
 *
 * @typedef {{ since_us: number, fresh: boolean, read: string }} Measured one read of the cluster's own
 * @typedef {{ ms: number, count: number, share: number, low: number, high: number }} Bin
 */
import { select } from "d3-selection";
import { say } from "../words.js";
import { wrap } from "./text.js";

const WIDTH = 340;
const HEIGHT = 226;
const MARGIN = { left: 44, right: 12, top: 12, bottom: 40 };
/** Dots that stand for so many stretches of time of equal width on paper. */
const BINS = 9;
/** Of a normal distribution, 99 % lies within so many standard deviations. */
const Z99 = 2.576;
const TICK_GAP = 46;
/** The type size of what the axis is about, and the height of a line of it. */
const AXIS = 11.5;
const LINE = 14;

export class Chart {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.svg = select(box).append("svg").attr("viewBox", `0 0 ${WIDTH} ${HEIGHT}`).attr("role", "img").attr("aria-label", say("staleness.chart"));
    /** Hears which point of the curve is pointed at. @type {(place: number) => void} */
    this.onPoint = () => {};
    /** @type {readonly (readonly [ms: number, share: number, margin: number])[]} */
    this.curve = [];
    this.last_ms = 1;
    this.least = 0;
    this.svg.on("pointermove pointerdown", (/** @type {PointerEvent} */ event) => {
      const at = (event.offsetX / /** @type {SVGSVGElement} */ (this.svg.node()).clientWidth) * WIDTH;
      this.onPoint(nearest(this.curve.map(([ms]) => this.x(ms)), at));
    });
  }

  /** Short times get room, long ones still fit. @param {number} ms */
  x(ms) {
    return MARGIN.left + (WIDTH - MARGIN.left - MARGIN.right) * Math.sqrt(Math.min(1, ms / this.last_ms));
  }

  /** @param {number} share */
  y(share) {
    const part = (Math.max(this.least, Math.min(1, share)) - this.least) / (1 - this.least);
    return HEIGHT - MARGIN.bottom - (HEIGHT - MARGIN.top - MARGIN.bottom) * part;
  }

  /** @param {readonly (readonly [ms: number, share: number, margin: number])[]} curve @param {readonly Measured[]} measured */
  draw(curve, measured) {
    this.curve = curve;
    this.last_ms = curve.at(-1)?.[0] || 1;
    const bins = binned(measured, this.last_ms);
    const lowest = Math.min(0.9, ...curve.map(([, share, margin]) => share - margin), ...bins.map(({ low }) => low));
    this.least = Math.max(0, Math.floor(lowest * 10) / 10);
    this.svg.selectAll("*").remove();
    this.axes();
    const upper = curve.map(([ms, share, margin]) => `${this.x(ms)} ${this.y(share + margin)}`);
    const lower = curve.map(([ms, share, margin]) => `${this.x(ms)} ${this.y(share - margin)}`).reverse();
    this.svg.append("path").attr("class", "band").attr("d", `M${[...upper, ...lower].join("L")}Z`);
    this.svg.append("path").attr("class", "curve").attr("d", `M${curve.map(([ms, share]) => `${this.x(ms)} ${this.y(share)}`).join("L")}`);
    for (const bin of bins) this.bin(bin);
    this.mark = this.svg.append("g").attr("class", "reading-mark");
    this.mark.append("line").attr("y1", MARGIN.top).attr("y2", HEIGHT - MARGIN.bottom);
    this.mark.append("circle").attr("r", 4);
  }

  axes() {
    const { svg } = this;
    const right = WIDTH - MARGIN.right;
    const foot = HEIGHT - MARGIN.bottom;
    for (const share of shareTicks(this.least)) {
      svg.append("line").attr("class", "grid").attr("x1", MARGIN.left).attr("x2", right).attr("y1", this.y(share)).attr("y2", this.y(share));
      svg.append("text").attr("class", "tick end").attr("x", MARGIN.left - 6).attr("y", this.y(share) + 4).text(`${Math.round(share * 100)} %`);
    }
    for (const ms of timeTicks(this.last_ms, (time_ms) => this.x(time_ms))) {
      svg.append("line").attr("class", "grid").attr("x1", this.x(ms)).attr("x2", this.x(ms)).attr("y1", foot).attr("y2", foot + 4);
      svg.append("text").attr("class", "tick").attr("x", this.x(ms)).attr("y", foot + 16).text(String(ms));
    }
    const about = wrap(say("staleness.axis_time"), right - MARGIN.left, AXIS);
    svg.attr("viewBox", `0 0 ${WIDTH} ${HEIGHT + (about.length - 1) * LINE}`);
    for (const [place, line] of about.entries()) {
      svg.append("text").attr("class", "axis").attr("x", (MARGIN.left + right) / 2).attr("y", HEIGHT - 6 + place * LINE).text(line);
    }
  }

  /** @param {Bin} bin */
  bin({ ms, count, share, low, high }) {
    const group = this.svg.append("g").attr("class", "measured").attr("transform", `translate(${this.x(ms)} 0)`);
    group.append("line").attr("y1", this.y(low)).attr("y2", this.y(high));
    group.append("rect").attr("x", -4).attr("y", this.y(share) - 4).attr("width", 8).attr("height", 8);
    group.append("text").attr("x", ms > this.last_ms * 0.9 ? -8 : 8).attr("class", ms > this.last_ms * 0.9 ? "end" : "start").attr("y", this.y(share) + (share > 0.97 ? 14 : 4)).text(`${count}`);
  }

  /** Mark one point of the curve. @param {number} place */
  point(place) {
    const [ms, share] = this.curve[place] ?? [0, 0];
    this.mark?.attr("transform", `translate(${this.x(ms)} 0)`).select("circle").attr("cy", this.y(share));
  }
}

/** @param {readonly Measured[]} measured @param {number} last_ms @returns {Bin[]} */
function binned(measured, last_ms) {
  /** @type {{ ms: number, count: number, fresh: number }[]} */
  const bins = [];
  for (const { since_us, fresh } of measured) {
    const ms = Math.min(last_ms, since_us / 1000);
    const place = Math.min(BINS - 1, Math.floor(Math.sqrt(ms / last_ms) * BINS));
    const bin = (bins[place] ??= { ms: 0, count: 0, fresh: 0 });
    bin.ms += ms;
    bin.count += 1;
    bin.fresh += Number(fresh);
  }
  return bins.filter(Boolean).map(({ ms, count, fresh }) => ({ ms: ms / count, count, share: fresh / count, ...wilson(fresh, count) }));
}

/** How far off a share of so many may be (Wilson's score interval). @param {number} hits @param {number} count */
function wilson(hits, count) {
  const share = hits / count;
  const square = Z99 ** 2 / count;
  const centre = (share + square / 2) / (1 + square);
  const half = (Z99 / (1 + square)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** @param {number} least */
function shareTicks(least) {
  const step = least < 0.5 ? 0.2 : least < 0.8 ? 0.1 : 0.05;
  const ticks = [];
  for (let share = 1; share >= least - 1e-9; share -= step) ticks.push(share);
  return ticks;
}

/** Round times that have room beside each other. @param {number} last_ms @param {(ms: number) => number} x */
function timeTicks(last_ms, x) {
  const ticks = [0];
  for (let power = 0.01; power <= last_ms; power *= 10) {
    for (const digit of [1, 2, 5]) {
      const ms = Number((digit * power).toPrecision(1));
      if (ms <= last_ms && x(ms) - x(/** @type {number} */ (ticks.at(-1))) >= TICK_GAP) ticks.push(ms);
    }
  }
  return ticks;
}

/** @param {number[]} places @param {number} at */
function nearest(places, at) {
  let best = 0;
  for (const [place, x] of places.entries()) if (Math.abs(x - at) < Math.abs(/** @type {number} */ (places[best]) - at)) best = place;
  return best;
}

/** A share in percent. What is not certain is never rounded to 100 or 0. @param {number} share */
export function percent(share) {
  const hundred = share * 100;
  if (share === 1 || share === 0) return `${hundred} %`;
  if (share > 0.9999) return "> 99.99 %";
  if (share < 0.0001) return "< 0.01 %";
  return `${hundred.toFixed(share > 0.99 || share < 0.01 ? 2 : 1)} %`;
}

/** A time with two digits that count. @param {number} ms */
export function span(ms) {
  return `${brief(ms)} ms`;
}

/** @param {number} ms */
export function brief(ms) {
  return ms >= 100 ? ms.toFixed(0) : String(Number(ms.toPrecision(2)));
}
