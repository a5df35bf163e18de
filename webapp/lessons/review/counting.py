"""Counting acknowledgements: what is enough, what it takes, and how many nodes may be missing."""

from engine.commands import Command, Configure, Crash, Freeze, Restart, Slow, Thaw
from engine.units import MS
from webapp.lessons.review.question import Choice, Facts, Luck, Question, Said, ms, names, nodes_of
from webapp.lessons.review.running import acks, drawn, question, read, run, took_us, write


def some_are_missing(luck: Luck) -> Question | None:
    """A write while some nodes are down, or stand still for a while."""
    nodes = nodes_of(luck.between(3, 7))
    old, new = luck.values(2)
    w = luck.between(1, len(nodes))
    missing = luck.some(nodes, luck.between(1, len(nodes) - 1))
    frozen = luck.chance(0.6)
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    script += [(5, Freeze(node) if frozen else Crash(node)) for node in missing]
    script.append((6, write("A", new)))
    if frozen:
        script += [(16, Thaw(node)) for node in missing]
    settings = Configure(w=w, r=1, timeout_us=(30 if luck.chance(0.8) else 8) * MS)
    ran = run(drawn(len(nodes), settings, script, 40), luck.seed(), 5.5)
    written = ran.last()
    took = took_us(written)
    if took is None:
        return None
    facts: Facts = {"acks": acks(written), "count": w, "needed": w, "ms": ms(took), "missing": names(missing)}
    right = "fail" if written.outcome != "ok" else "soon" if took <= 2 * MS else "late"
    return question(
        "five-masters",
        Said("missing", {"client": "A", "value": new}),
        luck.shuffled(Choice(name, Said(f"choice.write_{name}")) for name in ("soon", "late", "fail")),
        right,
        Said(f"missing.{right}", facts),
        ran,
    )


def slow_ones(luck: Luck) -> Question | None:
    """How long does an operation take where nodes are fast, slow and very slow?"""
    nodes = nodes_of(luck.between(4, 7))
    old, new = luck.values(2)
    factors = (1, luck.between(2, 4), luck.between(6, 10))
    drawn_factors = luck.shuffled([*factors, *(luck.pick(factors) for _ in nodes[3:])])
    reads = luck.chance(0.5)
    needed = luck.between(1, len(nodes))
    script: list[tuple[float, Command]] = [(0, write("A", old))]
    pairs = sorted(zip(drawn_factors, nodes, strict=True))
    script += [(5, Slow(node, factor)) for factor, node in pairs if factor > 1]
    script.append((6, read("B") if reads else write("A", new)))
    settings = Configure(w=1 if reads else needed, r=needed if reads else 1)
    ran = run(drawn(len(nodes), settings, script, 40), luck.seed(), 5.5)
    asked = ran.last()
    took = took_us(asked)
    trips = {f"trip-{place}": 2 * factor * MS for place, factor in enumerate(factors)}
    right = next((name for name, trip in trips.items() if trip == took), None)
    if right is None or took is None:
        return None
    what = "read" if reads else "write"
    slow = sorted(2 * factor for factor in drawn_factors)
    return question(
        "tune-w-r-n",
        Said(f"slow.{what}", {"client": asked.client, "value": new, "needed": needed}),
        luck.shuffled(Choice(name, Said("choice.takes", {"ms": ms(trip)})) for name, trip in trips.items()),
        right,
        Said(f"slow.{what}_why", {"needed": needed, "ms": ms(took), "trips": ", ".join(map(str, slow))}),
        ran,
    )


def one_after_another(luck: Luck) -> Question | None:
    """Nodes crash one by one: how long do both reads and writes go on?"""
    nodes = nodes_of(luck.between(3, 7))
    n = len(nodes)
    w, r = (luck.between(1, n if luck.chance(0.4) else n - 1) for _ in "wr")
    crashing = luck.shuffled(nodes)[: n - 1]
    values = luck.values(n)
    script: list[tuple[float, Command]] = [(0, write("A", values[0]))]
    for place, node in enumerate(crashing, start=1):
        script += [(10 * place, Crash(node)), (10 * place + 1, write("A", values[place]))]
        script.append((10 * place + 1, read("B")))
    ran = run(drawn(n, Configure(w=w, r=r), script, 10 * n + 5), luck.seed(), 5)
    held = 0
    pairs = ran.operations()[1:]
    for down, pair in enumerate(zip(pairs[::2], pairs[1::2], strict=True), start=1):
        if all(operation.outcome == "ok" for operation in pair):
            held = down
    offered = {held, n - w, n - r, n - max(w, r), n - min(w, r), n - 1, n // 2} & set(range(n))
    others = luck.shuffled(sorted(offered - {held}))[:3]
    spare = luck.shuffled(sorted(set(range(n)) - {held, *others}))[: 3 - len(others)]
    return question(
        "how-many-may-fail",
        Said("crashes"),
        tuple(
            Choice(f"down-{count}", Said("choice.down", {"count": count})) for count in sorted({held, *others, *spare})
        ),
        f"down-{held}",
        Said("crashes.why", {"count": held, "w": w, "r": r, "up": n - held}),
        ran,
        Said("story.one_by_one", {"nodes": names(crashing)}),
    )


def overslept(luck: Luck) -> Question | None:
    """A client writes again and again, and one node is down for some of it: which version has it in the end?"""
    nodes = nodes_of(luck.between(3, 5))
    sleeper = luck.pick(nodes)
    writes = luck.between(3, 6)
    falls = luck.between(2, writes)
    # Half of the time it is back before the last write, and then it has that one like everybody.
    wakes = luck.between(falls + 1, writes) if falls < writes and luck.chance(0.45) else writes + 1
    script: list[tuple[float, Command]] = [
        (10 * number, write("A", value)) for number, value in enumerate(luck.values(writes), start=1)
    ]
    script += [(10 * falls - 3, Crash(sleeper)), (10 * wakes - 3, Restart(sleeper))]
    script.sort(key=lambda step: step[0])
    ran = run(drawn(len(nodes), Configure(w=1, r=1), script, 10 * writes + 12), luck.seed(), 5)
    found = ran.counter(sleeper)
    received = writes - (wakes - falls)
    numbers = range(1, writes + 1)
    offered = {found, writes, falls - 1, received} & set(numbers)
    spare = luck.shuffled([number for number in numbers if number not in offered])[: 3 - len(offered)]
    return question(
        "version-numbers",
        Said("overslept", {"node": sleeper}),
        tuple(Choice(f"v{count}", Said("choice.version", {"version": count})) for count in sorted({*offered, *spare})),
        f"v{found}",
        Said(
            "overslept.back_in_time" if found == writes else "overslept.too_late",
            {"node": sleeper, "version": found, "count": received},
        ),
        ran,
    )
