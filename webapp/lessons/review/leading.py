"""A single leader: what dies with it, and what a cluster without one does in its place."""

from engine.commands import Command, Configure, Crash, Heal, Partition, Promote
from engine.units import MS
from webapp.lessons.review.question import Choice, Facts, Luck, Question, Said, names, nodes_of, reads
from webapp.lessons.review.running import acks, drawn, question, run, write
from webapp.lessons.review.running import read as reading

LEADER = "n1"


def heir_reads(luck: Luck) -> Question | None:
    """The leader writes on its side of a cut and dies, and a follower is told to lead, or nobody is."""
    nodes = nodes_of(luck.between(3, 5))
    old, new = luck.values(2)
    followers = nodes[1:]
    near = luck.some(followers, luck.between(0, len(followers) - 1))
    far = [node for node in followers if node not in near]
    heir = luck.pick(followers)
    takes_over = luck.chance(0.8)
    script: list[tuple[float, Command]] = [
        (0, write("A", old, LEADER)),
        (6, Partition(((LEADER, *near), tuple(far)))),
        (7, write("A", new, LEADER)),
        (13, Crash(LEADER)),
        (14, Heal()),
        *([(15, Promote(heir))] if takes_over else []),
        (20, reading("B", heir)),
    ]
    settings = Configure(strategy="leader", w=luck.between(1, len(nodes)), timeout_us=5 * MS)
    ran = run(drawn(len(nodes), settings, script, 32), luck.seed(), 6)
    read, written = ran.last(), ran.operation(2)
    if read.outcome != "ok":
        right, why = "fail", Said("heir.nobody", {"node": heir})
    elif read.value == new:
        right, why = "new", Said("heir.has", {"node": heir, "value": new, "count": len(near)})
    else:
        told = "heir.lost" if written.outcome == "ok" else "heir.missed"
        right, why = "old", Said(told, {"node": heir, "value": new, "old": old})
    return question(
        "one-leader", Said("heir", {"client": "B", "node": heir}), luck.shuffled(reads(old, new)), right, why, ran
    )


def both_ways(luck: Luck) -> Question | None:
    """The same write and the same faults, with a leader and without."""
    nodes = nodes_of(luck.between(3, 5))
    (value,) = luck.values(1)
    w = luck.between(1, len(nodes) - 1)
    cut_off = luck.chance(0.6)
    # A client that is cut off from all but the leader is what the leader is good for.
    chosen = luck.some(nodes[1:] if cut_off and luck.chance(0.7) else nodes, luck.between(1, len(nodes) - 1))
    fault = Partition((("A",), tuple(chosen))) if cut_off else None
    script: list[tuple[float, Command]] = [
        *([(0, fault)] if fault else [(0, Crash(node)) for node in chosen]),
        (1, write("A", value, LEADER)),
    ]
    settings = Configure(strategy="leader", w=w, timeout_us=8 * MS)
    beside = Configure(strategy="client")
    seed = luck.seed()
    led = run(drawn(len(nodes), settings, script, 24), seed, 0.5)
    free = run(led.scenario, seed, 0.5, beside)
    with_one, without = (ran.last().outcome == "ok" for ran in (led, free))
    right = ("both" if without else "led") if with_one else "free" if without else "neither"
    facts: Facts = {"needed": w, "acks": acks(free.last()), "nodes": names(chosen)}
    return question(
        "leader-or-leaderless",
        Said("both_ways", {"value": value, "needed": w, "count": w}),
        luck.shuffled(Choice(name, Said(f"choice.{name}")) for name in ("both", "led", "free", "neither")),
        right,
        Said(f"both_ways.{right}", facts),
        led,
        beside=beside,
    )
