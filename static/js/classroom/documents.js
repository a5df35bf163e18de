/**
 * What a class leaves behind, asked for with a key to it; and how its moments read.
 *
 * @import { Error as Refusal } from "../protocol.js"
 */
import { fetchAnswer, fetchFrom } from "../asking.js";

const GIVE_BACK_MS = 1000;

/** As whoever has the key. @param {string} address @param {string} key @param {string} [method] */
export function ask(address, key, method) {
  return fetchAnswer(address, withKey(key, method));
}

/**
 * Have the browser keep a document as a file.
 * @param {string} address @param {string} key @param {string} name
 * @returns {Promise<{ error: Refusal | null } | null>} null: it is there
 */
export async function saveFile(address, key, name) {
  try {
    const answer = await fetchFrom(address, withKey(key));
    if (!answer.ok) return await answer.json();
    const url = URL.createObjectURL(await answer.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), GIVE_BACK_MS);
    return null;
  } catch {
    return { error: null };
  }
}

/** A file's name from what somebody has typed. @param {string} title @param {string} kind */
export function fileName(title, kind) {
  return `${title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "class"}-${kind}`;
}

/** A day and a time for people. @param {number} ms since 1970 */
export function moment(ms) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(ms));
}

/** So long after the beginning: hours, minutes and seconds. @param {number} ms */
export function after(ms) {
  const all_s = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all_s / 3600), Math.floor(all_s / 60) % 60, all_s % 60];
  const tail = `${String(minutes).padStart(hours ? 2 : 1, "0")}:${String(seconds).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** @param {string} key @param {string} [method] @returns {RequestInit} */
function withKey(key, method = "GET") {
  return { method, headers: { Authorization: `Bearer ${key}`, Accept: "application/json" } };
}
