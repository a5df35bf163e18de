"""Everything that can be shown: the kinds of entity, and the one form in which they change.

The engine says what the world looks like as versions of entities. A change carries the *whole* new
state of one entity (or None: it is gone), so the world at any moment is, for each entity, its last
version at or before that moment. The browser needs no second copy of the rules.
"""

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

from engine.outcomes import Word
from engine.units import Us
from engine.values import Version

Fact: TypeAlias = str | int


class ClusterState(Struct, frozen=True, tag_field="kind", tag="cluster"):
    """The settings in force. ``overlap`` is w + r > n: every read quorum meets every write quorum."""

    kind: ClassVar[str] = "cluster"
    nodes: int
    n: int
    w: int
    r: int
    overlap: bool
    timeout_us: Us
    gossip_every_us: Us
    latency: str


class NodeState(Struct, frozen=True, tag_field="kind", tag="node"):
    """A node; ``place`` counts from 0 clockwise round the ring. A node that is down keeps its records."""

    kind: ClassVar[str] = "node"
    place: int
    status: Literal["up", "down"]


class ClientState(Struct, frozen=True, tag_field="kind", tag="client"):
    """A client outside the ring; ``place`` counts from 0."""

    kind: ClassVar[str] = "client"
    place: int


class RecordState(Struct, frozen=True, gc=False, tag_field="kind", tag="record"):
    """What one node holds for one key; the id is ``node/key``. ``write`` is the operation that wrote it."""

    kind: ClassVar[str] = "record"
    node: str
    key: str
    value: str
    version: Version
    write: str


class MessageState(Struct, frozen=True, gc=False, tag_field="kind", tag="message"):
    """One message. While ``fate`` is ``in_flight`` its place is (now - sent_us) / (due_us - sent_us).

    ``delivered``: the target handled it. ``refused``: the target was down and its host said so.
    ``lost``: the target was down and there was nobody to tell. A message has one ending, its last version.
    ``count`` is the number of records (of a gossip message: versions) it carries.
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
    sent_us: Us
    due_us: Us
    fate: Literal["in_flight", "delivered", "refused", "lost"]


class Answer(Struct, frozen=True, gc=False):
    """What one node said to one operation, when it reached the client.

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
    when replicas already hold a newer version and the write is sent again with the next number.
    ``winner`` is the node whose reply gave a read its value. ``write`` is, for a read, the id of the
    write it saw. ``code`` is a key of engine.outcomes.OUTCOMES.
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


class NoteState(Struct, frozen=True, tag_field="kind", tag="note"):
    """One line of the narration: a code and its facts. The sentence is made in the catalogue."""

    kind: ClassVar[str] = "note"
    code: str
    facts: dict[str, Fact]


State: TypeAlias = ClusterState | NodeState | ClientState | RecordState | MessageState | OperationState | NoteState

STATES: tuple[type[State], ...] = (
    ClusterState,
    NodeState,
    ClientState,
    RecordState,
    MessageState,
    OperationState,
    NoteState,
)

NOTES: dict[str, tuple[str, ...]] = {
    "write_begins": ("client", "operation", "key", "value", "counter", "asked", "needed"),
    "write_again": ("client", "operation", "key", "held", "counter"),
    "write_ok": ("client", "operation", "key", "value", "counter", "needed"),
    "write_fails": ("client", "operation", "key", "value", "counter", "acks", "needed", "code"),
    "read_begins": ("client", "operation", "key", "asked", "needed"),
    "read_ok": ("client", "operation", "key", "value", "counter", "needed", "winner"),
    "read_empty": ("client", "operation", "key", "needed"),
    "read_fails": ("client", "operation", "key", "replies", "needed", "code"),
    "ack": ("client", "operation", "node", "have", "needed"),
    "late_ack": ("client", "operation", "node", "have", "needed"),
    "stale": ("client", "operation", "node", "counter"),
    "reply": ("client", "operation", "node", "value", "counter", "have", "needed"),
    "reply_empty": ("client", "operation", "node", "have", "needed"),
    "late_reply": ("client", "operation", "node"),
    "refused": ("client", "operation", "node"),
    "node_down": ("node",),
    "node_up": ("node", "records"),
    "gossip_asks": ("node", "peer"),
    "gossip_refused": ("node", "peer"),
    "gossip_pulled": ("node", "peer", "records"),
    "gossip_same": ("node", "peer"),
    "gossip_alone": ("node",),
    "settings": ("n", "w", "r", "sum"),
    "gossip_runs": ("every_us",),
    "gossip_by_hand": (),
    "timeout_set": ("timeout_us",),
    "latency_set": ("latency",),
}


class Change(Struct, frozen=True, gc=False):
    """One new version of one entity, true from ``at_us`` on. ``fields`` None: the entity is gone."""

    at_us: Us
    kind: str
    id: str
    fields: State | None
