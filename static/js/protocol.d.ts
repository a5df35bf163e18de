// Made by `make protocol` from webapp/protocol.py and engine/; do not edit.

/**
 * Which value is newer: the larger counter; between equal counters, the larger writer.
 *
 * The writer makes the order total, so that two clients who picked the same number at the same
 * moment still leave every node agreeing on one winner (Lamport 1978). Under version vectors it is
 * the *dot*: the one event, the writer's counter-th write of the key, that made the value.
 */
export interface Version {
  readonly counter: number;
  readonly writer: string;
}

/**
 * What one node said to one operation, when it reached whoever asked.
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
 * One of several values that are held for a key, none of which covers another.
 */
export interface Sibling {
  readonly value: string;
  readonly version: Version;
  readonly write: string;
}

/**
 * Whether the room's clock runs, and its speed in virtual seconds per second of wall time.
 */
export interface Pace {
  readonly running: boolean;
  readonly speed: number;
}

/**
 * A leaf of the tree that is not empty: its number, its hash (12 hex digits), and the keys that fall into it.
 */
export interface MerkleLeaf {
  readonly leaf: number;
  readonly hash: string;
  readonly keys: readonly string[];
}

/**
 * One node at one moment. `clock_us` is its wall clock; `keys` and `hints` are how many it holds.
 *
 * The Merkle tree is over all keys of the node; its root is 12 hex digits. With a single leader, `log` is
 * the number of entries of its log, and `term` and `leader` are what it believes; otherwise they are null.
 */
export interface Inspection {
  readonly node: string;
  readonly at_us: number;
  readonly clock_us: number;
  readonly keys: number;
  readonly hints: number;
  readonly merkle_root: string;
  readonly merkle_leaves: readonly MerkleLeaf[];
  readonly log: number | null;
  readonly term: number | null;
  readonly leader: string | null;
}

/**
 * The settings in force. `overlap` is w + r > n: every read quorum meets every write quorum.
 */
export interface ClusterState {
  readonly kind: "cluster";
  readonly strategy: "client" | "coordinator" | "leader";
  readonly n: number;
  readonly w: number;
  readonly r: number;
  readonly write_to: "all" | "exact";
  readonly read_from: "all" | "exact" | "one";
  readonly follower_reads: boolean;
  readonly versions: "ask" | "clock" | "counter" | "vector";
  readonly read_repair: "async" | "blocking" | "off";
  readonly sloppy: boolean;
  readonly suspect_after_us: number;
  readonly handoff_every_us: number;
  readonly gossip_every_us: number;
  readonly gossip_mode: "pull" | "push" | "push_pull";
  readonly gossip_fanout: number;
  readonly gossip_digest: "merkle" | "versions";
  readonly failover_us: number;
  readonly timeout_us: number;
  readonly retries: number;
  readonly latency: string;
  readonly vnodes: number;
  readonly nodes: number;
  readonly overlap: boolean;
}

/**
 * A node; `place` counts from 0 in the order in which nodes joined. One that is down keeps its disk.
 *
 * `frozen`: its process stands still. `leaving`: it hands its records over and is then gone.
 * `slow`: its messages take so many times as long. `skew_us`: its wall clock is so far ahead.
 * With a single leader, `role` and `term` are what the node itself believes, and two may believe
 * that they lead.
 */
export interface NodeState {
  readonly kind: "node";
  readonly place: number;
  readonly status: "down" | "frozen" | "leaving" | "up";
  readonly slow: number;
  readonly skew_us: number;
  readonly role: "candidate" | "follower" | "leader" | null;
  readonly term: number | null;
}

/**
 * A client outside the ring; `place` counts from 0. `skew_us`: its wall clock is so far ahead.
 */
export interface ClientState {
  readonly kind: "client";
  readonly place: number;
  readonly skew_us: number;
}

