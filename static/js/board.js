/** What the projector shows of a class. */
import { startBoard } from "./classroom/boarding.js";
import { showOut } from "./classroom/board_out.js";
import { startScreen } from "./classroom/board_screen.js";
import { openClass } from "./classroom/open.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId } from "./ui/element.js";
import { Stages } from "./ui/stages.js";
import { say, useWords } from "./words.js";

/** @type {import("./app.js").Boot} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startPops();
const opened = openClass(boot, ["viewer"]);
if (opened) {
  const { app, classroom } = opened;
  app.start([new Stages(app), ...startBoard(app, classroom)]);
  startScreen();
} else {
  startThemes();
  showOut(say("board.no_key"));
}
