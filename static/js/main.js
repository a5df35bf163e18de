/** The sandbox page. */
import { WANTED, recall } from "./kept.js";
import { keepRoom } from "./kept_rooms.js";
import { keepLanguage } from "./language.js";
import { openPage } from "./page.js";
import { parts } from "./parts.js";
import { byId } from "./ui/element.js";
import { Scenarios } from "./ui/scenarios.js";
import { say, useWords } from "./words.js";

/** @type {import("./app.js").Boot} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);

const app = openPage(boot, boot, ({ joined }, { room, title }) => {
  keepRoom({ id: room, title });
  const path = `/r/${room}`;
  if (joined === null) history.replaceState(null, "", keepLanguage(path));
  // Who came here with back or forward has the address already.
  else if (location.pathname !== path) history.pushState(null, "", keepLanguage(path));
});

// Back and forward go from branch to branch.
addEventListener("popstate", () => {
  const room = location.pathname.match(/^\/r\/([\w-]+)$/)?.[1];
  if (!room || room === app.connection.room) return;
  app.leave();
  void app.connection.go(room);
});

app.start([...parts(app), new Scenarios(app)]);
const classEntry = () => import("./ui/class_entry.js");
byId("class-start", HTMLButtonElement).addEventListener("click", () => void classEntry().then(({ startClass }) => startClass(app)));
if (recall(WANTED, true) !== null) void classEntry().then(({ goOn }) => goOn());
byId("class-join", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void classEntry().then(({ joinClass }) => joinClass());
});
if (document.getElementById("first")) void import("./ui/first_minute.js").then(({ FirstMinute, isFirst }) => isFirst() && app.add(new FirstMinute(app)));
document.title = say("app.name");
