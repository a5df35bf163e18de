/**
 * What every page in a class begins with: the key, the class, and the app whose room the class decides on.
 *
 * @import { App, Boot } from "../app.js"
 * @import { Held, KeyRole } from "./keys.js"
 */
import { keepLanguage } from "../language.js";
import { openPage } from "../page.js";
import { Classroom } from "./classroom.js";
import { keepKey, keyInAddress, keyTo, knownClasses } from "./keys.js";

/**
 * @param {Boot} boot @param {readonly KeyRole[]} roles the keys that will do, the best first
 * @returns {{ app: App, classroom: Classroom } | null} null: this browser has no key to the class
 */
export function openClass(boot, roles) {
  // Another key in the address of a page that is open already.
  addEventListener("hashchange", () => keyInAddress(roles) && location.reload());
  const id = boot.class_id ?? "";
  const brought = keyInAddress(roles);
  const held = brought ?? keyTo(id, roles);
  if (held === null) return null;
  const classroom = new Classroom(id, held.key, boot.audience === true && held.role === "viewer");
  rememberClass(classroom, held, brought !== null);
  const app = openPage(boot, { ...boot, room: null, classroom }, () => {});
  return { app, classroom };
}

/**
 * This browser's list of classes has the class's name, and a key that was brought in the address as soon as it has opened
 * this class: until then it might take the place of a good one.
 * @param {Classroom} classroom @param {Held} held @param {boolean} isNew
 */
function rememberClass(classroom, { role, key }, isNew) {
  const { id } = classroom;
  classroom.onChange((what) => {
    const { seen, seat } = classroom;
    if (what !== "out" && !(seen && seat && (what === "class" || what === "seat"))) return;
    if (isNew) history.replaceState(null, "", location.pathname + location.search);
    const known = knownClasses().get(id);
    // A key that was forgotten meanwhile stays so.
    const isNews = isNew || (known?.keys[role] === key && known.title !== seen?.title);
    if (what !== "out" && isNews && seen?.id === id && seat?.role === role) keepKey(id, role, key, seen.title);
    isNew = false;
  });
}

/**
 * Goes along to the lesson that the class takes: its page is another one, since its prose comes with it. That is begun once,
 * however often the class is told of meanwhile.
 * @param {"teach" | "class"} kind @param {App} app @param {Classroom} classroom
 */
export function turnToLessons(kind, app, classroom) {
  let isTurning = false;
  classroom.onChange(() => {
    const { id, seen, seat } = classroom;
    // A key that came in the address is kept with the seat.
    if (isTurning || !seat || !isInOtherLesson(app, classroom)) return;
    isTurning = true;
    location.replace(keepLanguage(seen?.slug ? `/${kind}/${id}/lesson/${seen.slug}` : `/${kind}/${id}`));
  });
}

/** Whether the class is in another lesson than the page. @param {App} app @param {Classroom} classroom */
export function isInOtherLesson({ boot }, { seen }) {
  return seen !== null && seen.slug !== (boot.lesson?.slug ?? null);
}
