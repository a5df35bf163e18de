"""Why a command cannot be carried out now: each command's conditions, in one place. Nothing here changes anything."""

from functools import singledispatch

from msgspec import structs

from engine.cluster.client import PENDING_MAX
from engine.cluster.cluster import Cluster
from engine.cluster.configuration import reason_against_settings
from engine.cluster.replica import Replica
from engine.commands import (
    AddClient,
    AddNode,
    Configure,
    Crash,
    Deliver,
    Drop,
    Duplicate,
    Freeze,
    Gossip,
    Heal,
    Hold,
    Link,
    Partition,
    Promote,
    Read,
    Release,
    RemoveNode,
    Restart,
    Skew,
    Slow,
    Thaw,
    Wipe,
    Workload,
    Write,
)
from engine.kernel.network import MESSAGES_MAX
from engine.outcomes import Refused
from engine.settings import CLIENTS_MAX, FOUNDATIONS, NODES_MAX, named


@singledispatch
def reason_against(command: object, cluster: Cluster) -> Refused | None:
    """None if the command can be carried out."""
    raise NotImplementedError(f"no conditions for {type(command).__name__}")


def _member(cluster: Cluster, node: str | None, field: str = "node") -> Replica | Refused:
    replica = cluster.replicas.get(node or "")
    if replica is None:
        return Refused("unknown_node", field, nodes=", ".join(cluster.replicas))
    return replica


@reason_against.register
def _(command: Write | Read, cluster: Cluster) -> Refused | None:
    client = cluster.clients.get(command.client)
    if client is None:
        return Refused("unknown_client", "client", clients=", ".join(cluster.clients))
    if client.pending >= PENDING_MAX:
        return Refused("too_many_pending", "client", client=command.client, max=PENDING_MAX)
    if cluster.network.is_full:
        return _too_many_messages()
    if command.via is not None and isinstance(via := _member(cluster, command.via, "via"), Refused):
        return via
    return _against_own_quorum(command, cluster)


def _too_many_messages() -> Refused:
    return Refused("too_many_messages", max=MESSAGES_MAX)


def _against_own_quorum(command: Write | Read, cluster: Cluster) -> Refused | None:
    field, quorum = ("w", command.w) if isinstance(command, Write) else ("r", command.r)
    if quorum is None:
        return None
    if field == "r" and cluster.settings.strategy == "leader":
        return Refused("no_read_quorum", field)
    n = cluster.settings.n
    return Refused("out_of_range", field, min=1, max=n, value=quorum) if quorum > n else None


@reason_against.register
def _(command: Workload, cluster: Cluster) -> Refused | None:
    if not command.rate and cluster.load.workload is None:
        return Refused("no_workload", "rate")
    return None


@reason_against.register
def _(command: AddClient, cluster: Cluster) -> Refused | None:
    if len(cluster.clients) >= CLIENTS_MAX:
        return Refused("too_many_clients", max=CLIENTS_MAX)
    return None


@reason_against.register
def _(command: Crash | Freeze, cluster: Cluster) -> Refused | None:
    replica = _member(cluster, command.node)
    if isinstance(replica, Refused):
        return replica
    if not replica.up:
        return Refused("already_down" if isinstance(command, Crash) else "node_down", "node", node=command.node)
    if isinstance(command, Freeze) and replica.frozen:
        return Refused("already_frozen", "node", node=command.node)
    return None


@reason_against.register
def _(command: Restart | Thaw, cluster: Cluster) -> Refused | None:
    replica = _member(cluster, command.node)
    if isinstance(replica, Refused):
        return replica
    if isinstance(command, Thaw):
        return None if replica.frozen else Refused("not_frozen", "node", node=command.node)
    return Refused("already_up", "node", node=command.node) if replica.up else None


@reason_against.register
def _(command: Wipe, cluster: Cluster) -> Refused | None:
    replica = _member(cluster, command.node)
    if isinstance(replica, Refused):
        return replica
    if replica.frozen:
        return Refused("frozen", "node", node=command.node)
    # What it is to hand over is on that disk.
    return Refused("leaving", "node", node=command.node) if replica.leaving else None


