/**
 * How many messages of each type a node has sent and received by a moment, and how many bytes.
 *
 * @import { App, View } from "../app.js"
 * @import { MessageState } from "../protocol.js"
 * @import { Flight, Timeline } from "../timeline.js"
 */
import { milliseconds, say } from "../words.js";
import { make } from "./element.js";
import { drawRows, makeMore, makeTable, setText } from "./facts.js";
import { messageName } from "./message_words.js";

/** @typedef {{ sent: number, received: number }} Count */

export class Traffic {
  /** @param {App} app */
  constructor(app) {
    this.more = makeMore(say("inspector.traffic")).more;
    this.more.addEventListener("toggle", () => app.redraw());
    this.table = makeTable(say("inspector.traffic"), [say("inspector.type"), say("inspector.sent"), say("inspector.received")]);
    this.bytes = make("p", "soft");
    this.more.append(this.table.box, this.bytes);
    this.index = new Index();
    this.told = "";
  }

  /** @param {View} view @param {string} id */
  draw({ timeline, at_us }, id) {
    if (!this.more.open) return;
    // Between two changes there is nothing to count.
    const now = `${id} ${timeline.from_us} ${timeline.changesBy(at_us)}`;
    if (now === this.told && timeline === this.index.timeline) return;
    this.told = now;
    const { types, sent, received } = count(this.index.of(timeline, id), id, at_us);
    drawRows(
      this.table.body,
      [...types].map(([type, counted]) => [messageName(type), String(counted.sent), String(counted.received)]),
    );
    this.table.box.hidden = types.size === 0;
    const bytes = say("inspector.bytes", { sent, received });
    setText(this.bytes, timeline.from_us > 0 ? `${bytes} ${say("inspector.since", { ms: milliseconds(timeline.from_us) })}` : bytes);
  }
}

/** The messages of each actor, in order of sending. It grows with the timeline. */
class Index {
  constructor() {
    /** @type {Timeline | null} */
    this.timeline = null;
    /** @type {Flight[] | null} the timeline's, as far as they are read */
    this.flights = null;
    this.read = 0;
    /** @type {Map<string, Flight[]>} */
    this.actors = new Map();
  }

  /** @param {Timeline} timeline @param {string} actor */
  of(timeline, actor) {
    if (timeline !== this.timeline || timeline.flights !== this.flights) {
      Object.assign(this, { timeline, flights: timeline.flights, read: 0, actors: new Map() });
    }
    for (; this.read < timeline.flights.length; this.read++) {
      const flight = /** @type {Flight} */ (timeline.flights[this.read]);
      const { source, target } = first(flight);
      for (const end of [source, target]) {
        const known = this.actors.get(end);
        if (known) known.push(flight);
        else this.actors.set(end, [flight]);
      }
    }
    return this.actors.get(actor) ?? [];
  }
}

/** @param {Flight} flight @returns {MessageState} */
function first(flight) {
  return flight.versions[0]?.fields;
}

/** @param {Flight[]} flights @param {string} actor @param {number} at_us */
function count(flights, actor, at_us) {
  /** @type {Map<string, Count>} */
  const types = new Map();
  let sent = 0;
  let received = 0;
  for (const flight of flights) {
    if (flight.from_us > at_us) break;
    const { type, source, bytes } = first(flight);
    const outward = source === actor;
    if (!outward && !(flight.until_us <= at_us && flight.versions.at(-1)?.fields?.fate === "delivered")) continue;
    const counted = types.get(type) ?? { sent: 0, received: 0 };
    types.set(type, counted);
    if (outward) counted.sent += 1;
    else counted.received += 1;
    if (outward) sent += bytes;
    else received += bytes;
  }
  return { types, sent, received };
}