/**
 * What one node holds for one key; the id is `node/key`. `write` is the operation that wrote it.
 *
 * Where there are siblings, all of them are in `siblings`, and the other fields tell the last one.
 */
export interface RecordState {
  readonly kind: "record";
  readonly node: string;
  readonly key: string;
  readonly value: string;
  readonly version: Version;
  readonly write: string;
  readonly siblings: readonly Sibling[];
}

/**
 * A record that `holder` keeps for `target`, to hand it over; the id is `holder/target/key`.
 */
export interface HintState {
  readonly kind: "hint";
  readonly holder: string;
  readonly target: string;
  readonly key: string;
  readonly value: string;
  readonly version: Version;
  readonly write: string;
}

/**
 * One direction between two actors where it is not whole; the id is `source>target`.
 */
export interface LinkState {
  readonly kind: "link";
  readonly source: string;
  readonly target: string;
  readonly cut: boolean;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
}

/**
 * One message. While `fate` is `in_flight` its place is (now - sent_us) / (due_us - sent_us).
 *
 * `held`: it stands where it was at this version's time, and has no due time until it goes on.
 * `delivered`: the target took it. `refused`: the target was down and its host said so.
 * `lost`: the network dropped it, or the target was down and there was nobody to tell. A message has
 * one ending, its last version. `count` is the number of records (of a gossip message: versions,
 * hashes) it carries; `bytes` its size as JSON.
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
  readonly bytes: number;
  readonly sent_us: number;
  readonly due_us: number;
  readonly fate: "delivered" | "held" | "in_flight" | "lost" | "refused";
}

/**
 * One operation of one client, from invocation to response and on to its last late answer.
 *
 * `needed` is w for a write and r for a read, of the nodes `asked`. `round` is 1, and goes up
 * when replicas already hold a newer version and the write is sent again with the next number, and
 * when a read writes back what it found. `attempt` counts the times that the same request was sent.
 * `winner` is the node whose reply gave a read its value. `write` is, for a read, the id of the
 * write it saw; where it saw several siblings, all are in `siblings`. `code` is a key of
 * engine.outcomes.OUTCOMES. Where a node coordinates, `via` is that node, and what it was answered
 * is in the `coordination` of the same operation.
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
  readonly attempt: number;
  readonly via: string | null;
  readonly siblings: readonly Sibling[];
}

/**
 * What a coordinator knows of an operation that a client sent it; the id is `operation@node`.
 *
 * The fields are those of an operation. Whether the client ever hears of the outcome is another matter.
 */
export interface CoordinationState {
  readonly kind: "coordination";
  readonly node: string;
  readonly operation: string;
  readonly type: "read" | "write";
  readonly key: string;
  readonly value: string | null;
  readonly version: Version | null;
  readonly asked: readonly string[];
  readonly needed: number;
  readonly round: number;
  readonly answers: readonly Answer[];
  readonly outcome: "fail" | "ok" | "pending" | "unknown";
  readonly code: string;
}

/**
 * The workload that runs: `rate` operations a virtual second, `read_share` of them reads, on `keys` keys.
 */
export interface WorkloadState {
  readonly kind: "workload";
  readonly rate: number;
  readonly read_share: number;
  readonly keys: number;
}

/**
 * Whether all that the clients have seen so far is linearizable; there is one, its id is `verdict`.
 *
 * `code` is the reason and `facts` are those of its sentence, `check.<code>`. `witness` is the ids of the
 * operations that show a violation, the offending one first. `unknown`: siblings cannot be judged.
 */
export interface VerdictState {
  readonly kind: "verdict";
  readonly word: "ok" | "unknown" | "violated";
  readonly code: string;
  readonly facts: Record<string, string | number>;
  readonly witness: readonly string[];
}

/**
 * A goal of the scenario; the id is the goal's. `count` of the `needed` entities are there so far.
 *
 * `done_us` is when it was met, and `by` the id of the entity that met it. A goal that is met stays met.
 */
