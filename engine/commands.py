"""Everything a learner may ask of the cluster. A room's log is made of these.

The types are the contract: what arrives is parsed into one of them or refused. Names and ranges
that depend on the cluster (is there a node n7? is w at most n?) are the simulation's to check.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from engine.settings import (
    TIMEOUT_DEFAULT_US,
    Count,
    Fanout,
    GossipDigestKind,
    GossipMode,
    LatencyName,
    Period,
    ReadFrom,
    ReadRepair,
    Retries,
    Strategy,
    Timeout,
    Versions,
    Vnodes,
    WriteTo,
)
from engine.units import SECOND, Us
from engine.values import ActorId, ClientId, Key, MessageId, NodeId, Value

__all__ = ["COMMANDS", "TIMEOUT_DEFAULT_US", "Command", "Count"]

Probability: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class _Command(Struct, frozen=True, tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    pass


class Write(_Command, frozen=True, tag="write"):
    """A client writes a value, OK at w acknowledgements. ``via`` names the node that it sends to, where
    a coordinator or a leader takes the write; without it the client picks one. ``w``: for this write, in
    the place of the cluster's."""

    client: ClientId
    key: Key
    value: Value
    via: NodeId | None = None
    w: Count | None = None


class Read(_Command, frozen=True, tag="read"):
    """A client reads a key; the newest of the first r replies wins. ``via`` as in a write. ``r``: for this
    read, in the place of the cluster's, also where the cluster's reads ask one node. A leader asks nobody."""

    client: ClientId
    key: Key
    via: NodeId | None = None
    r: Count | None = None


class Workload(_Command, frozen=True, tag="workload"):
    """Operations that come by themselves: ``rate`` a virtual second at random (exponential) gaps, by clients
    drawn at random, ``read_share`` of them reads. Keys are k1, k2, ... drawn at random, or x where there is
    one. It takes the place of an earlier workload; rate 0: it stops. A client that is busy is skipped."""

    rate: Annotated[int, Meta(ge=0, le=20_000)]
    read_share: Probability = 0.5
    keys: Annotated[int, Meta(ge=1, le=100)] = 1


class AddClient(_Command, frozen=True, tag="add_client"):
    """A new client. Its name is the next letter."""


class Crash(_Command, frozen=True, tag="crash"):
    """A node's process stops; requests that reach it are refused. Its disk is kept, or lost with all on it."""

    node: NodeId
    disk: Literal["kept", "lost"] = "kept"


class Restart(_Command, frozen=True, tag="restart"):
    """A node that is down comes back with what its disk holds."""

    node: NodeId


class Wipe(_Command, frozen=True, tag="wipe"):
    """A node's disk is empty from now on. If the node is up, its process crashes with it, and starts again at
    once with nothing; one that is down stays down."""

    node: NodeId


class Freeze(_Command, frozen=True, tag="freeze"):
    """A node's process stands still, as in a long garbage collection: what reaches it waits, nothing is refused."""

    node: NodeId


class Thaw(_Command, frozen=True, tag="thaw"):
    """A frozen node goes on, beginning with what has waited."""

    node: NodeId


class Slow(_Command, frozen=True, tag="slow"):
    """Whatever a node sends and is sent takes ``factor`` times as long. 1: as fast as the others."""

    node: NodeId
    factor: Annotated[int, Meta(ge=1, le=1000)]


class Skew(_Command, frozen=True, tag="skew"):
    """Set how far the wall clock of a node or client is ahead of the true time (behind: negative)."""

    actor: ActorId
    skew_us: Annotated[Us, Meta(ge=-60 * SECOND, le=60 * SECOND)]


class Partition(_Command, frozen=True, tag="partition"):
    """Cut the network between the groups; within a group, and to whoever is in none, it stays whole.
    It takes the place of an earlier partition; no groups: the partition ends."""

    groups: Annotated[tuple[Annotated[tuple[ActorId, ...], Meta(max_length=100)], ...], Meta(max_length=10)]


class Link(_Command, frozen=True, tag="link"):
    """How one direction of one link behaves: cut, or with which probability a message on it is lost,
    arrives twice, or is held back so that later ones overtake it."""

    source: ActorId
    target: ActorId
    cut: bool = False
    loss: Probability = 0.0
    duplicate: Probability = 0.0
    reorder: Probability = 0.0


class Heal(_Command, frozen=True, tag="heal"):
    """Every link is whole again: no partition, no cut, no loss, no duplicate, no reordering."""


class Hold(_Command, frozen=True, tag="hold"):
    """Stop a message where it is, until it is released, delivered or dropped."""

    message: MessageId


class Release(_Command, frozen=True, tag="release"):
    """Let a held message go on from where it stopped."""

    message: MessageId


class Drop(_Command, frozen=True, tag="drop"):
    """A message is lost."""

    message: MessageId


class Duplicate(_Command, frozen=True, tag="duplicate"):
    """The network makes a second copy of a message, which takes a time of its own."""

    message: MessageId


class Deliver(_Command, frozen=True, tag="deliver"):
    """A message arrives now, before all others."""

    message: MessageId


class Gossip(_Command, frozen=True, tag="gossip"):
    """One step of anti-entropy: a node (or, without a name, every node that is up) compares versions with
    ``gossip_fanout`` random peers. With a single leader, a follower asks the leader for what it missed."""

    node: NodeId | None = None


class Promote(_Command, frozen=True, tag="promote"):
    """Fail over by hand: a node is told that it is the leader now. Nobody asks the old one."""

    node: NodeId


class AddNode(_Command, frozen=True, tag="add_node"):
    """A new, empty node joins and pulls what is now its own. Its name is the next number."""


class RemoveNode(_Command, frozen=True, tag="remove_node"):
    """A node leaves for good. If it is up, it first hands its records to those who keep them from now on."""

    node: NodeId


class Configure(_Command, frozen=True, kw_only=True, tag="configure"):
    """Change settings of the cluster; those not named stay. Operations under way keep the old ones.
    ``strategy``, ``versions`` and ``vnodes`` can be set only before the first operation."""

    strategy: Strategy | None = None
    n: Count | None = None
    w: Count | None = None
    r: Count | None = None
    write_to: WriteTo | None = None
    read_from: ReadFrom | None = None
    follower_reads: bool | None = None
    versions: Versions | None = None
    read_repair: ReadRepair | None = None
    sloppy: bool | None = None
    suspect_after_us: Timeout | None = None
    handoff_every_us: Timeout | None = None
    gossip_every_us: Period | None = None
    gossip_mode: GossipMode | None = None
    gossip_fanout: Fanout | None = None
    gossip_digest: GossipDigestKind | None = None
    failover_us: Period | None = None
    timeout_us: Timeout | None = None
    retries: Retries | None = None
    latency: LatencyName | None = None
    vnodes: Vnodes | None = None


Command: TypeAlias = (
    Write
    | Read
    | Workload
    | AddClient
    | Crash
    | Restart
    | Wipe
    | Freeze
    | Thaw
    | Slow
    | Skew
    | Partition
    | Link
    | Heal
    | Hold
    | Release
    | Drop
    | Duplicate
    | Deliver
    | Gossip
    | Promote
    | AddNode
    | RemoveNode
    | Configure
)

COMMANDS: tuple[type[Command], ...] = Command.__args__
