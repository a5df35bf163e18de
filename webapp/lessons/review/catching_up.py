"""How a node that missed a write comes to have it, or does not."""

from engine.commands import Command, Configure, Crash, Gossip, Heal, Partition, Restart
from engine.settings import GossipMode, ReadRepair
from engine.units import MS
from webapp.lessons.review.question import Choice, Facts, Luck, Question, Said, nodes_of, reads
from webapp.lessons.review.running import KEY, Ran, drawn, question, read, read_came_to, run, write


def wakes_up(luck: Luck) -> Question | None:
    """A node was down for a write, and perhaps has lost its disk. Then somebody gossips, or reads, or nobody does."""
    nodes = nodes_of(luck.between(3, 5))
    n = len(nodes)
    old, new = luck.values(2)
    sleeper = luck.pick(nodes)
    act = luck.pick(("nothing", "nothing", "read", "repair", "pull", "push", "push"))
    mode: GossipMode = "push" if act == "push" else "pull"
    repair: ReadRepair = "async" if act == "repair" else "off"
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [
        (5, Crash(sleeper, "lost" if luck.chance(0.5) else "kept")),
        (6, write("A", new)),
        (12, Restart(sleeper)),
    ]
    if act in ("read", "repair"):
        script += [(14, read("B"))]
    elif act != "nothing":
        script += [(14, Gossip(sleeper))]
    settings = Configure(w=n // 2 + 1, r=n, gossip_mode=mode, read_repair=repair)
    ran = run(drawn(n, settings, script, 24), luck.seed(), 9)
    right = _ends_with(ran, sleeper, new)
    why = Said(f"wakes.{act}", {"node": sleeper, "value": new})
    return _holds("sleeping-node", luck, sleeper, old, new, right, why, ran)


def hint(luck: Luck) -> Question | None:
    """A node is down for a write, and another one may keep a hint for it."""
    old, new = luck.values(2)
    n, sloppy, seed = 3, luck.chance(0.8), luck.seed()
    nodes = luck.between(4, 6)
    settings = Configure(n=n, w=3, r=1, sloppy=sloppy, suspect_after_us=8 * MS, handoff_every_us=6 * MS)
    homes = run(drawn(nodes, settings, [(0, write("A", old))], 5), seed, 0).sim.replicas_of(KEY)
    target = luck.pick(homes)
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [(5, Crash(target, "lost" if luck.chance(0.5) else "kept")), (6, write("A", new))]
    # Who keeps the hint is known only when it is kept.
    kept = run(drawn(nodes, settings, script, 12), seed, 5.5).hints(target)
    lost = sloppy and luck.chance(0.5)
    if lost and kept:
        script += [(15, Crash(kept[-1].holder, "lost"))]
    script += [(17, Restart(target))]
    ran = run(drawn(nodes, settings, script, 45), seed, 12)
    right = _ends_with(ran, target, new)
    facts: Facts = {"node": target, "value": new, "holder": kept[-1].holder if kept else ""}
    told = "hint.none" if not kept else "hint.lost" if right != "new" else "hint.home"
    return _holds("sloppy-quorums", luck, target, old, new, right, Said(told, facts), ran)


def other_side(luck: Luck) -> Question | None:
    """A write on one side of a cut, with stand-ins or without, and a read on the other."""
    nodes = nodes_of(5)
    old, new = luck.values(2)
    sloppy = luck.chance(0.75)
    w, r = luck.pick(((2, 2), (2, 2), (1, 2), (2, 1), (3, 1)))
    here = luck.some(nodes, luck.between(1, 4))
    there = [node for node in nodes if node not in here]
    heals = luck.chance(0.4)
    script: list[tuple[float, Command]] = [(0, write("A", old)), (6, Partition((("A", *here), ("B", *there))))]
    script += [(7, write("A", new))]
    if heals:
        script += [(20, Heal())]
    script += [(40 if heals else 20, read("B"))]
    settings = Configure(
        n=3, w=w, r=r, sloppy=sloppy, suspect_after_us=3 * MS, handoff_every_us=6 * MS, timeout_us=10 * MS
    )
    ran = run(drawn(5, settings, script, 56), luck.seed(), 6.5)
    right = read_came_to(ran, new)
    held = len(ran.held(new, ran.last().invoked_us))
    # Where all can be asked and too few have it, who answers first decides.
    if heals and 0 < held <= 3 - r:
        return None
    facts: Facts = {"value": new, "count": held, "needed": r}
    asks = Said("other_side", {"client": "B"})
    return question(
        "sloppy-quorums", asks, luck.shuffled(reads(old, new)), right, Said(f"other_side.{right}", facts), ran
    )


def _ends_with(ran: Ran, node: str, new: str) -> str:
    held = ran.holds(node)
    return "nothing" if not held else "new" if new in held else "old"


def _holds(lesson: str, luck: Luck, node: str, old: str, new: str, right: str, why: Said, ran: Ran) -> Question:
    choices = (
        Choice("new", Said("choice.holds", {"value": new})),
        Choice("old", Said("choice.holds", {"value": old})),
        Choice("nothing", Said("choice.holds_nothing")),
    )
    return question(lesson, Said("holds", {"node": node}), luck.shuffled(choices), right, why, ran)
