/**
 * What can be taken away: links to the room and to the run, a player for other pages, pictures, and the data.
 * A run is shared up to the moment that is shown.
 *
 * @import { App } from "../app.js"
 * @import { Shared } from "../protocol.js"
 */
import { milliseconds, say } from "../words.js";
import { copy } from "./copying.js";
import { byId, tell } from "./element.js";
import { toast } from "./toasts.js";

export class Share {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.dialog = byId("share-dialog", HTMLDialogElement);
    this.hint = byId("share-run-hint", HTMLElement);
    this.at_us = 0;
    /** @type {Shared | null} */
    this.shared = null;
    /** The GIF that is wanted; another number, and it is no longer. */
    this.wanted = 0;
    this.dialog.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button?.dataset.copy) void copy(button);
      if (button?.dataset.export) void this.export(button.dataset.export).catch(() => toast(say("share.failed")));
    });
    this.dialog.addEventListener("close", () => (this.wanted += 1));
    byId("share-remix", HTMLButtonElement).addEventListener("click", () => void this.remix());
    for (const id of ["embed-view", "embed-from", "embed-to", "embed-lasts", "embed-loop"]) {
      byId(id, HTMLElement).addEventListener("input", () => this.embed());
    }
  }

  /** Called when the dialog has been opened. */
  async open() {
    const { app } = this;
    const room = app.joined?.room ?? "";
    byId("share-room", HTMLInputElement).value = `${location.origin}/r/${room}`;
    this.tellMoment(Math.floor(app.playhead.now()));
    this.shared = null;
    this.link();
    // The picture is a little behind the present; nothing of what has happened shall be left out.
    const shared = await app.connection.ask("share", app.playhead.isLive ? {} : { at_us: this.at_us });
    if (!shared || "error" in shared) {
      tell(this.hint, say("share.unavailable"));
      return;
    }
    this.shared = /** @type {Shared} */ (shared);
    this.tellMoment(this.shared.at_us);
    for (const [id, file] of [["export-log", "log"], ["export-history", "operations"]]) {
      byId(/** @type {string} */ (id), HTMLAnchorElement).href = `/r/${room}/${file}.jsonl?until=${this.at_us}`;
    }
    byId("embed-to", HTMLInputElement).value = String(Math.ceil(this.at_us / 100) / 10);
    byId("embed-lasts", HTMLInputElement).value = String(Number((0.001 / app.playhead.speed).toPrecision(3)));
    this.link();
  }

  /** Up to when the run is shared. @param {number} at_us */
  tellMoment(at_us) {
    this.at_us = at_us;
    tell(this.hint, say("share.run_hint", { ms: milliseconds(at_us) }));
  }

  link() {
    const { shared } = this;
    byId("share-run", HTMLInputElement).value = shared ? `${location.origin}/run${shared.packed ? `#${shared.packed}` : `/${shared.run}`}` : "";
    tell(byId("share-digest", HTMLElement), shared?.digest ?? "…");
    this.embed();
  }

  /** The player's address, as the fields have it. */
  embed() {
    byId("share-embed", HTMLTextAreaElement).value = this.shared
      ? `<iframe src="${this.player(this.shared).replaceAll("&", "&amp;")}" width="640" height="480" title="${say("app.name")}" loading="lazy"></iframe>`
      : "";
  }

  /** @param {Shared} shared */
  player({ packed, run }) {
    const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id, HTMLElement)).value;
    const lasts_s = Math.min(10, Math.max(0.001, Number(value("embed-lasts")) || 1));
    const [from, to] = [Number(value("embed-from")), Number(value("embed-to"))];
    const asked = new URLSearchParams({ view: value("embed-view"), speed: String(Number((0.001 / lasts_s).toPrecision(3))) });
    if (from > 0) asked.set("from", String(from));
    if (to > from) asked.set("to", String(to));
    if (byId("embed-loop", HTMLInputElement).checked) asked.set("loop", "1");
    return `${location.origin}/embed${packed ? "" : `/${run}`}?${asked}${packed ? `#${packed}` : ""}`;
  }

  /** A copy of one's own, up to here. */
  async remix() {
    const { app } = this;
    this.dialog.close();
    const answer = await app.connection.join("copy", { room: app.joined?.room ?? "", at_us: this.at_us });
    if (!answer || "error" in answer) return;
    app.leave();
    toast(say("share.remixed"));
  }

  /** @param {string} what a view and a format, or "gif" */
  async export(what) {
    if (what === "gif") return this.film();
    const { download, png, raster } = await import("../export/picture.js");
    const [view, format] = what.split("-");
    const picture = view === "stage" ? await this.stage() : await this.spacetime();
    const blob = format === "svg" ? new Blob([picture.text], { type: "image/svg+xml" }) : await png(await raster(picture));
    return download(blob, `quorumscope-${view}.${format}`);
  }

  /** The stage as it stands, as large as it is on the page. */
  async stage() {
    const { Studio } = await import("../export/darkroom.js");
    const { timeline, key, selection, playhead } = this.app;
    const { clientWidth: width, clientHeight: height } = byId("stage", HTMLElement);
    const studio = new Studio(timeline, key, width && height ? { width, height } : SIZE, selection);
    const picture = studio.at(playhead.now(), false, say("app.name"));
    studio.close();
    return picture;
  }

  /** The last part of the run as a space-time diagram. */
  async spacetime() {
    const { develop } = await import("../export/darkroom.js");
    const { drawAll } = await import("../draw/spacetime/diagram.js");
    const { timeline, key, playhead } = this.app;
    const to_us = playhead.now();
    const svg = drawAll(timeline, stretch(timeline.flightsBetween(timeline.from_us, to_us), timeline.from_us), to_us, key);
    return develop(svg, "spacetime", say("app.name"));
  }

  /** From the first moment that is known to the one that is shown, but no more than a GIF should hold: then the end of it. */
  async film() {
    const { download } = await import("../export/picture.js");
    const { FRAMES_MAX, FRAMES_PER_S, gif } = await import("../export/gif.js");
    const { timeline, key, playhead } = this.app;
    const { speed } = playhead;
    const to_us = playhead.now();
    const from_us = Math.max(timeline.from_us, to_us - (FRAMES_MAX / FRAMES_PER_S) * speed * 1e6);
    const bar = byId("gif-progress", HTMLProgressElement);
    const state = byId("gif-state", HTMLElement);
    const wanted = ++this.wanted;
    bar.hidden = false;
    tell(state, say("share.gif_progress"));
    try {
      const blob = await gif(timeline, key, { from_us, to_us, speed }, (part) => (bar.value = part), () => wanted === this.wanted);
      if (blob) download(blob, "quorumscope.gif");
    } finally {
      bar.hidden = true;
      tell(state, "");
    }
  }
}

/** Where the page shows no stage. */
const SIZE = { width: 960, height: 640 };
/** So many messages make a picture that can be read. */
const MESSAGES = 150;

/** @param {{ from_us: number }[]} flights @param {number} first_us */
function stretch(flights, first_us) {
  return flights.length > MESSAGES ? /** @type {{ from_us: number }} */ (flights[flights.length - MESSAGES]).from_us : first_us;
}
