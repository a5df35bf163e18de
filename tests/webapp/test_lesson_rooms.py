"""Rooms that open at a lesson's step, or wherever else somebody says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine import SCENARIOS
from engine.changes import OperationState
from engine.outcomes import Refused
from tests.server import Server
from tests.webapp.clients import Client
from tests.webapp.site import Site
from tests.webapp.test_scenarios_by_value import DONE, OWN, goals
from webapp.lessons.skeleton import EXPERIMENT, PROSE
from webapp.protocol import Frame
from webapp.rooms.opening import Opening
from webapp.rooms.pace import SPEED_DEFAULT, Pace

# Rooms that the test ticks itself


def outcomes(frame: Frame) -> dict[str, str]:
    return {change.id: change.fields.outcome for change in frame.changes if isinstance(change.fields, OperationState)}


def test_it_begins_where_it_should_running_and_at_its_speed(site: Site) -> None:
    room = site.rooms.begin(Opening(scenario=OWN, seed=1, clock_us=20_500, speed=0.0001))
    site.rooms.join(room, lambda frame: None)
    frame = site.whole(room)
    assert (frame.now_us, frame.pace, frame.seq) == (20_500, Pace(True, 0.0001), 1)
    assert outcomes(frame) == {"op1": "ok", "op2": "pending"}, "what the script does has happened"
    (entry,) = site.rooms.log(room)[1]
    assert (entry.at_us, entry.actor, entry.command) == (0, "lesson", '{"type":"set_speed","speed":0.0001}')
    site.pass_time(10.0)
    assert 21_400 <= site.whole(room).now_us <= 21_500
    site.pass_time(100.0)
    assert goals(site.whole(room).changes) == DONE, "and what is still to come does by itself"


def test_at_the_usual_speed_its_log_is_empty(site: Site) -> None:
    room = site.rooms.begin(Opening(scenario=OWN, seed=1))
    row, entries = site.rooms.log(room)
    assert (row.clock_us, row.seed, row.family, entries) == (0, 1, room, [])
    site.rooms.join(room, lambda frame: None)
    assert site.whole(room).pace == Pace(True, SPEED_DEFAULT)


def test_one_that_ships_is_kept_by_its_name(site: Site) -> None:
    room = site.rooms.begin(Opening(scenario=SCENARIOS["overlap"], seed=1, clock_us=3_000))
    assert site.rooms.row(room).scenario == "overlap"


@pytest.mark.parametrize("clock_us", [0, 20_500, 40_000])
def test_after_a_restart_it_is_where_it_was(site: Site, clock_us: int) -> None:
    room = site.rooms.begin(Opening(scenario=OWN, seed=1, clock_us=clock_us, speed=0.01))
    before = site.whole(room)
    for _ in range(2):
        # As after a crash: nothing but what creating the room has stored.
        site = Site(site.path.parent)
        site.rooms.join(room, lambda frame: None)
        after = site.whole(room)
        assert (after.now_us, after.pace, after.changes) == (before.now_us, before.pace, before.changes)
    assert site.rooms.digest(room).at_us == clock_us


def test_what_no_room_can_be_made_of_leaves_none(site: Site) -> None:
    twice = msgspec.structs.replace(OWN, clients=("A", "A"))
    for scenario in (msgspec.structs.replace(OWN, title="a" * 3_000), twice):
        with pytest.raises(Refused):
            site.rooms.begin(Opening(scenario=scenario, seed=1))
    assert site.count("rooms") == 0


# On the wire, with a lesson of the site's own. Each of its scripts begins 0.4 ms after its step.


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("lessons")
    (folder / "90-of-the-test.html").write_text(PROSE)
    (folder / "90-of-the-test.yaml").write_text(EXPERIMENT)
    with Server(tmp_path_factory.mktemp("data"), QUORUMSCOPE_LESSONS=str(folder)) as server:
        yield server
        assert server.stop() == 0
        assert "Traceback" not in server.errors, server.errors


@pytest.fixture
def learner(lessons: Server) -> Iterator[Client]:
    with Client(lessons) as client:
        yield client


def asked(frame: dict[str, Any]) -> dict[str, Any]:
    return {
        change["id"]: change["fields"].get("done_us", change["fields"].get("value"))
        for change in frame["changes"]
        if change["kind"] in ("goal", "measure")
    }


def start(learner: Client, step: str, **more: bool) -> dict[str, Any]:
    return learner.enter("lesson", slug="of-the-test", step=step, **more)


def test_a_step_begins_with_all_before_it_done(learner: Client) -> None:
    first = start(learner, "claim")
    assert (first["now_us"], first["seq"]) == (0, 0)
    assert asked(first) == {"down": None, "written": None, "two-down": None, "failed": None, "acks": None}
    later = start(learner, "change")
    assert later["room"] != first["room"]
    assert later["now_us"] == 5_400
    assert later["pace"] == {"running": True, "speed": SPEED_DEFAULT}
    assert asked(later) == {"down": 400, "written": 3_400, "two-down": None, "failed": None, "acks": 2}
    joined = learner.ask("resync", {})
    assert joined["title"] == "A majority is enough"
    assert joined["scenario"] == "lesson-of-the-test"


def test_a_task_ticks_when_the_learner_does_it(learner: Client) -> None:
    start(learner, "write")
    learner.do("set_speed", speed=0.1)
    learner.do("crash", node="n2")
    learner.until(lambda: learner.world()["goal", "down"]["by"] == "n2")
    learner.do("write", client="A", key="x", value="plum")
    learner.until(lambda: learner.world()["goal", "written"]["done_us"] is not None)
    assert learner.world()["goal", "written"]["by"] == "op1"
    learner.until(lambda: learner.world()["measure", "acks"]["value"] == 2)


def test_a_step_can_be_shown(learner: Client) -> None:
    frame = start(learner, "change", show=True)
    assert frame["now_us"] == 5_400
    learner.do("set_speed", speed=0.1)
    learner.until(lambda: learner.world()["goal", "failed"]["done_us"] is not None)
    world = learner.world()
    assert (world["goal", "two-down"]["done_us"], world["goal", "two-down"]["by"]) == (5_800, "n2")
    assert (world["goal", "failed"]["done_us"], world["goal", "failed"]["by"]) == (8_800, "op2")


def test_without_show_it_waits_for_the_learner(learner: Client) -> None:
    assert start(learner, "change")["quiet_until_us"] is None


def test_what_there_is_not_is_refused_and_the_room_stays(learner: Client) -> None:
    room = start(learner, "claim")["room"]
    for arguments, code, field in (
        ({"slug": "nowhere", "step": "claim"}, "unknown_lesson", "slug"),
        ({"slug": "of-the-test", "step": "nowhere"}, "unknown_step", "step"),
        ({"slug": "of-the-test"}, "invalid", None),
        ({"slug": "../x", "step": "claim"}, "invalid", "slug"),
        ({"slug": "a" * 65, "step": "claim"}, "invalid", "slug"),
        ({"slug": "of-the-test", "step": "a" * 41}, "invalid", "step"),
        ({"slug": "of-the-test", "step": ""}, "invalid", "step"),
        ({"slug": "of-the-test", "step": "claim", "show": 1}, "invalid", "show"),
        ({"slug": "of-the-test", "step": "claim", "more": 1}, "invalid", None),
    ):
        answer = learner.ask("lesson", arguments)
        assert (answer["error"]["code"], answer["error"]["field"]) == (code, field), arguments
    assert learner.resync()["room"] == room


def test_its_room_comes_back_after_the_server_does(tmp_path: Path, lessons: Server) -> None:
    settings = {"QUORUMSCOPE_LESSONS": lessons.environment["QUORUMSCOPE_LESSONS"]}
    with Server(tmp_path, **settings) as server:
        with Client(server) as learner:
            room = start(learner, "count")["room"]
            learner.do("pause")
            before = learner.resync()
        server.kill()
        server.start()
        with Client(server) as learner:
            after = learner.join(str(room))
        assert (after["now_us"], asked(after)) == (before["now_us"], asked(before))


def test_others_can_join_it(learner: Client, lessons: Server) -> None:
    room = start(learner, "change")["room"]
    with Client(lessons) as guest:
        whole = guest.join(str(room))
        assert asked(whole)["written"] == 3_400
