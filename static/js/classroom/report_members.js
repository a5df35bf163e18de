/**
 * The members of a report: answers, what each one did, and how far each one got in lessons.
 *
 * @import { MemberTold, ReportTold } from "./report_story.js"
 */
import { byId, make } from "../ui/element.js";
import { say } from "../words.js";
import { tableOf } from "./report_table.js";

/** @param {ReportTold} report */
export function drawMembers({ members }) {
  const box = byId("report-members", HTMLElement);
  if (!members.length) {
    box.replaceChildren(make("p", "soft", say("report.no_members")));
    return;
  }
  const lessons = new Map(members.flatMap(({ studies }) => studies.map(({ lesson, title }) => [lesson, title])));
  const heads = [say("report.name"), say("report.answers"), say("report.right_answers"), say("report.reads"), say("report.writes"), say("report.others"), ...lessons.values()];
  box.replaceChildren(tableOf(say("report.members_table"), heads, members.map((member) => cells(member, [...lessons.keys()]))));
}

/** @param {MemberTold} member @param {string[]} lessons @returns {string[]} */
function cells({ name, removed, right, judged, answered, commands, studies }, lessons) {
  const { read = 0, write = 0 } = commands;
  const others = Object.values(commands).reduce((sum, count) => sum + count, 0) - read - write;
  const far = lessons.map((lesson) => {
    const study = studies.find((one) => one.lesson === lesson);
    if (!study) return "–";
    return study.finished ? say("report.progress_done") : say("report.progress_of", { reached: study.reached, steps: study.steps });
  });
  return [removed ? say("report.removed", { name }) : name, String(answered), judged ? say("report.right_of", { right, count: judged }) : "–", String(read), String(write), String(others), ...far];
}
