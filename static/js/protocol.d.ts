// Made by `make protocol` from webapp/protocol.py and engine/; do not edit.

/**
 * Which value is newer: the larger counter; between equal counters, the larger writer.
 *
 * The writer makes the order total, so that two clients who picked the same number at the same
 * moment still leave every node agreeing on one winner (Lamport 1978).
 */
export interface Version {
  readonly counter: number;
  readonly writer: string;
}

/**
 * What one node said to one operation, when it reached the client.
 *
 * `ack`: stored. `stale`: not stored, the node already held the newer `version`. `value`: a
 * read's reply, with version and value None if the node holds nothing. `refused`: the node is down.
 */
export interface Answer {
  readonly node: string;
  readonly at_us: number;
  readonly round: number;
  readonly says: "ack" | "refused" | "stale" | "value";
  readonly value: string | null;
  readonly version: Version | null;
}

/**
 * Whether the room's clock runs, and its speed in virtual seconds per second of wall time.
 */
export interface Pace {
  readonly running: boolean;
  readonly speed: number;
}

/**
 * The settings in force. `overlap` is w + r > n: every read quorum meets every write quorum.
 */
export interface ClusterState {
  readonly kind: "cluster";
  readonly nodes: number;
  readonly n: number;
  readonly w: number;
  readonly r: number;
  readonly overlap: boolean;
  readonly timeout_us: number;
  readonly gossip_every_us: number;
  readonly latency: string;
}

/**
 * A node; `place` counts from 0 clockwise round the ring. A node that is down keeps its records.
 */
export interface NodeState {
  readonly kind: "node";
  readonly place: number;
  readonly status: "down" | "up";
}

/**
 * A client outside the ring; `place` counts from 0.
 */
export interface ClientState {
  readonly kind: "client";
  readonly place: number;
}

/**
 * What one node holds for one key; the id is `node/key`. `write` is the operation that wrote it.
 */
export interface RecordState {
  readonly kind: "record";
  readonly node: string;
  readonly key: string;
  readonly value: string;
  readonly version: Version;
  readonly write: string;
}

/**
 * One message. While `fate` is `in_flight` its place is (now - sent_us) / (due_us - sent_us).
 *
 * `delivered`: the target handled it. `refused`: the target was down and its host said so.
 * `lost`: the target was down and there was nobody to tell. A message has one ending, its last version.
 * `count` is the number of records (of a gossip message: versions) it carries.
 */
export interface MessageState {
  readonly kind: "message";
  readonly type: string;
  readonly role: "reply" | "request";
  readonly source: string;
  readonly target: string;
  readonly operation: string | null;
  readonly key: string | null;
  readonly value: string | null;
  readonly version: Version | null;
  readonly count: number | null;
  readonly sent_us: number;
  readonly due_us: number;
  readonly fate: "delivered" | "in_flight" | "lost" | "refused";
}

/**
 * One operation of one client, from invocation to response and on to its last late answer.
 *
 * `needed` is w for a write and r for a read, of the nodes `asked`. `round` is 1, and goes up
 * when replicas already hold a newer version and the write is sent again with the next number.
 * `winner` is the node whose reply gave a read its value. `write` is, for a read, the id of the
 * write it saw. `code` is a key of engine.outcomes.OUTCOMES.
 */
export interface OperationState {
  readonly kind: "operation";
  readonly client: string;
  readonly type: "read" | "write";
  readonly key: string;
  readonly value: string | null;
  readonly version: Version | null;
  readonly write: string | null;
  readonly asked: readonly string[];
  readonly needed: number;
  readonly round: number;
  readonly answers: readonly Answer[];
  readonly outcome: "fail" | "ok" | "pending" | "unknown";
  readonly code: string;
  readonly winner: string | null;
  readonly invoked_us: number;
  readonly responded_us: number | null;
}

/**
 * One line of the narration: a code and its facts. The sentence is made in the catalogue.
 */
export interface NoteState {
  readonly kind: "note";
  readonly code: string;
  readonly facts: Record<string, string | number>;
}

/**
 * One new version of one entity, true from `at_us` on. `fields` None: the entity is gone.
 */
export type Change =
  { readonly at_us: number; readonly kind: "cluster"; readonly id: string; readonly fields: ClusterState | null } |
  { readonly at_us: number; readonly kind: "node"; readonly id: string; readonly fields: NodeState | null } |
  { readonly at_us: number; readonly kind: "client"; readonly id: string; readonly fields: ClientState | null } |
  { readonly at_us: number; readonly kind: "record"; readonly id: string; readonly fields: RecordState | null } |
  { readonly at_us: number; readonly kind: "message"; readonly id: string; readonly fields: MessageState | null } |
  { readonly at_us: number; readonly kind: "operation"; readonly id: string; readonly fields: OperationState | null } |
  { readonly at_us: number; readonly kind: "note"; readonly id: string; readonly fields: NoteState | null };

