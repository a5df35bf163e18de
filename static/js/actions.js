/**
 * Gestures become commands. What comes of them is seen in frames; a refusal is shown by the connection's listener.
 *
 * @import { Connection } from "./connection.js"
 * @import { ConfigureCommand, RoomCommand } from "./protocol.js"
 */
export class Actions {
  /** @param {Connection} connection */
  constructor(connection) {
    this.connection = connection;
  }

  /** @param {RoomCommand} command */
  send(command) {
    void this.connection.command(command);
  }

  /** @param {string} client @param {string} key @param {string} value */
  write(client, key, value) {
    this.send({ type: "write", client, key, value });
  }

  /** @param {string} client @param {string} key */
  read(client, key) {
    this.send({ type: "read", client, key });
  }

  /** @param {string} node */
  crash(node) {
    this.send({ type: "crash", node });
  }

  /** @param {string} node */
  restart(node) {
    this.send({ type: "restart", node });
  }

  gossip() {
    this.send({ type: "gossip" });
  }

  /** @param {Omit<ConfigureCommand, "type">} settings */
  configure(settings) {
    this.send({ type: "configure", ...settings });
  }

  run() {
    this.send({ type: "run" });
  }

  pause() {
    this.send({ type: "pause" });
  }

  step() {
    this.send({ type: "step" });
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.send({ type: "set_speed", speed });
  }
}
