/** A teacher's classes and rooms, as this browser knows them. */
import { AccountClasses, keepNew, signInFirst, wantedBefore } from "./account_classes.js";
import { send } from "./asking.js";
import { ClassList } from "./classroom/class_list.js";
import { drawRooms } from "./classroom/class_rooms.js";
import { keepLanguage } from "./language.js";
import { startThemes } from "./ui/chrome.js";
import { startPops } from "./ui/dialogs.js";
import { byId, tell } from "./ui/element.js";
import { say, useWords } from "./words.js";

const boot = JSON.parse(byId("boot", HTMLScriptElement).text);
useWords(boot.words);
startThemes();
startPops();

const account = new AccountClasses(boot.accounts);
const list = new ClassList(account);
const name = byId("teach-name", HTMLInputElement);
const start = byId("teach-start", HTMLButtonElement);
const wanted = wantedBefore();
if (wanted) {
  name.value = wanted;
  start.focus();
}

byId("teach-new", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  // A double click means one class.
  if (start.disabled) return;
  start.disabled = true;
  const title = name.value.trim() || say("teach.named");
  const answer = await send("/classes", { title });
  start.disabled = false;
  if (answer.error?.code === "sign_in_first") {
    signInFirst(title);
    return;
  }
  if ("error" in answer) {
    tell(byId("teach-problem", HTMLElement), answer.error?.sentence ?? say("teach.no_answer"));
    return;
  }
  keepNew(answer, title);
  location.assign(keepLanguage(`/teach/${answer.class_id}`));
});

// Who comes back from a class finds it as it is now; another tab may have opened one as well.
for (const event of ["pageshow", "storage"]) {
  addEventListener(event, () => {
    void account.load().then(() => list.load());
    drawRooms();
  });
}
