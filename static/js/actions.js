/**
 * Gestures become commands. What comes of them is seen in frames; a refusal is shown by the connection's listener.
 * Whoever acts in the past acts on a branch: a room of its own, whose log is the same up to that moment.
 *
 * @import { Connection } from "./connection.js"
 * @import { Playhead } from "./playhead.js"
 * @import { ConfigureCommand, RoomCommand } from "./protocol.js"
 */
export class Actions {
  /** @param {Connection} connection @param {Playhead} playhead */
  constructor(connection, playhead) {
    this.connection = connection;
    this.playhead = playhead;
    /** A fork under way: what is asked meanwhile follows it into the branch, or is given up with it. @type {Promise<any> | null} */
    this.forking = null;
    /** Whether what is asked in the past begins a branch; otherwise the page goes back to the present, and it is done there. */
    this.forks = true;
  }

  /** @param {RoomCommand} command @returns {Promise<any>} */
  send(command) {
    if (this.forking) return this.forking.then((answer) => (answer && "room" in answer ? this.connection.command(command) : answer));
    if (!this.forks) this.playhead.goLive();
    return this.playhead.isLive ? this.connection.command(command) : this.fork(command);
  }

  /** Begin a branch at the moment that is shown. @param {RoomCommand | null} command what is done there first @returns {Promise<any>} */
  fork(command = null) {
    if (this.forking) return this.forking;
    const at_us = Math.floor(this.playhead.now());
    const running = this.playhead.isMoving || command !== null;
    const forked = this.connection.join("fork", { at_us, running, ...(command && { command }) }).then((answer) => {
      this.forking = null;
      if (answer && "room" in answer) this.playhead.goLive();
      return answer;
    });
    this.forking = forked;
    return forked;
  }

  /** @param {string} client @param {string} key @param {string} value @param {{ via?: string, w?: number }} [how] */
  write(client, key, value, how = {}) {
    return this.send({ type: "write", client, key, value, ...how });
  }

  /** @param {string} client @param {string} key @param {{ via?: string, r?: number }} [how] */
  read(client, key, how = {}) {
    return this.send({ type: "read", client, key, ...how });
  }

  /** @param {string} node @param {"kept" | "lost"} [disk] */
  crash(node, disk = "kept") {
    return this.send({ type: "crash", node, disk });
  }

  /** @param {string} node */
  restart(node) {
    return this.send({ type: "restart", node });
  }

  /** @param {string} [node] */
  gossip(node) {
    return this.send(node ? { type: "gossip", node } : { type: "gossip" });
  }

  /** @param {Omit<ConfigureCommand, "type">} settings */
  configure(settings) {
    return this.send({ type: "configure", ...settings });
  }
}