export interface GoalState {
  readonly kind: "goal";
  readonly done_us: number | null;
  readonly by: string | null;
  readonly count: number;
  readonly needed: number;
}

/**
 * A number that the scenario asks for; the id is the measure's. `value` None: nothing gives it yet.
 *
 * `count` is how many entities it is measured of. Numbers that are not whole have at most six decimals.
 */
export interface MeasureState {
  readonly kind: "measure";
  readonly value: number | string | null;
  readonly count: number;
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
  { readonly at_us: number; readonly kind: "hint"; readonly id: string; readonly fields: HintState | null } |
  { readonly at_us: number; readonly kind: "link"; readonly id: string; readonly fields: LinkState | null } |
  { readonly at_us: number; readonly kind: "message"; readonly id: string; readonly fields: MessageState | null } |
  { readonly at_us: number; readonly kind: "operation"; readonly id: string; readonly fields: OperationState | null } |
  { readonly at_us: number; readonly kind: "coordination"; readonly id: string; readonly fields: CoordinationState | null } |
  { readonly at_us: number; readonly kind: "workload"; readonly id: string; readonly fields: WorkloadState | null } |
  { readonly at_us: number; readonly kind: "verdict"; readonly id: string; readonly fields: VerdictState | null } |
  { readonly at_us: number; readonly kind: "goal"; readonly id: string; readonly fields: GoalState | null } |
  { readonly at_us: number; readonly kind: "measure"; readonly id: string; readonly fields: MeasureState | null } |
  { readonly at_us: number; readonly kind: "note"; readonly id: string; readonly fields: NoteState | null };

/** The state of each kind of entity. */
export interface States {
  readonly cluster: ClusterState;
  readonly node: NodeState;
  readonly client: ClientState;
  readonly record: RecordState;
  readonly hint: HintState;
  readonly link: LinkState;
  readonly message: MessageState;
  readonly operation: OperationState;
  readonly coordination: CoordinationState;
  readonly workload: WorkloadState;
  readonly verdict: VerdictState;
  readonly goal: GoalState;
  readonly measure: MeasureState;
  readonly note: NoteState;
}

/**
 * Event `frame`: what is new, or, where `whole`, all there is.
 *
 * Frames of one `epoch` (one stay of the room in memory) are numbered without gaps; after a gap, ask
 * for `resync`. Nothing happens by itself between `now_us` and `quiet_until_us` (None: ever).
 * `seq` is how many entries of the log have been carried out. `twin` is what is new in the second
 * cluster, None while there is none; the first frame after a null has its whole history so far, which
 * the next ones may go on with. A second cluster that takes another's place comes after a frame with null.
 */
export interface Frame {
  readonly room: string;
  readonly epoch: string;
  readonly number: number;
  readonly whole: boolean;
  readonly now_us: number;
  readonly quiet_until_us: number | null;
  readonly seq: number;
  readonly pace: Pace;
  readonly changes: Change[];
  readonly twin: Change[] | null;
}

/**
 * Event `again`: the connection is to be made anew after so many ms, for the same room: another process has it
 * now, or this one is about to stop. `at` goes into the address of the new connection, as the room's id does.
 */
export interface Again {
  readonly in_ms: number;
  readonly at: string | null;
}

/**
 * A room among the others of its family. The first has no parent; `entries` is the length of its log.
 */
export interface Branch {
  readonly room: string;
  readonly parent: string | null;
  readonly name: string | null;
  readonly forked_us: number | null;
  readonly clock_us: number;
  readonly entries: number;
}

/**
 * Event `class`: what everybody in a class sees of it. Each one takes the place of the one before.
 *
 * `origin`: the room that was on the stage when the mode was chosen: copies and groups went off from it. `here`:
 * how many members are connected; `members`: how many there are.
 */
export interface ClassSeen {
  readonly id: string;
  readonly title: string;
  readonly code: string;
  readonly mode: "follow" | "hands_on" | "own_copy";
  readonly hands: "clients" | "nodes";
  readonly groups: number;
  readonly stage: string;
  readonly origin: string | null;
  readonly board: "code" | "stage";
  readonly slug: string | null;
  readonly step: string | null;
  readonly locked: boolean;
  readonly frozen: boolean;
  readonly ended: boolean;
  readonly members: number;
  readonly here: number;
  readonly poll: PollSeen | null;
}

/**
 * The question that is shown. `counts` is None until it is revealed, by choice then.
 *
 * One of a lesson has its `slug` and `step`; its `choices` are ids of the prose, and it has no words of its own.
 */
export interface PollSeen {
  readonly id: string;
  readonly question: string;
  readonly choices: readonly string[];
  readonly slug: string | null;
  readonly step: string | null;
  readonly phase: "closed" | "open" | "revealed";
  readonly answers: number;
  readonly counts: number[] | null;
  readonly right: number | null;
}

/**
 * Event `seat`: what somebody in a class sees of themselves. Staff and viewers have no `member`.
 *
 * `mode` is the member's own: one who was called back follows. `room` is where they belong now; None: it is to be
 * asked for with `take_place`. `answer` is theirs to the question that is shown.
 */
export interface SeatSeen {
  readonly role: "anonymous" | "assistant" | "owner" | "student" | "viewer";
  readonly member: string | null;
  readonly name: string;
  readonly mode: "follow" | "hands_on" | "own_copy";
  readonly room: string | null;
  readonly group: number | null;
  readonly client: string | null;
  readonly hand: boolean;
  readonly called_back: boolean;
  readonly answer: number | null;
  readonly comment: CommentSeen | null;
}

/**
 * A word from the teacher; a later one has a larger `number`.
 */
export interface CommentSeen {
  readonly number: number;
  readonly text: string;
}

/**
 * Event `look`: where the teacher looks, and at which room.
 */
export interface LookSeen {
  readonly room: string;
  readonly look: LookInClass;
}

/**
 * Event `roster`: the members, for staff, in the order in which they came.
 */
export interface Roster {
  readonly rows: Row[];
}

/**
 * A member in the roster. `hand`: hands with a smaller number are up for longer. `room`: where they are.
 */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly here: boolean;
  readonly hand: number | null;
  readonly room: string | null;
  readonly group: number | null;
  readonly client: string | null;
  readonly copy: string | null;
  readonly called_back: boolean;
  readonly answered: boolean;
  readonly slug: string | null;
  readonly place: number;
  readonly reached: number;
  readonly steps: number;
  readonly finished: boolean;
}