@reason_against.register
def _(command: Gossip | Promote, cluster: Cluster) -> Refused | None:
    if isinstance(command, Gossip) and cluster.network.is_full:
        return _too_many_messages()
    if isinstance(command, Promote) and cluster.settings.strategy != "leader":
        return Refused("no_leader_here", strategy=cluster.settings.strategy)
    if command.node is None:
        return None
    replica = _member(cluster, command.node)
    if isinstance(replica, Refused):
        return replica
    if not replica.up or replica.frozen:
        return Refused("frozen" if replica.frozen else "node_down", "node", node=command.node)
    if isinstance(command, Promote) and replica.leaving:
        return Refused("leaving", "node", node=command.node)
    if isinstance(command, Promote) and replica.leadership.role == "leader":
        return Refused("already_leader", "node", node=command.node)
    return None


@reason_against.register
def _(command: Slow, cluster: Cluster) -> Refused | None:
    replica = _member(cluster, command.node)
    return replica if isinstance(replica, Refused) else None


@reason_against.register
def _(command: Skew, cluster: Cluster) -> Refused | None:
    return _unknown_actor(cluster, (command.actor,), "actor")


@reason_against.register
def _(command: Link, cluster: Cluster) -> Refused | None:
    if command.source == command.target:
        return Refused("named_twice", "target", actor=command.target)
    return _unknown_actor(cluster, (command.source,), "source") or _unknown_actor(cluster, (command.target,), "target")


@reason_against.register
def _(command: Partition, cluster: Cluster) -> Refused | None:
    named = [actor for group in command.groups for actor in group]
    for place, actor in enumerate(named):
        if actor in named[:place]:
            return Refused("named_twice", "groups", actor=actor)
    return _unknown_actor(cluster, tuple(named), "groups")


def _unknown_actor(cluster: Cluster, actors: tuple[str, ...], field: str) -> Refused | None:
    for actor in actors:
        if actor not in cluster.actors:
            return Refused("unknown_actor", field, actors=", ".join(cluster.actors))
    return None


@reason_against.register
def _(command: Heal, cluster: Cluster) -> Refused | None:
    return None


@reason_against.register
def _(command: Hold | Release | Drop | Duplicate | Deliver, cluster: Cluster) -> Refused | None:
    if cluster.network.find(command.message) is None:
        return Refused("unknown_message", "message", message=command.message)
    if isinstance(command, Duplicate) and cluster.network.is_full:
        return _too_many_messages()
    held = cluster.network.is_held(command.message)
    if isinstance(command, Hold) and held:
        return Refused("already_held", "message", message=command.message)
    if isinstance(command, Release) and not held:
        return Refused("not_held", "message", message=command.message)
    return None


@reason_against.register
def _(command: AddNode, cluster: Cluster) -> Refused | None:
    if len(cluster.replicas) >= NODES_MAX:
        return Refused("too_many_nodes", max=NODES_MAX)
    return None


@reason_against.register
def _(command: RemoveNode, cluster: Cluster) -> Refused | None:
    replica = _member(cluster, command.node)
    if isinstance(replica, Refused):
        return replica
    if replica.leaving:
        return Refused("leaving", "node", node=command.node)
    leads = cluster.settings.strategy == "leader"
    if leads and replica.leadership.role == "leader":
        return Refused("leads", "node", node=command.node)
    needed = max(cluster.settings.w, cluster.settings.r) if leads else cluster.settings.n
    if len(cluster.members) <= needed:
        return Refused("too_few_nodes", "node", needed=needed)
    return None


@reason_against.register
def _(command: Configure, cluster: Cluster) -> Refused | None:
    asked = named(command)
    if not asked:
        return Refused("nothing_to_change")
    if cluster.operations:
        for field in FOUNDATIONS:
            if asked.get(field, getattr(cluster.settings, field)) != getattr(cluster.settings, field):
                return Refused("too_late", field, setting=field)
    return reason_against_settings(structs.replace(cluster.settings, **asked))
