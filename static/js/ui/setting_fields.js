/**
 * How settings are called, said, asked for and shown.
 *
 * @import { Boot } from "../app.js"
 * @typedef {Boot["settings"][number]} Setting
 */
import { say } from "../words.js";

/** Those that have no place in the list of all settings. @type {Record<string, string>} */
const SHORT = { n: "compare.n", w: "compare.w", r: "compare.r", gossip_every_us: "compare.gossip_every_us" };

/** @param {string} name */
export function nameOf(name) {
  return SHORT[name] ? say(SHORT[name]) : say(`setting.${name}`);
}

/** @param {Setting} setting @param {Boot} boot */
export function choices(setting, boot) {
  return setting.name === "latency" ? boot.profiles : setting.choices;
}

/** Times are asked for in milliseconds. @param {Setting} setting @param {number} value */
export function shown(setting, value) {
  return setting.name.endsWith("_us") ? value / 1000 : value;
}

/** What can be typed into a field: the browser itself then says what is wrong with it. @param {Setting} setting @param {HTMLInputElement} field */
export function limit(setting, field) {
  field.type = setting.switch ? "checkbox" : "number";
  if (setting.switch) return;
  field.required = true;
  field.min = String(shown(setting, setting.min ?? 0));
  field.max = String(shown(setting, setting.max ?? 0));
  field.step = setting.name.endsWith("_us") ? "any" : "1";
}

/** @param {Setting} setting @param {HTMLInputElement | HTMLSelectElement} field */
export function read(setting, field) {
  if (field instanceof HTMLSelectElement) return field.value;
  if (setting.switch) return field.checked;
  return setting.name.endsWith("_us") ? Math.round(Number(field.value) * 1000) : Number(field.value);
}

/** @param {Setting} setting @param {HTMLInputElement | HTMLSelectElement} field @param {any} value */
export function write(setting, field, value) {
  if (field instanceof HTMLInputElement && setting.switch) field.checked = value;
  else field.value = String(field instanceof HTMLInputElement ? shown(setting, value) : value);
}

/** @param {string} name @param {string} choice */
export function sayChoice(name, choice) {
  return name === "latency" ? choice : say(`setting.${name}.is_${choice}`);
}

/** @param {Setting} setting @param {any} value */
export function sayValue(setting, value) {
  if (typeof value === "boolean") return say(value ? "settings.on" : "settings.off");
  return typeof value === "number" ? String(shown(setting, value)) : sayChoice(setting.name, value);
}
