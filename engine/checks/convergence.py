"""Do all replicas of each key hold the same? Eventual consistency promises it, once writes have stopped
and nothing is under way (Vogels, "Eventually Consistent", CACM 52(1), 2009). Of one moment, it can be seen.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from engine.changes import Change, RecordState
from engine.checks.verdict import Verdict
from engine.values import Version

Held: TypeAlias = frozenset[tuple[Version, str]]
"""What a node holds for a key: the version and the id of each write, of several where there are siblings."""

CONVERGED = Verdict("ok", "converged")

NOTHING: Held = frozenset()


def records(snapshot: Iterable[Change]) -> Iterator[RecordState]:
    """The records in a snapshot, with those of nodes that are down: the disk keeps them."""
    for change in snapshot:
        if isinstance(change.fields, RecordState):
            yield change.fields


def held(record: RecordState) -> Held:
    """Every version that a record holds, with its write."""
    siblings = getattr(record, "siblings", ())
    return frozenset((one.version, one.write) for one in siblings or (record,))


def converged(snapshot: Iterable[Change], replicas: Callable[[str], tuple[str, ...]]) -> Verdict:
    """Whether, for every key in the snapshot, all of ``replicas(key)`` hold the same versions and writes.

    Nodes that are no replicas of a key may hold what they like of it. Of a violation, the first key in
    alphabetical order is told: ``others`` are the replicas that hold ``missing`` nothing, or else
    ``diverged`` from the ``nodes`` that hold the newest version. The witness is the writes that not all hold.
    """
    keys: dict[str, dict[str, Held]] = {}
    for record in records(snapshot):
        keys.setdefault(record.key, {})[record.node] = held(record)
    for key in sorted(keys):
        by_node = {node: keys[key].get(node, NOTHING) for node in replicas(key)}
        if len(set(by_node.values())) > 1:
            return _differ(key, by_node)
    return CONVERGED


def _differ(key: str, by_node: dict[str, Held]) -> Verdict:
    newest = max(by_node.values(), key=lambda holds: sorted(holds, reverse=True))
    same = [node for node, holds in by_node.items() if holds == newest]
    others = [node for node, holds in by_node.items() if holds != newest]
    missing = all(by_node[node] == NOTHING for node in others)
    union = frozenset[tuple[Version, str]]().union(*by_node.values())
    common = union.intersection(*by_node.values())
    return Verdict(
        "violated",
        "missing" if missing else "diverged",
        {"key": key, "nodes": ", ".join(same), "others": ", ".join(others)},
        tuple(write for _, write in sorted(union - common, reverse=True)),
    )
