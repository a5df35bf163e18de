"""Everything that can be shown: the kinds of entity, and the one form in which they change.

The engine says what the world looks like as versions of entities. A change carries the *whole* new
state of one entity (or None: it is gone), so the world at any moment is, for each entity, its last
version at or before that moment. The browser needs no second copy of the rules.
"""

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

from engine.outcomes import Word
from engine.settings import Settings
from engine.units import Us
from engine.values import Version

Fact: TypeAlias = str | int
Fate: TypeAlias = Literal["in_flight", "held", "delivered", "refused", "lost"]


class ClusterState(Settings, frozen=True, kw_only=True, tag_field="kind", tag="cluster"):
    """The settings in force. ``overlap`` is w + r > n: every read quorum meets every write quorum."""

    kind: ClassVar[str] = "cluster"
    nodes: int
    overlap: bool


class NodeState(Struct, frozen=True, kw_only=True, tag_field="kind", tag="node"):
    """A node; ``place`` counts from 0 in the order in which nodes joined. One that is down keeps its disk.

    ``frozen``: its process stands still. ``leaving``: it hands its records over and is then gone.
    ``slow``: its messages take so many times as long. ``skew_us``: its wall clock is so far ahead.
    With a single leader, ``role`` and ``term`` are what the node itself believes, and two may believe
    that they lead.
    """

    kind: ClassVar[str] = "node"
    place: int
    status: Literal["up", "down", "frozen", "leaving"]
    slow: int = 1
    skew_us: Us = 0
    role: Literal["leader", "follower", "candidate"] | None = None
    term: int | None = None


class ClientState(Struct, frozen=True, tag_field="kind", tag="client"):
    """A client outside the ring; ``place`` counts from 0. ``skew_us``: its wall clock is so far ahead."""

    kind: ClassVar[str] = "client"
    place: int
    skew_us: Us = 0


class Sibling(Struct, frozen=True, gc=False):
    """One of several values that are held for a key, none of which covers another."""

    value: str
    version: Version
    write: str


class RecordState(Struct, frozen=True, gc=False, tag_field="kind", tag="record"):
    """What one node holds for one key; the id is ``node/key``. ``write`` is the operation that wrote it.

    Where there are siblings, all of them are in ``siblings``, and the other fields tell the last one.
    """

    kind: ClassVar[str] = "record"
    node: str
    key: str
    value: str
    version: Version
    write: str
    siblings: tuple[Sibling, ...] = ()


class HintState(Struct, frozen=True, gc=False, tag_field="kind", tag="hint"):
    """A record that ``holder`` keeps for ``target``, to hand it over; the id is ``holder/target/key``."""

    kind: ClassVar[str] = "hint"
    holder: str
    target: str
    key: str
    value: str
    version: Version
    write: str


class LinkState(Struct, frozen=True, tag_field="kind", tag="link"):
    """One direction between two actors where it is not whole; the id is ``source>target``."""

    kind: ClassVar[str] = "link"
    source: str
    target: str
    cut: bool
    loss: float
    duplicate: float
    reorder: float


class MessageState(Struct, frozen=True, gc=False, tag_field="kind", tag="message"):
    """One message. While ``fate`` is ``in_flight`` its place is (now - sent_us) / (due_us - sent_us).

    ``held``: it stands where it was at this version's time, and has no due time until it goes on.
    ``delivered``: the target took it. ``refused``: the target was down and its host said so.
    ``lost``: the network dropped it, or the target was down and there was nobody to tell. A message has
    one ending, its last version. ``count`` is the number of records (of a gossip message: versions,
    hashes) it carries; ``bytes`` its size as JSON.
    """

    kind: ClassVar[str] = "message"
    type: str
    role: Literal["request", "reply"]
    source: str
    target: str
    operation: str | None
    key: str | None
    value: str | None
    version: Version | None
    count: int | None
    bytes: int
    sent_us: Us
    due_us: Us
    fate: Fate


class Answer(Struct, frozen=True, gc=False):
    """What one node said to one operation, when it reached whoever asked.

    ``ack``: stored. ``stale``: not stored, the node already held the newer ``version``. ``value``: a
    read's reply, with version and value None if the node holds nothing. ``refused``: the node is down.
    """

    node: str
    at_us: Us
    round: int
    says: Literal["ack", "stale", "value", "refused"]
    value: str | None = None
    version: Version | None = None


