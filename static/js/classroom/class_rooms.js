/**
 * Rooms in the teacher's list: those of a class, when they are asked for, and those that were opened outside of classes.
 *
 * @import { Known } from "./class_list.js"
 *
 * @typedef {object} RoomHeld a room of a class (webapp/classroom/holdings.py)
 * @property {string} id
 * @property {"stage" | "was_stage" | "group" | "copy" | "other"} use
 * @property {string | null} name
 * @property {number | null} group
 * @property {string | null} member
 * @property {string} made_at
 * @property {number} commands
 */
import { forgetRoom, keptRooms } from "../kept_rooms.js";
import { keepLanguage } from "../language.js";
import { byId, make, tell } from "../ui/element.js";
import { say } from "../words.js";
import { ask, moment } from "./documents.js";

/** @param {Known} known @param {string} key */
export function roomsOf({ id, rooms }, key) {
  const box = make("details", "class-rooms");
  const list = make("ul", "teach-rooms");
  const note = make("p", "soft");
  note.setAttribute("role", "status");
  box.append(make("summary", "", say("teach.rooms", {}, rooms)), note, list);
  box.addEventListener("toggle", async () => {
    if (!box.open || list.children.length) return;
    tell(note, say("teach.rooms_loading"));
    const told = await ask(`/classes/${id}/rooms`, key);
    tell(note, Array.isArray(told) ? "" : (told.error?.sentence ?? say("teach.no_answer")));
    if (Array.isArray(told)) list.replaceChildren(...told.map(roomHeld));
  });
  return box;
}

/** @param {RoomHeld} room */
function roomHeld({ use, name, group, member, made_at, commands }) {
  const row = make("li", "room-row");
  const what = say(`teach.use.${use}`, { group: group ?? 0, member: member ?? "" });
  const when = moment(Date.parse(`${made_at.replace(" ", "T")}Z`));
  row.append(make("span", "room-what", name === null ? what : `${what}: ${name}`), make("span", "soft", say("teach.commands", {}, commands)), make("span", "soft", when));
  return row;
}

/** The rooms outside of classes. */
export function drawRooms() {
  const list = byId("teach-rooms", HTMLElement);
  const rooms = keptRooms();
  tell(byId("teach-rooms-note", HTMLElement), say(rooms.length ? "teach.rooms_about" : "teach.rooms_none"));
  list.hidden = !rooms.length;
  list.replaceChildren(
    ...rooms.map(({ id, title }, i) => {
      const row = make("li", "room-row");
      const link = make("a", "room-what", title);
      link.href = keepLanguage(`/r/${id}`);
      const forget = make("button", "button quiet", say("teach.forget"));
      forget.type = "button";
      forget.setAttribute("aria-label", say("teach.forget_room", { title }));
      forget.addEventListener("click", () => {
        forgetRoom(id);
        drawRooms();
        // The next one, if there is one, has come into its place.
        (list.querySelectorAll("button")[Math.min(i, rooms.length - 2)] ?? byId("teach-rooms-title", HTMLElement)).focus();
      });
      row.append(link, make("code", "soft", id), forget);
      return row;
    }),
  );
}
