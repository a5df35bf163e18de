"""Two clients write one key: which of them wins, and who decides?"""

from engine.commands import Command, Configure, Skew
from engine.units import MS
from webapp.lessons.review.question import Choice, Facts, Luck, Question, Said, ms
from webapp.lessons.review.running import Ran, drawn, question, read, run, write

NODES = 3


def counted(luck: Luck) -> Question | None:
    """Each writer counts for itself."""
    first = luck.pick(("both", "A", "B"))
    a_ms, b_ms = {"both": (6, 6), "A": (6, 12), "B": (12, 6)}[first]
    a, b = luck.values(2)
    settings = Configure(versions="counter", w=2, r=2)
    script: list[tuple[float, Command]] = sorted([(a_ms, write("A", a)), (b_ms, write("B", b))], key=lambda one: one[0])
    ran = run(drawn(NODES, settings, script, 26), luck.seed(), 3)
    versions = sorted({ran.counter(f"n{number + 1}") for number in range(NODES)})
    told = "counted.tie" if first == "both" else "counted.again"
    return _question(luck, ran, a, b, {"version": versions[-1]}, told)


def clocked(luck: Luck) -> Question | None:
    """Wall clocks decide, and one of them may be wrong."""
    skewed, skew_us = luck.pick(("A", "B")), luck.pick((-40, -2, 2, 40, 40)) * MS
    a_ms, b_ms = luck.pick(((6, 12), (12, 6)))
    a, b = luck.values(2)
    settings = Configure(versions="clock", w=2, r=2)
    script: list[tuple[float, Command]] = [(0, Skew(skewed, skew_us))]
    script += sorted([(a_ms + 50, write("A", a)), (b_ms + 50, write("B", b))], key=lambda one: one[0])
    ran = run(drawn(NODES, settings, script, 70), luck.seed(), 50)
    times = {operation.client: operation.version.counter for operation in ran.operations() if operation.version}
    return _question(luck, ran, a, b, {"a_ms": ms(times["A"]), "b_ms": ms(times["B"])}, "clocked")


def merged(luck: Luck) -> Question | None:
    """Version vectors: what counts is what a writer had seen."""
    sees = luck.chance(0.5)
    leads, follows = luck.pick((("A", "B"), ("B", "A")))
    a, b = luck.values(2)
    values = {"A": a, "B": b}
    settings = Configure(strategy="coordinator", versions="vector", w=2, r=2)
    script: list[tuple[float, Command]] = [(6, write(leads, values[leads], "n1"))]
    if sees:
        script += [(13, read(follows, "n3"))]
    script += [(20, write(follows, values[follows], luck.pick(("n1", "n2"))))]
    ran = run(drawn(NODES, settings, script, 32), luck.seed(), 3)
    return _question(luck, ran, a, b, {"client": follows}, "merged.seen" if sees else "merged.unseen")


def _question(luck: Luck, ran: Ran, a: str, b: str, facts: Facts, told: str) -> Question | None:
    ends = {ran.holds(f"n{number + 1}") for number in range(NODES)}
    if len(ends) != 1:
        return None
    (held,) = ends
    right = "both" if len(held) > 1 else "a" if held == (a,) else "b"
    choices = (
        Choice("a", Said("choice.holds", {"value": a})),
        Choice("b", Said("choice.holds", {"value": b})),
        Choice("both", Said("choice.both_values", {"value": a, "other": b})),
    )
    facts = facts | {"a": a, "b": b, "value": a if right == "a" else b}
    return question("two-writers", Said("writers"), luck.shuffled(choices), right, Said(told, facts), ran)
