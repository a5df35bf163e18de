/**
 * The panel about stale reads. It is loaded when its tab is first opened, and works only while that is open.
 *
 * @import { App, Part, View } from "../app.js"
 */
import { byId } from "./element.js";

/** @implements {Part} */
export class Staleness {
  everyMs = 250;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.tab = byId("panel-lab", HTMLElement);
    /** @type {import("./staleness_panel.js").StalenessPanel | null} */
    this.panel = null;
    this.isAsked = false;
  }

  /** @param {View} view */
  draw(view) {
    if (this.tab.hidden) return;
    if (this.panel) this.panel.draw(view);
    else if (!this.isAsked) void this.load();
  }

  async load() {
    this.isAsked = true;
    const { StalenessPanel } = await import("./staleness_panel.js");
    this.panel = new StalenessPanel(this.app);
    this.app.redraw();
  }
}
