"""A scenario that a room has by value: wherever the room goes, it goes too; one that is broken is refused."""

import io
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from engine import ENGINE_VERSION, SCENARIOS, Scenario
from engine.changes import Change, GoalState, MeasureState
from engine.commands import Configure, Workload, Write
from engine.goals import Goal, Measure
from engine.outcomes import Refused
from engine.scenario import Scripted
from tests.webapp.site import Site
from tests.webapp.test_packing import HEADER, packed
from webapp.cli import main
from webapp.protocol import Fork
from webapp.rooms import replay
from webapp.rooms.opening import Opening
from webapp.rooms.scenarios import SCRIPT_MAX, TEXT_MAX, scenario_of, text_of
from webapp.rooms.twin import Compare
from webapp.store.log_file import read_log, write_log
from webapp.store.log_store import RoomRow
from webapp.work import jobs
from webapp.work.doing import do

OWN = Scenario(
    name="own",
    title="One of our own “”",
    claim="A write is there once two nodes have it.",
    nodes=3,
    settings=Configure(w=2, r=2, latency="EVEN"),
    script=(Scripted(1_000, Write("A", "x", "apple")), Scripted(20_000, Write("A", "x", "pear"))),
    ends_us=40_000,
    goals=(
        Goal(id="first", kind="operation", where={"type": "write", "outcome": "ok"}),
        Goal(id="second", kind="operation", where={"type": "write", "outcome": ("ok", "fail")}, after="first"),
        Goal(id="never", kind="node", where={"status": "down"}),
    ),
    measures=(Measure(id="acks", kind="operation", where={"type": "write"}, what="last", of="acks"),),
)


def row_of(scenario: Scenario, clock_us: int = 40_000) -> RoomRow:
    return RoomRow("room", ENGINE_VERSION, text_of(scenario), 1, clock_us)


def goals(changes: list[Change]) -> dict[str, Any]:
    return {change.id: change.fields for change in changes if isinstance(change.fields, GoalState | MeasureState)}


DONE = {
    "first": GoalState(3_000, "op1", 1, 1),
    "second": GoalState(22_000, "op2", 1, 1),
    "never": GoalState(None, None, 0, 1),
    "acks": MeasureState(3, 2),
}


def test_a_scenario_is_its_name_where_it_ships_and_its_json_elsewhere() -> None:
    for name, scenario in SCENARIOS.items():
        assert text_of(scenario) == name
        assert scenario_of(name) == scenario
        own = msgspec.structs.replace(scenario, name="own")
        assert scenario_of(text_of(own)) == own
    assert scenario_of(text_of(OWN)) == OWN
    assert type(scenario_of(text_of(OWN))) is Scenario
    changed = msgspec.structs.replace(SCENARIOS["overlap"], nodes=7)
    assert scenario_of(text_of(changed)) == changed


# Wherever the room goes


def test_a_run_has_its_goals_wherever_it_is_worked_out() -> None:
    row = row_of(OWN)
    assert goals(list(replay.stream(row, []))) == DONE
    assert goals(replay.replay(row, []).present()[0]) == DONE
    answers: list[dict[str, Any]] = []
    do(jobs.History(row, []), answers.append)
    assert goals([change for answer in answers[:-1] for change in answer["changes"]]) == DONE
    assert (answers[-1]["scenario"], answers[-1]["title"], answers[-1]["seed"]) == ("own", OWN.title, 1)


def room_of(site: Site, clock_us: int = 10_000) -> str:
    return site.rooms.begin(Opening(scenario=OWN, seed=1, clock_us=clock_us))


def test_a_room_its_branch_its_copy_and_its_link_show_them(site: Site) -> None:
    room = room_of(site)
    joined = site.rooms.join(room, lambda frame: None)
    assert (joined.scenario, joined.title, joined.seed) == ("own", OWN.title, 1)
    before = goals(site.whole(room).changes)
    assert before == DONE | {"second": GoalState(None, None, 0, 1), "acks": MeasureState(3, 1)}
    site.pass_time(30.0)
    assert goals(site.whole(room).changes) == DONE
    assert goals([change for frame in site.frames for change in frame.changes]) == {
        name: state for name, state in DONE.items() if before[name] != state
    }
    branch = site.families.fork(room, "t", Fork(10_000, running=False))
    shared = site.sharing.share(room, None)
    assert shared.packed is not None
    for other, known in (
        (branch, before),
        (site.sharing.copy(room, None, "t"), DONE),
        (site.sharing.unpack(shared.packed, "t"), DONE),
    ):
        assert site.rooms.join(other, lambda frame: None).title == OWN.title
        assert goals(site.whole(other).changes) == known
    assert site.rooms.digest(room).digest == shared.digest


