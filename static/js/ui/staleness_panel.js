/**
 * How stale a read is: what the model says for the settings in force, what the cluster itself has shown, and the map of r and w.
 *
 * @import { App, View } from "../app.js"
 * @import { ClusterState } from "../protocol.js"
 * @import { Measured } from "../draw/chart.js"
 * @import { Cell } from "../draw/heatmap.js"
 *
 * @typedef {[ms: number, share: number, margin: number]} CurvePoint how fresh a read is so long after the commit, and how far off that may be
 */
import { Chart, percent, span } from "../draw/chart.js";
import { HeatMap } from "../draw/heatmap.js";
import { lines } from "../history.js";
import { say } from "../words.js";
import { byId, make, tell } from "./element.js";

const TRIALS = 400_000;
/** After a change of settings the hand may still be moving. */
const SETTLE_MS = 600;
/** The cluster's own reads are measured again at most so often. */
const MEASURE_MS = 4000;

export class StalenessPanel {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.about = byId("staleness-about", HTMLElement);
    this.chart = new Chart(byId("staleness-chart", HTMLElement));
    this.at = byId("staleness-at", HTMLInputElement);
    this.reading = byId("staleness-reading", HTMLOutputElement);
    this.sum = byId("staleness-sum", HTMLElement);
    this.progress = byId("staleness-progress", HTMLProgressElement);
    this.work = byId("staleness-work", HTMLButtonElement);
    this.state = byId("staleness-state", HTMLElement);
    this.rows = byId("staleness-rows", HTMLTableSectionElement);
    this.told = byId("staleness-measured", HTMLElement);
    this.map = new HeatMap(byId("staleness-map", HTMLTableElement), (r, w) => void app.actions.configure({ r, w }));
    /** @type {CurvePoint[]} */
    this.curve = [];
    /** @type {Cell[]} */
    this.cells = [];
    /** @type {Measured[]} */
    this.measured = [];
    /** The settings that are shown or on their way. @type {ClusterState | null} */
    this.cluster = null;
    this.key = "";
    /** @type {AbortController | null} */
    this.working = null;
    this.waiting = 0;
    this.later = 0;
    this.isMeasuring = false;
    /** What was measured last: the room, how much had happened in it, and when that was. */
    this.last = { room: "", turns: -1, wall_ms: -Infinity };
    this.at.addEventListener("input", () => this.read());
    this.chart.onPoint = (place) => {
      this.at.value = String(place);
      this.read();
    };
    this.work.addEventListener("click", () => (this.working ? this.stop() : void this.compute()));
    byId("staleness-again", HTMLButtonElement).addEventListener("click", () => void this.measure());
  }

  /** @param {View} view */
  draw({ scene: { cluster }, timeline, isLive }) {
    const key = [cluster.latency, cluster.n, cluster.r, cluster.w, cluster.strategy, cluster.write_to, cluster.read_from].join();
    if (key !== this.key) {
      const isFirst = this.key === "";
      this.key = key;
      this.cluster = cluster;
      tell(this.about, describe(cluster));
      this.map.mark(cluster.r, cluster.w, cluster.n);
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => void this.compute(), isFirst ? 0 : SETTLE_MS);
    }
    if (this.isMeasuring) return;
    const isNew = this.last.room !== this.app.run.room;
    const isOld = isLive && this.last.turns !== timeline.turns.length;
    if (isNew || (isOld && this.app.playhead.wall_ms() - this.last.wall_ms >= MEASURE_MS)) void this.measure();
    // What has happened since is measured later, even if nothing more happens.
    else if (isOld) this.comeBack();
  }

  comeBack() {
    this.later ||= setTimeout(() => {
      this.later = 0;
      this.app.redraw();
    }, MEASURE_MS / 4);
  }

  /** Ask the server for the curve and the map, and show what comes as it comes. */
  async compute() {
    const { cluster } = this;
    if (!cluster) return;
    this.stop();
    const working = new AbortController();
    this.working = working;
    this.showWork(0);
    const { latency, n, r, w } = cluster;
    /** @type {Cell[]} */
    const cells = [];
    try {
      for await (const line of lines(`/staleness?${new URLSearchParams({ latency, n: String(n), r: String(r), w: String(w), trials: String(TRIALS) })}`, { signal: working.signal })) {
        if (working !== this.working) return;
        if (line.error) throw new Error(line.error.sentence);
        if (line.progress !== undefined) this.progress.value = line.progress;
        if (line.cells) cells.push(...line.cells);
        if (cells.length === n * n && cells !== this.cells) this.showMap((this.cells = cells), cluster);
        if (line.curve) this.showCurve(line);
      }
      this.working = null;
      this.showWork(null);
    } catch (error) {
      if (working !== this.working) return;
      this.working = null;
      this.showWork(null, /** @type {Error} */ (error).message);
    }
  }

  stop() {
    const { working } = this;
    if (!working) return;
    this.working = null;
    working.abort();
    this.showWork(null, say("staleness.stopped"));
  }

  /** @param {number | null} progress null: nothing is being computed @param {string} [state] */
  showWork(progress, state = "") {
    this.progress.hidden = progress === null;
    this.progress.value = progress ?? 0;
    tell(this.work, say(progress === null ? "staleness.compute" : "staleness.stop"));
    tell(this.state, state);
  }

  /** @param {{ curve: CurvePoint[], t_visibility_ms: number, read_ms: number, write_ms: number }} found */
  showCurve({ curve, t_visibility_ms, read_ms, write_ms }) {
    this.curve = curve;
    this.at.max = String(curve.length - 1);
    tell(this.sum, say("staleness.sum", { visible: span(t_visibility_ms), read: span(read_ms), write: span(write_ms) }));
    this.rows.replaceChildren(...curve.map(([ms, share, margin]) => row([span(ms), percent(share), `± ${percent(margin)}`])));
    this.drawChart();
  }

  drawChart() {
    if (!this.curve.length) return;
    this.chart.draw(this.curve, this.measured);
    this.read();
  }

  /** What the curve says where the slider stands. */
  read() {
    const place = Number(this.at.value);
    const point = this.curve[place];
    if (!point) return;
    const [ms, share, margin] = point;
    const text = say("staleness.reading", { at: span(ms), share: percent(share), margin: percent(margin) });
    tell(this.reading, text);
    this.at.setAttribute("aria-valuetext", text);
    this.chart.point(place);
  }

  /** @param {Cell[]} cells @param {ClusterState} cluster */
  showMap(cells, { n, r, w }) {
    this.map.draw(cells, n);
    this.map.mark(r, w, n);
  }

  /** What the cluster's own reads were like, so far. */
  async measure() {
    const { run, timeline, playhead } = this.app;
    this.isMeasuring = true;
    this.last = { room: run.room, turns: timeline.turns.length, wall_ms: playhead.wall_ms() };
    // Of the model nothing is wanted here, so as little as there may be is computed.
    const wanted = new URLSearchParams({ n: "1", r: "1", w: "1", trials: "1", room: run.room });
    try {
      for await (const line of lines(`/staleness?${wanted}`)) {
        if (line.measured) this.showMeasured(line.measured);
      }
    } catch (error) {
      tell(this.told, /** @type {Error} */ (error).message);
    }
    this.isMeasuring = false;
    this.comeBack();
  }

  /** @param {Measured[]} measured */
  showMeasured(measured) {
    this.measured = measured;
    const fresh = measured.filter((read) => read.fresh).length;
    tell(this.told, measured.length ? say("staleness.measured", { fresh, count: measured.length }) : say("staleness.measured_none"));
    this.drawChart();
  }
}

/** What the panel is about, and where the model is not quite the cluster. @param {ClusterState} cluster */
function describe({ n, r, w, latency, strategy, write_to, read_from }) {
  const about = say("staleness.about", { n, r, w, latency });
  if (strategy === "leader") return `${about} ${say("staleness.led")}`;
  return write_to === "all" && read_from === "all" ? about : `${about} ${say("staleness.not_all")}`;
}

/** @param {string[]} texts */
function row(texts) {
  const made = make("tr");
  made.append(...texts.map((text, place) => (place ? make("td", "", text) : Object.assign(make("th", "", text), { scope: "row" }))));
  return made;
}
