"""What w, r and n promise, and what they do not."""

from engine.commands import Configure, Crash, Freeze, Hold, Link, Partition, Read, Release, Restart, Slow, Thaw, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS

FIVE_MASTERS = Scenario(
    name="five-masters",
    title="Five masters",
    claim="Any node takes any write; a majority of acknowledgements makes it count.",
    text=(
        "Nothing is scripted here: this cluster is yours. Each of the five nodes keeps a copy of every record, and no"
        " node is in charge. Write as client A and watch five requests leave at once; the write is OK when three nodes"
        " have acknowledged it. Read as client B: three replies are enough, and the newest of them wins."
    ),
)

# What client A sends to n3 and n4, and client B to n1 and n2, takes 5 ms; all else 1 ms.
_FAR_APART = timed(
    (0, Link("A", "n3", reorder=1.0)),
    (0, Link("A", "n4", reorder=1.0)),
    (0, Link("B", "n1", reorder=1.0)),
    (0, Link("B", "n2", reorder=1.0)),
    (1, Write("A", "x", "apple")),
    (9, Write("A", "x", "pear")),
    (11.5, Read("B", "x")),
    (19, Read("B", "x")),
)

JUST_MISSES = Scenario(
    name="just-misses",
    title="w + r = n just misses",
    claim="With w + r = n a read may hear from exactly those nodes that the newest write has not reached.",
    text=(
        "Client A is near n1 and n2, client B near n3 and n4; what they send to the other two takes five times as"
        " long. With w = 2 pear is OK when n1 and n2 have it. Then client B reads with r = 2: n3 and n4 answer first,"
        " and pear has not reached them yet. Two and two is four, and there are four nodes, so the two quorums need"
        " have no node in common. The second read comes later, and finds pear."
    ),
    nodes=4,
    settings=Configure(w=2, r=2, latency="EVEN"),
    script=_FAR_APART,
    ends_us=26 * MS,
)

OVERLAP = Scenario(
    name="overlap",
    title="w + r > n always meets",
    claim="With w + r > n every read hears from at least one node that has the newest acknowledged write.",
    text=(
        "The same run as “w + r = n just misses”, but now a read waits for three replies. n3 and n4 say apple as"
        " before, and client B has to wait for a third, which can only be one of those that have pear. Pear wins,"
        " because its version is higher. Any two and any three of four nodes have one in common; the price is that"
        " client B's read takes 6 ms instead of 2."
    ),
    nodes=4,
    settings=Configure(w=2, r=3, latency="EVEN"),
    script=_FAR_APART,
    ends_us=26 * MS,
)

ONE_RANDOM_NODE = Scenario(
    name="one-random-node",
    title="Asking one node only",
    claim="A read that asks one random node is cheap, and may miss a write that was acknowledged before.",
    text=(
        "A cut keeps pear from n3, n4 and n5, but w is 2, so n1 and n2 are enough and client A hears OK. Client B can"
        " reach everybody. It reads five times, each time from one node drawn at random: where it meets n1 or n2 it"
        " gets pear, where it meets one of the others apple. What a read returns is a matter of luck, and a later read"
        " may return the older value."
    ),
    nodes=5,
    settings=Configure(w=2, read_from="one", latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Partition((("A", "n1", "n2"), ("n3", "n4", "n5")))),
        (6, Write("A", "x", "pear")),
        (10, Read("B", "x")),
        (13, Read("B", "x")),
        (16, Read("B", "x")),
        (19, Read("B", "x")),
        (22, Read("B", "x")),
    ),
    ends_us=26 * MS,
)

SLOW_NODE = Scenario(
    name="slow-node",
    title="A slow node in the crowd",
    claim="Waiting for w of n nodes hides a slow one; waiting for all of them does not.",
    text=(
        "n3 is ten times as slow as the others. With w = 2 the first write is OK after 2 ms, when n1 and n2 have"
        " acknowledged; the answer of n3 comes long afterwards, and nobody waits for it. Then w is set to 3. The second"
        " write has to wait for the slowest node of all, and takes 20 ms."
    ),
    nodes=3,
    clients=("A",),
    settings=Configure(latency="EVEN"),
    script=timed(
        (0, Slow("n3", 10)),
        (1, Write("A", "x", "apple")),
        (25, Configure(w=3)),
        (26, Write("A", "x", "pear")),
    ),
    ends_us=50 * MS,
)

