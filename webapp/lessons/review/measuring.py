"""How much, how long, how many: counted in runs that repeat one thing."""

from engine.changes import MessageState
from engine.commands import Command, Configure, Crash, Gossip, Restart, Write
from engine.settings import GossipDigestKind, GossipMode
from engine.units import MS
from webapp.lessons.review.question import Choice, Luck, Question, Said
from webapp.lessons.review.running import drawn, question, read, run, write

PAIRS = 12
APART_MS = 100


def after_the_commit(luck: Luck) -> Question | None:
    """Many times: a write is OK, and so much later somebody reads. How many of these reads are stale?"""
    n = 3
    w, r = luck.pick(((1, 1), (1, 1), (1, 1), (1, 1), (1, 2), (2, 1), (2, 2), (n, 1)))
    wait_ms = luck.pick((0, 0, 0, 1, 3, 10))
    latency = luck.pick(("LNKD-DISK", "LNKD-DISK", "EXPONENTIAL"))
    settings = Configure(w=w, r=r, latency=latency)
    writes: list[tuple[float, Command]] = [
        (5 + APART_MS * place, write("A", f"v{place + 1}")) for place in range(PAIRS)
    ]
    seed, ends_ms = luck.seed(), APART_MS * PAIRS
    # Each link has a luck of its own: reads by another client leave the writes as they are.
    alone = run(drawn(n, settings, writes, ends_ms), seed, 0)
    script = [*writes]
    for operation in alone.operations():
        if operation.responded_us is None or operation.responded_us - operation.invoked_us > (APART_MS / 2) * MS:
            return None
        script.append((operation.responded_us / MS + wait_ms, read("B")))
    script.sort(key=lambda step: step[0])
    ran = run(drawn(n, settings, script, ends_ms), seed, 0)
    stale, newest = 0, ""
    for operation in ran.operations():
        if operation.type == "write":
            newest = operation.value or ""
        else:
            stale += operation.value != newest
    few, many = PAIRS // 6, PAIRS // 3
    if few < stale < many:
        return None
    right = "none" if stale == 0 else "few" if stale <= few else "many"
    return question(
        "how-stale",
        Said("commit", {"client": "B", "count": PAIRS}),
        (
            Choice("none", Said("choice.stale_none")),
            Choice("few", Said("choice.stale_few", {"most": few})),
            Choice("many", Said("choice.stale_many", {"least": many})),
        ),
        right,
        Said("commit.overlap" if w + r > n else "commit.why", {"count": stale, "of": PAIRS, "sum": w + r, "n": n}),
        ran,
        Said("story.pairs" if wait_ms else "story.pairs_at_once", {"count": PAIRS, "ms": wait_ms}),
    )


def rumour(luck: Luck) -> Question | None:
    """One node has a value, and there are steps of gossip: how many have it then?"""
    nodes = luck.pick((8, 16, 32))
    mode: GossipMode = luck.pick(("pull", "push", "push_pull"))
    steps = luck.between(1, 7)
    (value,) = luck.values(1)
    script: list[tuple[float, Command]] = [(0, write("A", value))]
    script += [(5 + 6 * step, Gossip()) for step in range(steps)]
    settings = Configure(w=1, r=1, write_to="exact", gossip_mode=mode)
    ran = run(drawn(nodes, settings, script, 6 * steps + 8), luck.seed(), 4)
    having = len(ran.holder(value))
    low, from_, to, high = nodes // 4, nodes * 3 // 8, nodes * 5 // 8, nodes - nodes // 8
    right = "few" if having <= low else "half" if from_ <= having <= to else "most" if having >= high else None
    if right is None:
        return None
    return question(
        "gossip-at-scale",
        Said("rumour", {"nodes": nodes, "value": value}),
        (
            Choice("few", Said("choice.rumour_few", {"most": low})),
            Choice("half", Said("choice.rumour_half", {"from": from_, "to": to})),
            Choice("most", Said("choice.rumour_most", {"least": high, "of": nodes})),
        ),
        right,
        Said("rumour.why", {"having": having, "nodes": nodes, "count": steps}),
        ran,
        Said("story.steps", {"count": steps}),
    )


def named_keys(luck: Luck) -> Question | None:
    """Two nodes compare what they hold, by the versions of all keys or down a tree of hashes."""
    digest: GossipDigestKind = luck.pick(("versions", "merkle", "merkle"))
    keys = luck.between(12, 24)
    missed = luck.pick((0, 1, 1, 2))
    names = [f"k{place + 1}" for place in range(keys)]
    script: list[tuple[float, Command]] = [(3 * place, Write("A", key, "first")) for place, key in enumerate(names)]
    at_ms = 3 * keys + 2
    script += [(at_ms, Crash("n2"))]
    script += [(at_ms + 3 * place + 1, Write("A", key, "second")) for place, key in enumerate(luck.some(names, missed))]
    at_ms += 3 * missed + 4
    script += [(at_ms, Restart("n2")), (at_ms + 2, Gossip("n2"))]
    settings = Configure(w=1, r=1, gossip_digest=digest, gossip_mode="pull")
    ran = run(drawn(2, settings, script, at_ms + 20, ("A",)), luck.seed(), at_ms + 1)
    listed = {
        change.id: change.fields.count
        for change in ran.changes
        if isinstance(change.fields, MessageState) and change.fields.type == "gossip_digest"
    }
    named = sum(count or 0 for count in listed.values())
    right = "none" if named == 0 else "all" if named == keys else "some"
    return question(
        "gossip-at-scale",
        Said("keys", {"node": "n2", "count": keys}),
        (
            Choice("none", Said("choice.keys_none")),
            Choice("some", Said("choice.keys_some")),
            Choice("all", Said("choice.keys_all", {"count": keys})),
        ),
        right,
        Said(f"keys.{digest}", {"named": named, "count": missed, "keys": keys}),
        ran,
        past=(Said("story.keys", {"count": keys}), Said("story.missed", {"node": "n2", "count": missed})),
    )
