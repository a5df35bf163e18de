/**
 * What is on the wall: a tile for every copy, or for every group.
 *
 * @import { ClassSeen, Roster } from "../protocol.js"
 *
 * @typedef {Roster["rows"][number]} Row
 *
 * @typedef {object} Told what a tile tells of
 * @property {string} id of the member or the group
 * @property {string} room
 * @property {number | null} group its number; null: it is a member's copy
 * @property {Row[]} rows the member, or those in the group
 * @property {number | null} hand as a row has it; of a group, the one that is up for longest
 * @property {boolean} isHere whether anybody of them is connected, and at work there
 * @property {boolean} isOnStage
 * @property {Row | null} study the member, where they are in the lesson that the class takes
 */

/** Whether there is a wall to be seen now. @param {ClassSeen | null} seen */
export function hasWall(seen) {
  return seen !== null && (seen.mode === "own_copy" || (seen.mode === "hands_on" && seen.groups > 1));
}

/** Hands first, the oldest before the others; then by name. @param {ClassSeen} seen @param {Row[]} rows @returns {Told[]} */
export function tilesOf(seen, rows) {
  const tiles = seen.mode === "own_copy" ? copies(seen, rows) : groups(seen, rows);
  const names = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const name = (/** @type {Told} */ { rows: [row] }) => row?.name ?? "";
  return tiles.sort((a, b) => (a.hand ?? Infinity) - (b.hand ?? Infinity) || (a.group ?? 0) - (b.group ?? 0) || names.compare(name(a), name(b)));
}

/** Whose room it is; null: nobody's. @param {ClassSeen} seen @param {Row[]} rows @param {string} room @returns {Told | null} */
export function ownersOf(seen, rows, room) {
  return [...copies(seen, rows), ...groups(seen, rows)].find((tile) => tile.room === room) ?? null;
}

/** @param {ClassSeen} seen @param {Row[]} rows @returns {Told[]} */
function copies(seen, rows) {
  return rows.flatMap((row) => {
    if (row.copy === null) return [];
    const { id, copy: room, hand } = row;
    return [{ id, room, group: null, rows: [row], hand, isHere: row.here && !row.called_back, isOnStage: room === seen.stage, study: row.slug !== null && row.slug === seen.slug ? row : null }];
  });
}

/** @param {ClassSeen} seen @param {Row[]} rows @returns {Told[]} */
function groups(seen, rows) {
  /** @type {Map<number, Row[]>} */
  const found = new Map();
  for (const row of rows) if (row.group !== null && row.room !== null) found.set(row.group, [...(found.get(row.group) ?? []), row]);
  return [...found].map(([group, members]) => {
    const hands = members.flatMap(({ hand }) => hand ?? []);
    const room = members[0]?.room ?? "";
    const hand = hands.length ? Math.min(...hands) : null;
    return { id: `group-${group}`, room, group, rows: members, hand, isHere: members.some(({ here }) => here), isOnStage: room === seen.stage, study: null };
  });
}
