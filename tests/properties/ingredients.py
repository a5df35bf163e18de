"""What makes a quorum linearizable, and what becomes of it where one of these things is missing.

``python -m tests.properties.ingredients`` searches a violating run for each, makes it short, and keeps it in
``traces``: a scenario with its script and seed, which any `Simulation` runs again.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine import Scenario, Simulation
from engine.checks import Monitor, Verdict
from engine.commands import Command, Configure, Crash, Gossip, Heal, Partition, Read, Restart, Skew, Slow, Write
from engine.scenario import Scripted

TRACES = Path(__file__).parent / "traces"
CLIENTS = ("A", "B", "C")

WHOLE = Configure(n=3, w=2, r=2, versions="ask", read_repair="blocking", latency="UNIFORM")

# What is put in the place of the ingredient; "a disk" is the only one that no setting takes away.
MISSING: dict[str, Configure] = {
    "overlapping-quorums": Configure(w=1),
    "asking-first-own-counters": Configure(versions="counter"),
    "asking-first-skewed-clocks": Configure(versions="clock"),
    "write-back-none": Configure(read_repair="off"),
    "write-back-later": Configure(read_repair="async"),
    "strict-quorums": Configure(sloppy=True, suspect_after_us=5_000),
    "more-than-one-reply": Configure(read_from="one"),
    "kept-disks": Configure(),
}


class Trace(msgspec.Struct, frozen=True):
    """A run to keep: ``missing`` is the name of the ingredient, ``verdict`` the code of the verdict on it."""

    missing: str
    verdict: str
    seed: int
    scenario: Scenario


def without(missing: str) -> Configure:
    changed = {name: value for name, value in msgspec.structs.asdict(MISSING[missing]).items() if value is not None}
    return msgspec.structs.replace(WHOLE, **changed)


def verdict(scenario: Scenario, seed: int) -> Verdict:
    """What a monitor says that watches the whole run."""
    sim, monitor = Simulation(scenario, seed), Monitor()
    sim.run_until(scenario.ends_us)
    for change in sim.take_changes():
        monitor.observe_change(change)
    return monitor.verdict


def _scenario(missing: str, script: list[Scripted]) -> Scenario:
    end_us = max((one.at_us for one in script), default=0) + 1_000_000
    return Scenario(
        name=missing,
        title=f"Without {missing}",
        claim="A violating run that was found by search.",
        nodes=5 if missing == "strict-quorums" else 3,
        clients=CLIENTS,
        settings=without(missing),
        script=tuple(script),
        ends_us=end_us,
    )


def _commands(missing: str, luck: random.Random) -> Iterator[Command]:
    nodes = 5 if missing == "strict-quorums" else 3
    for value in range(1, 30):
        node = f"n{luck.randint(1, nodes)}"
        choices: list[Command] = [
            Write(luck.choice(CLIENTS), "x", f"v{value}"),
            Write(luck.choice(CLIENTS), "x", f"v{value}"),
            Read(luck.choice(CLIENTS), "x"),
            Read(luck.choice(CLIENTS), "x"),
            Read(luck.choice(CLIENTS), "x"),
            Slow(node, luck.choice([1, 10])),
            Crash(node, "lost" if missing == "kept-disks" else "kept"),
            Restart(node),
        ]
        if missing == "asking-first-skewed-clocks":
            choices.append(Skew(luck.choice(CLIENTS), luck.randint(-20_000, 20_000)))
        if missing == "strict-quorums":
            sides = [luck.randint(0, 1) for _ in range(8)]
            actors = (*CLIENTS, *(f"n{place}" for place in range(1, 6)))
            groups = tuple(tuple(a for a, side in zip(actors, sides, strict=True) if side == s) for s in (0, 1))
            choices += [Partition(groups), Heal(), Gossip()]
        yield luck.choice(choices)


def search(missing: str, tries: int = 20_000) -> Trace:
    """The first violating run, made as short as leaving things out can make it."""
    for seed in range(tries):
        luck = random.Random(seed)
        at_us, script = 0, []
        for command in _commands(missing, luck):
            at_us += luck.choice([0, 500, 1_000, 3_000, 10_000])
            script.append(Scripted(at_us, command))
        if verdict(_scenario(missing, script), seed).word == "violated":
            script = _shortened(missing, script, seed)
            found = verdict(_scenario(missing, script), seed)
            return Trace(missing, found.code, seed, _scenario(missing, script))
    raise LookupError(f"no violating run without {missing} in {tries} tries")


def _shortened(missing: str, script: list[Scripted], seed: int) -> list[Scripted]:
    size = len(script)
    while size:
        start = 0
        while start < len(script):
            shorter = script[:start] + script[start + size :]
            if verdict(_scenario(missing, shorter), seed).word == "violated":
                script = shorter
            else:
                start += size
        size //= 2
    return script


if __name__ == "__main__":
    TRACES.mkdir(exist_ok=True)
    for name in MISSING:
        trace = search(name)
        text = msgspec.json.format(msgspec.json.encode(trace), indent=1)
        (TRACES / f"{name}.json").write_bytes(text + b"\n")
        print(f"{name:30} {trace.verdict:20} seed {trace.seed}, {len(trace.scenario.script)} commands")
