"""What takes long gives way to others after every little piece of work: counted in changes, not in seconds."""

from itertools import pairwise
from pathlib import Path

import pytest

from engine import ENGINE_VERSION, Scenario
from engine.changes import MessageState
from engine.commands import Configure, Freeze, Gossip, Thaw, Write
from engine.kernel.network import MESSAGES_MAX
from engine.outcomes import Refused
from engine.units import MS
from tests.bench.engine import hour
from tests.webapp.site import Site
from webapp.protocol import Fork
from webapp.rooms import replay as replays
from webapp.rooms.manager import CHANGES_PER_FRAME
from webapp.rooms.pace import Pause, SetSpeed, Step
from webapp.rooms.room import CHANGES_PER_TICK
from webapp.rooms.run import Run
from webapp.rooms.scenarios import text_of
from webapp.rooms.turns import STRETCH_S, Turns
from webapp.rooms.twin import SLICE, Compare
from webapp.store.log_store import RoomRow

# One event of a cluster of 50 nodes sends a message to each of them and says so.
OVER = 120


def cluster(**settings: object) -> Scenario:
    """Everybody is told everything at the same moment: 50 nodes, and latencies that are all alike."""
    usual = {"latency": "EVEN", "n": 40, "w": 21, "r": 21, "strategy": "coordinator"} | settings
    return Scenario(name="dense", title="", claim="", nodes=50, settings=Configure(**usual))


@pytest.fixture
def dense(site: Site) -> str:
    row = RoomRow("dense", ENGINE_VERSION, text_of(cluster(gossip_fanout=49)), 1)
    site.rooms.keep(row)
    site.rooms.join(row.id, lambda frame: None)
    return row.id


def test_a_replay_gives_way_after_every_few_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    row, entries = hour(300)
    pieces: list[int] = []
    take = Run.take

    def counted(run: Run) -> object:
        news = take(run)
        pieces.append(len(news[0]) + len(news[1] or ()))
        return news

    monkeypatch.setattr(Run, "take", counted)
    turns: list[int] = []
    run = replays.replay(row, entries, breathe=lambda: turns.append(sum(pieces)))
    assert run.digest() == replays.digest(row, entries)
    assert len(turns) >= len(entries)
    between = [after - before for before, after in pairwise(turns)]
    assert max(between) <= SLICE + OVER
    assert sum(pieces) > 20 * max(between)


def test_a_moment_in_which_very_much_happens_is_done_in_pieces(site: Site, dense: str) -> None:
    rests: list[int] = []
    site.rooms.submit(dense, "t", Pause())
    site.rooms.submit(dense, "t", Write("A", "x", "v"))
    site.rooms.submit(dense, "t", Gossip())
    site.rooms._rest = lambda: rests.append(site.rooms._rooms[dense].run.first.work)
    before = len(site.frames)
    # All these messages arrive together.
    while (next_us := site.rooms.look_at(dense).next_event_us) is not None and next_us < 50 * MS:
        site.rooms.submit(dense, "t", Step())
        site.rooms.tick()
        site.rooms.tick()
    # A command waits for the end of its moment.
    site.rooms.submit(dense, "t", Gossip())
    assert site.rooms.look_at(dense).moment_is_over
    pieces = [after - before for before, after in pairwise(rests)]
    assert max(pieces) <= SLICE + OVER
    largest = max(len(frame.changes) for frame in site.frames[before:-1])
    assert largest <= CHANGES_PER_FRAME + SLICE + OVER
    shown = site.rooms.digest(dense)
    row, entries = site.rooms.log(dense)
    assert replays.digest(row, entries) == shown.digest
    assert [frame.number for frame in site.frames] == list(range(1, len(site.frames) + 1))


def test_a_room_that_asks_for_too_much_in_a_tick_is_slow_and_still_one_run(site: Site, dense: str) -> None:
    site.rooms.submit(dense, "t", SetSpeed(1.0))
    site.rooms.submit(dense, "t", Configure(gossip_every_us=1_000))
    site.rooms.submit(dense, "t", Compare(Configure(gossip_fanout=3)))
    for number in range(12):
        work = site.rooms.look_at(dense).first.work
        site.pass_time(0.03, tick_s=0.03)
        assert site.rooms.look_at(dense).first.work - work <= 6 * CHANGES_PER_TICK
        if number % 4 == 0:
            site.rooms.submit(dense, "t", Write("A", "x", f"v{number}"))
    assert site.rooms.now_us(dense) < 12 * 30 * MS, "it is in slow motion"
    shown = site.rooms.digest(dense)
    row, entries = site.rooms.log(dense)
    run = replays.replay(row, entries)
    assert run.digest() == shown.digest
    live = site.rooms.look_at(dense).twin
    assert run.twin is not None
    assert live is not None
    assert run.twin.simulation.digest() == live.simulation.digest()
    branch = site.families.fork(dense, "t", Fork(row.clock_us, Write("B", "y", "w")))
    row, entries = site.rooms.log(branch)
    assert replays.digest(row, entries) == site.rooms.digest(branch).digest


def test_no_more_messages_are_under_way_than_there_may_be(site: Site, dense: str) -> None:
    site.rooms.submit(dense, "t", Pause())
    site.rooms.submit(dense, "t", Freeze("n2"))
    given = 0
    while not site.rooms.look_at(dense).first.simulation._cluster.network.is_full:
        site.rooms.submit(dense, "t", Gossip())
        given += 1
    with pytest.raises(Refused, match="too_many_messages"):
        site.rooms.submit(dense, "t", Gossip())
    with pytest.raises(Refused, match="too_many_messages"):
        site.rooms.submit(dense, "t", Write("A", "x", "v"))
    assert 5 < given < 20
    assert len(site.rooms.log(dense)[1]) == given + 2, "what is refused is in no log"
    under_way = [change for change in site.whole(dense).changes if isinstance(change.fields, MessageState)]
    assert len(under_way) == MESSAGES_MAX
    site.rooms.submit(dense, "t", Thaw("n2"))
    row, entries = site.rooms.log(dense)
    assert replays.digest(row, entries) == site.rooms.digest(dense).digest


def test_turns_are_taken_one_at_a_time_and_only_after_a_stretch_of_work(tmp_path: Path) -> None:
    now_s, slept = [0.0], []
    turns = Turns(slept.append, lambda: now_s[0])
    turns()
    turns.rest()
    assert slept == []
    now_s[0] += STRETCH_S * 1.5
    turns()
    turns()
    assert slept == [0]
    now_s[0] += STRETCH_S * 1.5
    turns.rest()
    turns.rest()
    assert slept == [0, 0]
