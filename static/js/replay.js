/** A class, replayed: the runs that were on its stage, and its moments to choose from. For everybody who has the address. */
import { Chapters } from "./classroom/chapters.js";
import { openPage } from "./page.js";
import { parts } from "./parts.js";
import { byId } from "./ui/element.js";
import { say, useWords } from "./words.js";

/** @type {import("./app.js").Boot & { moments: import("./classroom/chapters.js").Moment[] }} */
const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);

const app = openPage(boot, boot, (_app, { room }) => chapters.arrived(room));
const chapters = new Chapters(app, boot.moments);
app.start([...parts(app), chapters]);
document.title = `${say("replay.title")} · ${say("app.name")}`;
