"""Whatever is refused says why, in which field, and has changed nothing."""

from typing import Any

import msgspec
import pytest

from engine import SCENARIOS, Scenario, Simulation
from engine.commands import (
    COMMANDS,
    AddClient,
    AddNode,
    Command,
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
from engine.outcomes import REFUSALS, Refused
from engine.scenario import Scripted
from engine.settings import Settings
from tests.engine.conftest import Story
from webapp.words import sentence

BAD: list[tuple[Any, str, str | None]] = [
    ({"type": "write"}, "invalid", None),
    ("write", "invalid", None),
    (None, "invalid", None),
    (Write("", "x", "v"), "invalid", "client"),
    (Write("A", "", "v"), "invalid", "key"),
    (Write("A", "x" * 33, "v"), "invalid", "key"),
    (Write("A", "x", "v" * 65), "invalid", "value"),
    (Write("A", "x", 5), "invalid", "value"),
    (Write("Z", "x", "v"), "unknown_client", "client"),
    (Write("n1", "x", "v"), "unknown_client", "client"),
    (Write("A", "x", "v", via="n9"), "unknown_node", "via"),
    (Read("A", "x", via="B"), "unknown_node", "via"),
    (Read("Z", "x"), "unknown_client", "client"),
    (Write("A", "x", "v", w=6), "out_of_range", "w"),
    (Write("A", "x", "v", w=0), "invalid", "w"),
    (Write("A", "x", "v", w=51), "invalid", "w"),
    (Write("A", "x", "v", w="all"), "invalid", "w"),
    (Read("A", "x", r=6), "out_of_range", "r"),
    (Read("A", "x", r=-1), "invalid", "r"),
    (Read("A", "x", r=1.5), "invalid", "r"),
    (Workload(-1), "invalid", "rate"),
    (Workload(20_001), "invalid", "rate"),
    (Workload(0.5), "invalid", "rate"),
    (Workload(10, 1.01), "invalid", "read_share"),
    (Workload(10, float("nan")), "invalid", "read_share"),
    (Workload(10, 0.5, 0), "invalid", "keys"),
    (Workload(10, 0.5, 101), "invalid", "keys"),
    (Workload(0), "no_workload", "rate"),
    (Wipe("n9"), "unknown_node", "node"),
    (Wipe("n4"), "frozen", "node"),
    (Wipe(""), "invalid", "node"),
    (Crash("n9"), "unknown_node", "node"),
    (Crash("n5"), "already_down", "node"),
    (Crash("n1", disk="gone"), "invalid", "disk"),
    (Restart("n1"), "already_up", "node"),
    (Restart("A"), "unknown_node", "node"),
    (Freeze("n9"), "unknown_node", "node"),
    (Freeze("n5"), "node_down", "node"),
    (Freeze("n4"), "already_frozen", "node"),
    (Thaw("n1"), "not_frozen", "node"),
    (Slow("n9", 2), "unknown_node", "node"),
    (Slow("n1", 0), "invalid", "factor"),
    (Slow("n1", 1001), "invalid", "factor"),
    (Slow("n1", True), "invalid", "factor"),
    (Skew("n9", 5), "unknown_actor", "actor"),
    (Skew("n1", 61_000_000), "invalid", "skew_us"),
    (Partition((("n1",), ("n9",))), "unknown_actor", "groups"),
    (Partition((("n1",), ("n1",))), "named_twice", "groups"),
    (Partition((("n1", "n1"),)), "named_twice", "groups"),
    (Partition("n1"), "invalid", "groups"),
    (Link("n1", "n9"), "unknown_actor", "target"),
    (Link("n9", "n1"), "unknown_actor", "source"),
    (Link("n1", "n1"), "named_twice", "target"),
    (Link("n1", "n2", loss=1.5), "invalid", "loss"),
    (Link("n1", "n2", duplicate=-0.1), "invalid", "duplicate"),
    (Link("n1", "n2", reorder="often"), "invalid", "reorder"),
    (Hold("m999"), "unknown_message", "message"),
    (Hold("m1"), "already_held", "message"),
    (Release("m2"), "not_held", "message"),
    (Release("m999"), "unknown_message", "message"),
    (Drop("m999"), "unknown_message", "message"),
    (Duplicate(""), "invalid", "message"),
    (Deliver("m999"), "unknown_message", "message"),
    (Gossip("n9"), "unknown_node", "node"),
    (Gossip("n5"), "node_down", "node"),
    (Gossip("n4"), "frozen", "node"),
    (Promote("n1"), "no_leader_here", None),
    (RemoveNode("n9"), "unknown_node", "node"),
    (RemoveNode("n1"), "too_few_nodes", "node"),
    (Configure(), "nothing_to_change", None),
    (Configure(n=6), "out_of_range", "n"),
    (Configure(n=0), "invalid", "n"),
    (Configure(w=6), "out_of_range", "w"),
    (Configure(r=51), "invalid", "r"),
    (Configure(n=2), "out_of_range", "w"),
    (Configure(w="three"), "invalid", "w"),
    (Configure(latency="FAST"), "unknown_latency", "latency"),
    (Configure(strategy="leader"), "too_late", "strategy"),
    (Configure(versions="vector"), "too_late", "versions"),
    (Configure(vnodes=1), "too_late", "vnodes"),
    (Configure(versions="newest"), "invalid", "versions"),
    (Configure(read_repair="maybe"), "invalid", "read_repair"),
    (Configure(retries=11), "invalid", "retries"),
    (Configure(timeout_us=0), "invalid", "timeout_us"),
    (Configure(gossip_fanout=0), "invalid", "gossip_fanout"),
]


@pytest.mark.parametrize(("command", "code", "field"), BAD, ids=lambda value: str(value)[:60])
def test_a_bad_command_is_refused_with_its_field_and_changes_nothing(
    story: Story, command: Any, code: str, field: str | None
) -> None:
    story.do(Crash("n5"), Freeze("n4"), Write("A", "x", "apple"))
    story.wait(0.5)
    story.do(Hold("m1"))
    before, digest = story.sim.snapshot(), story.sim.digest()
    with pytest.raises(Refused) as refused:
        story.sim.apply(command)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert sentence(f"refused.{code}", refused.value.facts)
    if code == "out_of_range":
        assert refused.value.facts["min"] <= refused.value.facts["max"]
    assert (story.sim.snapshot(), story.sim.digest()) == (before, digest)


def test_every_command_and_every_reason_is_tried() -> None:
    assert {type(command) for command, _, _ in BAD} >= set(COMMANDS) - {AddClient, AddNode, Heal}
    elsewhere = {
        "too_many_messages",
        "too_many_pending",
        "already_leader",
        "leads",
        "leaving",
        "too_many_nodes",
        "too_many_clients",
        "no_read_quorum",
        "time_runs_forward",
    }
    assert {code for _, code, _ in BAD} | elsewhere == set(REFUSALS)


def test_a_leader_cannot_leave_and_cannot_be_promoted() -> None:
    sim = Simulation(
        Scenario(name="t", title="", claim="", nodes=3, settings=Configure(strategy="leader", w=1, r=1)), seed=1
    )
    for command, code in ((RemoveNode("n1"), "leads"), (Promote("n1"), "already_leader")):
        with pytest.raises(Refused) as refused:
            sim.apply(command)
        assert (refused.value.code, refused.value.field) == (code, "node")


def test_who_leaves_cannot_leave_twice_and_nodes_are_limited() -> None:
    usual = Configure(n=1, w=1, r=1, latency="EVEN", vnodes=1)
    sim = Simulation(Scenario(name="t", title="", claim="", nodes=50, settings=usual), seed=1)
    with pytest.raises(Refused) as refused:
        sim.apply(AddNode())
    assert (refused.value.code, refused.value.facts["max"]) == ("too_many_nodes", 50)
    sim.apply(Write("A", "x", "apple"))
    sim.run_until(5_000)
    keeper = sim.replicas_of("x")[0]
    sim.apply(RemoveNode(keeper))
    with pytest.raises(Refused) as refused:
        sim.apply(RemoveNode(keeper))
    assert refused.value.code == "leaving"


FIVE = SCENARIOS["five-masters"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"nodes": 0}, "invalid", "nodes"),
        ({"nodes": 51}, "invalid", "nodes"),
        ({"clients": ()}, "invalid", "clients"),
        ({"settings": Configure(n=6)}, "out_of_range", "n"),
        ({"settings": Configure(n=2, w=3)}, "out_of_range", "w"),
        ({"settings": Configure(strategy="leader", n=3)}, "out_of_range", "n"),
        ({"settings": Configure(latency="FAST")}, "unknown_latency", "latency"),
        ({"script": (Scripted(-1, Gossip()),)}, "invalid", "script[0].at_us"),
        ({"clients": ("A", "A")}, "named_twice", "clients"),
        ({"clients": ("n1",)}, "named_twice", "clients"),
    ],
    ids=str,
)
def test_a_bad_scenario_is_refused(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        Simulation(msgspec.structs.replace(FIVE, **change), seed=1)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("seed", [-1, 2**53, 1.5, "1", True, None])
def test_a_bad_seed_is_refused(seed: Any) -> None:
    with pytest.raises(Refused) as refused:
        Simulation(FIVE, seed)
    assert (refused.value.code, refused.value.field) == ("out_of_range", "seed")


@pytest.mark.parametrize("at_us", [1.5, "5", None, True])
def test_a_bad_time_is_refused(sim: Simulation, at_us: Any) -> None:
    with pytest.raises(Refused) as refused:
        sim.run_until(at_us)
    assert (refused.value.code, refused.value.field) == ("invalid", "at_us")


PROBES = (0, 1, 3, 50, 51, 10**6, 10**9, "", "all", "ask", "client", "off", "pull", "merkle", "EVEN", "x" * 40, True)


def test_configure_knows_every_setting_with_the_same_range() -> None:
    assert Configure.__struct_fields__ == Settings.__struct_fields__
    whole = {"n": 3, "w": 2, "r": 2}
    for field in Settings.__struct_fields__:
        taken = [
            [_is_taken(kind, known | {field: probe}) for probe in PROBES]
            for kind, known in ((Settings, whole), (Configure, {"type": "configure"}))
        ]
        assert taken[0] == taken[1], field
        assert True in taken[0] and False in taken[0], field


def _is_taken(kind: type, fields: dict[str, Any]) -> bool:
    try:
        msgspec.convert(fields, kind)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (Write("A", "x", "v"), '{"type":"write","client":"A","key":"x","value":"v"}'),
        (Read("A", "x", r=2), '{"type":"read","client":"A","key":"x","r":2}'),
        (Configure(w=2), '{"type":"configure","w":2}'),
        (Crash("n1"), '{"type":"crash","node":"n1"}'),
        (Gossip(), '{"type":"gossip"}'),
    ],
    ids=str,
)
def test_a_command_is_logged_without_what_goes_without_saying(command: Command, text: str) -> None:
    assert msgspec.json.encode(command).decode() == text
    long = msgspec.structs.asdict(command) | {"type": msgspec.to_builtins(command)["type"]}
    for told in (text.encode(), msgspec.json.encode(long)):
        assert msgspec.json.decode(told, type=Command) == command


def test_all_commands_are_told(story: Story) -> None:
    """A Command type that is not in the union cannot be carried out."""
    assert len(set(COMMANDS)) == len(COMMANDS) == 24
    assert isinstance(Gossip(), Command)
