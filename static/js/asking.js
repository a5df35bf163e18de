/** Asking the server over HTTP: in the page's language and, in a class, with the key to it. */
import { inLanguage } from "./language.js";

/** @type {string | null} */
let key = null;

/** What is asked from now on is asked by whoever this key is for. @param {string | null} mine */
export function useKey(mine) {
  key = mine;
}

/** @param {string} address @param {RequestInit} [request] */
export function fetchFrom(address, request) {
  return fetch(inLanguage(address), key === null ? request : { ...request, headers: { ...request?.headers, Authorization: `Bearer ${key}` } });
}

/**
 * The object that the server answers with; where it is refused, `error` says why, and where nothing comes back, it is null.
 * @param {string} address @param {RequestInit} request @returns {Promise<any>}
 */
export async function fetchAnswer(address, request) {
  try {
    const answer = await fetchFrom(address, request);
    return await answer.json();
  } catch {
    return { error: null };
  }
}

/** Send an object, and have one back. @param {string} address @param {object} body */
export function send(address, body) {
  return fetchAnswer(address, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
}
