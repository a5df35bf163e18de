"""Every setting of a cluster, with its range. One declaration: commands, scenarios and the picture share it."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct, structs

from engine.units import MS, SECOND, Us

NODES_MAX = 50
CLIENTS_MAX = 26

Count: TypeAlias = Annotated[int, Meta(ge=1, le=NODES_MAX)]
Strategy = Annotated[
    Literal["client", "coordinator", "leader"],
    Meta(description="Who sends a write to the replicas: the client itself, any node that it picks, the one leader."),
]
WriteTo = Annotated[Literal["all", "exact"], Meta(description="A put goes to all n replicas, or to w drawn at random.")]
ReadFrom = Annotated[
    Literal["all", "exact", "one"],
    Meta(description="A get goes to all n replicas, to r drawn at random, or to one, whose word is enough."),
]
Versions = Annotated[
    Literal["counter", "ask", "clock", "vector"],
    Meta(
        description="How a version is chosen: the writer's own counter, a quorum is asked first, the wall clock"
        " (last write wins), or version vectors with siblings."
    ),
]
ReadRepair = Annotated[
    Literal["off", "async", "blocking"],
    Meta(
        description="What a read does for replicas that lag: nothing, writes to them afterwards, or writes to them"
        " before it answers, until w hold what it returns."
    ),
]
GossipMode = Literal["pull", "push", "push_pull"]
GossipDigestKind = Annotated[
    Literal["versions", "merkle"],
    Meta(description="What is compared: the version of every key, or a Merkle tree and then only what differs."),
]
Timeout: TypeAlias = Annotated[Us, Meta(ge=1, le=60 * SECOND)]
Period: TypeAlias = Annotated[Us, Meta(ge=0, le=60 * SECOND, description="0: by hand only.")]
Retries: TypeAlias = Annotated[int, Meta(ge=0, le=10)]
Fanout: TypeAlias = Annotated[int, Meta(ge=1, le=NODES_MAX)]
Vnodes: TypeAlias = Annotated[int, Meta(ge=1, le=256, description="Places on the ring for each node.")]
LatencyName: TypeAlias = Annotated[str, Meta(max_length=32, description="The name of a latency profile.")]

TIMEOUT_DEFAULT_US: Us = 200 * MS


class Settings(Struct, frozen=True, kw_only=True):
    """The settings in force.

    With a single leader every node keeps a copy, and ``w`` counts the leader: w = 1 is asynchronous
    replication, w = 1 + k semi-synchronous with k followers, w = n synchronous. ``r`` is not used there:
    the leader answers alone or, with ``follower_reads``, any one node does.
    """

    strategy: Strategy = "client"
    n: Count
    w: Count
    r: Count
    write_to: WriteTo = "all"
    read_from: ReadFrom = "all"
    follower_reads: bool = False
    versions: Versions = "counter"
    read_repair: ReadRepair = "off"
    sloppy: bool = False
    suspect_after_us: Timeout = 50 * MS
    handoff_every_us: Timeout = 100 * MS
    gossip_every_us: Period = 0
    gossip_mode: GossipMode = "pull"
    gossip_fanout: Fanout = 1
    gossip_digest: GossipDigestKind = "versions"
    failover_us: Period = 0
    timeout_us: Timeout = TIMEOUT_DEFAULT_US
    retries: Retries = 0
    latency: LatencyName = "LNKD-DISK"
    vnodes: Vnodes = 16


# These shape what is stored: they cannot change once something has been asked of the cluster.
FOUNDATIONS = ("strategy", "versions", "vnodes")


def named(settings: Struct) -> dict[str, Any]:
    """The settings that a command or a scenario names: those that are not None."""
    return {field: value for field, value in structs.asdict(settings).items() if value is not None}


def majority(n: int) -> int:
    """The smallest number of n nodes of which any two sets overlap."""
    return n // 2 + 1