/**
 * The answer to `open`, `join`, `resync`, `fork`, `copy`, `unpack` and `lesson`.
 *
 * A scenario that does not ship has a name and a title of its own.
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
 * The answer to `branches` and `rename`, in the order in which they were made.
 *
 * The same comes as an event `branches` to all who are in one of them, when there is another or one
 * has another name.
 */
export interface Branches {
  readonly branches: Branch[];
  readonly accepted: boolean;
}

/**
 * The answer to `peek`: a whole frame.
 */
export interface Peeked {
  readonly frame: Frame;
  readonly accepted: boolean;
}

/**
 * The answer to `share`: the packed log, or, if it is too long for a link, the id of a stored run.
 *
 * `digest` is that of the run where it was cut, at `at_us`, after so many `entries` of the log.
 */
export interface Shared {
  readonly packed: string | null;
  readonly run: string | null;
  readonly digest: string;
  readonly at_us: number;
  readonly entries: number;
  readonly accepted: boolean;
}

/**
 * The answer to `digest`: 32 hex digits over every change of the first cluster so far.
 */
export interface Digest {
  readonly digest: string;
  readonly seq: number;
  readonly at_us: number;
  readonly accepted: boolean;
}

/**
 * The answer to `enter`. What is to be seen of the class comes as events: `class`, `seat`, `look`
 * and, for staff, `roster`.
 */
