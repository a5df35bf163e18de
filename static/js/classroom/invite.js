/**
 * How others come in: the code, and links with keys for whoever helps, for the projector, and for the owner elsewhere.
 *
 * @import { Classroom } from "./classroom.js"
 * @import { Projector } from "./projector.js"
 * @import { Prompt } from "./prompt.js"
 */
import { copy } from "../ui/copying.js";
import { startDialog } from "../ui/dialogs.js";
import { byId, tell } from "../ui/element.js";
import { say } from "../words.js";
import { linkOf } from "./projector.js";

const LINKS = /** @type {const} */ (["assistant", "viewer", "owner"]);

export class Invite {
  /** @param {Classroom} classroom @param {Prompt} prompt @param {Projector} projector */
  constructor(classroom, prompt, projector) {
    this.classroom = classroom;
    this.prompt = prompt;
    this.projector = projector;
    this.code = byId("invite-code", HTMLElement);
    this.picture = byId("invite-qr", HTMLImageElement);
    this.locked = byId("invite-locked", HTMLElement);
    this.dialog = startDialog("invite-dialog", "class-code", () => void this.open());
    this.dialog.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button?.dataset.copy) void copy(button);
      if (button?.dataset.replace) this.replace(/** @type {"assistant" | "viewer"} */ (button.dataset.replace));
    });
    tell(byId("invite-where", HTMLElement), `${location.host}/join`);
    byId("invite-loopback", HTMLElement).hidden = !isLoopback(location.hostname);
    classroom.onChange((what) => {
      if (what === "class" && this.dialog.open) this.show();
    });
  }

  async open() {
    this.show();
    const isOwner = this.classroom.seat?.role === "owner";
    byId("invite-staff", HTMLElement).hidden = !isOwner;
    if (!isOwner) return;
    for (const link of LINKS) {
      const answer = await this.classroom.do({ type: "invite", link });
      if (answer?.key) this.take(link, answer.key);
    }
  }

  show() {
    const { seen } = this.classroom;
    if (!seen) return;
    if (seen.ended) this.dialog.close();
    tell(this.code, seen.code);
    this.locked.hidden = !seen.locked;
    const picture = `/join/${seen.code}/qr.svg`;
    if (seen.code && this.picture.getAttribute("src") !== picture) this.picture.src = picture;
    byId("invite-link", HTMLInputElement).value = `${location.origin}/join/${seen.code}`;
  }

  /** @param {"assistant" | "viewer" | "owner"} link @param {string} key */
  take(link, key) {
    byId(`invite-${link}`, HTMLInputElement).value = linkOf(this.classroom.id, link, key);
    if (link === "viewer") this.projector.use(key);
  }

  /** @param {"assistant" | "viewer"} link */
  replace(link) {
    this.prompt.ask({
      title: say("invite.replace_title"),
      hint: say("invite.replace_hint"),
      go: say("invite.replace_go"),
      command: () => ({ type: "revoke", link }),
      then: ({ key }) => key && this.take(link, key),
    });
  }
}

/** Whether only this computer understands an address so. @param {string} host */
function isLoopback(host) {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
