/**
 * What is selected: one thing at a time, and the same in every view.
 *
 * @typedef {"node" | "client" | "message" | "link" | "operation"} Kind
 * @typedef {{ kind: Kind, id: string, isOffered?: boolean }} Thing a link's id is `source>target`; offered: nobody asked for it, and nothing scrolls to it
 */
export class Selection {
  constructor() {
    /** @type {Thing | null} */
    this.thing = null;
    /** @type {((thing: Thing | null) => void)[]} */
    this.listeners = [];
  }

  /** @param {Kind} kind @param {string} id */
  is(kind, id) {
    return this.thing?.kind === kind && this.thing.id === id;
  }

  /** @param {Kind} kind @param {string} id */
  select(kind, id) {
    if (!this.is(kind, id)) this.change({ kind, id });
  }

  clear() {
    if (this.thing) this.change(null);
  }

  /** @param {Thing | null} thing */
  change(thing) {
    this.thing = thing;
    for (const listener of this.listeners) listener(thing);
  }

  /** @param {(thing: Thing | null) => void} listener */
  onChange(listener) {
    this.listeners.push(listener);
  }
}
