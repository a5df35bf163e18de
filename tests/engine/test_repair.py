"""Anti-entropy by every mode, hints, moving data: what is exchanged, and how much."""

import pytest

from engine import Scenario, Simulation
from engine.changes import MessageState, RecordState
from engine.checks import converged
from engine.commands import AddNode, Configure, Crash, Gossip, RemoveNode, Restart, Write
from engine.outcomes import Refused


def cluster(nodes: int, **settings: object) -> Simulation:
    usual = Configure(**({"latency": "EVEN"} | settings))
    return Simulation(Scenario(name="t", title="", claim="", nodes=nodes, settings=usual), seed=1)


def fill(sim: Simulation, keys: int) -> None:
    for number in range(keys):
        sim.apply(Write("A", f"k{number}", "same"))
        sim.run_until(sim.now_us + 3_000)


def gossip_bytes(sim: Simulation) -> int:
    first = {}
    for change in sim.take_changes():
        if isinstance(change.fields, MessageState) and change.fields.type.startswith(("gossip", "merkle")):
            first.setdefault(change.id, change.fields.bytes)
    return sum(first.values())


def one_differs(keys: int, differ: int, **settings: object) -> int:
    """Bytes of one exchange between two nodes that hold so many keys, of which some differ."""
    sim = cluster(2, w=1, r=1, **settings)
    fill(sim, keys)
    sim.apply(Crash("n2"))
    for number in range(differ):
        sim.apply(Write("A", f"k{number}", "other"))
        sim.run_until(sim.now_us + 3_000)
    sim.apply(Restart("n2"))
    sim.take_changes()
    sim.apply(Gossip("n1" if settings.get("gossip_mode") == "push" else "n2"))
    sim.run_until(sim.now_us + 50_000)
    snapshot = sim.snapshot()
    assert converged(snapshot, sim.replicas_of).word == "ok"
    return gossip_bytes(sim)


@pytest.mark.parametrize("mode", ["pull", "push", "push_pull"])
@pytest.mark.parametrize("digest", ["versions", "merkle"])
def test_one_exchange_brings_what_was_missed(mode: str, digest: str) -> None:
    assert one_differs(20, 3, gossip_mode=mode, gossip_digest=digest) > 0


def test_the_bytes_of_a_list_of_versions_follow_the_data_and_those_of_a_tree_the_differences() -> None:
    plain = [one_differs(keys, 1) for keys in (100, 400)]
    tree = [one_differs(keys, 1, gossip_digest="merkle") for keys in (100, 400)]
    assert plain[1] > 3.5 * plain[0]
    assert tree[1] < 1.5 * tree[0]
    assert tree[1] < plain[1] / 8
    assert one_differs(400, 8, gossip_digest="merkle") > 3 * tree[1]


def test_trees_that_agree_are_found_out_by_one_hash() -> None:
    sim = cluster(2, w=2, r=1, gossip_digest="merkle")
    fill(sim, 200)
    sim.take_changes()
    sim.apply(Gossip("n1"))
    sim.run_until(sim.now_us + 10_000)
    assert gossip_bytes(sim) < 200


@pytest.mark.parametrize(("mode", "steps_max"), [("push_pull", 8), ("pull", 12), ("push", 12)])
def test_gossip_reaches_48_nodes_in_a_few_steps(mode: str, steps_max: int) -> None:
    sim = cluster(48, n=48, w=1, r=1, gossip_mode=mode)
    for place in range(2, 49):
        sim.apply(Crash(f"n{place}"))
    sim.apply(Write("A", "x", "news"))
    sim.run_until(5_000)
    for place in range(2, 49):
        sim.apply(Restart(f"n{place}"))
    holders = [1]
    while holders[-1] < 48:
        sim.apply(Gossip())
        sim.run_until(sim.now_us + 5_000)
        holders.append(sum(isinstance(change.fields, RecordState) for change in sim.snapshot()))
    assert 5 <= len(holders) - 1 <= steps_max, holders


def test_with_a_larger_fan_out_it_takes_fewer_steps() -> None:
    def steps(fanout: int) -> int:
        sim = cluster(40, n=40, w=1, r=1, gossip_fanout=fanout)
        for place in range(2, 41):
            sim.apply(Crash(f"n{place}"))
        sim.apply(Write("A", "x", "news"))
        sim.run_until(5_000)
        for place in range(2, 41):
            sim.apply(Restart(f"n{place}"))
        for step in range(1, 60):
            sim.apply(Gossip())
            sim.run_until(sim.now_us + 5_000)
            if sum(isinstance(change.fields, RecordState) for change in sim.snapshot()) == 40:
                return step
        raise AssertionError("gossip never ended")

    assert steps(4) < steps(1)


def test_when_a_node_joins_and_one_leaves_each_key_is_on_its_three_nodes_and_no_other() -> None:
    sim = cluster(5, n=3, w=2, r=2)
    fill(sim, 40)
    before = {f"k{number}": sim.replicas_of(f"k{number}") for number in range(40)}
    for command in (AddNode(), RemoveNode("n2"), Configure(n=4)):
        sim.apply(command)
        sim.run_until(sim.now_us + 50_000)
        held: dict[str, set[str]] = {}
        for change in sim.snapshot():
            if isinstance(change.fields, RecordState):
                held.setdefault(change.fields.key, set()).add(change.fields.node)
        assert held == {key: set(sim.replicas_of(key)) for key in before}
    assert "n2" not in {change.id for change in sim.snapshot() if change.kind == "node"}
    moved = sum(sim.replicas_of(key)[:3] != before[key] for key in before)
    assert 0 < moved < 40, "consistent hashing leaves some keys where they were"


def test_a_node_whose_disk_is_lost_while_it_leaves_is_gone_when_it_comes_back() -> None:
    sim = cluster(3, n=1, w=1, r=1, gossip_every_us=5_000)
    sim.apply(Write("A", "x", "apple"))
    sim.run_until(5_000)
    keeper = sim.replicas_of("x")[0]
    sim.apply(RemoveNode(keeper))
    sim.apply(Crash(keeper, "lost"))
    assert keeper in {change.id for change in sim.snapshot() if change.kind == "node"}
    sim.apply(Restart(keeper))
    assert keeper not in {change.id for change in sim.snapshot() if change.kind == "node"}
    sim.run_until(500_000)
    assert keeper not in {change.id for change in sim.snapshot() if change.kind == "node"}
    with pytest.raises(Refused) as refused:
        sim.apply(Restart(keeper))
    assert refused.value.code == "unknown_node"


def test_virtual_nodes_spread_the_keys() -> None:
    def uneven(vnodes: int) -> float:
        sim = cluster(10, n=1, w=1, r=1, vnodes=vnodes)
        counts = dict.fromkeys((f"n{place}" for place in range(1, 11)), 0)
        for number in range(2_000):
            counts[sim.replicas_of(f"key{number}")[0]] += 1
        return max(counts.values()) / 200

    assert uneven(128) < 1.5 < uneven(1)
