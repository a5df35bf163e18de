"""Cuts, lost disks, and a node that dies at the wrong moment."""

from engine.commands import Configure, Crash, Gossip, Heal, Link, Partition, Read, Restart, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS

PARTITION = Scenario(
    name="partition",
    title="A cut, and its mending",
    claim="Behind a cut only a side with a majority goes on; the other says FAIL, and learns later what it missed.",
    text=(
        "Client A is left with n1, n2 and n3, client B with n4 and n5. Three of five are a majority, so client A's"
        " write is OK. Client B hears from two nodes only, and its read FAILs when its time is up: better no answer"
        " than an old one. After the cut is mended the same read returns pear. n4 and n5 ask two peers each what they"
        " missed, and get pear as well."
    ),
    nodes=5,
    settings=Configure(timeout_us=8 * MS, gossip_fanout=2, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Partition((("A", "n1", "n2", "n3"), ("B", "n4", "n5")))),
        (6, Write("A", "x", "pear")),
        (9, Read("B", "x")),
        (20, Heal()),
        (21, Read("B", "x")),
        (25, Gossip("n4")),
        (25, Gossip("n5")),
    ),
    ends_us=30 * MS,
)

ONE_WAY_CUT = Scenario(
    name="one-way-cut",
    title="A cut in one direction",
    claim="If only the answers are lost, a write FAILs for its client and yet is stored everywhere.",
    text=(
        "What client A sends arrives, but nothing gets back to it from n2 and n3. All three nodes store apple at once."
        " Client A hears of one acknowledgement, waits for a second, and calls it FAIL when its time is up. For"
        " client B nothing was ever wrong: it reads apple."
    ),
    nodes=3,
    settings=Configure(timeout_us=8 * MS, latency="EVEN"),
    script=timed(
        (0, Link("n2", "A", cut=True)),
        (0, Link("n3", "A", cut=True)),
        (1, Write("A", "x", "apple")),
        (11, Read("B", "x")),
    ),
    ends_us=15 * MS,
)

WIPED_NODE = Scenario(
    name="wiped-node",
    title="One copy, one disk",
    claim="With w = 1 an acknowledged write may be on one disk only, and is lost for ever with that disk.",
    text=(
        "A cut leaves client A with n1 only. With w = 1 that is enough: apple is OK when n1 has it, and after the cut"
        " client B reads it. Then n1's disk is lost. It comes back empty, and no other node has ever heard of apple: a"
        " read of all three finds nothing. Here w + r = 4 > 3, so every read asks the node that took the write. The"
        " overlap is there, but a disk that was wiped no longer has what it promised."
    ),
    nodes=3,
    settings=Configure(w=1, r=3, latency="EVEN"),
    script=timed(
        (0, Partition((("A", "n1"), ("n2", "n3")))),
        (1, Write("A", "x", "apple")),
        (4, Heal()),
        (5, Read("B", "x")),
        (9, Crash("n1", disk="lost")),
        (11, Restart("n1")),
        (13, Read("B", "x")),
    ),
    ends_us=17 * MS,
)

COORDINATOR_DIES = Scenario(
    name="coordinator-dies",
    title="The coordinator dies in mid-write",
    claim="When the node that carries out a write dies, its client cannot know what became of it: UNKNOWN.",
    text=(
        "Client A sends pear to n1, and n1 sends it on to all three nodes. They store it; but n1 crashes before their"
        " acknowledgements reach it, so it can tell client A nothing. Client A waits and gives up: it has no way to"
        " know whether pear was stored, and the outcome is UNKNOWN, not FAIL. It was stored: client B reads pear."
    ),
    nodes=3,
    settings=Configure(strategy="coordinator", timeout_us=8 * MS, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Write("A", "x", "pear", via="n1")),
        (8.5, Crash("n1")),
        (20, Read("B", "x", via="n2")),
    ),
    ends_us=26 * MS,
)
