"""What is inside a node: what its disk and its process know, beside the records and hints that are shown anyway."""

from msgspec import Struct

from engine.cluster.cluster import Cluster
from engine.cluster.merkle import Tree, leaf
from engine.outcomes import Refused
from engine.units import Us


class MerkleLeaf(Struct, frozen=True):
    """A leaf of the tree that is not empty: its number, its hash (12 hex digits), and the keys that fall into it."""

    leaf: int
    hash: str
    keys: tuple[str, ...]


class Inspection(Struct, frozen=True, kw_only=True):
    """One node at one moment. ``clock_us`` is its wall clock; ``keys`` and ``hints`` are how many it holds.

    The Merkle tree is over all keys of the node; its root is 12 hex digits. With a single leader, ``log`` is
    the number of entries of its log, and ``term`` and ``leader`` are what it believes; otherwise they are null.
    """

    node: str
    at_us: Us
    clock_us: Us
    keys: int
    hints: int
    merkle_root: str
    merkle_leaves: tuple[MerkleLeaf, ...]
    log: int | None = None
    term: int | None = None
    leader: str | None = None


def inspect(cluster: Cluster, node: str, at_us: Us) -> Inspection:
    """Look into a node; nothing changes. Raises Refused("unknown_node")."""
    replica = cluster.replicas.get(node)
    if replica is None:
        raise Refused("unknown_node", "node", nodes=", ".join(cluster.replicas))
    storage = replica.storage
    tree = Tree(storage.versions())
    keys: dict[int, list[str]] = {}
    for key in sorted(storage.records):
        keys.setdefault(leaf(key), []).append(key)
    leads = cluster.settings.strategy == "leader"
    return Inspection(
        node=node,
        at_us=at_us,
        clock_us=max(0, at_us + replica.skew_us),
        keys=len(storage.records),
        hints=len(storage.hints),
        merkle_root=_hex(tree.hashes(0, [0])[0]),
        merkle_leaves=tuple(
            MerkleLeaf(place, _hex(digest), tuple(keys[place])) for place, digest in tree.leaves().items()
        ),
        log=len(storage.log) if leads else None,
        term=storage.ballot[0] if leads else None,
        leader=replica.leadership.leader if leads else None,
    )


def _hex(digest: int) -> str:
    return f"{digest:012x}"
