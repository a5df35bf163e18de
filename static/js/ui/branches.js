/**
 * The branches of the run: how many there are, and the way to them. Their tree is loaded when it is opened.
 *
 * @import { App, Part } from "../app.js"
 * @import { Branch } from "../protocol.js"
 */
import { milliseconds, say } from "../words.js";
import { startDialog } from "./dialogs.js";
import { byId, tell } from "./element.js";

/** In a class that has gone on to another room, this is not one to be asked about. */
const ELSEWHERE = new Set(["not_your_room"]);

/** @implements {Part} */
export class Branches {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Branch[]} */
    this.branches = [];
    this.room = "";
    /** @type {import("./branch_tree.js").BranchTree | null} */
    this.tree = null;
    this.button = byId("branches", HTMLButtonElement);
    this.count = byId("branch-count", HTMLElement);
    this.off = byId("branch-off", HTMLButtonElement);
    this.off.addEventListener("click", () => void this.branchOff());
    this.dialog = startDialog("branches-dialog", "branches", () => void this.open());
    document.addEventListener("branches", () => void this.ask());
  }

  async open() {
    tell(this.off, say("branches.off", { ms: milliseconds(this.app.playhead.now()) }));
    const { BranchTree } = await import("./branch_tree.js");
    this.tree ??= new BranchTree(this.app, this.dialog);
    this.tree.show(this.branches);
    await this.ask();
  }

  async branchOff() {
    const answer = await this.app.actions.fork();
    if (answer && "room" in answer) this.dialog.close();
  }

  async ask() {
    if (!this.app.can("arrange")) return;
    const answer = await this.app.connection.ask("branches", {}, ELSEWHERE);
    if (!answer || "error" in answer) return;
    this.branches = answer.branches;
    tell(this.count, String(this.branches.length));
    this.button.setAttribute("aria-label", say("branches.count", {}, this.branches.length));
    if (this.dialog.open) this.tree?.show(this.branches);
  }

  draw() {
    const room = this.app.joined?.room ?? "";
    if (room === this.room || !this.app.can("arrange")) return;
    this.room = room;
    void this.ask();
  }
}