FAILED_WRITE_SURFACES = Scenario(
    name="failed-write-surfaces",
    title="FAIL does not mean undone",
    claim="A write that FAILs is not taken back: a node that stored it keeps it, and a later read may return it.",
    text=(
        "Two of three nodes are down when client A writes pear. They refuse, so two acknowledgements can never be"
        " reached, and the write FAILs. But n1 has stored pear, and nobody tells it to forget. When the others are"
        " back, client B reads, and the newest of its two replies is the value of the failed write."
    ),
    nodes=3,
    settings=Configure(latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Crash("n2")),
        (5, Crash("n3")),
        (6, Write("A", "x", "pear")),
        (11, Restart("n2")),
        (11, Restart("n3")),
        (13, Read("B", "x")),
    ),
    ends_us=17 * MS,
)

SAME_WRITE_AGAIN = Scenario(
    name="same-write-again",
    title="A retry is the same write",
    claim="A client that hears too little sends the same write again; a node that has it already only says so again.",
    text=(
        "All three nodes store apple at once, but two of the acknowledgements are lost on the way back: client A has"
        " heard from n3 only. When its time is up it asks n1 and n2 again, with the same version and the same write"
        " id. They have that write already, so nothing changes on them, and they acknowledge it a second time."
    ),
    nodes=3,
    clients=("A",),
    settings=Configure(retries=1, timeout_us=6 * MS, latency="EVEN"),
    script=timed(
        (0, Link("n1", "A", cut=True)),
        (0, Link("n2", "A", cut=True)),
        (1, Write("A", "x", "apple")),
        (5, Link("n1", "A")),
        (5, Link("n2", "A")),
    ),
    ends_us=12 * MS,
)

# m7, m8 and m9 are the puts of pear: to n2, and to n1 and n3, where they are held until client B has read twice.
_INVERSION = timed(
    (0, Write("A", "x", "apple")),
    (6, Write("A", "x", "pear")),
    (6.5, Hold("m8")),
    (6.5, Hold("m9")),
    (9, Read("B", "x")),
    (15, Freeze("n2")),
    (16, Read("B", "x")),
    (20, Thaw("n2")),
    (22, Release("m8")),
    (22, Release("m9")),
)

NEW_OLD_INVERSION = Scenario(
    name="new-old-inversion",
    title="First the new value, then the old",
    claim="Even with w + r > n, two reads during one slow write may see the new value first and the old one after it.",
    text=(
        "Client A's write of pear is slow: it is on n2, and its other two messages are held on their way. Client B"
        " reads, hears from n2 and n1, and gets pear. Then n2 stands still for a while; client B reads again, hears"
        " from n1 and n3, and gets apple. Both reads had their quorum, yet for client B time ran backwards. The write"
        " was not acknowledged yet, and until it is, w + r > n promises nothing about it."
    ),
    nodes=3,
    settings=Configure(latency="EVEN"),
    script=_INVERSION,
    ends_us=26 * MS,
)

WRITE_BACK = Scenario(
    name="write-back",
    title="A read that writes back",
    claim="When a read stores what it found on w nodes before it answers, no later read returns anything older.",
    text=(
        "The same run as “First the new value, then the old”, with one setting changed: read repair is blocking. The"
        " first read finds pear on n2 only, so it sends pear to the other nodes, and answers when two have it. That"
        " costs it a second round trip. The second read hears from n1 and n3 as before, and this time they have pear."
    ),
    nodes=3,
    settings=Configure(read_repair="blocking", latency="EVEN"),
    script=_INVERSION,
    ends_us=26 * MS,
)
