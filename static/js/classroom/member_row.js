/**
 * A member's row in the roster. It is written anew only where something about the member has changed: there may be
 * hundreds.
 *
 * @import { ClassSeen, Roster } from "../protocol.js"
 */
import { make, tell } from "../ui/element.js";
import { say } from "../words.js";

/** @typedef {Roster["rows"][number]} Row */

export class MemberRow {
  /** @param {string} id */
  constructor(id) {
    this.item = make("li", "member");
    this.item.dataset.member = id;
    const head = make("div", "member-head");
    const dot = make("span", "member-dot");
    dot.setAttribute("aria-hidden", "true");
    this.name = make("button", "member-name");
    this.name.type = "button";
    this.name.dataset.act = "unfold";
    this.where = make("span", "member-where soft");
    this.hand = make("button", "button small member-hand");
    this.hand.type = "button";
    this.hand.dataset.act = "lower";
    head.append(dot, this.name, this.where, this.hand);
    this.acts = make("div", "row member-acts");
    this.item.append(head, this.acts);
    this.told = "";
  }

  /** @param {Row} row @param {ClassSeen} seen @param {boolean} isFirst the hand that is up for longest @param {boolean} isUnfolded */
  show(row, seen, isFirst, isUnfolded) {
    const { mode, groups, ended, slug, poll } = seen;
    const told = JSON.stringify([row, mode, groups, ended, slug, poll?.id, isFirst, isUnfolded]);
    if (told === this.told) return;
    this.told = told;
    this.item.classList.toggle("away", !row.here);
    tell(this.name, row.name);
    this.name.setAttribute("aria-label", say("members.more", { name: row.name }));
    this.name.setAttribute("aria-expanded", String(isUnfolded && !ended));
    this.name.disabled = ended;
    tell(this.where, whereabouts(row, seen).join(" · "));
    this.hand.hidden = row.hand === null || ended;
    tell(this.hand, isFirst ? say("members.hand_first") : say("members.hand"));
    this.hand.setAttribute("aria-label", `${this.hand.textContent}, ${row.name}: ${say("members.lower")}`);
    this.hand.title = say("members.lower");
    this.acts.hidden = !isUnfolded || ended;
    if (isUnfolded) this.showActs(actsOf(row, seen));
  }

  /** What stays stays: somebody may be about to press it. @param {[act: string, text: string][]} acts */
  showActs(acts) {
    const told = JSON.stringify(acts);
    if (this.acts.dataset.acts === told) return;
    const focused = /** @type {HTMLElement | null} */ (this.acts.querySelector(":focus"))?.dataset.act;
    this.acts.dataset.acts = told;
    this.acts.replaceChildren(
      ...acts.map(([act, text]) => {
        const button = make("button", "button small", text);
        button.type = "button";
        button.dataset.act = act;
        return button;
      }),
    );
    if (!focused) return;
    const again = /** @type {HTMLElement | null} */ (this.acts.querySelector(`[data-act="${focused}"]`));
    (again ?? this.name).focus();
  }
}

/** Where somebody is, in short. @param {Row} row @param {ClassSeen} seen */
function whereabouts(row, { mode, slug, poll }) {
  const { client, group } = row;
  const said = row.here ? [] : [say("members.away")];
  if (mode === "own_copy" && row.called_back) said.push(say("members.back"));
  else if (mode === "own_copy" && row.copy) said.push(say("members.copy"));
  else if (mode === "hands_on" && client) said.push(group === null ? say("members.client", { client }) : say("members.group", { group, client }));
  if (slug !== null && row.slug === slug) said.push(row.finished ? say("members.finished") : say("members.step", { place: row.place + 1, steps: row.steps }));
  if (poll && row.answered) said.push(say("members.answered"));
  return said;
}

/** @param {Row} row @param {ClassSeen} seen @returns {[act: string, text: string][]} */
function actsOf(row, { mode, groups }) {
  /** @type {[string, string][]} */
  const acts = [["say", say("members.say")]];
  if (mode === "own_copy" && row.copy) acts.push(["open", say("members.open")], row.called_back ? ["let_go", say("members.let_go")] : ["call_back", say("members.call_back")]);
  if (mode === "hands_on" && groups > 1 && row.room) acts.push(["open", say("members.open")]);
  return [...acts, ["rename", say("members.rename")], ["remove", say("members.remove")]];
}
