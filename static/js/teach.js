/** A teacher's classes and rooms, as this browser knows them. */
import { send } from "./asking.js";
import { ClassList } from "./classroom/class_list.js";
import { drawRooms } from "./classroom/class_rooms.js";
import { keepKey } from "./classroom/keys.js";
import { keepLanguage } from "./language.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId, tell } from "./ui/element.js";
import { say, useWords } from "./words.js";

const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();

const list = new ClassList();
const name = byId("teach-name", HTMLInputElement);
const start = byId("teach-start", HTMLButtonElement);

byId("teach-new", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  // A double click means one class.
  if (start.disabled) return;
  start.disabled = true;
  const title = name.value.trim() || say("teach.named");
  const answer = await send("/classes", { title });
  start.disabled = false;
  if ("error" in answer) {
    tell(byId("teach-problem", HTMLElement), answer.error?.sentence ?? say("teach.no_answer"));
    return;
  }
  keepKey(answer.class_id, "owner", answer.key, title);
  location.assign(keepLanguage(`/teach/${answer.class_id}`));
});

// Who comes back from a class finds it as it is now; another tab may have opened one as well.
for (const event of ["pageshow", "storage"]) {
  addEventListener(event, () => {
    void list.load();
    drawRooms();
  });
}
