/**
 * One tile of the wall: a small live picture of a copy or a group's cluster, whose it is, and how it stands there.
 *
 * @import { App } from "../app.js"
 * @import { Frame } from "../protocol.js"
 * @import { Row, Told } from "./wall_tiles.js"
 *
 * @typedef {{ open: (told: Told) => void, callBack: (row: Row) => void }} TileHands
 */
import { make, tell } from "../ui/element.js";
import { WORDS } from "../ui/verdict.js";
import { say } from "../words.js";
import { WallPicture } from "./wall_picture.js";

export class Tile {
  /** @param {App} app @param {Told} told @param {TileHands} hands */
  constructor(app, told, hands) {
    this.app = app;
    this.told = told;
    this.item = make("li", "tile");
    this.item.dataset.tile = told.id;
    this.button = make("button", "tile-open");
    this.button.type = "button";
    this.button.addEventListener("click", () => hands.open(this.told));
    this.frame = make("div", "tile-picture");
    this.name = make("span", "tile-name");
    this.hand = make("span", "tile-hand");
    this.hand.append(make("span", "unseen", say("wall.hand")));
    this.verdict = make("span", "tile-verdict");
    this.sign = make("span");
    this.sign.setAttribute("aria-hidden", "true");
    this.word = make("span");
    this.verdict.append(this.sign, this.word);
    this.verdict.hidden = true;
    this.state = make("span", "tile-state");
    const head = make("span", "tile-head");
    head.append(this.name, this.hand, this.verdict);
    this.button.append(this.frame, head, this.state);
    this.call = make("button", "tile-call");
    this.call.type = "button";
    this.call.addEventListener("click", () => this.told.rows[0] && hands.callBack(this.told.rows[0]));
    this.item.append(this.button, this.call);
    /** Made when it is first in sight. @type {WallPicture | null} */
    this.picture = null;
    this.isInSight = false;
    this.isAsking = false;
    /** When its room was last looked at, in ms of wall time. */
    this.asked_ms = -Infinity;
    this.show(told);
  }

  /** @param {Told} told */
  show(told) {
    if (told.room !== this.told.room) this.forget();
    this.told = told;
    const [row] = told.rows;
    tell(this.name, told.group === null ? (row?.name ?? "") : say("wall.group", { number: told.group }));
    this.hand.hidden = told.hand === null;
    this.item.classList.toggle("away", !told.isHere);
    this.item.classList.toggle("raised", told.hand !== null);
    this.item.classList.toggle("staged", told.isOnStage);
    tell(this.state, states(told).join(" · "));
    this.call.hidden = told.group !== null;
    if (told.group !== null || !row) return;
    tell(this.call, say(row.called_back ? "wall.let_go" : "wall.call_back"));
    this.call.setAttribute("aria-label", say(row.called_back ? "wall.let_go_of" : "wall.call_back_of", { name: row.name }));
  }

  /** It is about another room now. */
  forget() {
    this.picture?.box.remove();
    this.picture = null;
    this.verdict.hidden = true;
    this.asked_ms = -Infinity;
  }

  /** What a look at its room has shown. @param {Frame} frame */
  take(frame) {
    if (frame.room !== this.told.room) return;
    if (!this.picture) {
      this.picture = new WallPicture(this.app);
      this.frame.replaceChildren(this.picture.box);
    }
    this.picture.isStill = !this.told.isHere;
    this.picture.show(frame);
    const verdict = this.picture.view?.scene.verdict;
    this.verdict.hidden = !verdict;
    if (!verdict) return;
    this.verdict.dataset.word = verdict.word;
    const { sign, code } = WORDS[verdict.word];
    tell(this.sign, sign);
    tell(this.word, say(code));
  }

  move() {
    this.picture?.move();
  }
}

/** @param {Told} told */
function states({ group, rows, isOnStage, study }) {
  const [row] = rows;
  const onStage = isOnStage ? [say("wall.on_stage")] : [];
  if (group !== null) return [...onStage, rows.map(({ name }) => name).join(", ")];
  if (!row) return onStage;
  const away = row.here ? [] : [say("wall.away")];
  const follows = row.called_back ? [say("wall.follows")] : [];
  const far = study === null ? [] : [study.finished ? say("wall.finished") : say("wall.step", { step: study.place + 1, steps: study.steps })];
  return [...onStage, ...away, ...follows, ...far];
}
