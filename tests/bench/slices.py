"""How long the server's own process works without letting anybody else have a turn: ``make bench-slices`` prints it.

The worst that a room can be: 50 nodes, a log as long as one may be, a second cluster beside.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from engine import ENGINE_VERSION, Scenario
from engine.commands import Command, Configure, Gossip, Read, Workload, Write
from engine.units import MS
from webapp.protocol import Fork, Frame
from webapp.rooms.family import Families
from webapp.rooms.manager import Rooms
from webapp.rooms.pace import SetSpeed
from webapp.rooms.run import LOG_MAX
from webapp.rooms.scenarios import text_of
from webapp.rooms.sharing import Sharing
from webapp.rooms.turns import Turns
from webapp.rooms.twin import Compare
from webapp.serve.running import COLLECT_AFTER
from webapp.store.log_store import Entry, RoomRow
from webapp.store.opening import open_file
from webapp.store.sql_logs import SqlLogStore

NODES = 50


class Bench:
    """Rooms whose turns are watched: ``stretches_s`` are the times between two of them, of this process alone."""

    def __init__(self, folder: Path) -> None:
        self.wall_s = 0.0
        self.stretches_s: list[float] = []
        self._since_s = 0.0
        turns = Turns(self._turn, time.thread_time)
        self.encoded = 0
        store = SqlLogStore(open_file(folder / "rooms.sqlite3"))
        self.rooms = Rooms(store, self._publish, lambda: self.wall_s, turns, turns.rest)
        self.families = Families(self.rooms, lambda _rooms, _branches: None)
        self.sharing = Sharing(self.rooms)

    def _publish(self, frame: Frame) -> None:
        self.encoded += len(msgspec.json.encode(frame))

    def _turn(self, _seconds: float) -> None:
        now_s = time.thread_time()
        self.stretches_s.append(now_s - self._since_s)
        self._since_s = now_s

    @contextmanager
    def watch(self, what: str) -> Iterator[None]:
        self.stretches_s.clear()
        began_s = self._since_s = time.thread_time()
        yield
        self._turn(0)
        stretches = sorted(self.stretches_s)
        most = [f"{stretch * 1000:6.1f}" for stretch in stretches[-3:]]
        at_99 = stretches[int(len(stretches) * 0.99)] * 1000
        took = time.thread_time() - began_s
        print(f"  {what:44} {took:7.2f} s, {len(stretches):6} turns, p99 {at_99:5.1f} ms, longest {' '.join(most)} ms")


def cluster(**settings: object) -> Scenario:
    usual = {"latency": "LNKD-SSD", "n": 5, "w": 3, "r": 3, "strategy": "coordinator"} | settings
    return Scenario(name="bench", title="", claim="", nodes=NODES, settings=Configure(**usual))


def long_log(commands: int) -> list[Entry]:
    entries = []
    for seq in range(1, commands + 1):
        command: Command | Compare
        if seq == 10:
            command = Compare(Configure(r=1))
        elif seq % 100 == 0:
            command = Gossip()
        else:
            command = Write("A", f"k{seq % 20}", f"v{seq}") if seq % 2 else Read("B", f"k{seq % 20}")
        entries.append(Entry(seq, seq * 20 * MS, "bench", msgspec.json.encode(command).decode()))
    return entries


def row_of(name: str, scenario: Scenario, clock_us: int) -> RoomRow:
    return RoomRow(name, ENGINE_VERSION, text_of(scenario), 1, clock_us)


def long(bench: Bench) -> None:
    entries = long_log(LOG_MAX - 1)
    print(f"a log of {len(entries):,} commands, {NODES} nodes, a second cluster beside")
    bench.rooms.keep(row_of("long", cluster(), entries[-1].at_us), entries)
    with bench.watch("woken"):
        bench.rooms.wake("long")
    with bench.watch("a branch, from the middle"):
        bench.families.fork("long", "t", Fork(entries[len(entries) // 2].at_us))
    with bench.watch("a copy"):
        bench.sharing.copy("long", None, "t")
    with bench.watch("shared"):
        shared = bench.sharing.share("long", entries[5_000].at_us)
    if shared.packed is not None:
        with bench.watch("unpacked"):
            bench.sharing.unpack(shared.packed, "t")
    with bench.watch("digest"):
        bench.rooms.digest("long")
    with bench.watch("whole frame, encoded"):
        msgspec.json.encode(bench.rooms.peek("long"))


def dense(bench: Bench, name: str, scenario: Scenario, *commands: Command, ticks: int = 60) -> None:
    print(name)
    bench.rooms.keep(row_of(name, scenario, 0), ())
    bench.rooms.join(name, lambda frame: None)
    bench.rooms.submit(name, "t", SetSpeed(1.0))
    for command in commands:
        with bench.watch(f"command {type(command).__name__}"):
            bench.rooms.submit(name, "t", command)

    def tick() -> None:
        for _ in range(ticks):
            bench.wall_s += 0.03
            bench.rooms.tick()

    with bench.watch(f"{ticks} ticks, frames encoded"):
        tick()
    with bench.watch("command Compare"):
        bench.rooms.submit(name, "t", Compare(Configure(r=2)))
    with bench.watch(f"{ticks} ticks, a second cluster beside"):
        tick()
    with bench.watch("whole frame, encoded"):
        msgspec.json.encode(bench.rooms.peek(name))
    bench.rooms.leave(name)


def measure(act: Callable[[Bench], None]) -> None:
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        act(bench)
        bench.rooms.close()


def main() -> None:
    # As the server does.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    measure(long)
    measure(lambda bench: dense(bench, "a workload on 50 nodes, n = 40", cluster(n=40, w=21, r=21), Workload(20_000)))
    gossip = cluster(gossip_every_us=1_000, gossip_fanout=NODES - 1, gossip_mode="push_pull", latency="EVEN")
    measure(lambda bench: dense(bench, "everybody gossips with everybody", gossip, Write("A", "x", "v"), Gossip()))
    merkle = cluster(gossip_every_us=1_000, gossip_fanout=5, gossip_digest="merkle", latency="EVEN")
    measure(lambda bench: dense(bench, "Merkle trees", merkle, Workload(5_000)))
    leader = cluster(strategy="leader", gossip_every_us=5_000, n=NODES, w=26)
    measure(lambda bench: dense(bench, "a leader and 49 followers", leader, Workload(5_000)))


if __name__ == "__main__":
    main()