export interface Entered {
  readonly class_id: string;
  readonly role: "anonymous" | "assistant" | "owner" | "student" | "viewer";
  readonly accepted: boolean;
}

/**
 * The answer to `class`; `key` where one was asked for.
 */
export interface Done {
  readonly key: string | null;
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
 *
 * `retry_s`: the same may be asked again after so many seconds.
 */
export interface Error {
  readonly code: string;
  readonly sentence: string;
  readonly field: string | null;
  readonly retry_s: number | null;
}

/**
 * A client writes a value, OK at w acknowledgements. `via` names the node that it sends to, where
 * a coordinator or a leader takes the write; without it the client picks one. `w`: for this write, in
 * the place of the cluster's.
 */
export interface WriteCommand {
  readonly type: "write";
  readonly client: string;
  readonly key: string;
  readonly value: string;
  readonly via?: string | null;
  readonly w?: number | null;
}

/**
 * A client reads a key; the newest of the first r replies wins. `via` as in a write. `r`: for this
 * read, in the place of the cluster's, also where the cluster's reads ask one node. A leader asks nobody.
 */
export interface ReadCommand {
  readonly type: "read";
  readonly client: string;
  readonly key: string;
  readonly via?: string | null;
  readonly r?: number | null;
}

/**
 * Operations that come by themselves: `rate` a virtual second at random (exponential) gaps, by clients
 * drawn at random, `read_share` of them reads. Keys are k1, k2, ... drawn at random, or x where there is
 * one. It takes the place of an earlier workload; rate 0: it stops. A client that is busy is skipped.
 */
export interface WorkloadCommand {
  readonly type: "workload";
  readonly rate: number;
  readonly read_share?: number;
  readonly keys?: number;
}

/**
 * A new client. Its name is the next letter.
 */
export interface AddClientCommand {
  readonly type: "add_client";
}

/**
 * A node's process stops; requests that reach it are refused. Its disk is kept, or lost with all on it.
 */
export interface CrashCommand {
  readonly type: "crash";
  readonly node: string;
  readonly disk?: "kept" | "lost";
}

/**
 * A node that is down comes back with what its disk holds.
 */
export interface RestartCommand {
  readonly type: "restart";
  readonly node: string;
}

/**
 * A node's disk is empty from now on. If the node is up, its process crashes with it, and starts again at
 * once with nothing; one that is down stays down.
 */
export interface WipeCommand {
  readonly type: "wipe";
  readonly node: string;
}

/**
 * A node's process stands still, as in a long garbage collection: what reaches it waits, nothing is refused.
 */
export interface FreezeCommand {
  readonly type: "freeze";
  readonly node: string;
}

/**
 * A frozen node goes on, beginning with what has waited.
 */
export interface ThawCommand {
  readonly type: "thaw";
  readonly node: string;
}

/**
 * Whatever a node sends and is sent takes `factor` times as long. 1: as fast as the others.
 */
export interface SlowCommand {
  readonly type: "slow";
  readonly node: string;
  readonly factor: number;
}

/**
 * Set how far the wall clock of a node or client is ahead of the true time (behind: negative).
 */
export interface SkewCommand {
  readonly type: "skew";
  readonly actor: string;
  readonly skew_us: number;
}

/**
 * Cut the network between the groups; within a group, and to whoever is in none, it stays whole.
 * It takes the place of an earlier partition; no groups: the partition ends.
 */
export interface PartitionCommand {
  readonly type: "partition";
  readonly groups: readonly readonly string[][];
}

/**
 * How one direction of one link behaves: cut, or with which probability a message on it is lost,
 * arrives twice, or is held back so that later ones overtake it.
 */
export interface LinkCommand {
  readonly type: "link";
  readonly source: string;
  readonly target: string;
  readonly cut?: boolean;
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
}

/**
 * Every link is whole again: no partition, no cut, no loss, no duplicate, no reordering.
 */
export interface HealCommand {
  readonly type: "heal";
}

/**
 * Stop a message where it is, until it is released, delivered or dropped.
 */
export interface HoldCommand {
  readonly type: "hold";
  readonly message: string;
}

/**
 * Let a held message go on from where it stopped.
 */
export interface ReleaseCommand {
  readonly type: "release";
  readonly message: string;
}

/**
 * A message is lost.
 */
export interface DropCommand {
  readonly type: "drop";
  readonly message: string;
}

/**
 * The network makes a second copy of a message, which takes a time of its own.
 */
export interface DuplicateCommand {
  readonly type: "duplicate";
  readonly message: string;
}

/**
 * A message arrives now, before all others.
 */
export interface DeliverCommand {
  readonly type: "deliver";
  readonly message: string;
}

/**
 * One step of anti-entropy: a node (or, without a name, every node that is up) compares versions with
 * `gossip_fanout` random peers. With a single leader, a follower asks the leader for what it missed.
 */
export interface GossipCommand {
  readonly type: "gossip";
  readonly node?: string | null;
}

/**
 * Fail over by hand: a node is told that it is the leader now. Nobody asks the old one.
 */
export interface PromoteCommand {
  readonly type: "promote";
  readonly node: string;
}

/**
 * A new, empty node joins and pulls what is now its own. Its name is the next number.
 */
export interface AddNodeCommand {
  readonly type: "add_node";
}

/**
 * A node leaves for good. If it is up, it first hands its records to those who keep them from now on.
 */
export interface RemoveNodeCommand {
  readonly type: "remove_node";
  readonly node: string;
}

/**
 * Change settings of the cluster; those not named stay. Operations under way keep the old ones.
 * `strategy`, `versions` and `vnodes` can be set only before the first operation.
 */
export interface ConfigureCommand {
  readonly type: "configure";
  readonly strategy?: "client" | "coordinator" | "leader" | null;
  readonly n?: number | null;
  readonly w?: number | null;
  readonly r?: number | null;
  readonly write_to?: "all" | "exact" | null;
  readonly read_from?: "all" | "exact" | "one" | null;
  readonly follower_reads?: boolean | null;
  readonly versions?: "ask" | "clock" | "counter" | "vector" | null;
  readonly read_repair?: "async" | "blocking" | "off" | null;
  readonly sloppy?: boolean | null;
  readonly suspect_after_us?: number | null;
  readonly handoff_every_us?: number | null;
  readonly gossip_every_us?: number | null;
  readonly gossip_mode?: "pull" | "push" | "push_pull" | null;
  readonly gossip_fanout?: number | null;
  readonly gossip_digest?: "merkle" | "versions" | null;
  readonly failover_us?: number | null;
  readonly timeout_us?: number | null;
  readonly retries?: number | null;
  readonly latency?: string | null;
  readonly vnodes?: number | null;
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
 * Put a second cluster beside the first: the same scenario, luck and commands from the beginning, but
 * with these settings, whatever is configured later. It takes the place of an earlier one; null: it goes.
 */
export interface CompareCommand {
  readonly type: "compare";
  readonly settings?: ConfigureCommand | null;
}

/**
 * Name the class.
 */
export interface TitleInClass {
  readonly type: "title";
  readonly title: string;
}

/**
 * Have everybody follow, lay hands on the cluster, or play with a copy of their own, from the
 * stage's present on.
 *
 * `groups`: in how many clusters; with one, it is the stage. `hands`: what students may touch, clients of
 * their own or the nodes as well. `fresh`: copies begin anew, and do not go on where they were left.
 */
export interface SetModeInClass {
  readonly type: "mode";
  readonly mode: "follow" | "hands_on" | "own_copy";
  readonly groups?: number;
  readonly hands?: "clients" | "nodes";
  readonly fresh?: boolean;
}

/**
 * Put a room of the class on the stage.
 */
export interface StageInClass {
  readonly type: "stage";
  readonly room: string;
}

/**
 * Where the teacher looks: a moment of the past (None: live) that plays on or stands, what is selected, which view.
 *
 * It is not kept: who comes later gets the last one.
 */
export interface LookInClass {
  readonly type: "look";
  readonly at_us?: number | null;
  readonly speed?: number;
  readonly kind?: "client" | "link" | "message" | "node" | "operation" | null;
  readonly id?: string | null;
  readonly key?: string;
  readonly view?: "both" | "spacetime" | "stage";
}

/**
 * What the projector shows at large: the code to join by, or the stage.
 */
export interface ShowInClass {
  readonly type: "show";
  readonly board: "code" | "stage";
}

/**
 * Ask all students a question.
 */
export interface AskInClass {
  readonly type: "ask";
  readonly question: string;
  readonly choices: readonly string[];
}

/**
 * Take no more answers to the question.
 */
export interface CloseInClass {
  readonly type: "close";
}

/**
 * Show everybody how many chose what and, if it is known, which choice the run bore out.
 */
export interface RevealInClass {
  readonly type: "reveal";
  readonly right?: number | null;
}

/**
 * Show the question no longer.
 */
export interface PutAwayInClass {
  readonly type: "put_away";
}

/**
 * Take the class to a step of a lesson; without a slug, out of it.
 */
export interface LessonInClass {
  readonly type: "lesson";
  readonly slug?: string | null;
  readonly step?: string | null;
}

/**
 * Let nobody new in, or let them in again.
 */
export interface LockInClass {
  readonly type: "lock";
  readonly on: boolean;
}

/**
 * Have students take their hands off for a while, or go on.
 */
export interface FreezeInClass {
  readonly type: "freeze";
  readonly on: boolean;
}

/**
 * Send a member out: their key opens nothing any more.
 */
export interface RemoveInClass {
  readonly type: "remove";
  readonly member: string;
}

/**
 * Give a member another name.
 */
export interface RenameInClass {
  readonly type: "rename";
  readonly member: string;
  readonly name: string;
}

/**
 * Have one who plays alone follow again, or let them go back to their copy.
 */
export interface CallBackInClass {
  readonly type: "call_back";
  readonly member: string;
  readonly on?: boolean;
}

/**
 * Say a word to one member, or to all.
 */
export interface CommentInClass {
  readonly type: "comment";
  readonly text: string;
  readonly member?: string | null;
}

/**
 * Take a member's hand down.
 */
export interface LowerHandInClass {
  readonly type: "lower_hand";
  readonly member: string;
}

/**
 * A key for a link: the answer has it.
 */
export interface InviteInClass {
  readonly type: "invite";
  readonly link: "assistant" | "owner" | "viewer";
}

/**
 * Make all links of a kind that were handed out so far useless. Who asks gets the new one.
 */
export interface RevokeInClass {
  readonly type: "revoke";
  readonly link: "assistant" | "owner" | "viewer";
}

/**
 * End the class.
 */
export interface EndInClass {
  readonly type: "end";
}

/**
 * Where somebody belongs now: a copy is made where one is wanted, a client where hands are laid on.
 */
export interface TakePlaceInClass {
  readonly type: "take_place";
}

/**
 * Answer the question; until it is closed, another answer takes the place of this one.
 */
export interface AnswerInClass {
  readonly type: "answer";
  readonly poll: string;
  readonly choice: number;
}

/**
 * Put one's hand up or down.
 */
export interface RaiseHandInClass {
  readonly type: "hand";
  readonly up: boolean;
}

/**
 * Be called otherwise.
 */
export interface NameInClass {
  readonly type: "name";
  readonly name: string;
}

/**
 * How far one is in a lesson: the step, the furthest step, and whether the last question is answered.
 */
export interface ProgressInClass {
  readonly type: "progress";
  readonly slug: string;
  readonly place: number;
  readonly reached: number;
  readonly finished?: boolean;
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

/**
 * Event `seen`: the connection has read all frames of this epoch up to this number.
 *
 * It is to be said after each whole frame and then after every 20 frames, and wants no answer. Who does not say it
 * gets no more frames after a while; once it does, the whole present comes.
 */
export interface SeenRequest {
  readonly epoch: string;
  readonly number: number;
}

/**
 * Event `fork`: make a branch of the room you are in, and join it.
 *
 * Its log is this room's up to `at_us` (at most now), and then the command, if there is one.
 * `running` says whether its clock runs; without it, it does as this room's did at that time.
 */
export interface ForkRequest {
  readonly at_us: number;
  readonly command?: RoomCommand | null;
  readonly running?: boolean | null;
  readonly name?: string | null;
}

/**
 * Event `branches`: the rooms of the family that the room you are in belongs to.
 */
export interface ListBranchesRequest {
}

/**
 * Event `rename`: name a room of the family that the room you are in belongs to.
 */
export interface RenameRequest {
  readonly room: string;
  readonly name: string;
}

/**
 * Event `peek`: the whole present of a room or a shared run, without joining it.
 */
export interface PeekRequest {
  readonly room: string;
}

/**
 * Event `share`: the run of the room you are in, up to `at_us` (without it, up to now), for others to copy.
 */
export interface ShareRequest {
  readonly at_us?: number | null;
}

/**
 * Event `copy`: make a room of your own from the log of a room or a shared run, and join it, paused.
 */
export interface CopyRequest {
  readonly room: string;
  readonly at_us?: number | null;
}

/**
 * Event `unpack`: make a room of your own from a packed log, and join it, paused.
 */
export interface UnpackRequest {
  readonly packed: string;
}

/**
 * Event `lesson`: make a room where a lesson's step begins, all before it having happened, and join it, running.
 *
 * With `show`, what the step asks for then happens by itself.
 */
export interface OpenLessonRequest {
  readonly slug: string;
  readonly step: string;
  readonly show?: boolean;
}

/**
 * Event `digest`: the digest of the room you are in, at its present.
 */
export interface FingerprintRequest {
}

/**
 * Event `enter`: take the seat in a class that a key is for.
 */
export interface EnterRequest {
  readonly key: string;
}

/**
 * Event `class`: ask the class you are in to do something.
 */
export interface InClassRequest {
  readonly command: ClassCommand;
}

export type RoomCommand =
  WriteCommand |
  ReadCommand |
  WorkloadCommand |
  AddClientCommand |
  CrashCommand |
  RestartCommand |
  WipeCommand |
  FreezeCommand |
  ThawCommand |
  SlowCommand |
  SkewCommand |
  PartitionCommand |
  LinkCommand |
  HealCommand |
  HoldCommand |
  ReleaseCommand |
  DropCommand |
  DuplicateCommand |
  DeliverCommand |
  GossipCommand |
  PromoteCommand |
  AddNodeCommand |
  RemoveNodeCommand |
  ConfigureCommand |
  RunCommand |
  PauseCommand |
  StepCommand |
  SetSpeedCommand |
  CompareCommand;

export type ClassCommand =
  TitleInClass |
  SetModeInClass |
  StageInClass |
  LookInClass |
  ShowInClass |
  AskInClass |
  CloseInClass |
  RevealInClass |
  PutAwayInClass |
  LessonInClass |
  LockInClass |
  FreezeInClass |
  RemoveInClass |
  RenameInClass |
  CallBackInClass |
  CommentInClass |
  LowerHandInClass |
  InviteInClass |
  RevokeInClass |
  EndInClass |
  TakePlaceInClass |
  AnswerInClass |
  RaiseHandInClass |
  NameInClass |
  ProgressInClass;
