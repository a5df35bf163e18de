/**
 * Opens the projector's page. Its key is asked for beforehand: a window that opens later than the click is blocked.
 *
 * @import { Classroom } from "./classroom.js"
 */
import { keepLanguage } from "../language.js";
import { byId } from "../ui/element.js";
import { toast } from "../ui/toasts.js";
import { say } from "../words.js";

export class Projector {
  /** @param {Classroom} classroom */
  constructor(classroom) {
    this.classroom = classroom;
    this.button = byId("projector", HTMLButtonElement);
    this.key = "";
    this.asking = false;
    /** @type {Window | null} */
    this.window = null;
    /** The key that the window was opened with. */
    this.opened = "";
    this.button.addEventListener("click", () => this.open());
    classroom.onChange((what) => {
      if (what === "seat" || what === "class") void this.prepare();
    });
  }

  async prepare() {
    const { seat, seen } = this.classroom;
    const isWanted = seat?.role === "owner" && seen?.ended === false;
    this.button.hidden = !isWanted;
    if (!isWanted || this.key || this.asking) return;
    this.asking = true;
    const answer = await this.classroom.do({ type: "invite", link: "viewer" });
    this.asking = false;
    if (answer?.key) this.use(answer.key);
  }

  /** @param {string} key */
  use(key) {
    this.key = key;
    this.button.disabled = false;
  }

  open() {
    const { key } = this;
    if (this.window && !this.window.closed && this.opened === key) {
      this.window.focus();
      return;
    }
    this.window = window.open(keepLanguage(linkOf(this.classroom.id, "viewer", key)), "_blank");
    this.opened = key;
    if (!this.window) toast(say("classroom.window_blocked"));
  }
}

/** The address that a key is handed out with. @param {string} id @param {"owner" | "assistant" | "viewer"} link @param {string} key */
export function linkOf(id, link, key) {
  const address = link === "viewer" ? `/class/${id}/board` : `/teach/${id}`;
  return `${location.origin}${address}#${link}=${encodeURIComponent(key)}`;
}
