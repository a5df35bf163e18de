"""A single leader, and what becomes of its writes when it is lost."""

from engine.commands import Configure, Crash, Freeze, Heal, Link, Partition, Promote, Read, Restart, Thaw, Write
from engine.scenario import Scenario
from engine.scenarios.script import timed
from engine.units import MS

LEADER_DIES = Scenario(
    name="leader-dies",
    title="The leader dies before it replicates",
    claim="If the leader alone makes a write OK, the write is lost when the leader dies before anybody copied it.",
    text=(
        "n1 leads, and w = 1: the leader acknowledges as soon as it has a write itself. A cut keeps pear from the"
        " followers, client A hears OK, and n1 crashes. n2 is told to lead, and client B reads apple: pear has never"
        " reached it. When n1 is back and hears of the new leader, it must follow n2's log, and gives pear up. The"
        " write was acknowledged, and it is lost."
    ),
    nodes=3,
    settings=Configure(strategy="leader", w=1, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Partition((("n1",), ("n2", "n3")))),
        (7, Write("A", "x", "pear", via="n1")),
        (11, Crash("n1")),
        (13, Promote("n2")),
        (16, Read("B", "x", via="n2")),
        (20, Heal()),
        (21, Restart("n1")),
        (23, Write("B", "x", "plum", via="n2")),
    ),
    ends_us=32 * MS,
)

SEMI_SYNCHRONOUS = Scenario(
    name="semi-synchronous",
    title="One follower must have it",
    claim="Where a write is OK only when a follower has it too, it survives the death of the leader.",
    text=(
        "Now w = 2: the leader acknowledges when one follower has the write as well. The cut keeps pear from n3, but"
        " n2 takes it, and only then does client A hear OK. n1 crashes, and n2 is told to lead: it has pear, gives it"
        " to n3, and client B reads it. Each write waited for one follower, and nothing acknowledged was lost. It"
        " matters who is promoted: n3 would have lost pear."
    ),
    nodes=3,
    settings=Configure(strategy="leader", w=2, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Partition((("n1", "n2"), ("n3",)))),
        (7, Write("A", "x", "pear", via="n1")),
        (13, Crash("n1")),
        (14, Heal()),
        (15, Promote("n2")),
        (20, Read("B", "x", via="n2")),
    ),
    ends_us=24 * MS,
)

SPLIT_BRAIN = Scenario(
    name="split-brain",
    title="Two leaders",
    claim="A leader that is cut off does not know that it was replaced: it takes writes, and loses them later.",
    text=(
        "n1 leads. The network between the nodes is cut, and n2 is told to lead the other side. n1 hears nothing of"
        " it. Client A still writes to n1 and client B to n2: both hear OK, and each reads back its own value. When"
        " the cut is mended, n2's next write reaches n1; n1 steps down, and gives up what client A wrote."
    ),
    nodes=3,
    settings=Configure(strategy="leader", w=1, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Partition((("n1",), ("n2", "n3")))),
        (8, Promote("n2")),
        (12, Write("A", "x", "pear", via="n1")),
        (12, Write("B", "x", "plum", via="n2")),
        (17, Read("A", "x", via="n1")),
        (17, Read("B", "x", via="n2")),
        (22, Heal()),
        (24, Write("B", "x", "fig", via="n2")),
    ),
    ends_us=34 * MS,
)

STALE_FOLLOWER = Scenario(
    name="stale-follower",
    title="A follower that lags",
    claim="A read from a follower may be stale: the follower has only what has reached it so far.",
    text=(
        "The leader n1 acknowledges pear at once and sends it on to the followers; its message to n3 is held back on"
        " the way. Meanwhile client B reads from n3 and gets apple, although pear was acknowledged before it asked."
        " A little later pear has reached n3, and the same read returns it."
    ),
    nodes=3,
    settings=Configure(strategy="leader", w=1, follower_reads=True, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Link("n1", "n3", reorder=1.0)),
        (7, Write("A", "x", "pear", via="n1")),
        (10, Read("B", "x", via="n3")),
        (16, Read("B", "x", via="n3")),
    ),
    ends_us=22 * MS,
)

FROZEN_NODE = Scenario(
    name="frozen-node",
    title="A long pause",
    claim="A node that stood still answers late, and with the picture that it had when it stopped.",
    text=(
        "Client B asks the follower n3 for x, but before the question arrives n3 stands still, as in a long garbage"
        " collection. While it does, client A replaces apple by pear and hears OK. Then n3 goes on with what has"
        " waited, in the order in which it came: first the question, which it answers with apple, then pear. So client"
        " B hears of apple at 19 ms, although client A heard OK for pear at 12 ms."
    ),
    nodes=3,
    settings=Configure(strategy="leader", w=2, follower_reads=True, latency="EVEN"),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (6, Read("B", "x", via="n3")),
        (6.5, Freeze("n3")),
        (8, Write("A", "x", "pear", via="n1")),
        (18, Thaw("n3")),
        (22, Read("B", "x", via="n3")),
    ),
    ends_us=28 * MS,
)

ELECTION = Scenario(
    name="election",
    title="A new leader by election",
    claim="Followers that no longer hear from a leader elect a new one, and no acknowledged write is lost.",
    text=(
        "The leader n1 sends a sign of life every 2 ms. It crashes, and the followers hear nothing more. Each waits a"
        " time of its own; the first whose time is up stands for the next term and asks for votes. Three of five"
        " nodes are a majority, so it leads, and client A finds it by asking around. A node votes only for one whose"
        " log has all that its own has, and a write is OK at three copies: that is why apple is not lost. When n1 is"
        " back, it follows."
    ),
    nodes=5,
    settings=Configure(strategy="leader", w=3, failover_us=8 * MS, latency="EVEN"),
    clients=("A",),
    script=timed(
        (0, Write("A", "x", "apple", via="n1")),
        (7, Crash("n1")),
        (32, Read("A", "x", via="n1")),
        (42, Write("A", "x", "pear")),
        (50, Restart("n1")),
    ),
    ends_us=58 * MS,
)