def test_the_second_cluster_has_goals_of_its_own(site: Site) -> None:
    room = room_of(site, 40_000)
    site.rooms.submit(room, "t", Compare(Configure(w=3)))
    frame = site.whole(room)
    assert frame.twin is not None
    assert goals(frame.twin) == DONE
    site.rooms.submit(room, "t", Compare(Configure(latency="LNKD-DISK")))
    twin = site.whole(room).twin
    assert twin is not None
    assert goals(twin) != DONE
    assert goals(site.whole(room).changes) == DONE


def test_a_file_of_its_log_is_read_by_the_command_line(tmp_path: Path) -> None:
    row = row_of(OWN)
    file = tmp_path / "own.jsonl"
    file.write_bytes(b"".join(write_log(row, [])))
    again, _ = read_log(io.BytesIO(file.read_bytes()), "room")
    assert again == row
    told = CliRunner().invoke(main, ["run", str(file), "--json"])
    assert told.exit_code == 0, told.output
    kinds = {json.loads(line)["kind"] for line in told.stdout.splitlines()}
    assert "operation" in kinds
    assert not kinds & {"goal", "measure", "verdict"}
    assert CliRunner().invoke(main, ["run", str(file)]).exit_code == 0
    digest = CliRunner().invoke(main, ["run", str(file), "--digest"]).stdout.strip()
    assert digest == replay.digest(row_of(msgspec.structs.replace(OWN, goals=(), measures=())), [])


def test_a_room_is_opened_by_name_only(site: Site) -> None:
    for text in (text_of(OWN), '{"name":"a"}', "{}"):
        with pytest.raises(Refused, match="unknown_scenario"):
            site.rooms.open(text, 1)


# What is broken

PLAIN = {"name": "a", "title": "", "claim": ""}
READ = {"type": "read", "client": "A", "key": "x"}
NODE = {"id": "g", "kind": "node"}

BROKEN: list[tuple[Any, str]] = [
    ({}, "scenario"),
    ({"name": "a"}, "scenario"),
    (PLAIN | {"name": ""}, "scenario.name"),
    (PLAIN | {"name": "a" * 65}, "scenario.name"),
    (PLAIN | {"title": "a" * 2_001}, "scenario.title"),
    (PLAIN | {"claim": "a" * 2_001}, "scenario.claim"),
    (PLAIN | {"text": "a" * 2_001}, "scenario.text"),
    (PLAIN | {"text": None}, "scenario.text"),
    (PLAIN | {"nodes": 51}, "scenario.nodes"),
    (PLAIN | {"nodes": 2.5}, "scenario.nodes"),
    (PLAIN | {"clients": []}, "scenario.clients"),
    (PLAIN | {"clients": ["A>B"]}, "scenario.clients[0]"),
    (PLAIN | {"clients": ["A\n"]}, "scenario.clients[0]"),
    (PLAIN | {"settings": {"w": 0}}, "scenario.settings.w"),
    (PLAIN | {"settings": {"speed": 1}}, "scenario.settings"),
    (PLAIN | {"settings": {"type": "read"}}, "scenario.settings.type"),
    (PLAIN | {"script": [{"at_us": -1, "command": READ}]}, "scenario.script[0].at_us"),
    (PLAIN | {"script": [{"at_us": 2**53, "command": READ}]}, "scenario.script[0].at_us"),
    (PLAIN | {"script": [{"at_us": 2**70, "command": READ}]}, "scenario.script[0].at_us"),
    (PLAIN | {"script": [{"at_us": 0, "command": {"type": "pause"}}]}, "scenario.script[0].command.type"),
    (PLAIN | {"script": [{"at_us": 0, "command": READ}] * (SCRIPT_MAX + 1)}, "scenario.script"),
    (PLAIN | {"script": [{"at_us": 0, "command": READ, "more": 1}]}, "scenario.script[0]"),
    (PLAIN | {"ends_us": 2**53}, "scenario.ends_us"),
    (PLAIN | {"more": 1}, "scenario"),
    (PLAIN | {"goals": [NODE] * 101}, "scenario.goals"),
    (PLAIN | {"goals": [NODE, NODE]}, "scenario.goals[1].id"),
    (PLAIN | {"goals": [NODE | {"after": "h"}]}, "scenario.goals[0].after"),
    (PLAIN | {"goals": [NODE | {"where": {"__class__": 1}}]}, "scenario.goals[0].where.__class__"),
    (PLAIN | {"goals": [NODE | {"where": {"slow": 2**60}}]}, "scenario.goals[0].where[...]"),
    (PLAIN | {"measures": [NODE | {"what": "mean"}]}, "scenario.measures[0].of"),
    (PLAIN | {"measures": [NODE | {"what": "median"}]}, "scenario.measures[0].what"),
    ([], "scenario"),
]


