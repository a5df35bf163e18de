"""How fast the engine is: against SimPy and a bare heap, in replay, and in forking. ``make bench`` prints it."""

import heapq
import random
import time
from collections.abc import Callable

import msgspec

from engine import ENGINE_VERSION, Scenario, Simulation
from engine.commands import Command, Configure, Crash, Gossip, Read, Restart, Write
from tests.bench import quorum_simpy
from webapp.rooms.replay import replay
from webapp.store.log_store import Entry, RoomRow

OPERATIONS = 5_000


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The least CPU time of a few tries."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def cluster(nodes: int = 5, **settings: object) -> Scenario:
    usual = {"latency": "LNKD-SSD"} | settings
    return Scenario(name="bench", title="", claim="", nodes=nodes, settings=Configure(**usual))


def ours(operations: int, drain: bool = False) -> int:
    """One client, one operation after another, w = r = 3 of 5; the messages that were sent."""
    sim = Simulation(cluster(), seed=1)
    for operation in range(operations):
        sim.apply(Write("A", "x", str(operation)) if operation % 4 < 2 else Read("A", "x"))
        sim.run_until(sim.now_us + 200_000)
        if drain:
            msgspec.json.encode(sim.take_changes())
    return operations * 10


def heap(messages: int) -> None:
    """What no simulation can do without: push and pop an event for each message."""
    queue: list[tuple[float, int]] = []
    for number in range(messages):
        heapq.heappush(queue, (number * 0.7 % 13, number))
        if len(queue) > 10:
            heapq.heappop(queue)


def compare() -> None:
    messages = OPERATIONS * 10
    recorded = messages / seconds(lambda: ours(OPERATIONS))
    streamed = messages / seconds(lambda: ours(OPERATIONS, drain=True))
    simpy = messages / seconds(lambda: quorum_simpy.run(OPERATIONS))
    bare = messages / seconds(lambda: heap(messages))
    print(f"messages a second, {messages:,} messages of quorum operations on 5 nodes, w = r = 3")
    print(f"  engine, every change recorded            {recorded:10,.0f}   {recorded / simpy:5.2f} x SimPy")
    print(f"  engine, every change encoded as JSON too {streamed:10,.0f}   {streamed / simpy:5.2f} x SimPy")
    print(f"  the same workload in SimPy, no record    {simpy:10,.0f}")
    print(f"  a bare heap                              {bare:10,.0f}   engine: {recorded / bare:.3f} of it")
    for operations in (1_250, 2_500, 5_000, 10_000):
        took = seconds(lambda count=operations: ours(count), times=1)
        print(f"  growth: {operations * 10:7,} messages in {took:.2f} s")


def hour(commands: int) -> tuple[RoomRow, list[Entry]]:
    """A class's log: so many commands in an hour, one in ten a fault or its end."""
    luck, entries, down = random.Random(7), [], False
    for seq in range(1, commands + 1):
        choice = luck.random()
        command: Command
        if choice < 0.1:
            command = Restart("n2") if down else Crash("n2")
            down = not down
        elif choice < 0.2:
            command = Gossip()
        elif choice < 0.6:
            command = Write(luck.choice("AB"), luck.choice("xyz"), f"v{seq}")
        else:
            command = Read(luck.choice("AB"), luck.choice("xyz"))
        at_us = seq * 3_600_000_000 // commands
        entries.append(Entry(seq, at_us, "bench", msgspec.json.encode(command).decode()))
    return RoomRow("bench", ENGINE_VERSION, "five-masters", 1, 3_600_000_000), entries


def replays() -> None:
    print("replay of a class's log of an hour")
    for commands in (1_250, 2_500, 5_000, 10_000):
        row, entries = hour(commands)
        print(f"  {commands:6,} commands in {seconds(lambda r=row, e=entries: replay(r, e), times=1):.2f} s")


def forks() -> None:
    print("fork of a simulation of 9 nodes")
    for operations in (1, 6, 11, 22):
        sim = Simulation(cluster(9, n=9, w=5, r=5, latency="EVEN"), seed=1)
        for warm in range(50):
            sim.apply(Write("A", f"k{warm % 10}", "v"))
            sim.run_until(sim.now_us + 10_000)
        for number in range(operations):
            sim.apply(Write("AB"[number % 2], f"k{number % 10}", "w"))
        sim.take_changes()
        flying = sum(change.kind == "message" for change in sim.snapshot())
        took = seconds(lambda s=sim: [s.fork() for _ in range(200)]) / 200
        print(f"  {flying:4} messages in flight: {took * 1000:.2f} ms")


if __name__ == "__main__":
    compare()
    replays()
    forks()
