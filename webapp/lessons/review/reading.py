"""What a read hears, and whether the newest write is among it."""

from engine.commands import Command, Configure, Crash, Freeze, Link, Partition, Restart, Thaw
from engine.settings import ReadRepair
from engine.units import MS
from webapp.lessons.review.question import Choice, Facts, Luck, Question, Said, names, nodes_of, reads
from webapp.lessons.review.running import drawn, question, read, read_came_to, run, write


def right_after(luck: Luck) -> Question | None:
    """A read begins right after a write was OK; each client is far from some of the nodes."""
    nodes = nodes_of(luck.between(3, 6))
    n = len(nodes)
    old, new = luck.values(2)
    w, r = (luck.between(1, n if luck.chance(0.3) else n // 2) for _ in "wr")
    script: list[tuple[float, Command]] = [(0, write("A", old)), (12, write("A", new))]
    script += [(5, Link("A", node, reorder=1.0)) for node in luck.some(nodes, n - w)]
    script += [(5, Link("B", node, reorder=1.0)) for node in luck.some(nodes, n - r)]
    if luck.chance(0.2):
        script += [(14.2, Crash(node)) for node in luck.some(nodes, min(n - 1, n - r + 1))]
    script += [(14.4, read("B"))]
    script.sort(key=lambda step: step[0])
    ran = run(drawn(n, Configure(w=w, r=r), script, 30), luck.seed(), 14.1)
    asked = ran.last()
    if ran.operation(2).responded_us != 14 * MS:
        return None
    right = read_came_to(ran, new)
    heard = [answer.node for answer in asked.answers if answer.says == "value"][: asked.needed]
    having = [answer.node for answer in asked.answers if answer.node in heard and answer.value == new]
    facts: Facts = {"heard": names(heard), "count": len(having), "value": new, "sum": w + r, "n": n, "needed": r}
    if right == "fail":
        why = Said("after.fail", facts)
    else:
        why = Said(f"after.{right}_{'overlap' if w + r > n else 'luck'}", facts)
    return question("read-by-majority", Said("after", {"client": "B"}), luck.shuffled(reads(old, new)), right, why, ran)


def newest_of_few(luck: Luck) -> Question | None:
    """Few nodes have the newest version. What is the answer to a read that hears from exactly these?"""
    nodes = nodes_of(luck.pick((3, 5)))
    n = len(nodes)
    old, new = luck.values(2)
    asleep = luck.some(nodes, luck.between(n // 2, n - 1))
    r = luck.between(2, n - 1)
    answering = r if luck.chance(0.85) else r - 1
    left = luck.some(asleep if len(asleep) >= answering and luck.chance(0.5) else nodes, answering)
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [(5, Crash(node)) for node in asleep]
    script += [(6, write("A", new))]
    script += [(10, Restart(node)) for node in asleep]
    script += [(12, Crash(node)) for node in nodes if node not in left]
    script += [(13, read("B"))]
    ran = run(drawn(n, Configure(w=1, r=r), script, 20), luck.seed(), 12.5)
    right = read_came_to(ran, new)
    told = [f"{answer.version.counter}" for answer in ran.last().answers if answer.version is not None]
    why = Said(f"newest.{right}", {"versions": ", ".join(told), "value": new, "needed": r, "count": len(told)})
    asks = Said("newest", {"client": "B", "needed": r})
    return question("version-numbers", asks, luck.shuffled(reads(old, new)), right, why, ran)


TRIES = 40


def one_of_them(luck: Luck) -> Question | None:
    """Many reads, each from one node drawn at random, while only some of the nodes have the newest write."""
    nodes = nodes_of(luck.between(4, 6))
    n = len(nodes)
    old, new = luck.values(2)
    having = luck.some(nodes, luck.between(0, n))
    lacking = [node for node in nodes if node not in having]
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    if lacking:
        script.append((5, Partition((("A", *having), tuple(lacking)))))
    script += [(6, write("A", new)), *((12 + 3 * place, read("B")) for place in range(TRIES))]
    w = luck.between(1, n)
    settings = Configure(w=w, read_from="one", timeout_us=5 * MS)
    ran = run(drawn(n, settings, script, 12 + 3 * TRIES), luck.seed(), 11.5)
    stale = sum(operation.type == "read" and operation.value == old for operation in ran.operations())
    # So many of n nodes would give as many stale reads on average.
    near = stale * n / TRIES
    if abs(near - round(near)) > 0.35:
        return None
    others = luck.shuffled(sorted({*range(n + 1)} - {round(near)}))[:3]
    return question(
        "one-random-node",
        Said("one_of", {"client": "B", "count": TRIES, "old": old}),
        tuple(
            Choice(f"of-{count * 60 // n}", Said("choice.about", {"count": round(count * TRIES / n), "of": TRIES}))
            for count in sorted({round(near), *others})
        ),
        f"of-{round(near) * 60 // n}",
        Said("one_of.why", {"count": stale, "of": TRIES, "lacking": len(lacking), "n": n}),
        ran,
        Said("story.many_reads", {"client": "B", "count": TRIES}),
    )


def second_read(luck: Luck) -> Question | None:
    """A write is under way and has reached few nodes. One read has seen it: does the next?"""
    nodes = nodes_of(luck.pick((3, 3, 5)))
    n = len(nodes)
    r = n // 2 + 1
    old, new = luck.values(2)
    reached = luck.some(nodes, 1 if n == 3 else luck.between(1, 2))
    rest = [node for node in nodes if node not in reached]
    first = {reached[0], *luck.some([node for node in nodes if node != reached[0]], r - 1)}
    answering = r if luck.chance(0.85) else r - 1
    second = set(luck.some(rest if len(rest) >= answering and luck.chance(0.6) else nodes, answering))
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [(5, Link("A", node, cut=True)) for node in rest]
    script += [(6, write("A", new))]
    script += [(8.2, Freeze(node)) for node in nodes if node not in first]
    script += [(9, read("B"))]
    script += [(17, Thaw(node)) for node in nodes if node not in first and node in second]
    script += [(19, Freeze(node)) for node in nodes if node in first and node not in second]
    script += [(20, read("B"))]
    repair: ReadRepair = luck.pick(("off", "off", "async", "blocking", "blocking"))
    settings = Configure(w=r, r=r, read_repair=repair, timeout_us=40 * MS)
    ran = run(drawn(n, settings, script, 75), luck.seed(), 16)
    before = ran.operation(3)
    if before.value != new or before.responded_us is None or before.responded_us > ran.asked_us:
        return None
    right = read_came_to(ran, new)
    held = len(ran.held(new, 20 * MS))
    why = Said(f"second.{right}" if right != "new" else f"second.new_{repair}", {"count": held, "value": new})
    asks = Said("second", {"client": "B", "value": new})
    return question("new-old-inversion", asks, luck.shuffled(reads(old, new)), right, why, ran)