@pytest.mark.parametrize(("given", "field"), BROKEN, ids=[str(number) for number in range(len(BROKEN))])
def test_what_is_no_scenario_is_refused_with_the_field(given: Any, field: str) -> None:
    text = json.dumps(given)
    with pytest.raises(Refused) as caught:
        scenario_of(text)
    assert caught.value.code == ("invalid" if text.startswith("{") else "unknown_scenario")
    assert caught.value.field == field
    assert len(str(caught.value.facts.get("reason", ""))) <= 200


NO_JSON = [
    "",
    "five",
    "{",
    '{"name":',
    "{" * 40_000,
    '{"a":' * 9_000,
    '{"a":1e999}',
    '{"a":"\ud800"}',
    r'{"a":"\ud800"}',
]


@pytest.mark.parametrize("text", NO_JSON, ids=[str(number) for number in range(len(NO_JSON))])
def test_what_is_not_even_json_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        scenario_of(text)


def test_one_that_is_too_long_is_refused() -> None:
    words = "é" * 1_999
    long = msgspec.structs.replace(OWN, script=OWN.script * 200, text=words)
    assert scenario_of(text_of(long)) == long
    with pytest.raises(Refused, match="invalid"):
        text_of(msgspec.structs.replace(OWN, script=OWN.script * 300))
    with pytest.raises(Refused) as caught:
        scenario_of(json.dumps(PLAIN) + " " * TEXT_MAX)
    assert str(TEXT_MAX) in str(caught.value.facts["reason"])


def test_in_a_strangers_log_it_is_refused_in_the_first_line(site: Site) -> None:
    for given, field in [*BROKEN[:-1], (PLAIN | {"clients": ["A", "A"]}, "")]:
        header = HEADER | {"scenario": json.dumps(given)}
        with pytest.raises(Refused) as caught:
            site.sharing.unpack(packed(json.dumps(header).encode() + b"\n"), "guest")
        assert (caught.value.code, caught.value.facts["line"]) == ("bad_log", 1)
        assert field in str(caught.value.facts["reason"])
    assert site.rooms._rooms == {}


def test_many_goals_over_a_long_run_are_too_much_work(site: Site) -> None:
    """What a stranger's goals cost is counted, not only what they change."""
    patterns = [Goal(id=f"g{n}", kind="message", where={"fate": "lost", "key": "y"}) for n in range(100)]
    bare = msgspec.structs.replace(OWN, script=(Scripted(0, Workload(20_000)),), goals=(), measures=())
    row, costly = row_of(bare, 80_000), row_of(msgspec.structs.replace(bare, goals=tuple(patterns)), 80_000)
    site.sharing.unpack(packed(b"".join(write_log(row, []))), "guest")
    with pytest.raises(Refused, match="too_long"):
        site.sharing.unpack(packed(b"".join(write_log(costly, []))), "guest")


def test_random_damage_is_refused_or_harmless() -> None:
    luck, taken, refused = random.Random(5), 0, 0
    whole = text_of(OWN)
    for _ in range(600):
        text = list(whole)
        for _ in range(luck.randint(1, 3)):
            text[luck.randrange(1, len(text))] = luck.choice('{}[]",:0129-.xen \\\u00e9')
        try:
            scenario = scenario_of("".join(text))
            replay.replay(RoomRow("room", ENGINE_VERSION, "".join(text), 1, 50_000), [])
            assert scenario_of(text_of(scenario)) == scenario
            taken += 1
        except Refused:
            refused += 1
    assert taken
    assert refused