class OperationState(Struct, frozen=True, tag_field="kind", tag="operation"):
    """One operation of one client, from invocation to response and on to its last late answer.

    ``needed`` is w for a write and r for a read, of the nodes ``asked``. ``round`` is 1, and goes up
    when replicas already hold a newer version and the write is sent again with the next number, and
    when a read writes back what it found. ``attempt`` counts the times that the same request was sent.
    ``winner`` is the node whose reply gave a read its value. ``write`` is, for a read, the id of the
    write it saw; where it saw several siblings, all are in ``siblings``. ``code`` is a key of
    engine.outcomes.OUTCOMES. Where a node coordinates, ``via`` is that node, and what it was answered
    is in the ``coordination`` of the same operation.
    """

    kind: ClassVar[str] = "operation"
    client: str
    type: Literal["write", "read"]
    key: str
    value: str | None
    version: Version | None
    write: str | None
    asked: tuple[str, ...]
    needed: int
    round: int
    answers: tuple[Answer, ...]
    outcome: Word
    code: str
    winner: str | None
    invoked_us: Us
    responded_us: Us | None
    attempt: int = 1
    via: str | None = None
    siblings: tuple[Sibling, ...] = ()


class CoordinationState(Struct, frozen=True, tag_field="kind", tag="coordination"):
    """What a coordinator knows of an operation that a client sent it; the id is ``operation@node``.

    The fields are those of an operation. Whether the client ever hears of the outcome is another matter.
    """

    kind: ClassVar[str] = "coordination"
    node: str
    operation: str
    type: Literal["write", "read"]
    key: str
    value: str | None
    version: Version | None
    asked: tuple[str, ...]
    needed: int
    round: int
    answers: tuple[Answer, ...]
    outcome: Word
    code: str


class WorkloadState(Struct, frozen=True, tag_field="kind", tag="workload"):
    """The workload that runs: ``rate`` operations a virtual second, ``read_share`` of them reads, on ``keys`` keys."""

    kind: ClassVar[str] = "workload"
    rate: int
    read_share: float
    keys: int


class VerdictState(Struct, frozen=True, tag_field="kind", tag="verdict"):
    """Whether all that the clients have seen so far is linearizable; there is one, its id is ``verdict``.

    ``code`` is the reason and ``facts`` are those of its sentence, ``check.<code>``. ``witness`` is the ids of the
    operations that show a violation, the offending one first. ``unknown``: siblings cannot be judged.
    """

    kind: ClassVar[str] = "verdict"
    word: Literal["ok", "violated", "unknown"]
    code: str
    facts: dict[str, Fact]
    witness: tuple[str, ...]


class GoalState(Struct, frozen=True, tag_field="kind", tag="goal"):
    """A goal of the scenario; the id is the goal's. ``count`` of the ``needed`` entities are there so far.

    ``done_us`` is when it was met, and ``by`` the id of the entity that met it. A goal that is met stays met.
    """

    kind: ClassVar[str] = "goal"
    done_us: Us | None
    by: str | None
    count: int
    needed: int


class MeasureState(Struct, frozen=True, tag_field="kind", tag="measure"):
    """A number that the scenario asks for; the id is the measure's. ``value`` None: nothing gives it yet.

    ``count`` is how many entities it is measured of. Numbers that are not whole have at most six decimals.
    """

    kind: ClassVar[str] = "measure"
    value: float | str | None
    count: int


class NoteState(Struct, frozen=True, tag_field="kind", tag="note"):
    """One line of the narration: a code and its facts. The sentence is made in the catalogue."""

    kind: ClassVar[str] = "note"
    code: str
    facts: dict[str, Fact]


State: TypeAlias = (
    ClusterState
    | NodeState
    | ClientState
    | RecordState
    | HintState
    | LinkState
    | MessageState
    | OperationState
    | CoordinationState
    | WorkloadState
    | VerdictState
    | GoalState
    | MeasureState
    | NoteState
)

STATES: tuple[type[State], ...] = State.__args__

