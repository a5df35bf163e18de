"""What a client is told of a write, and what has become of it."""

from engine.commands import Command, Configure, Crash, Link, Restart
from engine.units import MS
from webapp.lessons.review.question import Choice, Facts, Luck, Question, Said, names, nodes_of, reads
from webapp.lessons.review.running import acks, drawn, question, read, read_came_to, run, write


def coordinator_dies(luck: Luck) -> Question | None:
    """A node that carries out a write crashes before, on the way, or when it has answered already."""
    nodes = nodes_of(luck.between(3, 5))
    n = len(nodes)
    old, new = luck.values(2)
    coordinator = luck.pick(nodes)
    others = [node for node in nodes if node != coordinator]
    down = luck.some(others, luck.between(1, n - 1) if luck.chance(0.65) else 0)
    w = luck.between(1, n)
    after_ms = luck.pick((0.5, 1.5, 2.5, 3.5, 3.5))
    script: list[tuple[float, Command]] = [(0, write("A", old, coordinator))]
    script += [(7, Crash(node)) for node in down]
    script += [(9, write("A", new, coordinator)), (9 + after_ms, Crash(coordinator))]
    settings = Configure(strategy="coordinator", w=w, r=1, timeout_us=8 * MS)
    ran = run(drawn(n, settings, script, 34), luck.seed(), 8)
    written = ran.last()
    right = written.outcome
    if right == "pending":
        return None
    elsewhere = any(answer.says == "refused" for answer in written.answers)
    facts: Facts = {"node": coordinator, "value": new, "count": len(ran.holder(new)), "needed": w}
    return question(
        "who-fans-out",
        Said("coordinator", {"client": "A", "value": new, "node": coordinator}),
        luck.shuffled(Choice(word, Said(f"choice.told_{word}")) for word in ("ok", "fail", "unknown")),
        right,
        Said("coordinator.elsewhere" if right == "ok" and elsewhere else f"coordinator.{right}", facts),
        ran,
    )


def copies(luck: Luck) -> Question | None:
    """How many nodes hold a value in the end, whatever its writer was told? Some acknowledgements are lost."""
    nodes = nodes_of(luck.between(3, 6))
    n = len(nodes)
    old, new = luck.values(2)
    down = luck.some(nodes, luck.between(0, n))
    up = [node for node in nodes if node not in down]
    deaf = luck.some(up, luck.between(0, len(up)) if luck.chance(0.6) else 0)
    w = luck.between(n // 2 + 1, n)
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [(5, Crash(node)) for node in down]
    script += [(5, Link(node, "A", cut=True)) for node in deaf]
    script += [(6, write("A", new)), *((12, Restart(node)) for node in down)]
    ran = run(drawn(n, Configure(w=w, r=1, timeout_us=5 * MS), script, 18), luck.seed(), 5.5)
    written = ran.last()
    held = len(ran.holder(new))
    heard = acks(written)
    others = luck.shuffled(sorted({0, heard, w, n, n - heard} - {held}))[:3]
    spare = luck.shuffled(sorted({*range(n + 1)} - {held, *others}))[: 3 - len(others)]
    return question(
        "fail-is-not-undone",
        Said("copies", {"value": new}),
        tuple(
            Choice(f"copies-{count}", Said("choice.copies", {"count": count}))
            for count in sorted({held, *others, *spare})
        ),
        f"copies-{held}",
        Said(f"copies.{written.outcome}", {"count": held, "acks": heard, "needed": w, "value": new}),
        ran,
    )


def surfaces(luck: Luck) -> Question | None:
    """A write FAILs, the nodes come back, others crash, and somebody reads."""
    nodes = nodes_of(luck.between(3, 5))
    n = len(nodes)
    old, new = luck.values(2)
    w = n // 2 + 1
    down = luck.some(nodes, luck.between(n - w + 1, n - 1))
    r = luck.between(1, w)
    answering = r if luck.chance(0.85) else r - 1
    left = luck.some(down if len(down) >= answering and luck.chance(0.5) else nodes, answering)
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [(5, Crash(node)) for node in down]
    script += [(6, write("A", new))]
    script += [(11, Restart(node)) for node in down]
    script += [(13, Crash(node)) for node in nodes if node not in left]
    script += [(14, read("B"))]
    ran = run(drawn(n, Configure(w=w, r=r), script, 22), luck.seed(), 10)
    if ran.operation(2).outcome != "fail":
        return None
    right = read_came_to(ran, new)
    heard = [answer.node for answer in ran.last().answers if answer.says == "value"]
    facts: Facts = {"value": new, "holding": names(ran.held(new, 10 * MS)), "heard": names(heard), "needed": r}
    asks = Said("surfaces", {"client": "B"})
    why = Said(f"surfaces.{right}", facts | {"count": len(heard)})
    return question("fail-is-not-undone", asks, luck.shuffled(reads(old, new)), right, why, ran)
