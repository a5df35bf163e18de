/**
 * The rooms outside of classes that were opened in this browser, the newest first.
 *
 * @typedef {{ id: string, title: string }} KeptRoom
 */
import { keep, recall } from "./kept.js";

const NAME = "quorumscope.rooms";
const ROOMS_MAX = 30;
const ID = /^[\w-]{1,32}$/;

/** @returns {KeptRoom[]} */
export function keptRooms() {
  try {
    const kept = JSON.parse(recall(NAME) ?? "[]");
    return Array.isArray(kept) ? kept.filter((room) => ID.test(room?.id) && typeof room.title === "string") : [];
  } catch {
    return [];
  }
}

/** One that is open now. @param {KeptRoom} room */
export function keepRoom({ id, title }) {
  write([{ id, title }, ...keptRooms().filter((room) => room.id !== id)].slice(0, ROOMS_MAX));
}

/** @param {string} id */
export function forgetRoom(id) {
  write(keptRooms().filter((room) => room.id !== id));
}

/** @param {KeptRoom[]} rooms */
function write(rooms) {
  keep(NAME, rooms.length ? JSON.stringify(rooms) : null);
}