NOTES: dict[str, tuple[str, ...]] = {
    # Operations, told by whoever fans out
    "asks_first": ("client", "operation", "key", "asked", "needed"),
    "write_begins": ("client", "operation", "key", "value", "counter", "asked", "needed"),
    "write_again": ("client", "operation", "key", "held", "counter"),
    "write_ok": ("client", "operation", "key", "value", "counter", "needed"),
    "write_fails": ("client", "operation", "key", "value", "counter", "acks", "needed", "code"),
    "read_begins": ("client", "operation", "key", "asked", "needed"),
    "read_ok": ("client", "operation", "key", "value", "counter", "needed", "winner"),
    "read_siblings": ("client", "operation", "key", "values", "count"),
    "read_empty": ("client", "operation", "key", "needed"),
    "read_fails": ("client", "operation", "key", "replies", "needed", "code"),
    "ack": ("client", "operation", "node", "have", "needed"),
    "late_ack": ("client", "operation", "node", "have", "needed"),
    "stale": ("client", "operation", "node", "counter"),
    "reply": ("client", "operation", "node", "value", "counter", "have", "needed"),
    "reply_siblings": ("client", "operation", "node", "values", "have", "needed"),
    "reply_empty": ("client", "operation", "node", "have", "needed"),
    "late_reply": ("client", "operation", "node"),
    "refused": ("client", "operation", "node"),
    "retries": ("client", "operation", "attempt"),
    "stands_in": ("client", "operation", "node", "silent"),
    "asked_instead": ("client", "operation", "node", "silent"),
    "writes_back": ("client", "operation", "value", "counter", "have", "needed"),
    "repairs": ("client", "operation", "node", "value", "counter"),
    "repaired": ("client", "operation", "node"),
    # Operations that a node carries out for a client
    "requests": ("client", "operation", "node", "key"),
    "redirected": ("client", "operation", "node", "leader"),
    "nobody_leads": ("client", "operation", "node"),
    "coordinator_answers": ("client", "operation", "code", "acks"),
    "told_ok": ("client", "operation", "key", "value", "counter", "node"),
    "told_empty": ("client", "operation", "key", "node"),
    "told_fail": ("client", "operation", "key", "node", "code"),
    "told_nothing": ("client", "operation", "key", "node"),
    # A single leader
    "leader_takes": ("node", "operation", "key", "value", "counter", "needed"),
    "leads": ("node", "term", "entries"),
    "steps_down": ("node", "leader", "term"),
    "write_lost": ("node", "operation", "key", "value", "counter"),
    "catches_up": ("node", "entries"),
    "stands": ("node", "term"),
    "votes": ("node", "candidate", "term"),
    "promoted": ("node",),
    # Nodes and links
    "node_down": ("node",),
    "disk_lost": ("node",),
    "disk_wiped": ("node",),
    "node_up": ("node", "records"),
    "node_frozen": ("node",),
    "node_thawed": ("node", "waiting"),
    "node_slow": ("node", "factor"),
    "node_joins": ("node",),
    "node_leaves": ("node", "records"),
    "node_gone": ("node",),
    "moves": ("node", "target", "records"),
    "client_joins": ("client",),
    "skewed": ("actor", "skew_us"),
    "partitioned": ("groups",),
    "healed": (),
    "link_cut": ("source", "target"),
    "link_faulty": ("source", "target"),
    "link_whole": ("source", "target"),
    # Messages by hand
    "held": ("message", "type", "source", "target"),
    "released": ("message", "type", "source", "target"),
    "dropped": ("message", "type", "source", "target"),
    "duplicated": ("message", "type", "source", "target"),
    "delivered_by_hand": ("message", "type", "source", "target"),
    # Repair
    "handed_over": ("node", "target", "key"),
    "gossip_asks": ("node", "peer"),
    "gossip_refused": ("node", "peer"),
    "gossip_pulled": ("node", "peer", "records"),
    "gossip_pushes": ("node", "peer", "records"),
    "gossip_got": ("node", "peer", "records"),
    "gossip_same": ("node", "peer"),
    "gossip_alone": ("node",),
    # A workload
    "workload_runs": ("rate", "percent", "keys"),
    "workload_stops": ("invoked", "skipped"),
    # Settings
    "settings": ("n", "w", "r", "sum"),
    "gossip_runs": ("every_us",),
    "gossip_by_hand": (),
    "timeout_set": ("timeout_us",),
    "latency_set": ("latency",),
    "setting": ("name", "value"),
}


class Change(Struct, frozen=True, gc=False):
    """One new version of one entity, true from ``at_us`` on. ``fields`` None: the entity is gone."""

    at_us: Us
    kind: str
    id: str
    fields: State | None