/** The state of each kind of entity. */
export interface States {
  readonly cluster: ClusterState;
  readonly node: NodeState;
  readonly client: ClientState;
  readonly record: RecordState;
  readonly message: MessageState;
  readonly operation: OperationState;
  readonly note: NoteState;
}

/**
 * Event `frame`: what is new, or, where `whole`, all there is.
 *
 * Frames of one `epoch` (one stay of the room in memory) are numbered without gaps; after a gap, ask
 * for `resync`. Nothing happens by itself between `now_us` and `quiet_until_us` (None: ever).
 */
export interface Frame {
  readonly room: string;
  readonly epoch: string;
  readonly number: number;
  readonly whole: boolean;
  readonly now_us: number;
  readonly quiet_until_us: number | null;
  readonly pace: Pace;
  readonly changes: Change[];
}

/**
 * The answer to `open`, `join` and `resync`.
 */
export interface Joined {
  readonly room: string;
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly accepted: boolean;
}

/**
 * The answer to a command that is in the log: its place there, and when it happened.
 */
export interface Accepted {
  readonly seq: number;
  readonly at_us: number;
  readonly accepted: boolean;
}

/**
 * The answer to a request that changed nothing.
 */
export interface Rejected {
  readonly error: Error;
  readonly accepted: boolean;
}

/**
 * Why not: a code of docs/PROTOCOL.md, a sentence to show, and the field that is wrong (None: the whole).
 */
export interface Error {
  readonly code: string;
  readonly sentence: string;
  readonly field: string | null;
}

/**
 * A client writes a value: a put request to all n nodes, OK at w acknowledgements.
 */
export interface WriteCommand {
  readonly type: "write";
  readonly client: string;
  readonly key: string;
  readonly value: string;
}

/**
 * A client reads a key: a get request to all n nodes; the newest of the first r replies wins.
 */
export interface ReadCommand {
  readonly type: "read";
  readonly client: string;
  readonly key: string;
}

/**
 * A node's process stops. Its disk is kept; requests that reach it are refused.
 */
export interface CrashCommand {
  readonly type: "crash";
  readonly node: string;
}

/**
 * A node that is down comes back with the records that its disk holds.
 */
export interface RestartCommand {
  readonly type: "restart";
  readonly node: string;
}

/**
 * One step of anti-entropy: a node (or, without a name, every node that is up) asks a random
 * peer for the versions it missed and pulls them.
 */
export interface GossipCommand {
  readonly type: "gossip";
  readonly node?: string | null;
}

/**
 * Change settings of the cluster; those not named stay. Operations under way keep the old ones.
 */
export interface ConfigureCommand {
  readonly type: "configure";
  readonly n?: number | null;
  readonly w?: number | null;
  readonly r?: number | null;
  readonly timeout_us?: number | null;
  readonly gossip_every_us?: number | null;
  readonly latency?: string | null;
}

/**
 * Let the room's clock run.
 */
export interface RunCommand {
  readonly type: "run";
}

/**
 * Stop the room's clock. Commands are still taken; what they begin waits.
 */
export interface PauseCommand {
  readonly type: "pause";
}

/**
 * Pause, and go to the next moment at which something happens.
 */
export interface StepCommand {
  readonly type: "step";
}

/**
 * Set how fast the room's clock runs.
 */
export interface SetSpeedCommand {
  readonly type: "set_speed";
  readonly speed: number;
}

/**
 * Event `open`: make a room of your own and join it. Without a seed, the server draws one.
 */
export interface OpenRequest {
  readonly scenario?: string;
  readonly seed?: number | null;
}

/**
 * Event `join`: watch this room instead of the one before, from its present on.
 */
export interface JoinRequest {
  readonly room: string;
}

/**
 * Event `command`: ask the room you are in to do something.
 */
export interface DoRequest {
  readonly command: RoomCommand;
}

/**
 * Event `resync`: send the whole present again, since a frame is missing.
 */
export interface ResyncRequest {
}

export type RoomCommand =
  WriteCommand |
  ReadCommand |
  CrashCommand |
  RestartCommand |
  GossipCommand |
  ConfigureCommand |
  RunCommand |
  PauseCommand |
  StepCommand |
  SetSpeedCommand;
