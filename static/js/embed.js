/**
 * The player for other pages: a run that is over, shown from one moment to another. It asks the server for the run and
 * for nothing else; whoever wants to act opens a copy.
 *
 * @import { Part, View } from "./app.js"
 */
import { App } from "./app.js";
import { history } from "./history.js";
import { keepLanguage } from "./language.js";
import { Playhead } from "./playhead.js";
import { Selection } from "./selection.js";
import { byId, tell } from "./ui/element.js";
import { Stages } from "./ui/stages.js";
import { milliseconds, say, sayNote, useWords } from "./words.js";

/**
 * @type {import("./app.js").Boot & { embed: { speed: number, from_ms: number, to_ms: number | null, loop: boolean, view: string } }}
 */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);

/** @implements {Part} */
class Player {
  everyMs = 0;

  /** @param {App} app @param {{ from_us: number, to_us: number }} stretch @param {string} title said until something has happened */
  constructor(app, { from_us, to_us }, title) {
    this.app = app;
    this.title = title;
    this.from_us = from_us;
    this.to_us = to_us;
    this.button = byId("play", HTMLButtonElement);
    this.scrub = byId("scrub", HTMLInputElement);
    this.clock = byId("clock", HTMLOutputElement);
    this.caption = byId("caption", HTMLElement);
    this.scrub.min = String(from_us);
    this.scrub.max = String(to_us);
    app.playhead.stop_us = to_us;
    this.button.addEventListener("click", () => this.toggle());
    byId("again", HTMLButtonElement).addEventListener("click", () => this.play(from_us));
    this.scrub.addEventListener("input", () => app.playhead.seek(Number(this.scrub.value)));
    document.addEventListener("keydown", (event) => this.key(event));
    app.playhead.seek(from_us);
    this.wasMoving = false;
    /** It plays by itself from the first frame on, however late that comes. */
    this.begins = !app.calm.matches;
  }

  toggle() {
    if (this.app.playhead.isMoving) this.app.playhead.stand();
    else this.play();
  }

  /** Space plays or pauses, arrows go from event to event, wherever the focus has no use for them. @param {KeyboardEvent} event */
  key(event) {
    const { playhead, timeline } = this.app;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || target.closest("input, button, a, [role=button], .spacetime")) return;
    const at_us = playhead.now();
    if (event.key === " ") this.toggle();
    else if (event.key === "ArrowRight") playhead.seek(Math.min(timeline.momentAfter(at_us) ?? this.to_us, this.to_us));
    else if (event.key === "ArrowLeft") playhead.seek(Math.max(timeline.momentBefore(at_us) ?? this.from_us, this.from_us));
    else return;
    event.preventDefault();
  }

  /** @param {number} [at_us] */
  play(at_us = this.app.playhead.now()) {
    this.app.playhead.seek(at_us >= this.to_us ? this.from_us : at_us);
    this.app.playhead.play(boot.embed.speed);
    // Time alone may change nothing that is drawn; the button must show it all the same.
    this.app.redraw();
  }

  /** @param {View} view */
  draw({ timeline, at_us, isMoving }) {
    tell(this.button, say(isMoving ? "embed.pause" : "embed.play"));
    const latest = timeline.notesBy(at_us, 1)[0];
    tell(this.caption, latest ? sayNote(/** @type {any} */ (latest.note)) : this.title);
  }

  /** @param {View} view */
  move({ at_us }) {
    const { playhead } = this.app;
    if (this.begins) this.play();
    this.begins = false;
    if (at_us >= this.to_us && !playhead.isMoving && boot.embed.loop && this.wasMoving) this.play(this.from_us);
    this.wasMoving = playhead.isMoving;
    const text = say("time.now", { ms: milliseconds(at_us) });
    if (this.clock.textContent === text) return;
    this.clock.textContent = text;
    this.scrub.value = String(at_us);
    this.scrub.setAttribute("aria-valuetext", text);
  }
}

/** Where the run is, and where a copy of it can be opened. @returns {{ address: string, request?: RequestInit, open: string }} */
function source() {
  if (boot.room) return { address: `/r/${boot.room}/history`, open: `/run/${boot.room}` };
  if (boot.scenario) return { address: `/scenarios/${boot.scenario}/history?seed=${boot.seed}`, open: `/scenario/${boot.scenario}?seed=${boot.seed}` };
  const packed = location.hash.slice(1);
  return { address: "/history", request: { method: "POST", body: packed }, open: `/run#${packed}` };
}

async function start() {
  const { address, request, open } = source();
  byId("open", HTMLAnchorElement).href = keepLanguage(open);
  const found = await history(address, request);
  if (!found) throw new Error("the run was cut short");
  const { embed } = boot;
  const to_us = Math.min(found.ending.at_us, embed.to_ms === null ? Infinity : embed.to_ms * 1000);
  const playhead = new Playhead();
  const pace = { running: false, speed: embed.speed };
  playhead.take({ room: "", epoch: "", number: 0, seq: 0, whole: true, now_us: to_us, quiet_until_us: null, pace, changes: [], twin: null });
  const app = new App({ boot, playhead, selection: new Selection(), connection: null, actions: null });
  app.run.timeline = found.timeline;
  app.run.twin = found.twin;
  /** @type {Part[]} */
  const parts = [new Stages(app), new Player(app, { from_us: Math.min(embed.from_ms * 1000, to_us), to_us }, found.ending.title)];
  if (embed.view !== "stage") parts.push(new (await import("./ui/spacetime.js")).SpaceTime(app));
  app.start(parts);
}

start().catch((error) => {
  tell(byId("caption", HTMLElement), say("embed.failed", { reason: error.message }));
  for (const control of document.querySelectorAll(".player button, .player input")) /** @type {HTMLButtonElement} */ (control).disabled = true;
});
