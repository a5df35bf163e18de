"""How a node that missed a write comes to have it: read repair, hints, gossip."""

from engine.commands import Configure, Crash, Gossip, Heal, Partition, Read, Restart, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS, SECOND

SLEEPING_NODE = Scenario(
    name="sleeping-node",
    title="A node sleeps through a write",
    claim="A node that was down misses a write, and pulls it from a peer when it gossips.",
    text=(
        "n2 is down while client A replaces apple by pear. The write is OK all the same: three of the other four"
        " nodes are enough. When n2 is back it still holds apple, and nobody tells it. Client B's read is safe, since"
        " at most one of any three replies can be n2's. At last n2 asks a random peer what it missed."
    ),
    script=timed(
        (0, Write("A", "x", "apple")),
        (300, Crash("n2")),
        (301, Write("A", "x", "pear")),
        (600, Restart("n2")),
        (601, Read("B", "x")),
        (610, Gossip("n2")),
    ),
    ends_us=SECOND,
)

READ_REPAIR = Scenario(
    name="read-repair",
    title="A read heals a node",
    claim="A read that meets an old version sends the newer one to the node that lags.",
    text=(
        "n1 was down when client A wrote pear, and is back with apple. Client B reads: n2 says pear, n1 says apple,"
        " and the newer version wins, so client B has its answer. Afterwards it sends pear to n1, without waiting for"
        " the result. Nobody but the reader had noticed that n1 lags."
    ),
    nodes=3,
    settings=Configure(read_repair="async", latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Crash("n1")),
        (6, Write("A", "x", "pear")),
        (10, Restart("n1")),
        (12, Read("B", "x")),
    ),
    ends_us=17 * MS,
)

HINTED_HANDOFF = Scenario(
    name="hinted-handoff",
    title="A hint finds its way home",
    claim="A node that stands in for another keeps the write as a hint, and hands it over when the other is back.",
    text=(
        "x lives on n1, n2 and n4, and n2 is down. It refuses client A's write, so n3 stands in: it keeps pear apart"
        " from its own records, with a note whose it is. From time to time n3 offers it to n2. The first offer is"
        " refused, because n2 is still down. The second is taken, and the hint is gone."
    ),
    nodes=4,
    clients=("A",),
    settings=Configure(n=3, w=3, r=1, sloppy=True, handoff_every_us=6 * MS, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Crash("n2")),
        (6, Write("A", "x", "pear")),
        (18, Restart("n2")),
    ),
    ends_us=25 * MS,
)

HINT_LOST = Scenario(
    name="hint-lost",
    title="The hint is lost with its holder",
    claim="A hint is only as safe as the disk of the node that keeps it; what is lost with it, gossip must bring.",
    text=(
        "As in “A hint finds its way home”, n3 keeps pear for n2, which is down. This time n3's disk is lost before"
        " n2 is back, and the hint with it. n2 returns, nobody has anything for it, and it still holds apple. Hinted"
        " handoff alone would leave it so. Gossip does not depend on hints: n2 asks a peer, and gets pear."
    ),
    nodes=4,
    clients=("A",),
    settings=Configure(n=3, w=3, r=1, sloppy=True, handoff_every_us=6 * MS, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Crash("n2")),
        (6, Write("A", "x", "pear")),
        (12, Crash("n3", disk="lost")),
        (14, Restart("n2")),
        (24, Gossip("n2")),
    ),
    ends_us=30 * MS,
)

SLOPPY_QUORUM = Scenario(
    name="sloppy-quorum",
    title="A sloppy quorum misses",
    claim="Stand-ins keep writes possible during a cut, but then w + r > n no longer makes reads meet them.",
    text=(
        "x lives on n1, n2 and n4; w and r are 2, so any two quorums of these three overlap. A cut leaves client A"
        " with n4 only. After 3 ms of silence n5 and n3 stand in for the other two, and pear is OK. On the other side"
        " client B hears from n2 and n1, and reads apple: it met none of the nodes that took pear. When the cut is"
        " mended, the stand-ins hand pear over, and the same read finds it."
    ),
    nodes=5,
    settings=Configure(n=3, w=2, r=2, sloppy=True, suspect_after_us=3 * MS, handoff_every_us=12 * MS, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Partition((("A", "n3", "n4", "n5"), ("B", "n1", "n2")))),
        (6, Write("A", "x", "pear")),
        (13, Read("B", "x")),
        (18, Heal()),
        (24, Read("B", "x")),
    ),
    ends_us=28 * MS,
)

RUMOUR = Scenario(
    name="rumour",
    title="A rumour among sixteen",
    claim="When every node gossips with one random peer, a value spreads to n nodes in about log n steps.",
    text=(
        "A write goes to one of sixteen nodes only. Then there are steps: in each, every node picks one random peer,"
        " and each of the two gives the other what it lacks. While few know the value, a step about triples their"
        " number: each of them tells the peer that it picks, and about one other picks it. When most know it, the rest"
        " soon pick one who does. After four steps all or nearly all have it; with a thousand nodes it takes about"
        " nine."
    ),
    nodes=16,
    clients=("A",),
    settings=Configure(w=1, r=1, write_to="exact", gossip_mode="push_pull", latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (5, Gossip()),
        (10, Gossip()),
        (15, Gossip()),
        (20, Gossip()),
    ),
    ends_us=25 * MS,
)

MERKLE_TREE = Scenario(
    name="merkle-tree",
    title="One key in a tree of hashes",
    claim="With a Merkle tree two nodes find the one key that differs by comparing a few hashes.",
    text=(
        "n2 was down for one write, so one of its five keys is behind. When n2 gossips, it sends one hash of all that"
        " it holds. n1's is another, so n2 sends the sixteen hashes one level down, and goes on below the one that"
        " differs. After three levels one leaf is left, and only the key in it is named and fetched. With five keys"
        " that is no gain. With a million keys it would still be five round trips, and some 250 keys named, not all."
    ),
    nodes=2,
    clients=("A",),
    settings=Configure(w=1, gossip_digest="merkle", latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple")),
        (3, Write("A", "y", "bread")),
        (6, Write("A", "z", "milk")),
        (9, Write("A", "u", "rice")),
        (12, Write("A", "v", "salt")),
        (16, Crash("n2")),
        (17, Write("A", "x", "pear")),
        (20, Restart("n2")),
        (22, Gossip("n2")),
    ),
    ends_us=34 * MS,
)
