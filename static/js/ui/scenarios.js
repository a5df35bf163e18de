/**
 * The scenario picker, and the card that says what the scenario on the stage is about.
 *
 * @import { App, Boot, Part } from "../app.js"
 */
import { say } from "../words.js";
import { startDialog } from "./dialogs.js";
import { byId, make, tell } from "./element.js";

/** @implements {Part} */
export class Scenarios {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.name = byId("scenario-name", HTMLElement);
    this.list = byId("scenario-list", HTMLElement);
    this.find = byId("scenario-find", HTMLInputElement);
    this.dialog = startDialog("scenarios", "scenario", () => {
      this.find.value = "";
      this.fill();
      // On a touch screen it would only bring up the keyboard.
      if (matchMedia("(pointer: fine)").matches) this.find.focus();
    });
    this.find.addEventListener("input", () => this.fill());
    this.dialog.addEventListener("keydown", (event) => this.walk(event));
  }

  fill() {
    const wanted = this.find.value.trim().toLowerCase();
    const found = this.app.boot.scenarios.filter(({ name, title, claim }) => `${name} ${title} ${claim}`.toLowerCase().includes(wanted));
    this.list.replaceChildren(...found.map((scenario) => this.item(scenario)));
    if (!found.length) this.list.append(make("li", "soft", say("scenario.none")));
  }

  /** Arrows go from the field into the list and through it; Enter in the field takes what is found first. @param {KeyboardEvent} event */
  walk(event) {
    const stops = /** @type {HTMLElement[]} */ ([this.find, ...this.list.querySelectorAll("button")]);
    const place = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && place === 0 && this.find.value.trim()) stops[1]?.click();
    else if (step !== undefined && place >= 0) stops[place + step]?.focus();
    else return;
    event.preventDefault();
  }

  /** @param {Boot["scenarios"][number]} scenario */
  item({ name, title, claim }) {
    const item = make("li");
    const button = make("button", "scenario-item");
    button.type = "button";
    button.dataset.scenario = name;
    button.setAttribute("aria-current", String(name === this.app.joined?.scenario));
    button.append(make("strong", "", title), make("span", "", claim));
    button.addEventListener("click", () => {
      this.dialog.close();
      this.app.leave();
      void this.app.connection.join("open", { scenario: name });
    });
    item.append(button);
    return item;
  }

  draw() {
    const name = this.app.joined?.scenario;
    const scenario = this.app.boot.scenarios.find((one) => one.name === name);
    byId("about", HTMLElement).hidden = !scenario || scenario === this.app.boot.scenarios[0];
    if (!scenario) return;
    tell(this.name, scenario.title);
    tell(byId("about-title", HTMLElement), scenario.title);
    tell(byId("about-claim", HTMLElement), scenario.claim);
    tell(byId("about-text", HTMLElement), scenario.text);
  }
}
